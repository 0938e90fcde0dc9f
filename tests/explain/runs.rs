//! Saved runs explained, and what would be otherwise, against the data set itself changed so.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use super::*;
use crate::cli::folder;
use crossrank::dataset::{Judgements, Split, demo_sample};
use crossrank::eval::{Measure, evaluate_scores};
use crossrank::train::{
    Changes, Experiment, Explainer, NamedExplanation, PartKind, Quiet, RunData, RunRecord, SavedRun, TrainError,
    data_of_run, difference, open, run,
};
use tempfile::TempDir;

/// A short run of a model, with three components and several networks where there are any.
fn experiment(kind: ModelKind) -> Experiment {
    let mut experiment = Experiment::default();
    experiment.model.kind = kind;
    (experiment.model.hidden, experiment.model.conv_size, experiment.model.members) = (6, 4, 2);
    (experiment.model.conv_layers, experiment.model.heads) = (2, 2);
    experiment.graph.k = 4;
    if kind.network().is_some() {
        experiment.visual.components = 3;
        experiment.visual.whiten = kind == ModelKind::DcmmPrf || kind == ModelKind::LtrCm;
    }
    experiment.training.epochs = 1;
    experiment
}

/// The sample and a run on it.
struct Made {
    _home: TempDir,
    folder: PathBuf,
    data: RunData,
    run: Arc<SavedRun>,
}

fn made(experiment: &Experiment) -> Made {
    let home = folder();
    let sample = open(&demo_sample(), &[]).expect("the sample").data;
    // Some of its queries are enough.
    let (mut dataset, mut signals) = ((*sample.dataset).clone(), (*sample.signals).clone());
    dataset.queries.truncate(QUERIES);
    signals.queries.truncate(QUERIES);
    let vectors = (sample.vector_names.clone(), (*sample.vectors).clone());
    let data = RunData::new(dataset, sample.judgements.clone(), signals, vectors, sample.memory);
    let split = |query: usize| if query.is_multiple_of(2) { Split::Train } else { Split::Validation };
    let data = data.with_splits((0..QUERIES).map(split).collect());
    let folder = home.path().join("run");
    run(&data, experiment, RunRecord::default(), Some(&folder), &mut Quiet).expect("it trains");
    let run = Arc::new(SavedRun::open(&folder).expect("a run"));
    let data = data_of_run(&data, run.record()).expect("its data");
    Made { _home: home, folder, data, run }
}

impl Made {
    fn explainer(&self) -> Explainer {
        self.run.explainer(&self.data, QUERY).expect("it can be explained")
    }
}

/// A judged query of the sample, and how many queries there are.
const QUERY: usize = 3;
const QUERIES: usize = 10;

fn applied(run: &SavedRun, data: &RunData) -> Vec<f32> {
    run.apply(data, &[QUERY], &mut Quiet).expect("scores").scores.remove(0)
}

fn explained(explainer: &Explainer, image: usize) -> NamedExplanation {
    explainer.explain(&[image], &mut || ControlFlow::Continue(())).expect("an explanation").remove(0)
}

/// The data without some candidates of the query, whose signals stay what they were.
fn without(data: &RunData, gone: &[usize]) -> RunData {
    let mut dataset = (*data.dataset).clone();
    let mut signals = (*data.signals).clone();
    let width = signals.infos.len();
    for &at in gone.iter().rev() {
        dataset.queries[QUERY].candidates.remove(at);
        signals.queries[QUERY].drain(at * width..(at + 1) * width);
    }
    let vectors = (data.vector_names.clone(), (*data.vectors).clone());
    RunData::new(dataset.clone(), Judgements::unjudged(&dataset), signals, vectors, data.memory)
}

/// The rank, from 1, by score and then by id, descending.
fn rank(data: &RunData, scores: &[f32], image: usize) -> usize {
    let candidates = &data.dataset.queries[QUERY].candidates;
    let id = |at: usize| data.dataset.images[candidates[at].image].id.as_str();
    let is_above = |&at: &usize| (scores[at], id(at)) > (scores[image], id(image));
    (0..scores.len()).filter(is_above).count() + 1
}

#[test]
fn every_model_s_parts_sum_to_the_scores_that_the_run_gives() {
    for kind in ModelKind::ALL {
        let made = made(&experiment(kind));
        let explainer = made.explainer();
        let scores = applied(&made.run, &made.data);
        assert_eq!(explainer.scores(), scores, "{kind}");
        let ids = |image: usize| {
            made.data.dataset.images[made.data.dataset.queries[QUERY].candidates[image].image].id.to_string()
        };
        for image in [0, scores.len() / 2] {
            let explanation = explained(&explainer, image);
            let sum: f64 = explanation.parts.iter().map(|part| part.value).sum();
            assert_eq!(explanation.exact, kind != ModelKind::Gat, "{kind}");
            let tolerance = if explanation.exact { 1e-4 } else { 1e-2 };
            assert_near(kind.name(), sum, f64::from(scores[image]), tolerance);
            assert_near("what is missing", explanation.completeness_error, explanation.score - sum, 1e-9);
            assert!(explanation.parts.is_sorted_by(|a, b| a.value.abs() >= b.value.abs()), "the strongest first");
            for part in &explanation.parts {
                match part.kind {
                    PartKind::Neighbour | PartKind::Feedback => assert_eq!(part.name, ids(part.image().unwrap())),
                    PartKind::Feature if kind == ModelKind::Initial => assert_eq!(part.name, "initial order"),
                    PartKind::Feature => assert!(made.data.signals.index(&part.name).is_some(), "{}", part.name),
                    PartKind::Component => assert!(part.name.starts_with("picture component ")),
                    PartKind::Bias => assert_eq!(part.name, "bias"),
                }
            }
            let has = |wanted: PartKind| explanation.parts.iter().any(|part| part.kind == wanted);
            assert_eq!(has(PartKind::Neighbour), kind.uses_graph(), "{kind}");
            assert_eq!(has(PartKind::Component), kind.network().is_some(), "{kind}");
            assert_eq!(has(PartKind::Feedback), kind.uses_feedback() || kind == ModelKind::DcmmPrf, "{kind}");
            let place = explainer.place(image);
            assert_eq!((place.rank, place.of), (rank(&made.data, &scores, image), scores.len()), "{kind}");
        }
        images_left_out(&made, kind);
    }
}

/// Without some images every score is what the run gives where the data set lacks them.
fn images_left_out(made: &Made, kind: ModelKind) {
    let explainer = made.explainer();
    let image = 4;
    for gone in [vec![1], vec![0, 5, 9]] {
        let changes = Changes { images: gone.iter().copied().collect(), ..Changes::default() };
        let place = explainer.place_with(image, &changes).expect("it can be left out");
        let rest = without(&made.data, &gone);
        let scores = applied(&made.run, &rest);
        let at = image - gone.iter().filter(|&&gone| gone < image).count();
        assert_eq!(place.score, scores[at], "{kind} without {gone:?}");
        assert_eq!((place.rank, place.of), (rank(&rest, &scores, at), scores.len()), "{kind} without {gone:?}");
    }
}

#[test]
fn average_precision_counts_a_relevant_image_that_is_left_out_as_not_found() {
    let made = made(&experiment(ModelKind::DcmmCos));
    let explainer = made.explainer();
    let scores = applied(&made.run, &made.data);
    let map = |data: &RunData, scores: &[f32]| {
        let of = |_| scores.to_vec();
        evaluate_scores(&data.dataset, &data.judgements, &[QUERY], of, &[Measure::Map]).all.get(Measure::Map).unwrap()
    };
    let now = explainer.place(0).average_precision.expect("it is judged");
    assert_near("now", now, map(&made.data, &scores), 1e-12);
    let is_relevant = |&at: &usize| made.data.judgements.get(QUERY, at).is_some_and(|grade| grade.is_relevant());
    let gone = (1..scores.len()).find(is_relevant).expect("a relevant image");
    // Ranked last, it counts as not found, but for its own precision there.
    let changes = Changes { images: BTreeSet::from([gone]), ..Changes::default() };
    let rest = applied(&made.run, &without(&made.data, &[gone]));
    let mut last = rest.clone();
    last.insert(gone, -1e9);
    let relevant = (0..scores.len()).filter(is_relevant).count() as f64;
    let expected = map(&made.data, &last) - relevant / scores.len() as f64 / relevant;
    let actual = explainer.place_with(0, &changes).unwrap().average_precision.expect("it is judged");
    assert_near("without", actual, expected, 1e-9);
}

#[test]
fn another_k_is_the_run_with_another_k() {
    for kind in [ModelKind::DcmmEdge, ModelKind::Gcn] {
        let made = made(&experiment(kind));
        let path = made.folder.join("run.json");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("\"k\": 4", "\"k\": 9")).unwrap();
        let other = SavedRun::open(&made.folder).unwrap();
        assert_eq!(other.record().experiment.graph.k, 9);
        let scores = applied(&other, &made.data);
        let explainer = made.explainer();
        assert_eq!(explainer.k(), Some(4));
        for image in 0..5 {
            let changes = Changes { neighbours: Some(9), ..Changes::default() };
            let place = explainer.place_with(image, &changes).unwrap();
            assert_eq!((place.score, place.rank), (scores[image], rank(&made.data, &scores, image)), "{kind}");
        }
    }
}

#[test]
fn without_an_edge_its_message_is_gone() {
    let mut experiment = experiment(ModelKind::DcmmCos);
    (experiment.model.conv_layers, experiment.model.members) = (1, 1);
    let made = made(&experiment);
    let explainer = made.explainer();
    let network = Network::load(&made.folder.join("model.safetensors")).unwrap().0;
    let trace = network.trace(&Prepared::new(explainer.input(), network.config()).unwrap()).unwrap();
    let messages = &trace.steps.last().unwrap().messages;
    let mut seen = 0;
    for message in messages.iter().filter(|message| message.to == 2) {
        assert!(explainer.neighbours(2).contains(&message.from));
        let changes = Changes { edges: BTreeSet::from([message.from]), ..Changes::default() };
        let without = explainer.place_with(2, &changes).unwrap();
        let expected = explainer.scores()[2] - message.value;
        assert_near("without the edge", f64::from(without.score), f64::from(expected), 1e-5);
        seen += 1;
    }
    assert_eq!(seen, 4, "one message a neighbour");
}

#[test]
fn without_a_signal_a_linear_score_lacks_its_part() {
    let made = made(&experiment(ModelKind::Linear));
    let explainer = made.explainer();
    let explanation = explained(&explainer, 6);
    for part in explanation.parts.iter().filter(|part| part.kind != PartKind::Bias) {
        assert_eq!(explainer.source(&part.name), Some(part.source));
        let changes = Changes { inputs: BTreeSet::from([part.source]), ..Changes::default() };
        let without = explainer.place_with(6, &changes).unwrap();
        assert_near(&part.name, f64::from(without.score), explanation.score - part.value, 1e-5);
    }
    assert_eq!(explainer.source("no such signal"), None);
}

#[test]
fn the_difference_of_two_explanations_is_the_difference_of_their_scores() {
    let made = made(&experiment(ModelKind::DcmmPrf));
    let explainer = made.explainer();
    let [a, b] = [explained(&explainer, 1), explained(&explainer, 7)];
    let parts = difference(&a, &b);
    assert_near("the sum", parts.iter().map(|part| part.value).sum(), a.score - b.score, 1e-6);
    let of = |explanation: &NamedExplanation, source| {
        explanation.parts.iter().find(|part| part.source == source).map_or(0.0, |part| part.value)
    };
    for part in &parts {
        assert_near(&part.name, part.value, of(&a, part.source) - of(&b, part.source), 1e-12);
    }
    assert_eq!(a.sum(PartKind::Bias), Some(of(&a, Source::Bias)));
}

#[test]
fn what_cannot_be_is_refused() {
    let [edges, plain] = [ModelKind::DcmmCos, ModelKind::Mlp].map(|kind| made(&experiment(kind)));
    let unfit = |made: &Made, image: usize, changes: Changes| {
        let error = made.explainer().place_with(image, &changes).expect_err("it cannot be");
        assert!(matches!(error, TrainError::Unexplained(_)), "{error}");
        error.to_string()
    };
    let images = |images: &[usize]| Changes { images: images.iter().copied().collect(), ..Changes::default() };
    assert!(unfit(&edges, 0, images(&[0])).contains("without itself"));
    assert!(unfit(&edges, 0, images(&[9999])).contains("no such candidate"));
    assert!(unfit(&edges, 9999, images(&[])).contains("no such candidate"));
    assert!(unfit(&plain, 0, Changes { neighbours: Some(3), ..Changes::default() }).contains("no edges"));
    let inputs = BTreeSet::from([Source::Bias]);
    assert!(unfit(&plain, 0, Changes { inputs, ..Changes::default() }).contains("no such signal"));
    assert!(edges.run.explainer(&edges.data, 9999).is_err());
    let stopped = edges.explainer().explain(&[0], &mut || ControlFlow::Break(()));
    assert!(stopped.is_err_and(|error| error.is_cancelled()));
}
