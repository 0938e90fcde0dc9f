//! A few threads that serve many small requests, newest first.

use super::Wake;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;

struct Queue<Q> {
    waiting: Mutex<(Vec<Q>, bool)>,
    changed: Condvar,
}

/// A pool of workers that turn requests `Q` into answers `A`.
///
/// The newest request is served first: what scrolled into view last is what the user is looking at.
pub struct Pool<Q, A> {
    queue: Arc<Queue<Q>>,
    answers: Receiver<A>,
    threads: Vec<JoinHandle<()>>,
}

impl<Q: Send + 'static, A: Send + 'static> Pool<Q, A> {
    /// Starts `threads` workers. `answer` must not panic on any request; one that does ends its worker.
    pub fn new(name: &str, threads: usize, wake: Wake, answer: impl Fn(Q) -> A + Send + Sync + 'static) -> Self {
        let queue = Arc::new(Queue { waiting: Mutex::new((Vec::new(), false)), changed: Condvar::new() });
        let (sender, answers) = channel();
        let answer = Arc::new(answer);
        let threads = (0..threads.max(1))
            .filter_map(|number| {
                let (queue, sender, answer, wake) = (queue.clone(), sender.clone(), answer.clone(), wake.clone());
                std::thread::Builder::new()
                    .name(format!("{name} {number}"))
                    .spawn(move || serve(&queue, &sender, &wake, &*answer))
                    .ok()
            })
            .collect();
        Self { queue, answers, threads }
    }

    /// Queues a request; the answer comes through [`Pool::poll`].
    pub fn request(&self, request: Q) {
        if let Ok(mut waiting) = self.queue.waiting.lock() {
            waiting.0.push(request);
        }
        self.queue.changed.notify_one();
    }

    /// Removes and returns the requests that have not been started.
    pub fn drain(&self) -> Vec<Q> {
        self.queue.waiting.lock().map(|mut waiting| std::mem::take(&mut waiting.0)).unwrap_or_default()
    }

    /// The next answer, if there is one.
    pub fn poll(&self) -> Option<A> {
        self.answers.try_recv().ok()
    }
}

fn serve<Q, A>(queue: &Queue<Q>, sender: &Sender<A>, wake: &Wake, answer: &(dyn Fn(Q) -> A + Send + Sync)) {
    loop {
        let Ok(mut waiting) = queue.waiting.lock() else { return };
        let request = loop {
            if waiting.1 {
                return;
            }
            if let Some(request) = waiting.0.pop() {
                break request;
            }
            match queue.changed.wait(waiting) {
                Ok(guard) => waiting = guard,
                Err(_) => return,
            }
        };
        drop(waiting);
        if sender.send(answer(request)).is_err() {
            return;
        }
        wake();
    }
}

impl<Q, A> Drop for Pool<Q, A> {
    fn drop(&mut self) {
        if let Ok(mut waiting) = self.queue.waiting.lock() {
            waiting.0.clear();
            waiting.1 = true;
        }
        self.queue.changed.notify_all();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
