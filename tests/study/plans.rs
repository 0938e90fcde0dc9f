//! Parameters by name, sweep files, and what is tried.

use super::Sample;
use crossrank::eval::Measure;
use crossrank::study::{
    Axis, Change, Folds, Method, SweepPlan, Values, ablations, benchmark_names, grid, named, names, parameters, random,
    set, typed_values,
};
use crossrank::train::Experiment;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

fn refused(parameter: &str, value: serde_json::Value) -> String {
    set(&Experiment::default(), &Change::new(parameter, value)).expect_err("it is refused").to_string()
}

#[test]
fn every_parameter_of_every_preset_can_be_set_to_what_it_is() {
    for name in names() {
        let experiment = named(name).expect("a preset");
        let found = parameters(&experiment);
        assert!(found.len() > 15, "{found:?}");
        for change in found {
            // What is given is not chosen.
            let mut expected = experiment.clone();
            expected.fix(&change.parameter);
            assert_eq!(set(&experiment, &change).expect("its own value"), expected, "{name}: {change}");
        }
    }
}

#[test]
fn a_parameter_is_set_by_its_path_and_no_other_changes() {
    let changed = set(&Experiment::default(), &Change::new("graph.k", 3)).expect("there is a k");
    let mut expected = Experiment::default();
    expected.graph.k = 3;
    assert_eq!(changed, expected);
    let changed = set(&changed, &Change::new("training.patience", "none")).expect("patience can be left out");
    assert_eq!(changed.training.patience, None);
    let changed = set(&changed, &Change::new("features", json!(["bm25"]))).expect("a list");
    assert_eq!(changed.features, Some(vec!["bm25".to_owned()]));
}

#[test]
fn a_typo_is_answered_with_the_nearest_name_and_a_wrong_type_with_the_value() {
    let told = refused("training.learnig_rate", json!(0.1));
    assert!(
        told.contains("“training.learnig_rate”") && told.contains("did you mean “training.learning_rate”"),
        "{told}"
    );
    assert!(refused("k", json!(3)).contains("did you mean “graph.k”"));
    assert!(refused("conv_layers", json!(3)).contains("did you mean “model.conv_layers”"));
    let told = refused("graph.k", json!("many"));
    assert!(told.contains("graph.k") && told.contains("many") && told.contains("its current value is 10"), "{told}");
    assert!(refused("graph", json!(3)).contains("graph.k"));
}

#[test]
fn values_are_typed_as_json_or_plain_and_lists_keep_their_commas() {
    let (name, values) = typed_values("graph.k=5,10, 20").expect("well typed");
    assert_eq!((name.as_str(), values), ("graph.k", vec![json!(5), json!(10), json!(20)]));
    let (_, values) = typed_values(r#"features=["bm25","rank"],["bm25"]"#).expect("well typed");
    assert_eq!(values, [json!(["bm25", "rank"]), json!(["bm25"])]);
    let (_, values) = typed_values("training.loss=bpr").expect("well typed");
    assert_eq!(values, [json!("bpr")]);
    for wrong in ["graph.k", "=1", "graph.k=", "graph.k=1,,2"] {
        assert!(typed_values(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_grid_goes_through_every_combination_in_order() {
    let axis = |parameter: &str, values: &[i64]| Axis {
        parameter: parameter.to_owned(),
        values: Values::List(values.iter().map(|value| json!(value)).collect()),
    };
    let combinations = grid(&[axis("a", &[1, 2]), axis("b", &[3, 4, 5])]).expect("a small grid");
    let shown: Vec<String> =
        combinations.iter().map(|changes| changes.iter().map(|change| format!("{change} ")).collect()).collect();
    assert_eq!(shown, ["a=1 b=3 ", "a=1 b=4 ", "a=1 b=5 ", "a=2 b=3 ", "a=2 b=4 ", "a=2 b=5 "]);
    assert_eq!(grid(&[]).expect("nothing to vary"), vec![Vec::<Change>::new()]);
    let wide = vec![axis("a", &[0; 1000]), axis("b", &[0; 1000])];
    assert!(grid(&wide).is_err());
}

#[test]
fn random_draws_keep_to_their_ranges_and_to_their_seed() {
    let values =
        [Values::Uniform(-1.0, 1.0), Values::Log(1e-4, 1e-1), Values::Int(2, 4), Values::List(vec![json!("x")])];
    let axes: Vec<Axis> = values.into_iter().map(|values| Axis { parameter: "a".to_owned(), values }).collect();
    let drawn = random(&axes, 300, 7);
    let column =
        |at: usize| drawn.iter().map(|changes| changes[at].value.as_f64().expect("a number")).collect::<Vec<_>>();
    assert!(column(0).iter().all(|x| (-1.0..=1.0).contains(x)));
    assert!(column(1).iter().all(|x| (1e-4..=1e-1).contains(x)));
    let small = column(1).iter().filter(|x| **x < 10f64.powf(-2.5)).count();
    assert!((100..200).contains(&small), "half of the draws lie below the middle of the exponents: {small}");
    assert_eq!([2.0, 3.0, 4.0].map(|value| column(2).contains(&value)), [true; 3]);
    assert_eq!(random(&axes, 10, 7), drawn[..10]);
    assert_ne!(random(&axes, 10, 8), drawn[..10]);
}

fn fixture() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sweep.toml")
}

#[test]
fn a_sweep_file_says_what_to_try() {
    let plan = SweepPlan::read(&fixture()).expect("the example is well written");
    assert_eq!((plan.objective, plan.seeds.clone()), (Measure::NdcgAt(20), vec![1, 2]));
    assert_eq!(plan.folds, Folds::cross(3));
    assert_eq!(plan.method, Method::Random { samples: 4, sample_seed: 1 });
    assert!(plan.dataset.as_deref().is_some_and(Path::is_dir), "{:?}", plan.dataset);
    let mut base = named("reference").expect("a preset");
    (base.training.epochs, base.model.hidden) = (2, 8);
    assert_eq!(plan.base, base);
    let names: Vec<&str> = plan.axes.iter().map(|axis| axis.parameter.as_str()).collect();
    assert_eq!(names, ["graph.k", "model.conv_layers", "training.learning_rate"]);
    assert_eq!(plan.axes[2].values, Values::Log(1e-3, 1e-1));
    assert_eq!(plan.configurations().expect("they can be made").len(), 4);
}

#[test]
fn the_sweep_file_that_the_manual_shows_can_be_read() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("assets/manual/studies.md")).expect("there");
    let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("k.toml");
    fs::write(&path, example).expect("written");
    let plan = SweepPlan::read(&path).expect("well written");
    assert_eq!(plan.configurations().expect("they can be made").len(), 27);
}

/// What is told of a sweep file with this text.
fn fault(text: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.toml");
    fs::write(&path, text).expect("written");
    SweepPlan::read(&path).expect_err("it is refused").to_string()
}

#[test]
fn what_is_wrong_in_a_sweep_file_is_told_with_its_line() {
    for (text, line, word) in [
        ("folds = 5\n\n[parameters]\ngrahp.k = [5]\n", 4, "did you mean “graph.k”"),
        ("[parameters]\ngraph.k = [5, 10]\nmodel.hidden = [\"a\"]\n", 3, "model.hidden"),
        ("fold = 5\n", 1, "did you mean “folds”"),
        ("seeds = 0\n", 1, "seeds"),
        ("\npreset = \"refrence\"\n", 2, "did you mean “reference”"),
        ("objective = \"ndgc\"\n", 1, "ndgc"),
        ("objective = \"bpref\"\n", 1, "bpref"),
        ("method = \"grid\"\n[parameters]\ngraph.k = { int = [1, 9] }\n", 3, "range"),
        ("method = \"random\"\n", 1, "samples"),
        ("samples = 2\nmethod = \"random\"\n[parameters]\ngraph.k = { int = [9, 1] }\n", 4, "9"),
        ("[base]\nmodel.kind = \"dcmm\"\n", 2, "model.kind"),
        ("a = [1,\n", 1, ""),
        ("[parameters]\n\ngraph.k = 1979-05-27\n", 3, "date"),
    ] {
        let told = fault(text);
        assert!(told.ends_with(&format!("a.toml:{line}")) && told.contains(word), "{text:?}: {told}");
        assert!(!told.contains('\n'), "{told}");
    }
}

#[test]
fn an_ablation_takes_away_each_signal_the_edges_and_each_option() {
    let sample = Sample::open();
    let mut full = Experiment::default();
    full.model.dropout = 0.25;
    let list = ablations(&full, &sample.data().signals).expect("they can be made");
    let names: Vec<&str> = list.iter().map(|configuration| configuration.name.as_str()).collect();
    assert_eq!(names[0], "full");
    for info in &sample.data().signals.infos {
        let name = format!("without signal {}", info.name);
        let own = list.iter().find(|configuration| configuration.name == name).expect("each signal");
        let left = own.experiment.features.clone().expect("a list");
        assert!(!left.contains(&info.name) && left.len() + 1 == sample.data().signals.infos.len(), "{left:?}");
    }
    for name in ["without edges", "2 layers", "k = 5", "k = 20", "without normalisation", "without dropout"] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    assert!(!names.contains(&"k = 10"), "that is the full one: {names:?}");
    let distinct = list.iter().enumerate().all(|(at, one)| list[..at].iter().all(|o| o.experiment != one.experiment));
    assert!(distinct, "{names:?}");
}

#[test]
fn an_ablation_of_the_preset_has_a_row_with_neither_edges_nor_feedback_and_none_without_effect() {
    let sample = Sample::open();
    let names = |preset: &str| -> Vec<String> {
        let list = ablations(&named(preset).expect("a preset"), &sample.data().signals).expect("they can be made");
        list.into_iter().map(|configuration| configuration.name).collect()
    };
    let full = names("best");
    for name in ["without edges", "without feedback", "without edges and feedback"] {
        assert!(full.iter().any(|other| other == name), "{name}: {full:?}");
    }
    let linear = names("best/linear");
    for name in ["without edges", "k = 5", "without feedback", "without whiten"] {
        assert!(linear.iter().all(|other| other != name), "{name}: {linear:?}");
    }
}

#[test]
fn a_benchmark_gives_every_network_the_inputs_of_the_preset_too() {
    let best = named("best").expect("a preset");
    let equal: Vec<&str> = benchmark_names().into_iter().filter(|name| name.starts_with("best/")).collect();
    for kind in ["linear", "mlp", "gcn", "dcmm-edge"] {
        let name = format!("best/{kind}");
        assert!(equal.contains(&name.as_str()), "{name}: {equal:?}");
        let mut experiment = named(&name).expect("it is known");
        assert_eq!(experiment.model.kind.name(), kind);
        experiment.model.kind = best.model.kind;
        assert_eq!(experiment, best, "only the model differs");
    }
}
