//! Calls of libraries that panic on input that is not theirs to trust.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// Whether panics of this thread go unreported.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work` and returns `None` if it panics, without a word on the terminal: whoever calls reports it as the fault of
/// the input that it is. Panics of other threads are reported as ever.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                usual(panic);
            }
        }));
    });
    let before = QUIET.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work)).ok();
    QUIET.set(before);
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_nothing_and_later_ones_are_reported_again() {
        assert_eq!(guarded(|| 1), Some(1));
        assert_eq!(guarded(|| guarded(|| -> u8 { panic!("inner") }).map_or(2, |_| 3)), Some(2));
        assert_eq!(guarded(|| -> u8 { panic!("outer") }), None);
        assert!(!QUIET.get());
    }
}
