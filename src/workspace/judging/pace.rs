//! How fast a judge is, and how long the rest takes.

use crate::judge::{Label, Record};
use std::time::Duration;

/// A longer pause is no part of the work, in milliseconds.
const PAUSE: i64 = 120_000;

/// How many of the last judgements the pace is taken from.
const RECENT: usize = 60;

/// A day in milliseconds.
const DAY: i64 = 86_400_000;

/// How fast a judge is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pace {
    /// Judgements a minute, over the last ones without pauses; `None` with fewer than three.
    pub per_minute: Option<f64>,
    /// Judgements since `now`'s day began (UTC).
    pub today: usize,
}

impl Pace {
    /// The pace of a judge at a time, in milliseconds since 1970.
    pub fn of(record: &Record, now: i64) -> Self {
        let graded = |label: &Label<'_>| label.judgement.grade.is_some();
        let day = now.div_euclid(DAY);
        let today = record.entries().rev().take_while(|label| label.at.div_euclid(DAY) >= day).filter(graded).count();
        let times: Vec<i64> = record.entries().rev().filter(graded).take(RECENT).map(|label| label.at).collect();
        let gaps: Vec<i64> =
            times.windows(2).map(|pair| pair[0] - pair[1]).filter(|gap| (0..PAUSE).contains(gap)).collect();
        let total: i64 = gaps.iter().sum();
        let per_minute = (gaps.len() >= 2 && total > 0).then(|| gaps.len() as f64 * 60_000.0 / total as f64);
        Self { per_minute, today }
    }

    /// How long `count` judgements take at this pace.
    pub fn left(&self, count: usize) -> Option<Duration> {
        let seconds = 60.0 * count as f64 / self.per_minute?;
        seconds.is_finite().then(|| Duration::from_secs_f64(seconds.min(1e9)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::{Judgement, Line};

    /// A record with judgements at these times.
    fn record(times: &[i64]) -> Record {
        let mut record = Record::new("ann");
        for (number, &at) in times.iter().enumerate() {
            record.read(Line {
                at,
                judge: "ann".into(),
                query: "q".into(),
                image: format!("{number}").into(),
                judgement: Judgement::blind(1),
                step: Some(format!("{number}").into()),
                link: None,
            });
        }
        record
    }

    #[test]
    fn pauses_are_no_part_of_the_pace() {
        let start = 5 * DAY;
        let minute = 60_000;
        let times: Vec<i64> = [0, 2000, 4000, 60 * minute, 60 * minute + 2000].iter().map(|at| start + at).collect();
        let pace = Pace::of(&record(&times), start + 61 * minute);
        assert_eq!((pace.per_minute, pace.today), (Some(30.0), 5));
        assert_eq!(pace.left(90), Some(Duration::from_secs(180)));
    }

    #[test]
    fn yesterdays_judgements_do_not_count_today_and_two_tell_no_pace() {
        let pace = Pace::of(&record(&[DAY - 1000, DAY + 1000]), DAY + 2000);
        assert_eq!((pace.per_minute, pace.today, pace.left(5)), (None, 1, None));
        assert_eq!(Pace::of(&Record::new("ann"), DAY), Pace::default());
    }
}
