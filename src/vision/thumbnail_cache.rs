//! Reduced versions of large photos on disk, so that a folder of them opens quickly the next time.
//!
//! A photo of 24 megapixels takes a fifth of a second to decode, its reduced version a few milliseconds. Each is a JPEG,
//! followed by a hash of it, under a name made of the photo's path, length and time of change. Any number of processes
//! may use the folder at once, each may be killed at any moment, and the folder may be deleted.

use std::fs::{self, File, Metadata};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;

use super::decode::{PictureStamp, check_picture, decode_bytes, fitted_picture, thumbnail_of};
use super::{Thumbnail, VisionError};
use crate::base::write_unsynced;

/// Longest side of a reduced version, in pixels.
const SIDE: u32 = 512;
/// Its JPEG quality.
const QUALITY: u8 = 90;
/// Smaller files are decoded about as fast as their reduced version would be.
const WORTH: u64 = 256 << 10;
/// Bytes of a hash at the end of a file.
const HASH: usize = 16;
/// Most bytes in the folder.
const BOUND: u64 = 1 << 30;
/// A use is noted if the last one is longer ago.
const NOTED: Duration = Duration::from_secs(60 * 60);

/// A folder of reduced versions.
#[derive(Clone, Debug)]
pub struct ThumbnailCache {
    folder: PathBuf,
    bound: u64,
    /// Bytes written since the folder was last swept.
    unswept: Arc<AtomicU64>,
}

impl ThumbnailCache {
    /// A cache in this folder, which is created with the first photo. It holds at most a gigabyte; what has not been used
    /// for longest goes first.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self::bounded(folder, BOUND)
    }

    /// The same with another limit, in bytes.
    pub fn bounded(folder: impl Into<PathBuf>, bound: u64) -> Self {
        // The first photo that is added sweeps the folder, as other processes may have filled it.
        Self { folder: folder.into(), bound, unswept: Arc::new(AtomicU64::new(u64::MAX / 2)) }
    }

    /// A picture file for a place on the screen: its longer side has at most `side` pixels, and fewer only if the file has.
    /// Taken from the cache if `side` is at most 512; a large file's reduced version is added to it.
    ///
    /// # Errors
    /// As [`super::decode()`].
    pub fn thumbnail(&self, path: &Path, side: u32) -> Result<Thumbnail, VisionError> {
        let file = check_picture(path)?;
        let entry = (file.length >= WORTH).then(|| self.folder.join(name(path, &file)));
        let Some(entry) = entry else {
            // Twice the pixels, so that what is reduced stays smooth.
            let enough = if side > SIDE { side } else { 2 * side };
            return thumbnail_of(&fitted_picture(path, enough)?, side);
        };
        if side > SIDE {
            let picture = fitted_picture(path, side)?;
            if !entry.exists() {
                self.add(&entry, &reduced(&picture)?);
            }
            return thumbnail_of(&picture, side);
        }
        let picture = match self.find(&entry) {
            Some(picture) => picture,
            None => {
                let picture = reduced(&fitted_picture(path, SIDE)?)?;
                self.add(&entry, &picture);
                picture
            }
        };
        thumbnail_of(&picture, side)
    }

    /// A reduced version; a damaged one is removed.
    fn find(&self, entry: &Path) -> Option<RgbImage> {
        let bytes = fs::read(entry).ok()?;
        let sound = bytes.split_last_chunk::<HASH>().filter(|(jpeg, hash)| hash_of(jpeg) == **hash);
        let Some(picture) = sound.and_then(|(jpeg, _)| decode_bytes(jpeg, entry).ok()) else {
            // It is made again; if it cannot be removed, it is replaced then.
            let _ = fs::remove_file(entry);
            return None;
        };
        note_use(entry);
        Some(picture)
    }

    /// Adds a reduced version. Without room or permission the photo is decoded again the next time.
    fn add(&self, entry: &Path, picture: &RgbImage) {
        let mut bytes = Vec::new();
        if JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(picture).is_err() {
            return;
        }
        bytes.extend(hash_of(&bytes));
        // Two threads may make the same file.
        static WRITING: Mutex<()> = Mutex::new(());
        let _one_at_a_time = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
        let written = fs::create_dir_all(&self.folder).and_then(|()| write_unsynced(entry, &bytes));
        if written.is_ok() {
            let unswept = self.unswept.fetch_add(bytes.len() as u64, Ordering::Relaxed);
            if unswept > self.bound / 16 {
                self.unswept.store(0, Ordering::Relaxed);
                self.sweep();
            }
        }
    }

    /// Removes what has not been used for longest until there is room for more.
    fn sweep(&self) {
        let of = |entry: fs::DirEntry| {
            let file = entry.metadata().ok().filter(Metadata::is_file)?;
            Some((file.modified().ok()?, file.len(), entry.path()))
        };
        let mut files: Vec<_> = fs::read_dir(&self.folder).into_iter().flatten().flatten().filter_map(of).collect();
        let mut total: u64 = files.iter().map(|(_, length, _)| length).sum();
        files.sort_unstable();
        for (_, length, path) in files {
            if total <= self.bound - self.bound / 8 {
                break;
            }
            // Another process may have removed it.
            let _ = fs::remove_file(path);
            total -= length;
        }
    }
}

/// The picture with its longer side at most [`SIDE`].
fn reduced(picture: &RgbImage) -> Result<RgbImage, VisionError> {
    let Thumbnail { width, height, rgba } = thumbnail_of(picture, SIDE)?;
    let rgb = rgba.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    RgbImage::from_raw(width, height, rgb).ok_or_else(|| VisionError::Preprocess("a picture without pixels".to_owned()))
}

/// The name of a photo's reduced version.
fn name(path: &Path, file: &PictureStamp) -> String {
    let mut hash = blake3::Hasher::new();
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let since = file.modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    hash.update(path.as_os_str().as_encoded_bytes());
    hash.update(&[0]).update(&file.length.to_le_bytes()).update(&since.as_nanos().to_le_bytes());
    format!("{}.jpg", &hash.finalize().to_hex()[..40])
}

fn hash_of(bytes: &[u8]) -> [u8; HASH] {
    let hash = blake3::hash(bytes);
    std::array::from_fn(|at| hash.as_bytes()[at])
}

/// Notes that a file was used, by its time of change.
fn note_use(entry: &Path) {
    let Ok(file) = File::options().append(true).open(entry) else { return };
    let changed = file.metadata().and_then(|file| file.modified());
    if changed.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > NOTED)) {
        // On a read-only file system nothing is removed either.
        let _ = file.set_modified(SystemTime::now());
    }
}
