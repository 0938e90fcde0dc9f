//! How runs of Chinese, Japanese and Korean characters are split into words: into pairs of characters, or by dictionaries of
//! a build with the feature `cjk`.

/// The environment variable for the folder of dictionaries: `ko`, `ja` and `zh` in it, as Lindera builds them.
pub const DICTIONARIES: &str = "CROSSRANK_DICTIONARIES";

/// How texts are split.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splitting {
    /// The same if and only if all texts are split alike: `pairs`, or the dictionaries.
    pub key: String,
    /// Why a dictionary that was asked for is not used.
    pub faults: Vec<String>,
}

impl Splitting {
    /// The key without dictionaries.
    pub const PAIRS: &str = "pairs";
}
