//! `crossrank search --precision`: where the list is likely to end.

use super::data::opening;
use super::labels::{LabelArgs, counting};
use super::progress::Progress;
use crate::dataset::Split;
use crate::eval::calibration::{Calibration, PRECISIONS, ScoredQuery, Uncalibrated};
use crate::index::{Candidates, Collection, VectorSet};
use crate::signals;
use crate::train::RunData;
use crate::workspace::{Ranker, scored_query};
use anyhow::{Result, anyhow};
use serde_json::{Value, json};

/// Judged queries that are looked at.
const MOST_QUERIES: usize = 200;

#[derive(Debug, clap::Args)]
pub(super) struct CutOffArgs {
    /// Say where the list can end so that this share of what is kept is likely to be relevant, by the judgements of the
    /// collection's kept queries.
    #[arg(long, value_name = "SHARE", value_parser = precision)]
    pub precision: Option<f64>,
    #[command(flatten)]
    pub labels: LabelArgs,
}

fn precision(text: &str) -> Result<f64> {
    let share = text.trim().parse::<f64>().ok();
    let (low, high) = (PRECISIONS[0], PRECISIONS[PRECISIONS.len() - 1]);
    share.filter(|share| (low..=high).contains(share)).ok_or_else(|| anyhow!("must be a number from {low} to {high}"))
}

/// Where a list is likely to end.
pub(super) struct CutOff {
    precision: f64,
    found: Result<Found, Uncalibrated>,
}

struct Found {
    /// The probability of each candidate.
    probabilities: Vec<f64>,
    /// How many can be kept.
    end: usize,
    calibration: Calibration,
}

impl CutOff {
    /// Looks for it, by the scores of the kept queries under the same ranking. `order`: the candidates, best first.
    ///
    /// # Errors
    /// If the kept queries or their judgements cannot be read or ranked.
    pub(super) fn find(
        (args, precision): (&CutOffArgs, f64),
        (collection, ranker): (&Collection, &Ranker),
        (words, candidates, order): (&str, &Candidates, &[usize]),
        vectors: Option<&VectorSet>,
        progress: &mut Progress,
    ) -> Result<Self> {
        let query = collection.query(words, words, Some(Split::Test), candidates);
        let gathered = collection.gather(collection.kept()?, &query, vectors)?;
        let judgements = counting(&gathered.dataset, gathered.judgements, args.labels.choice(), progress)?;
        let signals = signals::compute(&gathered.dataset);
        let memory = opening(false, None)?.memory;
        let data = RunData::new(gathered.dataset, judgements, signals, (Vec::new(), gathered.vectors), memory);
        let is_learned_from = |&query: &usize| {
            query != gathered.query && data.splits[query] != Split::Test && data.judgements.is_judged(query)
        };
        let mut queries: Vec<usize> =
            (0..data.dataset.queries.len()).filter(is_learned_from).take(MOST_QUERIES).collect();
        queries.push(gathered.query);
        progress.stage("Looking where lists end");
        let scores = ranker.scores(&data, &queries)?;
        let scored = queries.iter().zip(&scores).map(|(query, of)| scored_query(of, data.judgements.of(*query)));
        let mut scored: Vec<ScoredQuery> = scored.collect();
        let own = scored.pop().unwrap_or_default();
        let found = Calibration::fit(&scored).map(|calibration| {
            let probabilities = calibration.known_probabilities(&own);
            Found { end: Calibration::end(order, &probabilities, precision), probabilities, calibration }
        });
        Ok(Self { precision, found })
    }

    /// The probability of a candidate.
    pub(super) fn probability(&self, candidate: usize) -> Option<f64> {
        self.found.as_ref().ok().and_then(|found| found.probabilities.get(candidate)).copied().filter(|p| !p.is_nan())
    }

    /// As a member of the answer.
    pub(super) fn object(&self) -> Value {
        match &self.found {
            Err(why) => json!({ "precision": self.precision, "end": null, "is_sure": false, "why": why.to_string() }),
            Ok(found) => {
                let promise = found.calibration.promise(self.precision);
                json!({
                    "precision": self.precision,
                    "end": found.end,
                    "is_sure": promise.is_some_and(|promise| promise.holds()),
                    "held_out": promise.and_then(|promise| promise.kept),
                    "interval": promise.and_then(|promise| promise.interval).map(|interval| [interval.low, interval.high]),
                    "queries": found.calibration.queries,
                    "error": found.calibration.error,
                })
            }
        }
    }

    /// In a line.
    pub(super) fn line(&self) -> String {
        let found = match &self.found {
            Err(why) => return format!("no sure cut-off yet: {why}\n"),
            Ok(found) => found,
        };
        let promise = found.calibration.promise(self.precision);
        let kept = promise.and_then(|promise| promise.kept).map_or_else(String::new, |kept| {
            format!("; on queries left out, {:.0} % of what was kept was relevant", 100.0 * kept)
        });
        match promise.is_some_and(|promise| promise.holds()) {
            true if found.end == 0 => format!("not even the first is {:.0} % likely{kept}\n", 100.0 * self.precision),
            true => format!("stop after {} for {:.0} % relevant{kept}\n", found.end, 100.0 * self.precision),
            false => format!("no sure cut-off yet at {:.0} %{kept}\n", 100.0 * self.precision),
        }
    }
}
