//! The library's reader, with its panics turned into errors.

use std::error::Error;
use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ::parquet::file::reader::SerializedFileReader;

pub(super) type Reader = SerializedFileReader<File>;

/// The library checks its input, but a malicious file may still make it panic, which is turned into an ordinary error.
pub(super) fn guarded<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let fault = || io::Error::new(io::ErrorKind::InvalidData, "damaged Parquet data");
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(fault()))
}

pub(super) fn invalid(error: impl Into<Box<dyn Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
