//! One worker that serves requests in their order.

use super::Wake;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

/// A worker that turns requests `Q` into answers `A`, in order and as many at once as are waiting.
///
/// Dropping it waits until every request is served: what was asked to be saved is saved.
pub struct Sequence<Q, A> {
    requests: Option<Sender<Q>>,
    answers: Receiver<A>,
    thread: Option<JoinHandle<()>>,
}

impl<Q: Send + 'static, A: Send + 'static> Sequence<Q, A> {
    /// Starts the worker; it calls `wake` after every answer.
    pub fn new(name: &str, wake: Wake, mut answer: impl FnMut(Vec<Q>) -> A + Send + 'static) -> Self {
        let (requests, waiting) = channel();
        let (sender, answers) = channel();
        let serve = move || {
            while let Ok(first) = waiting.recv() {
                let all = std::iter::once(first).chain(waiting.try_iter()).collect();
                // Whoever asked may be gone; the rest is served all the same.
                let _ = sender.send(answer(all));
                wake();
            }
        };
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(serve).ok();
        Self { requests: Some(requests), answers, thread }
    }

    /// Queues a request; `false` if it can never be served.
    pub fn request(&self, request: Q) -> bool {
        self.requests.as_ref().is_some_and(|requests| requests.send(request).is_ok())
    }

    /// The next answer, if there is one.
    pub fn poll(&self) -> Option<A> {
        self.answers.try_recv().ok()
    }
}

impl<Q, A> Drop for Sequence<Q, A> {
    fn drop(&mut self) {
        drop(self.requests.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[test]
    fn everything_is_served_in_order_also_when_it_is_dropped_at_once() {
        let served = Arc::new(Mutex::new(Vec::new()));
        let sink = served.clone();
        let sequence = Sequence::new("sequence", Arc::new(|| {}), move |all: Vec<usize>| {
            sink.lock().expect("a list").extend(all);
        });
        (0..100).for_each(|number| assert!(sequence.request(number)));
        drop(sequence);
        assert_eq!(*served.lock().expect("a list"), (0..100).collect::<Vec<_>>());
    }
}
