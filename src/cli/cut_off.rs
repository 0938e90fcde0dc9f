//! `crossrank search --precision`: where the list is likely to end.

use super::labels::LabelArgs;
use super::progress::Progress;
use crate::eval::calibration::{Calibration, PRECISIONS, ScoredQuery, Uncalibrated};
use crate::train::RunData;
use crate::workspace::{Ranker, learned_from, scored_query};
use anyhow::{Result, anyhow};
use serde_json::{Value, json};

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
    /// Looks for it, by the scores of the kept queries under the same ranking. `query`: the one at hand, with the scores of
    /// its candidates and these in the order of the list, best first.
    ///
    /// # Errors
    /// If the kept queries cannot be ranked.
    pub(super) fn find(
        precision: f64,
        ranker: &Ranker,
        data: &RunData,
        (query, scores, order): (usize, &[f32], &[usize]),
        progress: &mut Progress,
    ) -> Result<Self> {
        progress.stage("Looking where lists end");
        let queries = learned_from(&data.judgements, &data.splits);
        let of_queries = ranker.scores(data, &queries)?;
        let scored = queries.iter().zip(&of_queries).filter_map(|(&query, scores)| Some((query, scores.as_ref()?)));
        let scored: Vec<ScoredQuery> =
            scored.map(|(query, scores)| scored_query(scores, data.judgements.of(query))).collect();
        let own = scored_query(scores, data.judgements.of(query));
        let found = Calibration::fit(&scored).map(|calibration| {
            let probabilities = calibration.known_probabilities(&own);
            Found { end: Calibration::end(order, &probabilities, precision), probabilities, calibration }
        });
        progress.finish();
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
