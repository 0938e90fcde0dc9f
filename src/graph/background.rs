//! Work that cannot be interrupted, and is left behind when nobody wants it any more.

use std::ops::ControlFlow;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::Builder;
use std::time::Duration;

use super::GraphError;
use crate::base::guarded;

/// How often the caller is asked whether to go on.
const TICK: Duration = Duration::from_millis(20);

/// The result of `work`, which runs on another thread while `proceed` is asked every now and then; after a `Break` the
/// work goes on, but nobody waits for it. `None` if it panics, or no thread can be started.
///
/// # Errors
/// [`GraphError::Cancelled`] after a `Break`.
pub(super) fn abandonable<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
    proceed: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<Option<T>, GraphError> {
    if proceed().is_break() {
        return Err(GraphError::Cancelled);
    }
    let shared = Arc::new((Mutex::new(None), Condvar::new()));
    let theirs = shared.clone();
    let run = move || {
        let done = guarded(work);
        *theirs.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
        theirs.1.notify_all();
    };
    // Not a thread of a pool, which could be the one that waits.
    if Builder::new().name("decomposition".to_owned()).spawn(run).is_err() {
        return Ok(None);
    }
    let mut done = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        if let Some(done) = done.take() {
            return Ok(done);
        }
        if proceed().is_break() {
            return Err(GraphError::Cancelled);
        }
        done = shared.1.wait_timeout(done, TICK).unwrap_or_else(PoisonError::into_inner).0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn work_is_waited_for_unless_it_is_not_wanted_any_more() {
        let go_on = &mut || ControlFlow::Continue(());
        assert_eq!(abandonable(|| 7, go_on).unwrap(), Some(7));
        assert_eq!(abandonable(|| -> u8 { panic!("on purpose") }, go_on).unwrap(), None);
        let (started, mut asked) = (Instant::now(), 0);
        let slow = || {
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_secs(3) {
                std::hint::spin_loop();
            }
        };
        let stopped = abandonable(slow, &mut || {
            asked += 1;
            if asked > 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(matches!(stopped, Err(GraphError::Cancelled)));
        assert!(started.elapsed() < Duration::from_secs(1));
    }
}
