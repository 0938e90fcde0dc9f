//! What can be wrong within a weights file; [`VisionError`](crate::vision::VisionError) adds the path.

use std::io;

use zip::result::ZipError;

use super::pickle::PickleError;
use crate::dataset::ArrayFault;

/// What is wrong with a weights file.
#[derive(Debug, thiserror::Error)]
pub enum WeightsFault {
    /// It could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A damaged zip archive.
    #[error(transparent)]
    Zip(#[from] ZipError),
    /// A pickle that cannot be read.
    #[error(transparent)]
    Pickle(#[from] PickleError),
    /// Numbers that make no tensor.
    #[error(transparent)]
    Tensor(#[from] candle_core::Error),
    /// An array of NumPy that cannot be read.
    #[error(transparent)]
    Numpy(#[from] ArrayFault),
    /// A part of it is damaged.
    #[error("{part}: {source}")]
    Part {
        /// The entry, storage or tensor.
        part: String,
        /// What is wrong with it.
        source: Box<WeightsFault>,
    },
    /// It is a folder.
    #[error("it is a folder")]
    Folder,
    /// It has no bytes.
    #[error("it is empty")]
    Empty,
    /// Its first bytes are of no format that is read.
    #[error("neither safetensors, .npz nor a PyTorch file")]
    UnknownFormat,
    /// A zip archive of another program.
    #[error("a zip archive of neither NumPy nor PyTorch")]
    UnknownArchive,
    /// An archive of more entries than weights have.
    #[error("{0} entries are too many")]
    TooManyEntries(usize),
    /// A safetensors header longer than any.
    #[error("its header claims {0} bytes")]
    LongHeader(u64),
    /// A safetensors header that is no JSON of tensors.
    #[error("its header: {0}")]
    Header(#[from] serde_json::Error),
    /// A safetensors file cut short or too long.
    #[error("it has {found} bytes where its header tells of {claimed}")]
    Length {
        /// Bytes that are there.
        found: u64,
        /// Bytes by the header.
        claimed: u64,
    },
    /// An archive of PyTorch without its pickle.
    #[error("there is no data.pkl")]
    NoPickle,
    /// A pickle of another program.
    #[error("a pickle, but not of PyTorch")]
    NotPytorch,
    /// Numbers with the greatest byte first.
    #[error("its numbers are big-endian")]
    BigEndian,
    /// A whole model in the place of its weights.
    #[error("it holds a whole model, which only Python can rebuild: save its state_dict() instead")]
    WholeModel,
    /// Something other than named tensors.
    #[error("it holds no state_dict")]
    NoStateDict,
    /// More tensors than any network has.
    #[error("it holds too many tensors")]
    TooManyTensors,
    /// Something other than a list of storages.
    #[error("its list of storages is none")]
    NoStorages,
    /// A storage that does not end within the file.
    #[error("storage {0} is cut off or damaged")]
    Storage(String),
    /// An entry of the archive is missing.
    #[error("{0} is missing")]
    MissingEntry(String),
    /// PyTorch compresses nothing.
    #[error("{0} is compressed")]
    Compressed(String),
    /// A tensor beyond the end of its storage.
    #[error("tensor \"{0}\" lies outside")]
    Outside(String),
    /// Tensors of several networks, of which none is the usual one.
    #[error("it holds several networks, which begin with {0}")]
    SeveralNetworks(String),
    /// There is no such tensor.
    #[error("there is none")]
    NoTensor,
    /// Integers, for one.
    #[error("numbers of the kind {0} are not read")]
    NumberKind(String),
    /// A tensor that does not fill its place.
    #[error("it is a part of a larger tensor, with gaps")]
    Gaps,
    /// More numbers than can be counted.
    #[error("its size overflows")]
    Overflow,
    /// More numbers than any tensor of a network here.
    #[error("it is too large")]
    TooLarge,
    /// Fewer bytes than the tensor takes.
    #[error("{found} bytes of {wanted} are there")]
    CutShort {
        /// Bytes that are there.
        found: usize,
        /// Bytes of the tensor.
        wanted: u64,
    },
    /// The format is another one than when it was opened.
    #[error("the file has changed")]
    Changed,
}

impl WeightsFault {
    /// For `map_err`: adds the part of the file that it is about.
    pub(super) fn within<E: Into<Self>>(part: &str) -> impl FnOnce(E) -> Self {
        move |fault| Self::Part { part: part.to_owned(), source: Box::new(fault.into()) }
    }
}
