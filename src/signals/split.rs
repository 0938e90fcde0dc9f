//! Splitting as this build does: with dictionaries or without.

#[cfg(not(feature = "cjk"))]
use super::splitting::DICTIONARIES;
use super::splitting::Splitting;

/// How this process splits texts.
#[cfg(feature = "cjk")]
pub fn splitting() -> &'static Splitting {
    super::segment::splitting()
}

/// How this process splits texts.
#[cfg(not(feature = "cjk"))]
pub fn splitting() -> &'static Splitting {
    use std::sync::LazyLock;
    static PAIRS: LazyLock<Splitting> = LazyLock::new(|| {
        let is_set = std::env::var_os(DICTIONARIES).is_some_and(|folder| !folder.is_empty());
        let fault = || format!("{DICTIONARIES} has no effect: this program was built without the feature cjk");
        Splitting { key: Splitting::PAIRS.to_owned(), faults: is_set.then(fault).into_iter().collect() }
    });
    &PAIRS
}

/// The words of a run of such characters; `None` if no dictionary is for it.
#[cfg(feature = "cjk")]
pub(super) fn words(run: &[char]) -> Option<Vec<String>> {
    super::segment::words(run)
}

/// The words of a run of such characters; `None` as there is no dictionary.
#[cfg(not(feature = "cjk"))]
pub(super) fn words(_: &[char]) -> Option<Vec<String>> {
    None
}
