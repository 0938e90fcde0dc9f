//! Location of the built-in sample.

use std::path::{Path, PathBuf};

const SAMPLE: &str = "datasets/stamps-and-places";

/// The folder of the built-in sample: next to the program or above it (an unpacked release, a build folder), in or
/// above the current directory, or where the program was built. If it is missing, a path below the current directory,
/// which an error can then name.
pub fn demo_sample() -> PathBuf {
    let program = std::env::current_exe().ok();
    let working = std::env::current_dir().ok();
    let built = Path::new(env!("CARGO_MANIFEST_DIR"));
    let starts = program.iter().chain(&working).flat_map(|start| start.ancestors()).chain([built]);
    starts.map(|start| start.join(SAMPLE)).find(|folder| folder.is_dir()).unwrap_or_else(|| PathBuf::from(SAMPLE))
}
