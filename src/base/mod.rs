//! The ground floor: what every room may use and no single room owns.

mod content_hash;
mod file_error;
mod folders;
mod guarded;
mod lock;
mod names;
mod printable;
mod program;
mod progress;
mod regular;
mod rng;
mod short;
mod size;
mod spread;
mod stub;
mod time;
mod whole;

pub use content_hash::ContentHash;
pub use file_error::{At, FileError};
pub use folders::folders_with;
pub use guarded::guarded;
pub use lock::{Lock, LockError, Owner, check_unlocked, host_name, lock_owner, pause};
pub use names::UnknownName;
pub(crate) use names::named;
pub use printable::{is_unsafe, printable, printable_lines, shown};
pub use program::{COMMIT, VERSION};
pub use progress::{Progress, Unit};
pub use regular::{check_file, open_file, read_file, read_text_file};
pub use rng::{Rng, SplitMix64};
pub use short::short_f32;
pub use size::{parse_size, size_text};
pub use spread::{Spread, mean};
pub use stub::sweep_stubs;
pub use time::unix_seconds;
pub use whole::{is_abandoned, sweep, write_unsynced, write_whole};
