//! Progress of long-running work.

use super::size_text;
use std::time::Duration;

/// The unit in which work is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Queries, pictures, epochs: whatever the stage processes.
    #[default]
    Steps,
    /// Bytes, shown as megabytes.
    Bytes,
}

/// Progress of long-running work.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// The current stage, in a few words.
    pub stage: String,
    /// Steps done.
    pub done: usize,
    /// Total number of steps; 0 if unknown.
    pub total: usize,
    /// The unit of the steps.
    pub unit: Unit,
    /// Steps per second, where that is meaningful.
    pub rate: Option<f64>,
    /// Time left as estimated by the worker, where that beats extrapolating from the share done.
    pub left: Option<Duration>,
}

impl Progress {
    /// Share done, between 0 and 1.
    pub fn fraction(&self) -> Option<f32> {
        (self.total > 0).then(|| self.done as f32 / self.total as f32)
    }

    /// `3 of 12` or `1.5 MB of 44.7 MB`; `None` if the total is unknown.
    pub fn amount(&self) -> Option<String> {
        let text = |count: usize| match self.unit {
            Unit::Steps => count.to_string(),
            Unit::Bytes => size_text(count as u64),
        };
        (self.total > 0).then(|| format!("{} of {}", text(self.done), text(self.total)))
    }

    /// Time left: the worker's estimate, else extrapolated from the pace so far.
    pub fn remaining(&self, elapsed: Duration) -> Option<Duration> {
        self.left.or_else(|| self.at_this_pace(elapsed))
    }

    fn at_this_pace(&self, elapsed: Duration) -> Option<Duration> {
        (self.done > 0 && self.total >= self.done && elapsed > Duration::from_millis(500))
            .then(|| elapsed.mul_f64((self.total - self.done) as f64 / self.done as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_extrapolated_unless_the_worker_has_an_estimate() {
        let mut progress = Progress { done: 25, total: 100, ..Progress::default() };
        assert_eq!(progress.remaining(Duration::from_secs(10)), Some(Duration::from_secs(30)));
        assert_eq!(progress.remaining(Duration::from_millis(100)), None, "too early to tell");
        progress.left = Some(Duration::from_secs(7));
        assert_eq!(progress.remaining(Duration::from_secs(10)), progress.left);
    }

    #[test]
    fn amounts_are_shown_in_their_unit() {
        let steps = Progress { done: 3, total: 12, ..Progress::default() };
        assert_eq!((steps.amount().as_deref(), steps.fraction()), (Some("3 of 12"), Some(0.25)));
        let bytes = Progress { done: 1_500_000, total: 44_700_000, unit: Unit::Bytes, ..Progress::default() };
        assert_eq!(bytes.amount().as_deref(), Some("1.5 MB of 44.7 MB"));
        assert_eq!((Progress::default().amount(), Progress::default().fraction()), (None, None));
    }
}
