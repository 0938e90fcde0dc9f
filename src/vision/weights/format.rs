//! Which format a weights file has, and what each format's reader finds in it.

use std::io::{Read, Seek, SeekFrom};

use zip::ZipArchive;

use super::fault::WeightsFault;
use super::listing::{Bytes, Listing};
use super::{npz, pytorch, safe};

/// Entries of an archive; a ResNet-152 has under a thousand.
const MAX_ENTRIES: usize = 100_000;

/// The formats that the first bytes tell apart.
pub(super) enum Format {
    Safetensors,
    Zip,
    OldPytorch,
}

/// Lists what a file holds, whatever its format.
///
/// # Errors
/// What is wrong with it.
pub(super) fn listing(bytes: &mut Bytes) -> Result<Listing, WeightsFault> {
    let format = format(bytes)?;
    bytes.seek(SeekFrom::Start(0))?;
    match format {
        Format::Safetensors => safe::list(bytes),
        Format::OldPytorch => pytorch::list_old(bytes),
        Format::Zip => {
            let mut archive = ZipArchive::new(bytes)?;
            if archive.len() > MAX_ENTRIES {
                return Err(WeightsFault::TooManyEntries(archive.len()));
            }
            let names: Vec<String> = archive.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect();
            if names.iter().any(|name| name.rsplit('/').next() == Some("data.pkl")) {
                pytorch::list_zip(&mut archive, &names)
            } else if names.iter().any(|name| name.ends_with(npz::ENDING)) {
                npz::list(&mut archive)
            } else {
                Err(WeightsFault::UnknownArchive)
            }
        }
    }
}

/// The format, by the first bytes.
///
/// # Errors
/// That it is none of these.
pub(super) fn format(bytes: &mut Bytes) -> Result<Format, WeightsFault> {
    let mut head = [0; 9];
    let mut length = 0;
    bytes.seek(SeekFrom::Start(0))?;
    while length < head.len() {
        match bytes.read(&mut head[length..])? {
            0 => break,
            read => length += read,
        }
    }
    match head {
        _ if length == 0 => Err(WeightsFault::Empty),
        [b'P', b'K', 3, 4, ..] => Ok(Format::Zip),
        [_, _, _, _, 0, 0, 0, 0, b'{'] => Ok(Format::Safetensors),
        [0x80, 2..=5, ..] => Ok(Format::OldPytorch),
        _ => Err(WeightsFault::UnknownFormat),
    }
}
