//! Memory that grows with the square of a query's images is bounded, and the bound changes no result.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use crossrank::base::Rng;
use crossrank::dataset::{VectorTable, demo_sample};
use crossrank::graph::{Csr, GraphRequest, Neighbourhood, Similarities, unit_rows};
use crossrank::model::{Feedback, FeedbackScores, ModelKind};
use crossrank::train::{Experiment, Loss, Quiet, RunData, RunObserver, RunRecord, RunResult, TrainError, open, run};

use crate::cli;

#[test]
fn cosines_that_are_not_stored_have_the_same_bits() {
    for (n, dim, seed) in [(1, 3, 1), (6, 1, 2), (37, 19, 3), (50, 64, 4), (81, 200, 5), (300, 7, 6)] {
        let mut rng = Rng::new(seed);
        let mut rows: Vec<f32> = (0..n * dim).map(|_| rng.normal() as f32).collect();
        // One image without a vector, and two that are equal.
        rows[..dim].fill(0.0);
        if n > 5 {
            rows.copy_within(2 * dim..3 * dim, 4 * dim);
        }
        let unit = unit_rows(&rows, dim);
        let (stored, computed) = (Similarities::new(&unit, dim), Similarities::within(0, &unit, dim));
        for i in 0..n {
            let bits = |row: &[f32]| row.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&stored.row(i)), bits(&computed.row(i)), "row {i} of {n}");
            assert!((0..n).all(|j| stored.get(i, j).to_bits() == computed.get(i, j).to_bits()));
        }
        for neighbourhood in Neighbourhood::ALL {
            for k in [1, 7, 100] {
                let request = GraphRequest { k, neighbourhood, ..GraphRequest::default() };
                let graph = Csr::nearest(&stored, request);
                assert_eq!(graph, Csr::nearest(&computed, request));
                // Cut out of one with more neighbours, as several graphs of one comparison are.
                let more = Csr::nearest_while(&computed, k + 3, &mut |_, _| ControlFlow::Continue(()));
                assert_eq!(graph, more.expect("made").cut(request));
            }
        }
        let mut asked = Vec::new();
        let stopped = Csr::nearest_while(&computed, 3, &mut |done, all| {
            asked.push((done, all));
            if done == 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        assert_eq!((asked[0], stopped.is_err()), ((0, n), asked.len() > 1));
        let text: Vec<f32> = (0..n).map(|_| rng.uniform() as f32).collect();
        let mix = |similarities| FeedbackScores::new(&text, similarities).mix(Feedback { neighbours: 5, mixture: 0.5 });
        assert_eq!(mix(&stored), mix(&computed));
    }
}

fn sample() -> RunData {
    open(&demo_sample(), &[]).expect("the sample").data
}

fn experiment(kind: ModelKind) -> Experiment {
    let mut experiment = Experiment::default();
    experiment.model.kind = kind;
    experiment.training.epochs = 2;
    experiment
}

#[test]
fn a_run_in_little_memory_has_the_same_curve() {
    let plenty = sample();
    let mut little = plenty.clone();
    little.memory = 1000;
    for kind in [ModelKind::DcmmEdge, ModelKind::LtrCm] {
        let curve = |data: &RunData| {
            let RunResult { history, scores, .. } =
                run(data, &experiment(kind), RunRecord::default(), None, &mut Quiet).expect("a run");
            (history.iter().map(|report| report.train_loss.to_bits()).collect::<Vec<_>>(), scores)
        };
        assert_eq!(curve(&plenty), curve(&little), "{kind}");
    }
}

#[test]
fn a_loss_that_needs_too_much_is_refused_before_any_work() {
    struct NoStep;
    impl RunObserver for NoStep {
        fn step(&mut self, stage: &str, _: usize, _: usize) -> ControlFlow<()> {
            panic!("{stage}")
        }
    }
    let mut data = sample();
    data.memory = 100_000;
    let mut experiment = experiment(ModelKind::Mlp);
    experiment.training.loss = Loss::NeuralNdcg;
    let error = run(&data, &experiment, RunRecord::default(), None, &mut NoStep).err().expect("too little memory");
    assert!(matches!(error, TrainError::Memory { needed: 160_000, bound: 100_000, judged: 100, .. }), "{error}");
    let message = error.to_string();
    assert!(message.contains("160.0 kB") && message.contains("100.0 kB") && message.contains("--memory"), "{message}");
}

#[test]
fn the_bound_is_an_option_and_an_environment_variable() {
    let home = cli::folder();
    let train = |option: Option<&str>, variable: &str| {
        let mut command = cli::program(home.path());
        command.env("CROSSRANK_MEMORY", variable).args(["train", &cli::sample(), "--json", "--epochs", "1"]);
        command.args(["--model", "mlp", "--loss", "neural-ndcg"]).args(option.map(|size| format!("--memory={size}")));
        command.output().expect("the program runs")
    };
    let nothing = train(Some("4 parsecs"), "");
    assert!(!nothing.status.success() && cli::errors(&nothing).contains("as in 4GB"), "{}", cli::errors(&nothing));
    let wrong = train(None, "much");
    assert!(!wrong.status.success() && cli::errors(&wrong).contains("CROSSRANK_MEMORY"), "{}", cli::errors(&wrong));
    cli::object(&train(Some("2MB"), "much"));
    cli::object(&train(None, "1.5 GB"));
}

#[test]
fn a_whitening_that_cannot_be_learned_is_an_error_that_names_the_vectors() {
    let mut experiment = experiment(ModelKind::DcmmEdge);
    experiment.visual.whiten = true;
    let data = sample();
    let wide = VectorTable::new("embeddings", 1 << 40, data.dataset.images.len());
    let data = data.with_vectors(vec!["embeddings".to_owned()], Arc::new(wide));
    let error = run(&data, &experiment, RunRecord::default(), None, &mut Quiet).err().expect("nothing to learn");
    let message = error.to_string();
    assert!(message.contains("1099511627776 numbers are too wide"), "{message}");
    assert!(
        message.ends_with(&Path::new("stamps-and-places/embeddings.safetensors").display().to_string()),
        "{message}"
    );
}
