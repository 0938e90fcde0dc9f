//! Where lists end, by the judged candidates of other queries.

use super::curve::{Curve, Shape, loss, shift, shifted};
use super::held_out::{Promise, promises};
use super::scored::{ScoreScale, ScoredQuery};
use super::{Bin, cut_off, expected_error, reliability};
use crate::base::mean;

/// Judged queries below which nothing is promised.
pub const LEAST_QUERIES: usize = 5;

/// Judged images below which nothing is promised.
pub const LEAST_IMAGES: usize = 100;

/// Parts that the queries are divided into; each is predicted by the others.
const FOLDS: usize = 10;

/// Groups of a reliability diagram.
const BINS: usize = 10;

/// Standard deviations of a query's own shift that are tried.
const SPREADS: [f64; 4] = [0.0, 0.5, 1.0, 2.0];

/// Judged images of a query from which its own shift can be tried out: one half says what it is, the other how good.
const LEAST_OWN: usize = 10;

/// Why nothing can be promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Uncalibrated {
    /// Too few judgements.
    #[error(
        "{queries} of at least {LEAST_QUERIES} queries with judgements, {images} of at least {LEAST_IMAGES} judged images"
    )]
    TooFew {
        /// Judged queries.
        queries: usize,
        /// Judged images in all.
        images: usize,
    },
    /// All judged images are relevant, or none is.
    #[error("all judged images are relevant, or none is")]
    OneKind,
}

/// From the scores of one ranking to probabilities of relevance.
///
/// Four ways are tried, scores as they are or standardised within a query, by isotonic regression or by a sigmoid, and the
/// one is taken that predicts the judgements of queries best that were left out when it was fitted (mean log loss, queries
/// counting alike, ten folds). All that is said of its quality comes from such queries.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// What is done to scores.
    pub scale: ScoreScale,
    /// The shape of the function.
    pub shape: Shape,
    /// The standard deviation, over queries, of how much a query's own judged images move its log-odds; 0 if that does not
    /// help.
    pub spread: f64,
    /// Judged queries that it was made of.
    pub queries: usize,
    /// Their judged images.
    pub images: usize,
    /// Promised probabilities against what judges say, of queries left out, lowest first.
    pub reliability: Vec<Bin>,
    /// The expected calibration error of these.
    pub error: f64,
    /// What lists that end at a promised precision hold, of queries left out.
    pub promises: Vec<Promise>,
    curve: Curve,
}

/// One way, tried on queries that were left out.
struct Tried {
    scale: ScoreScale,
    shape: Shape,
    /// For each query, the probability of each of its candidates.
    held_out: Vec<Vec<f64>>,
    loss: f64,
}

impl Calibration {
    /// Finds the best way for the scores of one ranking. Candidates without a judgement count only for the scale.
    ///
    /// # Errors
    /// If there are fewer judgements than can promise anything.
    pub fn fit(queries: &[ScoredQuery]) -> Result<Self, Uncalibrated> {
        let judged: Vec<&ScoredQuery> =
            queries.iter().filter(|query| query.judged(&query.scores).next().is_some()).collect();
        let kinds = || judged.iter().flat_map(|query| query.judged(&query.scores).map(|(_, is_relevant)| is_relevant));
        let (images, relevant) = (kinds().count(), kinds().filter(|is_relevant| *is_relevant).count());
        if judged.len() < LEAST_QUERIES || images < LEAST_IMAGES {
            return Err(Uncalibrated::TooFew { queries: judged.len(), images });
        }
        if relevant == 0 || relevant == images {
            return Err(Uncalibrated::OneKind);
        }
        let mut best: Option<Tried> = None;
        for scale in [ScoreScale::Standardised, ScoreScale::AsIs] {
            for shape in [Shape::Isotonic, Shape::Sigmoid] {
                let tried = Tried::new(&judged, scale, shape);
                if tried.as_ref().is_some_and(|tried| best.as_ref().is_none_or(|best| tried.loss < best.loss)) {
                    best = tried;
                }
            }
        }
        let Tried { scale, shape, held_out, .. } = best.ok_or(Uncalibrated::OneKind)?;
        let scaled: Vec<Vec<f64>> = judged.iter().map(|query| query.on(scale)).collect();
        let all = judged.iter().zip(&scaled).flat_map(|(query, scores)| query.judged(scores));
        let curve = Curve::fit(shape, all).ok_or(Uncalibrated::OneKind)?;
        let pairs = judged.iter().zip(&held_out).flat_map(|(query, found)| query.judged(found));
        let (probabilities, is_relevant): (Vec<f64>, Vec<bool>) = pairs.unzip();
        let reliability = reliability(&probabilities, &is_relevant, BINS);
        Ok(Self {
            scale,
            shape,
            spread: spread(&judged, &held_out),
            queries: judged.len(),
            images,
            error: expected_error(&reliability),
            reliability,
            promises: promises(&judged, &held_out),
            curve,
        })
    }

    /// The probability of relevance of each of a query's candidates; NaN at scores that are not finite. Its own judged
    /// images, if it has any, move those of the others; they themselves are not looked up.
    pub fn probabilities(&self, query: &ScoredQuery) -> Vec<f64> {
        let plain: Vec<f64> = query.on(self.scale).iter().map(|score| self.curve.probability(*score)).collect();
        let own: Vec<(f64, bool)> = query.judged(&plain).collect();
        let shift = shift(&own, self.spread);
        plain.into_iter().map(|probability| shifted(probability, shift)).collect()
    }

    /// As [`Calibration::probabilities`], with 0 or 1 for its own judged images.
    pub fn known_probabilities(&self, query: &ScoredQuery) -> Vec<f64> {
        let known = |(probability, is_relevant): (f64, &Option<bool>)| match is_relevant {
            Some(is_relevant) => f64::from(u8::from(*is_relevant)),
            None => probability,
        };
        self.probabilities(query).into_iter().zip(&query.is_relevant).map(known).collect()
    }

    /// How many of a ranking can be kept so that the expected precision is at least this.
    ///
    /// # Shapes
    /// `order`: candidates, best first; `probabilities`: one value a candidate.
    pub fn end(order: &[usize], probabilities: &[f64], precision: f64) -> usize {
        let of = |candidate: &usize| probabilities.get(*candidate).copied().filter(|p| !p.is_nan()).unwrap_or(0.0);
        cut_off(&order.iter().map(of).collect::<Vec<f64>>(), precision)
    }

    /// What is known about lists that end at a precision.
    pub fn promise(&self, precision: f64) -> Option<&Promise> {
        self.promises.iter().min_by(|a, b| {
            let far = |promise: &Promise| (promise.precision - precision).abs();
            far(a).total_cmp(&far(b))
        })
    }
}

impl Tried {
    fn new(queries: &[&ScoredQuery], scale: ScoreScale, shape: Shape) -> Option<Self> {
        let folds = FOLDS.min(queries.len());
        let scaled: Vec<Vec<f64>> = queries.iter().map(|query| query.on(scale)).collect();
        let mut held_out = vec![Vec::new(); queries.len()];
        for fold in 0..folds {
            let others = (0..queries.len()).filter(|query| query % folds != fold);
            let curve = Curve::fit(shape, others.flat_map(|query| queries[query].judged(&scaled[query])))?;
            for query in (fold..queries.len()).step_by(folds) {
                held_out[query] = scaled[query].iter().map(|score| curve.probability(*score)).collect();
            }
        }
        let of_query = |(query, found): (&&ScoredQuery, &Vec<f64>)| {
            let losses: Vec<f64> = query.judged(found).map(loss).collect();
            (!losses.is_empty()).then(|| mean(&losses))
        };
        let losses: Vec<f64> = queries.iter().zip(&held_out).filter_map(of_query).collect();
        (!losses.is_empty()).then(|| Self { scale, shape, held_out, loss: mean(&losses) })
    }
}

/// The spread of queries' own shifts with which one half of a query's judged images predicts the other best.
fn spread(queries: &[&ScoredQuery], held_out: &[Vec<f64>]) -> f64 {
    let judged: Vec<Vec<(f64, bool)>> = queries
        .iter()
        .zip(held_out)
        .map(|(query, found)| query.judged(found).collect::<Vec<_>>())
        .filter(|judged| judged.len() >= LEAST_OWN)
        .collect();
    let half = |judged: &[(f64, bool)], from: usize| judged.iter().skip(from).step_by(2).copied().collect::<Vec<_>>();
    let of = |spread: f64| -> f64 {
        let one = |judged: &Vec<(f64, bool)>| {
            let shift = shift(&half(judged, 0), spread);
            mean(
                &half(judged, 1)
                    .into_iter()
                    .map(|(p, is_relevant)| loss((shifted(p, shift), is_relevant)))
                    .collect::<Vec<_>>(),
            )
        };
        judged.iter().map(one).sum()
    };
    let found = SPREADS.into_iter().map(|spread| (spread, of(spread)));
    found.min_by(|(_, a), (_, b)| a.total_cmp(b)).map_or(0.0, |(spread, _)| spread)
}
