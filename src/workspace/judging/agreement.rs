//! How far the judges of the open data set agree.

use super::Judging;
use crate::jobs::{Event, JobError};
use crate::judge::agreement::{Agreement, Intervals, agreement, intervals};
use crate::judge::{Counted, Judges, Table};
use crate::workspace::{Message, Workspace};

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasuredAgreement {
    /// The judges' names, in the order of all that follows.
    pub judges: Vec<String>,
    /// The coefficients.
    pub agreement: Agreement,
    /// Their intervals.
    pub intervals: Intervals,
    /// [`Judges::version`] of what was measured.
    version: u64,
}

impl Judging {
    /// How far the judges agree, as it was last measured.
    pub fn agreement(&self) -> Option<&MeasuredAgreement> {
        self.agreement.as_ref()
    }

    /// Whether labels have changed since agreement was measured.
    pub fn is_agreement_stale(&self) -> bool {
        let version = self.judges.as_ref().map(Judges::version);
        self.agreement.as_ref().is_some_and(|measured| Some(measured.version) != version)
    }

    /// Whether agreement is being measured.
    pub fn is_measuring(&self) -> bool {
        self.measuring.is_running()
    }
}

impl Workspace {
    /// Measures how far the judges agree; not for fewer than two.
    pub(super) fn measure_agreement(&mut self) {
        let Some(judges) = &self.judging.judges else { return };
        let names = judges.names();
        if names.len() < 2 {
            return self.tell(Message::notice("Agreement needs two judges."));
        }
        let (table, version) = (Table::of(judges, &names, Counted::default()), judges.version());
        self.judging.measuring.retire();
        self.judging.measuring.start("agreement", self.wake(), move |worker| {
            worker.stage("Measuring agreement", 0, 0)?;
            let (agreement, intervals) = (agreement(&table), intervals(&table));
            Ok(Box::new(MeasuredAgreement { judges: table.judges, agreement, intervals, version }))
        });
    }

    /// Takes in what was measured since the last call.
    pub(super) fn poll_agreement(&mut self) -> bool {
        let mut changed = false;
        while let Some(event) = self.judging.measuring.poll() {
            match event {
                Event::Done(measured) => self.judging.agreement = Some(*measured),
                Event::Failed(JobError::Cancelled) | Event::Progress(_) | Event::Update(()) => continue,
                Event::Failed(error) => self.tell(Message::warning(error.to_string())),
            }
            changed = true;
        }
        changed
    }
}
