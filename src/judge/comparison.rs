//! How sure a comparison of rankings is, given who judged.
//!
//! Rankings are measured by each judge's labels and by those of all together; a difference that holds for one judge's
//! labels only says more about that judge than about the rankings. E. Voorhees, "Variations in relevance judgments and
//! the measurement of retrieval effectiveness" (*Information Processing & Management* 2000), asks the same question.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::agreement::{JUDGES_TO_RESAMPLE, LEVEL};
use super::counting::Counting;
use super::protocol::LabelChoice;
use super::{JudgeError, Judges};
use crate::base::mean;
use crate::dataset::{Dataset, Judgements, LabelKind};
use crate::eval::significance::{
    Interval, Outcomes, RESAMPLES, SEED, bootstrap, differences, outcomes, randomisation, two_way,
};

/// A ranking's measure on each query that is judged, by the query's id.
pub type PerQuery = BTreeMap<String, f64>;

/// The labels to compare rankings by, apart from their journals.
#[derive(Clone, Debug)]
pub struct LabelSets {
    judges: Vec<(String, Counting)>,
    together: (LabelChoice, Counting),
}

/// One ranking against another by some labels: the first minus the second.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The mean difference over the queries.
    pub difference: f64,
    /// Its bootstrap interval over queries.
    pub interval: Option<Interval>,
    /// The two-sided p-value of the randomisation test.
    pub p: Option<f64>,
    /// Numbers of queries on which the first is better, equal, worse.
    #[serde(flatten)]
    pub outcomes: Outcomes,
}

/// Rankings measured by some labels.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ByLabels {
    /// Whose labels: a judge, or how several judges' became one.
    pub labels: String,
    /// The queries that are judged, and that all rankings have.
    pub queries: usize,
    /// Each ranking's mean over them; `None` without any.
    pub means: Vec<Option<f64>>,
    /// The bootstrap interval of each mean, over queries.
    pub intervals: Vec<Option<Interval>>,
    /// The first ranking against the second, if there are two.
    pub difference: Option<Difference>,
}

/// Over judges as well as queries.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OverJudges {
    /// The interval of each ranking's mean.
    pub intervals: Vec<Option<Interval>>,
    /// The interval of the first's difference from the second.
    pub difference: Option<Interval>,
}

/// How sure a comparison of rankings is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LabelComparison {
    /// The rankings' names.
    pub rankings: Vec<String>,
    /// By each judge's labels, and last by those of all together.
    pub labels: Vec<ByLabels>,
    /// Judges and queries drawn together; from five judges on.
    pub over_judges: Option<OverJudges>,
    /// By the labels of all together but for one judge, whom each names.
    pub without: Vec<ByLabels>,
    /// How intervals and p-values were computed, in a sentence.
    pub method: String,
}

impl LabelSets {
    /// The labels of all judges as they are now, one by one and together: as `choice` says if it makes one of several
    /// judges' labels, else by majority.
    ///
    /// # Errors
    /// As [`Counting::of`], which knows all judges that have labels.
    pub fn of(judges: &Judges, choice: &LabelChoice) -> Result<Self, JudgeError> {
        let kind = if choice.method().is_some() { choice.kind } else { LabelKind::Majority };
        let together = LabelChoice { kind, judge: None, ..choice.clone() };
        let one = |name: &str| {
            let kind = if name == super::FILES { LabelKind::Files } else { LabelKind::Judge };
            let choice = LabelChoice { kind, judge: Some(name.to_owned()), ..choice.clone() };
            Ok((name.to_owned(), Counting::of(judges, &choice)?))
        };
        let judged = judges.names().into_iter().map(one).collect::<Result<_, JudgeError>>()?;
        let counting = Counting::of(judges, &together)?;
        Ok(Self { judges: judged, together: (together, counting) })
    }

    /// How many judges there are.
    pub fn judges(&self) -> usize {
        self.judges.len()
    }

    /// Compares rankings; `measure` gives a ranking's measure on each judged query. Takes time.
    pub fn compare(
        &self,
        dataset: &Dataset,
        files: &Judgements,
        rankings: Vec<String>,
        measure: impl Fn(&Judgements, usize) -> PerQuery,
    ) -> LabelComparison {
        let values = |counting: &Counting| -> Values {
            let judgements = counting.judgements(dataset, files);
            Values::of((0..rankings.len()).map(|ranking| measure(&judgements, ranking)).collect())
        };
        let of_judges: Vec<(String, Values)> =
            self.judges.iter().map(|(name, counting)| (name.clone(), values(counting))).collect();
        let (choice, counting) = &self.together;
        let mut labels: Vec<ByLabels> = of_judges.iter().map(|(name, values)| values.by(name)).collect();
        labels.push(values(counting).by(&choice.to_string()));
        // Without one of two, the other judge's labels alone are left, which are there already.
        let without = (0..counting.judges().len()).filter(|_| self.judges.len() > 2);
        let without = without.map(|judge| values(&counting.without(judge)).by(&counting.judges()[judge])).collect();
        let has_many = self.judges.len() >= JUDGES_TO_RESAMPLE;
        let mut method = format!(
            "{:.0} % percentile bootstrap over queries, {RESAMPLES} resamples, seed {SEED}; randomisation test",
            LEVEL * 100.0
        );
        if has_many {
            method += "; over judges: judges and queries are drawn together";
        }
        let over_judges = has_many.then(|| over_judges(rankings.len(), &of_judges));
        LabelComparison { rankings, labels, over_judges, without, method }
    }
}

impl LabelComparison {
    /// Whether the winner depends on a single judge, in a sentence; `None` below three judges, or without a winner.
    pub fn verdict(&self) -> Option<String> {
        let sign = |by: &ByLabels| by.difference.map(|found| found.difference.total_cmp(&0.0));
        let together = self.labels.last().and_then(sign).filter(|order| order.is_ne())?;
        let (better, other) = if together.is_gt() { (0, 1) } else { (1, 0) };
        let [better, other] = [self.rankings.get(better)?, self.rankings.get(other)?];
        let turned: Vec<&str> =
            self.without.iter().filter(|by| sign(by) != Some(together)).map(|by| &*by.labels).collect();
        match (self.without.is_empty(), turned.as_slice()) {
            (true, _) => None,
            (false, []) => Some(format!("{better} beats {other} whoever is left out.")),
            (false, turned) => {
                Some(format!("{better} beats {other}, but not without {}.", turned.join(", or without ")))
            }
        }
    }
}

/// Each ranking's values on the queries that all have.
struct Values {
    queries: Vec<String>,
    rankings: Vec<Vec<f64>>,
}

impl Values {
    fn of(rankings: Vec<PerQuery>) -> Self {
        let shared =
            |query: &&String| rankings.iter().all(|ranking| ranking.get(*query).is_some_and(|v| v.is_finite()));
        let queries: Vec<String> =
            rankings.first().into_iter().flat_map(BTreeMap::keys).filter(shared).cloned().collect();
        let rankings = rankings.iter().map(|ranking| queries.iter().map(|query| ranking[query]).collect()).collect();
        Self { queries, rankings }
    }

    /// The first ranking minus the second, query by query.
    fn differences(&self) -> Option<Vec<f64>> {
        let [first, second, ..] = &self.rankings[..] else { return None };
        Some(differences(first, second))
    }

    fn by(&self, labels: &str) -> ByLabels {
        let difference = self.differences().filter(|found| !found.is_empty()).map(|found| Difference {
            difference: mean(&found),
            interval: bootstrap(&found, LEVEL),
            p: randomisation(&found).map(|tested| tested.p),
            outcomes: outcomes(&found),
        });
        ByLabels {
            labels: labels.to_owned(),
            queries: self.queries.len(),
            means: self.rankings.iter().map(|values| (!values.is_empty()).then(|| mean(values))).collect(),
            intervals: self.rankings.iter().map(|values| bootstrap(values, LEVEL)).collect(),
            difference,
        }
    }
}

fn over_judges(rankings: usize, judges: &[(String, Values)]) -> OverJudges {
    let queries: BTreeSet<&String> = judges.iter().flat_map(|(_, values)| &values.queries).collect();
    let interval = |of: &dyn Fn(&Values) -> Option<Vec<f64>>| {
        let row = |(_, values): &(String, Values)| -> Vec<Option<f64>> {
            let found: BTreeMap<&String, f64> = values.queries.iter().zip(of(values).unwrap_or_default()).collect();
            queries.iter().map(|query| found.get(query).copied()).collect()
        };
        two_way(&judges.iter().map(row).collect::<Vec<_>>(), LEVEL)
    };
    OverJudges {
        intervals: (0..rankings).map(|ranking| interval(&|values| Some(values.rankings[ranking].clone()))).collect(),
        difference: interval(&Values::differences),
    }
}
