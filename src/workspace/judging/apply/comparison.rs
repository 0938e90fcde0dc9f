//! How sure the comparison of the open rankings is, given who judged.

use crate::dataset::Judgements;
use crate::eval::{Measure, evaluate_scores};
use crate::judge::comparison::{LabelSets, PerQuery};
use crate::workspace::judging::MeasuredComparison;
use crate::workspace::{Message, Order, Workspace};

impl Workspace {
    /// Measures the open rankings by each judge's labels and by those of all together.
    pub(super) fn measure_comparison(&mut self) {
        let (Some(session), Some(judges)) = (&self.session, &self.judging.judges) else { return };
        if judges.names().is_empty() {
            return self.tell(Message::notice("A comparison needs labels of a judge."));
        }
        let sets = match LabelSets::of(judges, &self.judging.protocol.labels) {
            Ok(sets) => sets,
            Err(error) => return self.tell(Message::warning(error.to_string())),
        };
        let version = (judges.version(), session.rankings_version());
        let (data, files) = (session.data.clone(), self.judging.files.clone());
        // The best first: it is the one that is compared.
        let orders = [Order::Model, Order::Text, Order::Initial].into_iter();
        let rankings: Vec<(String, Vec<Vec<f32>>)> =
            orders.filter_map(|order| Some((order.name().to_owned(), session.all_scores(order)?))).collect();
        self.judging.comparing.retire();
        self.judging.comparing.start("comparison", self.wake(), move |worker| {
            worker.stage("Comparing rankings", 0, 0)?;
            let all: Vec<usize> = (0..data.dataset.queries.len()).collect();
            let measure = |judgements: &Judgements, ranking: usize| -> PerQuery {
                let scores = &rankings[ranking].1;
                let of = |query: usize| scores.get(query).map_or(&[][..], Vec::as_slice);
                let per_query = evaluate_scores(&data.dataset, judgements, &all, of, &[Measure::Map]).per_query;
                per_query.into_iter().filter_map(|(query, values)| Some((query, values.get(Measure::Map)?))).collect()
            };
            let names = rankings.iter().map(|(name, _)| name.clone()).collect();
            let comparison = sets.compare(&data.dataset, &files, names, measure);
            Ok(Box::new(MeasuredComparison { comparison, version }))
        });
    }

    /// Takes in what was measured since the last call.
    pub(super) fn poll_comparison(&mut self) -> bool {
        let Some(ended) = self.judging.comparing.ended() else { return false };
        match ended {
            Ok(measured) => self.judging.comparison = Some(*measured),
            Err(error) => self.tell(Message::warning(error.to_string())),
        }
        true
    }

    /// Whether labels or rankings have changed since they were compared.
    pub fn is_comparison_stale(&self) -> bool {
        let judges = self.judging.judges.as_ref().map(|judges| judges.version());
        let now = judges.zip(self.session.as_ref().map(|session| session.rankings_version()));
        self.judging.comparison.as_ref().is_some_and(|measured| Some(measured.version) != now)
    }
}
