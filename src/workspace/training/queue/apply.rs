//! Queueing runs, and starting them in turn.

use super::QueuedRun;
use crate::workspace::{Message, Workspace};

impl Workspace {
    /// Queues the settings as they are with each seed, and starts the first run if none is in training.
    pub(in crate::workspace::training) fn queue_runs(&mut self, seeds: &[u64]) {
        if let Some(obstacle) = self.training_obstacle() {
            return self.tell(Message::warning(obstacle));
        }
        let parent = self.warm_start();
        for &seed in seeds {
            let mut experiment = self.settings.experiment.clone();
            experiment.training.seed = seed;
            self.training.queued += 1;
            self.training.queue.push(QueuedRun { number: self.training.queued, experiment, parent: parent.clone() });
        }
        self.start_queued();
    }

    pub(in crate::workspace::training) fn unqueue(&mut self, number: u64) {
        self.training.queue.retain(|run| run.number != number);
    }

    pub(in crate::workspace::training) fn move_queued(&mut self, number: u64, by: isize) {
        let queue = &mut self.training.queue;
        if let Some(at) = queue.iter().position(|run| run.number == number) {
            let to = at.saturating_add_signed(by).min(queue.len() - 1);
            let run = queue.remove(at);
            queue.insert(to, run);
        }
    }

    /// Starts the next queued run if none is in training.
    pub(in crate::workspace::training) fn start_queued(&mut self) {
        while !self.training.is_running() && !self.training.queue.is_empty() {
            let next = self.training.queue.remove(0);
            self.train(next.experiment, next.parent);
        }
    }
}
