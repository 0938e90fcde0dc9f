//! Opening ordinary files, and nothing else.

use std::fs::{File, FileType, Metadata};
use std::io::Read;
use std::path::Path;

use super::{At, FileError};

/// The metadata of an ordinary file, or of the one that a link leads to.
///
/// # Errors
/// If there is none, or it is a folder, a named pipe, a socket or a device: opening a pipe would wait for its writer.
pub fn check_file(path: &Path) -> Result<Metadata, FileError> {
    let metadata = std::fs::metadata(path).at(path)?;
    match metadata.is_file() {
        true => Ok(metadata),
        false => Err(FileError::malformed(format!("{}, not a file", kind_name(metadata.file_type())), path)),
    }
}

/// Opens an ordinary file for reading.
///
/// # Errors
/// As [`check_file`], or if it cannot be read.
pub fn open_file(path: &Path) -> Result<File, FileError> {
    check_file(path)?;
    File::open(path).at(path)
}

/// The content of an ordinary file.
///
/// # Errors
/// As [`open_file`].
pub fn read_file(path: &Path) -> Result<Vec<u8>, FileError> {
    let metadata = check_file(path)?;
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default().min(1 << 30));
    File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)).at(path)?;
    Ok(bytes)
}

/// The content of an ordinary file of UTF-8 text.
///
/// # Errors
/// As [`open_file`], or if it is not UTF-8.
pub fn read_text_file(path: &Path) -> Result<String, FileError> {
    String::from_utf8(read_file(path)?).map_err(|_| FileError::malformed("not UTF-8 text", path))
}

/// What it is instead of a file, with its article.
fn kind_name(kind: FileType) -> &'static str {
    if kind.is_dir() {
        return "a folder";
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "a named pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
    }
    "a device"
}
