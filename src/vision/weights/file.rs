//! A weights file of any format.

use std::collections::HashMap;
use std::io::{BufReader, Cursor, Read, SeekFrom};
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Tensor};
use zip::ZipArchive;

use super::fault::WeightsFault;
use super::format::{Format, format, listing};
use super::listing::{Bytes, Listing, Stored};
use super::names;
use crate::base::open_file;
use crate::vision::VisionError;

/// Largest tensor in bytes; the largest of any supported network has 9 MB.
const MAX_TENSOR: u64 = 1 << 28;

/// A file of named tensors: safetensors, NumPy's `.npz`, or a `state_dict` that PyTorch saved (`.pth`, `.pt`, `.bin`;
/// the zip format since 1.6 and the one before). The format is recognised by the content, not by the name.
///
/// A residual network's tensors go by torchvision's names: Hugging Face's and the numbers that `nn.Sequential` gives
/// are translated. A prefix (`module.`, `state_dict.model.`, …) is removed, and tensors without it are ignored.
pub struct WeightsFile {
    path: PathBuf,
    content: Content,
    listing: Listing,
    ignored: Vec<String>,
}

enum Content {
    File,
    Static(&'static [u8]),
}

impl WeightsFile {
    /// Lists what a file holds.
    ///
    /// # Errors
    /// If it cannot be read, is damaged, or is of an unknown format; the message ends with the path.
    pub fn open(path: &Path) -> Result<Self, VisionError> {
        Self::list(path, Content::File)
    }

    pub(super) fn of_bytes(bytes: &'static [u8], path: &Path) -> Result<Self, VisionError> {
        Self::list(path, Content::Static(bytes))
    }

    fn list(path: &Path, content: Content) -> Result<Self, VisionError> {
        let mut file = Self { path: path.to_path_buf(), content, listing: Listing::default(), ignored: Vec::new() };
        let mut bytes = file.bytes()?;
        let listing = listing(&mut bytes).map_err(|fault| file.damaged(fault))?;
        let sorted = names::of_network(listing.tensors).map_err(|fault| file.damaged(fault))?;
        file.listing = Listing { tensors: sorted.network, ..listing };
        file.ignored = sorted.ignored;
        Ok(file)
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Names and shapes, sorted by name.
    pub fn tensors(&self) -> impl Iterator<Item = (&str, &[usize])> {
        self.listing.tensors.iter().map(|(name, tensor)| (name.as_str(), tensor.shape.as_slice()))
    }

    /// The names of tensors beside the network, which are ignored.
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// The metadata of a safetensors file; empty for other formats.
    pub fn metadata(&self) -> &HashMap<String, String> {
        &self.listing.metadata
    }

    /// Opens it for reading tensors.
    ///
    /// # Errors
    /// If it can no longer be opened.
    pub fn reader(&self) -> Result<WeightsReader<'_>, VisionError> {
        let mut bytes = self.bytes()?;
        let is_zip = matches!(format(&mut bytes), Ok(Format::Zip));
        let source = match is_zip {
            true => Source::Zip(ZipArchive::new(bytes).map_err(|error| self.damaged(error))?),
            false => Source::Plain(bytes),
        };
        Ok(WeightsReader { file: self, source })
    }

    fn bytes(&self) -> Result<Bytes, VisionError> {
        Ok(match self.content {
            Content::File => Box::new(BufReader::new(open_file(&self.path)?)),
            Content::Static(bytes) => Box::new(Cursor::new(bytes)),
        })
    }

    fn damaged(&self, fault: impl Into<WeightsFault>) -> VisionError {
        VisionError::Weights { source: fault.into(), path: self.path.clone() }
    }
}

/// Reads tensors of a [`WeightsFile`].
pub struct WeightsReader<'a> {
    file: &'a WeightsFile,
    source: Source,
}

enum Source {
    Plain(Bytes),
    Zip(ZipArchive<Bytes>),
}

impl WeightsReader<'_> {
    /// The shape and the row-major numbers of a tensor.
    ///
    /// # Errors
    /// If there is no such tensor, its dtype is not supported (integers, for example), or the file is damaged.
    pub fn numbers(&mut self, name: &str) -> Result<(Vec<usize>, Vec<f32>), VisionError> {
        let tensor = self.tensor(name)?;
        Ok((tensor.dims().to_vec(), tensor.flatten_all()?.to_vec1()?))
    }

    /// A tensor as f32 on the CPU.
    pub(super) fn tensor(&mut self, name: &str) -> Result<Tensor, VisionError> {
        let read = match self.file.listing.tensors.get(name) {
            Some(stored) => self.source.read(stored),
            None => Err(WeightsFault::NoTensor),
        };
        read.map_err(WeightsFault::within(&format!("tensor \"{name}\""))).map_err(|fault| self.file.damaged(fault))
    }
}

impl Source {
    fn read(&mut self, stored: &Stored) -> Result<Tensor, WeightsFault> {
        let dtype = stored.dtype.clone().map_err(WeightsFault::NumberKind)?;
        let order = order(&stored.shape, &stored.strides).ok_or(WeightsFault::Gaps)?;
        let count = elements(&stored.shape).ok_or(WeightsFault::Overflow)?;
        let length = count.checked_mul(dtype.size_in_bytes() as u64).filter(|length| *length <= MAX_TENSOR);
        let length = length.ok_or(WeightsFault::TooLarge)?;
        let bytes = match (self, stored.entry) {
            (Source::Plain(bytes), None) => {
                bytes.seek(SeekFrom::Start(stored.start))?;
                exactly(bytes, length)?
            }
            (Source::Zip(archive), Some(entry)) => {
                let mut entry = archive.by_index(entry)?;
                std::io::copy(&mut entry.by_ref().take(stored.start), &mut std::io::sink())?;
                exactly(&mut entry, length)?
            }
            _ => return Err(WeightsFault::Changed),
        };
        let shape: Vec<usize> = order.iter().map(|axis| stored.shape[*axis]).collect();
        let mut back = vec![0; order.len()];
        order.iter().enumerate().for_each(|(position, axis)| back[*axis] = position);
        let tensor = Tensor::from_raw_buffer(&bytes, dtype, &shape, &Device::Cpu)?;
        Ok(tensor.permute(back)?.to_dtype(DType::F32)?.contiguous()?)
    }
}

/// Reads exactly `length` bytes; memory grows only with the actual data. Asking for one byte more lets an archive
/// verify its checksum if the tensor is the whole entry.
fn exactly(from: &mut dyn Read, length: u64) -> Result<Vec<u8>, WeightsFault> {
    let mut bytes = Vec::with_capacity(length.min(1 << 24) as usize);
    from.take(length + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 >= length {
        true => bytes.truncate(length as usize),
        false => return Err(WeightsFault::CutShort { found: bytes.len(), wanted: length }),
    }
    Ok(bytes)
}

/// How many numbers a shape has.
fn elements(shape: &[usize]) -> Option<u64> {
    shape.iter().try_fold(1_u64, |count, side| count.checked_mul(*side as u64))
}

/// The axes from the slowest to the fastest if the tensor is contiguous; else `None`.
fn order(shape: &[usize], strides: &[usize]) -> Option<Vec<usize>> {
    let mut axes: Vec<usize> = (0..shape.len()).collect();
    // The stride of an axis of length 1 is irrelevant.
    axes.sort_by_key(|axis| (shape[*axis] > 1, std::cmp::Reverse(strides[*axis])));
    let mut step = 1_usize;
    for &axis in axes.iter().rev() {
        if shape[axis] > 1 && strides[axis] != step {
            return None;
        }
        step = step.checked_mul(shape[axis])?;
    }
    Some(axes)
}
