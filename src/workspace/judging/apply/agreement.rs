//! Measuring how far the judges agree.

use crate::judge::agreement::{agreement, consistency, controls, intervals};
use crate::judge::queues::Kind;
use crate::judge::{Counted, Table};
use crate::workspace::judging::MeasuredAgreement;
use crate::workspace::{Message, Workspace};

impl Workspace {
    /// Measures how far the judges agree; not for fewer than two.
    pub(in crate::workspace) fn measure_agreement(&mut self) {
        let Some(judges) = &self.judging.judges else { return };
        let names = judges.names();
        if names.len() < 2 {
            return self.tell(Message::notice("Agreement needs two judges."));
        }
        let (table, version) = (Table::of(judges, &names, Counted::default()), judges.version());
        let again = [Kind::Repeats.name(), Kind::Audit.name()];
        let of = |name: &&str| judges.record(name).map(|record| consistency(record, &again)).unwrap_or_default();
        let consistency = names.iter().map(of).collect();
        let truth = self.settings.judging.truth.clone();
        let known = |query: &str, image: &str| judges.label(&truth, query, image)?.grade.filter(|grade| *grade >= 0);
        let hidden = [Kind::Controls.name()];
        let of = |name: &&str| judges.record(name).map(|record| controls(record, &hidden, known)).unwrap_or_default();
        let controls = names.iter().map(of).collect();
        self.judging.measuring.retire();
        self.judging.measuring.start("agreement", self.wake(), move |worker| {
            worker.stage("Measuring agreement", 0, 0)?;
            let (agreement, intervals) = (agreement(&table), intervals(&table));
            Ok(Box::new(MeasuredAgreement { table, consistency, controls, agreement, intervals, version }))
        });
    }

    /// Takes in what was measured since the last call.
    pub(in crate::workspace) fn poll_agreement(&mut self) -> bool {
        let Some(ended) = self.judging.measuring.ended() else { return false };
        match ended {
            Ok(measured) => self.judging.agreement = Some(*measured),
            Err(error) => self.tell(Message::warning(error.to_string())),
        }
        true
    }
}
