//! Faults of a weights file; [`VisionError`](crate::vision::VisionError) adds the path.

use std::io;

use zip::result::ZipError;

use super::pickle::PickleError;
use crate::dataset::ArrayFault;

/// A fault of a weights file.
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
    /// An invalid tensor.
    #[error(transparent)]
    Tensor(#[from] candle_core::Error),
    /// A NumPy array that cannot be read.
    #[error(transparent)]
    Numpy(#[from] ArrayFault),
    /// A part of it is damaged.
    #[error("{part}: {source}")]
    Part {
        /// The entry, storage or tensor.
        part: String,
        /// The fault.
        source: Box<WeightsFault>,
    },
    /// It has no bytes.
    #[error("it is empty")]
    Empty,
    /// Its first bytes match no supported format.
    #[error("not a safetensors, .npz or PyTorch file")]
    UnknownFormat,
    /// A zip archive of another program.
    #[error("a zip archive, but not of NumPy or PyTorch")]
    UnknownArchive,
    /// An archive with implausibly many entries.
    #[error("too many entries ({0})")]
    TooManyEntries(usize),
    /// An implausibly long safetensors header.
    #[error("its header claims {0} bytes")]
    LongHeader(u64),
    /// An invalid safetensors header.
    #[error("its header: {0}")]
    Header(#[from] serde_json::Error),
    /// A safetensors file that is truncated or too long.
    #[error("it has {found} bytes instead of the {claimed} in its header")]
    Length {
        /// Bytes present.
        found: u64,
        /// Bytes according to the header.
        claimed: u64,
    },
    /// A PyTorch archive without its pickle.
    #[error("data.pkl is missing")]
    NoPickle,
    /// A pickle of another program.
    #[error("a pickle, but not of PyTorch")]
    NotPytorch,
    /// Big-endian numbers.
    #[error("its numbers are big-endian")]
    BigEndian,
    /// A pickled model instead of its weights.
    #[error("it holds a whole model, which only Python can rebuild: save its state_dict() instead")]
    WholeModel,
    /// Not a dictionary of tensors.
    #[error("it holds no state_dict")]
    NoStateDict,
    /// Implausibly many tensors.
    #[error("it holds too many tensors")]
    TooManyTensors,
    /// An invalid list of storages.
    #[error("its list of storages is invalid")]
    NoStorages,
    /// A storage that extends past the end of the file.
    #[error("storage {0} is truncated or damaged")]
    Storage(String),
    /// An entry of the archive is missing.
    #[error("{0} is missing")]
    MissingEntry(String),
    /// A compressed entry, which PyTorch never writes.
    #[error("{0} is compressed")]
    Compressed(String),
    /// A tensor that extends past the end of its storage.
    #[error("tensor \"{0}\" extends past the end of its storage")]
    Outside(String),
    /// Tensors of several networks, none of which is the conventional one.
    #[error("it holds several networks, with the prefixes {0}")]
    SeveralNetworks(String),
    /// There is no such tensor.
    #[error("there is no such tensor")]
    NoTensor,
    /// Integers, for example.
    #[error("numbers of type {0} are not supported")]
    NumberKind(String),
    /// A non-contiguous tensor.
    #[error("it is a non-contiguous part of a larger tensor")]
    Gaps,
    /// Its size overflows.
    #[error("its size overflows")]
    Overflow,
    /// Larger than any tensor of a supported network.
    #[error("it is too large")]
    TooLarge,
    /// Fewer bytes than the tensor needs.
    #[error("truncated: {found} of {wanted} bytes")]
    CutShort {
        /// Bytes present.
        found: usize,
        /// Bytes of the tensor.
        wanted: u64,
    },
    /// The format has changed since the file was opened.
    #[error("the file has changed")]
    Changed,
}

impl WeightsFault {
    /// For `map_err`: adds the part of the file that it is about.
    pub(super) fn within<E: Into<Self>>(part: &str) -> impl FnOnce(E) -> Self {
        move |fault| Self::Part { part: part.to_owned(), source: Box::new(fault.into()) }
    }
}
