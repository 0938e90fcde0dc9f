//! Dawid and Skene's estimate of the true grades from judges of unknown quality.

/// A sum below this counts as this. The paper's estimates may be exactly 0, after which no evidence brings a grade back;
/// the floor is as small as that of common implementations and changes nothing but such zeros.
const FLOOR: f64 = 1e-10;

/// The likelihood's relative change at which the estimate counts as settled.
const SETTLED: f64 = 1e-12;

/// Iterations that are enough for any estimate to settle.
pub const ITERATIONS: usize = 10_000;

/// An estimate of the true grades and of the judges' errors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DawidSkene {
    /// For each unit, the probability of each category; all 0 where nobody judged.
    pub probabilities: Vec<Vec<f64>>,
    /// The share of each category.
    pub prevalence: Vec<f64>,
    /// For each judge, in rows by true category, the probability of giving each category.
    pub errors: Vec<Vec<Vec<f64>>>,
    /// The logarithm of the labels' likelihood; it grows with every iteration.
    pub likelihood: f64,
    /// Iterations until it settled.
    pub iterations: usize,
    /// Whether it settled.
    pub is_settled: bool,
}

impl DawidSkene {
    /// How often a judge would be right: the diagonal of the errors, weighted by the prevalence.
    pub fn accuracy(&self, judge: usize) -> Option<f64> {
        let errors = self.errors.get(judge)?;
        Some(self.prevalence.iter().enumerate().map(|(category, share)| share * errors[category][category]).sum())
    }
}

/// Fits the model by expectation–maximisation (A. Dawid and A. Skene, "Maximum likelihood estimation of observer
/// error-rates using the EM algorithm", *Applied Statistics* 1979): a unit has one true category, and each judge gives
/// category l where c is true with a probability π_cl of their own, independently of the others. It starts from the
/// share of the votes for each category, as the paper does, and goes on until the likelihood settles or after `most`
/// iterations ([`ITERATIONS`]).
///
/// # Shapes
/// `labels`: for each unit, each judge's category below `categories`, or `None`.
pub fn dawid_skene(labels: &[Vec<Option<usize>>], categories: usize, most: usize) -> DawidSkene {
    let judges = labels.iter().map(Vec::len).max().unwrap_or(0);
    let mut model = DawidSkene {
        probabilities: labels.iter().map(|row| votes(row, categories)).collect(),
        ..DawidSkene::default()
    };
    model.likelihood = f64::NEG_INFINITY;
    while model.iterations < most && !model.is_settled {
        let before = model.likelihood;
        maximise(&mut model, labels, judges, categories);
        model.likelihood = expect(&mut model, labels);
        model.iterations += 1;
        model.is_settled = (model.likelihood - before).abs() <= SETTLED * model.likelihood.abs().max(1.0);
    }
    model
}

/// The share of the votes for each category.
fn votes(row: &[Option<usize>], categories: usize) -> Vec<f64> {
    let mut shares = vec![0.0; categories];
    row.iter().flatten().for_each(|&category| shares[category] += 1.0);
    let total: f64 = shares.iter().sum();
    shares.iter_mut().for_each(|share| *share /= total.max(1.0));
    shares
}

/// Equations 2.3 and 2.4 of the paper: errors and prevalence from the probabilities of the true categories.
fn maximise(model: &mut DawidSkene, labels: &[Vec<Option<usize>>], judges: usize, categories: usize) {
    let mut errors = vec![vec![vec![0.0; categories]; categories]; judges];
    let mut prevalence = vec![0.0; categories];
    let mut judged = 0.0;
    for (row, probabilities) in labels.iter().zip(&model.probabilities) {
        if row.iter().all(Option::is_none) {
            continue;
        }
        judged += 1.0;
        for (truth, probability) in probabilities.iter().enumerate() {
            prevalence[truth] += probability;
            for (judge, given) in row.iter().enumerate() {
                if let Some(given) = given {
                    errors[judge][truth][*given] += probability;
                }
            }
        }
    }
    prevalence.iter_mut().for_each(|share| *share /= f64::max(judged, 1.0));
    for of_truth in errors.iter_mut().flatten() {
        of_truth.iter_mut().for_each(|sum| *sum = sum.max(FLOOR));
        let total: f64 = of_truth.iter().sum();
        of_truth.iter_mut().for_each(|sum| *sum /= total);
    }
    (model.errors, model.prevalence) = (errors, prevalence);
}

/// Equation 2.5: the probabilities of the true categories from errors and prevalence. Returns the log-likelihood.
fn expect(model: &mut DawidSkene, labels: &[Vec<Option<usize>>]) -> f64 {
    let mut likelihood = 0.0;
    for (row, probabilities) in labels.iter().zip(&mut model.probabilities) {
        if row.iter().all(Option::is_none) {
            continue;
        }
        let log = |(truth, prevalence): (usize, &f64)| {
            let given = row.iter().enumerate().filter_map(|(judge, given)| Some((judge, (*given)?)));
            prevalence.max(FLOOR).ln() + given.map(|(judge, given)| model.errors[judge][truth][given].ln()).sum::<f64>()
        };
        let logs: Vec<f64> = model.prevalence.iter().enumerate().map(log).collect();
        // Products of many small probabilities would be 0.
        let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = logs.iter().map(|log| (log - largest).exp()).sum();
        likelihood += largest + total.ln();
        for (probability, log) in probabilities.iter_mut().zip(logs) {
            *probability = (log - largest).exp() / total;
        }
    }
    likelihood
}
