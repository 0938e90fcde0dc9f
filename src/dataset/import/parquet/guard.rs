//! The library's reader, and its panics as errors.

use std::error::Error;
use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ::parquet::file::reader::SerializedFileReader;

pub(super) type Reader = SerializedFileReader<File>;

/// The library checks what it reads, but a file made to deceive it may still make it panic: that is an error like any.
pub(super) fn guarded<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let fault = || io::Error::new(io::ErrorKind::InvalidData, "damaged Parquet data");
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(fault()))
}

pub(super) fn invalid(error: impl Into<Box<dyn Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
