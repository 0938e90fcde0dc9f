//! A trained model over graphs of other numbers of neighbours.

use crate::cli::{object, program, sample};
use crate::kept_epochs::{data as sample_data, trained};
use crossrank::dataset::{Split, VectorTable};
use crossrank::eval::Measure;
use crossrank::graph::Neighbourhood;
use crossrank::model::ModelKind;
use crossrank::study::{Figure, StudyError, sensitivity};
use crossrank::train::{
    Experiment, Preset, Quiet, RunData, RunObserver, RunRecord, SavedRun, mean_measures, open, prepare_run, run,
};
use std::collections::HashSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// Directions of the images in the plane, in degrees, and their grades.
const IMAGES: [(f32, i32); 7] = [(0.0, 1), (7.0, 1), (15.0, 0), (31.0, 1), (180.0, 0), (187.0, 0), (220.0, 1)];

/// Three queries over the same seven images, whose first one is nearest to many.
fn on_a_circle(folder: &Path) -> RunData {
    let (mut images, mut candidates) = ("id,title\n".to_owned(), "query,image,rank,relevance,x_feature\n".to_owned());
    for (at, (_, grade)) in IMAGES.iter().enumerate() {
        images += &format!("i{at},picture {at}\n");
        for query in ["a", "b", "c"] {
            candidates += &format!("{query},i{at},{},{grade},{}\n", at + 1, (at * 5 + query.len()) % 7);
        }
    }
    let queries = "id,text,split\na,picture,train\nb,picture,validation\nc,picture,test\n";
    for (name, text) in [("images.csv", images.as_str()), ("candidates.csv", &candidates), ("queries.csv", queries)] {
        fs::write(folder.join(name), text).expect("written");
    }
    let data = open(folder, &[]).expect("opened").data;
    let mut table = VectorTable::new("circle", 2, data.dataset.images.len());
    for (image, at) in data.dataset.images.iter().enumerate() {
        let number: usize = at.id.as_str()[1..].parse().expect("a number");
        let angle = IMAGES[number].0.to_radians();
        table.set(image, &[angle.cos(), angle.sin()]).expect("held in memory");
    }
    data.with_vectors(vec!["circle".to_owned()], Arc::new(table))
}

/// The nearest images by angle, nearest first.
fn nearest(from: usize) -> Vec<usize> {
    let apart = |to: usize| {
        let turn = (IMAGES[from].0 - IMAGES[to].0).abs();
        turn.min(360.0 - turn)
    };
    let mut others: Vec<usize> = (0..IMAGES.len()).filter(|&other| other != from).collect();
    others.sort_by(|&a, &b| apart(a).total_cmp(&apart(b)));
    others
}

/// Homophily, components and hubness of the graph of k neighbours, from their definitions.
fn figures(k: usize) -> (f64, f64, f64) {
    let n = IMAGES.len();
    let edges: Vec<(usize, usize)> = (0..n).flat_map(|i| nearest(i).into_iter().take(k).map(move |j| (i, j))).collect();
    let alike = edges.iter().filter(|(i, j)| IMAGES[*i].1 == IMAGES[*j].1).count();
    let mut of = (0..n).collect::<Vec<_>>();
    for _ in 0..n {
        for &(i, j) in &edges {
            let low = of[i].min(of[j]);
            (of[i], of[j]) = (low, low);
        }
    }
    let components = of.iter().collect::<HashSet<_>>().len();
    let occurrences: Vec<f64> = (0..n).map(|j| edges.iter().filter(|(_, to)| *to == j).count() as f64).collect();
    let mean = occurrences.iter().sum::<f64>() / n as f64;
    let moment = |power: i32| occurrences.iter().map(|x| (x - mean).powi(power)).sum::<f64>() / n as f64;
    (alike as f64 / edges.len() as f64, components as f64, moment(3) / moment(2).sqrt().powi(3))
}

/// Average precision of scores, ties by name, descending.
fn average_precision(scores: &[f32]) -> f64 {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(b.cmp(&a)));
    let relevant = IMAGES.iter().filter(|(_, grade)| *grade > 0).count() as f64;
    let hits = order.iter().enumerate().filter(|(_, image)| IMAGES[**image].1 > 0);
    hits.enumerate().map(|(before, (rank, _))| (before + 1) as f64 / (rank + 1) as f64).sum::<f64>() / relevant
}

fn experiment(kind: ModelKind) -> Experiment {
    let mut experiment = Experiment::default();
    experiment.model.kind = kind;
    experiment.training.epochs = 5;
    experiment.training.learning_rate = 0.05;
    experiment.graph.k = 2;
    experiment
}

#[test]
fn figures_of_images_on_a_circle_are_those_of_their_definitions() {
    let (folder, out) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let data = on_a_circle(folder.path());
    let experiment = experiment(ModelKind::DcmmEdge);
    let result = trained(&data, &experiment, out.path());
    let network = result.model.as_ref().expect("a network");
    let saved = SavedRun::open(out.path()).expect("a run");
    let found = sensitivity(&data, &saved, Some(&[1, 3, 4, 6]), &mut Quiet).expect("measured");
    assert_eq!((&found.ks[..], found.own, found.uses_graph), (&[1, 2, 3, 4, 6][..], 2, true));
    let mut hubs = 0;
    for (at, &k) in found.ks.iter().enumerate() {
        let mut other = experiment.clone();
        other.graph.k = k;
        let inputs = prepare_run(&data, &other, &mut Quiet).expect("prepared");
        for input in &inputs.inputs {
            let map = average_precision(&network.score(input).expect("scored").total);
            let own = found.of_query(input.query, Figure::Map)[at].expect("judged");
            assert!((own - map).abs() < 1e-12, "k = {k}: {own}, not {map}");
        }
        let (homophily, components, hubness) = figures(k);
        let of = |figure| found.mean(&[0, 1, 2], figure)[at];
        assert!((of(Figure::Homophily).expect("edges") - homophily).abs() < 1e-12, "k = {k}");
        assert_eq!(of(Figure::Components), Some(components), "k = {k}");
        match of(Figure::Hubness) {
            Some(own) => assert!((own - hubness).abs() < 1e-9, "k = {k}: {own}, not {hubness}"),
            None => assert_eq!(k, 6, "all are neighbours of all"),
        }
        hubs += usize::from(of(Figure::Hubness).is_some());
    }
    assert_eq!(hubs, 4);
}

#[test]
fn a_frozen_model_at_its_own_k_measures_as_the_run() {
    let data = sample_data();
    for (kind, neighbourhood) in [
        (ModelKind::DcmmPrf, Neighbourhood::Directed),
        (ModelKind::Gat, Neighbourhood::Union),
        (ModelKind::Mlp, Neighbourhood::Mutual),
        (ModelKind::LtrCm, Neighbourhood::Directed),
    ] {
        let out = tempfile::tempdir().expect("a folder");
        let mut experiment = Preset::Best.experiment();
        experiment.choose = Vec::new();
        experiment.model.kind = kind;
        experiment.visual.components = 3;
        experiment.training.epochs = 2;
        experiment.graph.k = 7;
        experiment.graph.neighbourhood = neighbourhood;
        let result = trained(&data, &experiment, out.path());
        let saved = SavedRun::open(out.path()).expect("a run");
        let found = sensitivity(&data, &saved, Some(&[3, 20]), &mut Quiet).expect("measured");
        let at = found.nearest(7).expect("its own");
        let test = data.queries_of(Split::Test);
        let means = mean_measures(&data, &test, |query| result.scores[query].clone());
        for (figure, measure) in [
            (Figure::Map, Measure::Map),
            (Figure::PrecisionAt20, Measure::PrecisionAt(20)),
            (Figure::Ndcg, Measure::Ndcg),
        ] {
            let (own, then) = (found.mean(&test, figure)[at].expect("judged"), means.get(measure).expect("measured"));
            assert!((own - then).abs() < 1e-12, "{kind} {figure}: {own}, not {then}");
        }
        let map = found.mean(&test, Figure::Map);
        assert_eq!(map[0] != map[2], kind.uses_graph(), "{kind}: only a graph makes k matter");
        // Another epoch has other weights, and the last is the run.
        let epochs = result.history.len();
        let of = |epoch| {
            let saved = SavedRun::open(out.path()).expect("a run").at_epoch(out.path(), epoch).expect("kept");
            sensitivity(&data, &saved, Some(&[3, 20]), &mut Quiet).expect("measured")
        };
        assert_eq!(of(epochs).mean(&test, Figure::Map), map, "{kind}");
        let missing = SavedRun::open(out.path()).expect("a run").at_epoch(out.path(), 99).err().expect("not there");
        assert!(missing.to_string().contains("epoch 99"), "{missing}");
    }
}

#[test]
fn without_vectors_only_measures_are_defined() {
    let (folder, out) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let data = on_a_circle(folder.path()).without_vectors();
    trained(&data, &experiment(ModelKind::Mlp), out.path());
    let saved = SavedRun::open(out.path()).expect("a run");
    let found = sensitivity(&data, &saved, None, &mut Quiet).expect("measured");
    assert_eq!((&found.ks[..], found.uses_graph), (&[1, 2, 3, 4, 5, 6][..], false));
    let is_defined = |figure| found.of_query(0, figure).iter().all(Option::is_some);
    assert_eq!(Figure::ALL.map(is_defined), [true, true, true, false, false, false]);
}

/// Stops at once.
struct Never;

impl RunObserver for Never {
    fn step(&mut self, stage: &str, _: usize, _: usize) -> ControlFlow<()> {
        if stage == "Measuring neighbours" { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

#[test]
fn it_stops_when_asked_and_the_command_line_prints_the_same() {
    let (data, home) = (sample_data(), tempfile::tempdir().expect("a folder"));
    let out = home.path().join("run");
    run(&data, &experiment(ModelKind::DcmmCos), RunRecord::default(), Some(&out), &mut Quiet).expect("trained");
    let saved = SavedRun::open(&out).expect("a run");
    let stopped = sensitivity(&data, &saved, None, &mut Never);
    assert!(stopped.as_ref().is_err_and(StudyError::is_cancelled), "{stopped:?}");
    let found = sensitivity(&data, &saved, Some(&[1, 5]), &mut Quiet).expect("measured");
    let (show, sample) = (out.display().to_string(), sample());
    let printed = |more: &[&str]| {
        let arguments = [&["sensitivity", &show, "--dataset", &sample, "--k", "5,1", "--json"], more].concat();
        object(&program(home.path()).args(arguments).output().expect("it runs"))
    };
    let json = printed(&[]);
    assert_eq!((&json["k"], &json["own_k"], &json["queries"]), (&[1, 2, 5].into(), &2.into(), &5.into()));
    let validation = data.queries_of(Split::Validation);
    for figure in Figure::ALL {
        let curve = serde_json::to_value(found.mean(&validation, figure)).expect("numbers");
        assert_eq!(json["figures"][figure.key()], curve, "{figure}");
    }
    let bird = printed(&["--query", "bird", "--epoch", "5"]);
    assert_eq!((&bird["of"], &bird["queries"]), (&"query bird".into(), &1.into()));
}
