//! Pictures side by side on the main processor.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::{ThreadPool, ThreadPoolBuilder};

/// One pool of a single thread for each core.
///
/// Matrix products split their work over whatever pool they are called in. With one picture a core that splitting only
/// makes the cores wait for each other (three times the processor time, measured), so each core gets a pool of its own
/// in which there is nobody to wait for.
pub(super) struct Lanes(Vec<ThreadPool>);

impl Lanes {
    /// As many lanes as rayon has threads.
    pub(super) fn new() -> Result<Self, rayon::ThreadPoolBuildError> {
        let lane =
            |index| ThreadPoolBuilder::new().num_threads(1).thread_name(move |_| format!("lane {index}")).build();
        Ok(Self((0..rayon::current_num_threads()).map(lane).collect::<Result<_, _>>()?))
    }

    /// `work(0)`, …, `work(count − 1)`, in order of the index whatever lane did which; the first error that came up,
    /// if any, after which no further index is begun.
    pub(super) fn map<T: Send, E: Send>(
        &self,
        count: usize,
        work: impl Fn(usize) -> Result<T, E> + Sync,
    ) -> Result<Vec<T>, E> {
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::with_capacity(count));
        let lane = || {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= count {
                    return Ok(());
                }
                let result = work(index).inspect_err(|_| next.store(count, Ordering::Relaxed))?;
                done.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push((index, result));
            }
        };
        std::thread::scope(|scope| {
            let lanes: Vec<_> = self.0.iter().take(count).map(|pool| scope.spawn(|| pool.install(lane))).collect();
            let results =
                lanes.into_iter().map(|lane| lane.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            results.collect::<Vec<Result<(), E>>>().into_iter().collect::<Result<(), E>>()
        })?;
        let mut done = done.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
        done.sort_by_key(|&(index, _)| index);
        Ok(done.into_iter().map(|(_, result)| result).collect())
    }
}
