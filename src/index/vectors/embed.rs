//! Computing the vectors of a collection's pictures.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::describe::{self, VectorInfo};
use super::extend::extend;
use super::near;
use crate::base::{At, FileError, Lock, Progress};
use crate::dataset::{PixelStamp, Reach, RowOf, RowWriter, remove_rows};
use crate::index::words::content_of;
use crate::index::{Collection, IndexError, picture_bytes};
use crate::vision::{DeviceChoice, EmbedEvent, EmbedMeter, EncoderSpec, PictureSource, VisionError, embed_pictures};

/// At least this often, rows are synced: a power failure loses no more, and a crash of the program nothing.
const SYNC: Duration = Duration::from_secs(10);

/// What came of computing vectors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Embedded {
    /// Pictures that got a vector.
    pub embedded: usize,
    /// Pictures whose vector was there.
    pub unchanged: usize,
    /// Among these, pictures whose vector was that of another path or another time, and which are the same.
    pub carried: usize,
    /// Vectors of pictures that are gone.
    pub removed: usize,
    /// Pictures that could not be read, and why, by path.
    pub failed: Vec<(String, String)>,
}

/// A set that is written to.
struct Opened {
    _lock: Lock,
    folder: PathBuf,
    info: VectorInfo,
    writer: RowWriter,
}

/// A picture without a vector.
type Waiting = (String, PixelStamp);

/// Reads the pictures that wait, from files and shards.
struct Source<'a> {
    collection: &'a Collection,
    root: &'a Path,
    reach: Reach,
    waiting: &'a [Waiting],
    /// Half a hash of what was read of each, until its vector is there.
    contents: Mutex<HashMap<usize, u128>>,
}

impl Source<'_> {
    fn contents(&self) -> MutexGuard<'_, HashMap<usize, u128>> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PictureSource for Source<'_> {
    fn count(&self) -> usize {
        self.waiting.len()
    }

    fn read(&self, index: usize) -> Result<(Vec<u8>, PathBuf), VisionError> {
        let (path, _) = &self.waiting[index];
        let shown = self.root.join(path);
        let read = || {
            let part = self.collection.picture(path)?.and_then(|picture| picture.part);
            picture_bytes(self.root, self.reach, path, part.as_ref())
        };
        match read() {
            Ok(bytes) => {
                let content = content_of(&bytes);
                self.contents().insert(index, content);
                Ok((bytes, shown))
            }
            Err(IndexError::File(error)) => Err(error.into()),
            Err(error) => Err(VisionError::Picture { message: error.to_string(), path: shown }),
        }
    }
}

impl Collection {
    /// Computes the vector of every picture that has none by this encoder, removes those of pictures that are gone, and
    /// brings the index of neighbours up to them.
    ///
    /// Every vector is on disk as soon as it is computed: after a stop, a crash or a kill the next call goes on there.
    /// `observe` is called at least about twenty times a second; on `Break` the call ends within a block of the network.
    ///
    /// # Errors
    /// [`IndexError::Busy`] while another process computes vectors by this encoder, [`IndexError::Cancelled`] or
    /// [`VisionError::Cancelled`] after a `Break`, and if the encoder cannot be used or the collection cannot be written. A
    /// picture that cannot be read is no error.
    pub fn embed(
        &self,
        encoder: &EncoderSpec,
        device: DeviceChoice,
        observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Embedded, IndexError> {
        self.embed_those(encoder, device, None, observe)
    }

    /// As [`Collection::embed`], of these pictures alone.
    ///
    /// # Errors
    /// As [`Collection::embed`].
    pub fn embed_some(
        &self,
        encoder: &EncoderSpec,
        device: DeviceChoice,
        paths: &HashSet<&str>,
        observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Embedded, IndexError> {
        self.embed_those(encoder, device, Some(paths), observe)
    }

    fn embed_those(
        &self,
        encoder: &EncoderSpec,
        device: DeviceChoice,
        only: Option<&HashSet<&str>>,
        observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Embedded, IndexError> {
        let Opened { _lock, folder, mut info, mut writer } = self.open_set(encoder)?;
        let mut outcome = Embedded::default();
        let waiting = self.waiting(&mut writer, only, &mut outcome, observe)?;
        if !waiting.is_empty() {
            self.compute(encoder, device, &waiting, (&mut writer, &mut outcome), observe)?;
        }
        finish(&folder, &mut info, writer, observe)?;
        if only.is_none() && !info.whole {
            info.whole = true;
            describe::write(&folder, &info)?;
        }
        Ok(outcome)
    }

    /// Takes up vectors that were computed elsewhere by this encoder, of pictures that the collection has, and brings the
    /// index of neighbours up to them. The others are left as they are; how many were taken.
    ///
    /// # Errors
    /// As [`Collection::embed`], and if a vector has another dimension.
    pub fn take_vectors(
        &self,
        encoder: &EncoderSpec,
        vectors: &mut dyn Iterator<Item = (String, Vec<f32>)>,
        observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<usize, IndexError> {
        let Opened { _lock, folder, mut info, mut writer } = self.open_set(encoder)?;
        let stamps = self.text().stamps()?;
        let mut taken = 0;
        for (path, vector) in vectors {
            if vector.len() != info.dim {
                let message = format!("the vector of '{path}' has {} numbers instead of {}", vector.len(), info.dim);
                return Err(FileError::malformed(message, &folder).into());
            }
            if let Some(stamp) = stamps.get(&path) {
                let of = RowOf { path: &path, stamp: (stamp.bytes, stamp.modified), content: None };
                writer.append(&[of], &vector)?;
                taken += 1;
            }
        }
        let is_whole = writer.rows.count() >= stamps.len();
        finish(&folder, &mut info, writer, observe)?;
        if is_whole && !info.whole {
            info.whole = true;
            describe::write(&folder, &info)?;
        }
        Ok(taken)
    }

    /// Opens the set of an encoder for writing, which is made if there is none.
    fn open_set(&self, encoder: &EncoderSpec) -> Result<Opened, IndexError> {
        let mut info = VectorInfo::of(encoder)?;
        let folder = self.vectors_folder().join(&info.key);
        std::fs::create_dir_all(&folder).at(&folder)?;
        let (_lock, _) = Lock::acquire(&folder)?;
        match folder.join(describe::FILE).exists() {
            true => info = describe::read(&folder)?,
            false => {
                describe::write(&folder, &info)?;
                // The first encoder of a collection is its own until another is chosen.
                self.settle_choice(encoder)?;
            }
        }
        sweep(&folder, &info);
        let writer = RowWriter::open(&folder, info.rows, info.dim)?;
        Ok(Opened { _lock, folder, info, writer })
    }

    /// The pictures without a vector, by path, all or of some; vectors of pictures that are gone are removed.
    fn waiting(
        &self,
        writer: &mut RowWriter,
        only: Option<&HashSet<&str>>,
        outcome: &mut Embedded,
        observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Vec<Waiting>, IndexError> {
        self.text().reload()?;
        let stamps = self.text().stamps()?;
        outcome.carried = self.carry(writer, &stamps, observe)?;
        let gone: Vec<String> =
            writer.rows.all().filter(|path| !stamps.contains_key(*path)).map(str::to_owned).collect();
        writer.remove(&gone)?;
        outcome.removed = gone.len();
        let wanted = stamps.into_iter().filter(|(path, _)| only.is_none_or(|only| only.contains(path.as_str())));
        let mut waiting: Vec<Waiting> = wanted.map(|(path, stamp)| (path, (stamp.bytes, stamp.modified))).collect();
        let all = waiting.len();
        waiting.retain(|(path, stamp)| writer.rows.stamp(path) != Some(*stamp));
        waiting.sort();
        outcome.unchanged = all - waiting.len();
        Ok(waiting)
    }

    fn compute(
        &self,
        encoder: &EncoderSpec,
        device: DeviceChoice,
        waiting: &[Waiting],
        (writer, outcome): (&mut RowWriter, &mut Embedded),
        observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<(), IndexError> {
        let reach = Reach::following(self.manifest().follow);
        let source = Source { collection: self, root: self.pictures(), reach, waiting, contents: Mutex::default() };
        let mut meter = EmbedMeter::new(outcome.unchanged + waiting.len(), waiting.len());
        let mut synced = Instant::now();
        let mut failure = None;
        let each = &mut |event| {
            match event {
                EmbedEvent::Waiting => {}
                EmbedEvent::Loaded => meter.start(),
                EmbedEvent::Rows(indices, rows) => {
                    let of = |&index: &usize| {
                        let (path, stamp) = &waiting[index];
                        RowOf { path, stamp: *stamp, content: source.contents().remove(&index) }
                    };
                    let pictures: Vec<RowOf<'_>> = indices.iter().map(of).collect();
                    let written = writer.append(&pictures, &rows).and_then(|()| match synced.elapsed() >= SYNC {
                        true => writer.sync().inspect(|()| synced = Instant::now()),
                        false => Ok(()),
                    });
                    if let Err(error) = written {
                        failure = Some(error.into());
                        return Err(VisionError::Cancelled);
                    }
                    meter.add(indices.len());
                    outcome.embedded += indices.len();
                }
                EmbedEvent::Failed(index, error) => {
                    meter.fail();
                    outcome.failed.push((waiting[index].0.clone(), error.to_string()));
                }
                EmbedEvent::Broken(error) => return Err(error),
            }
            match observe(meter.progress().into()) {
                ControlFlow::Continue(()) => Ok(()),
                ControlFlow::Break(()) => Err(VisionError::Cancelled),
            }
        };
        let done = embed_pictures(encoder, device, &source, each);
        outcome.failed.sort();
        match failure {
            Some(error) => Err(error),
            None => Ok(done?),
        }
    }
}

/// Removes what a process that was killed left: rows and indexes of neighbours that the description does not name.
fn sweep(folder: &Path, info: &VectorInfo) {
    let near = info.near.as_ref().map(|near| near::file(folder, near.file));
    let rows = format!("rows-{}.", info.rows);
    for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_rows = name.starts_with("rows-") && !name.starts_with(&rows);
        let is_near = name.starts_with("near-") && near.as_ref() != Some(&path);
        if is_rows || is_near {
            // What cannot be removed costs only its space.
            let _ = std::fs::remove_file(&path);
        }
    }
}

/// Puts rows on disk, leaves out those that no longer count once they are the most, and indexes neighbours.
fn finish(
    folder: &Path,
    info: &mut VectorInfo,
    mut writer: RowWriter,
    observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<(), IndexError> {
    writer.sync()?;
    if writer.rows.len() > 2 * writer.rows.count() {
        writer = compacted(folder, info, &writer)?;
    }
    extend(folder, info, &writer, observe)
}

/// The rows that count, in new files; the old ones are removed.
fn compacted(folder: &Path, info: &mut VectorInfo, old: &RowWriter) -> Result<RowWriter, IndexError> {
    let before = info.rows;
    remove_rows(folder, before + 1);
    let mut new = RowWriter::open(folder, before + 1, info.dim)?;
    for row in (0..old.rows.len()).filter(|&row| old.rows.counts(row)) {
        let path = old.rows.path(row);
        if let Some(stamp) = old.rows.stamp(path) {
            let of = RowOf { path, stamp, content: old.rows.content(path) };
            new.append(&[of], &old.rows.read(row, 1)?)?;
        }
    }
    new.sync()?;
    let near = info.near.take();
    info.rows = before + 1;
    describe::write(folder, info)?;
    remove_rows(folder, before);
    if let Some(near) = near {
        drop(std::fs::remove_file(near::file(folder, near.file)));
    }
    Ok(new)
}
