//! The library's reader, with its panics turned into errors.

use std::error::Error;
use std::fs::File;
use std::io;

use ::parquet::file::reader::SerializedFileReader;

use crate::base;

pub(super) type Reader = SerializedFileReader<File>;

/// The library checks its input, but a malicious file may still make it panic, which is turned into an ordinary error.
pub(super) fn guarded<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    base::guarded(work).unwrap_or_else(|| Err(invalid("damaged Parquet data")))
}

pub(super) fn invalid(error: impl Into<Box<dyn Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
