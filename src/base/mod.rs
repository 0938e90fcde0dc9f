//! The ground floor: what every room may use and no single room owns.

mod file_error;
mod guarded;
mod names;
mod printable;
mod progress;
mod regular;
mod rng;
mod size;
mod spread;
mod whole;

pub use file_error::{At, FileError};
pub use guarded::guarded;
pub use names::UnknownName;
pub(crate) use names::named;
pub use printable::{is_unsafe, printable, printable_lines, shown};
pub use progress::{Progress, Unit};
pub use regular::{check_file, open_file, read_file, read_text_file};
pub use rng::{Rng, SplitMix64};
pub use size::{parse_size, size_text};
pub use spread::{Spread, mean};
pub use whole::{is_abandoned, sweep, write_unsynced, write_whole};
