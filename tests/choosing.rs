//! Settings that a run chooses on its own train and validation queries.

use crossrank::dataset::{Relevance, Split};
use crossrank::study::{Change, apply};
use crossrank::train::{
    self, Experiment, Preset, Quiet, RunData, RunObserver, RunRecord, TrainError, choose, read_run_record,
};
use serde_json::json;
use std::ops::ControlFlow;
use std::path::Path;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/stamps-and-places");

fn sample() -> RunData {
    train::open(Path::new(SAMPLE), &[]).expect("the sample").data
}

fn preset(choose: &[&str]) -> Experiment {
    let mut experiment = Preset::Best.experiment();
    experiment.choose = choose.iter().map(|text| (*text).to_owned()).collect();
    experiment
}

#[test]
fn the_sample_chooses_no_components_and_says_why() {
    let data = sample();
    let chosen = choose(&data, &Preset::Best.experiment(), &mut Quiet).expect("a choice");
    assert_eq!(chosen.experiment.visual.components, 0, "{:?}", chosen.settings);
    let components = &chosen.settings[0];
    assert_eq!((components.setting.as_str(), &components.value), ("visual.components", &json!(0)));
    let [usual, other] = &components.tried[..] else { panic!("{components:?}") };
    assert_eq!((usual.queries, other.queries), (25, 25), "every train and validation query is measured once");
    assert!(other.difference > other.error && other.mean > usual.mean, "{components:?}");
    assert_eq!(chosen.experiment.choose, Preset::Best.experiment().choose);
}

#[test]
fn test_judgements_take_no_part() {
    let data = sample();
    let mut other = data.clone();
    for query in data.queries_of(Split::Test) {
        for candidate in 0..data.dataset.queries[query].candidates.len() {
            let grade = data.judgements.get(query, candidate).map_or(0, |grade| grade.0);
            other.judgements.set(query, candidate, Some(Relevance(1 - grade.min(1))));
        }
    }
    let choices = [&data, &other].map(|data| choose(data, &Preset::Best.experiment(), &mut Quiet).expect("a choice"));
    assert_eq!(choices[0], choices[1]);
}

#[test]
fn the_first_value_stays_unless_another_is_clearly_better() {
    let data = sample();
    let same = choose(&data, &preset(&["graph.k=10,11"]), &mut Quiet).expect("a choice");
    let tried = &same.settings[0].tried[1];
    assert!(tried.difference <= tried.error, "the sample cannot tell 10 from 11 neighbours: {tried:?}");
    assert_eq!(same.experiment.graph.k, 10);
    // No edges and no feedback are worse by far, and given up before every query is measured.
    let mut experiment = preset(&["graph.k=10,0"]);
    experiment.model.feedback = false;
    let worse = choose(&data, &experiment, &mut Quiet).expect("a choice");
    assert_eq!(worse.experiment.graph.k, 10);
    assert!(worse.settings[0].tried[1].queries < 25, "{:?}", worse.settings);
}

#[test]
fn a_run_records_what_it_chose_and_goes_on_with_it() {
    let home = tempfile::tempdir().expect("a folder");
    let data = sample();
    let mut experiment = preset(&["visual.components=8,0"]);
    experiment.training.epochs = 5;
    let whole = train::run(&data, &experiment, RunRecord::default(), Some(home.path()), &mut Quiet).expect("a run");
    let record = read_run_record(home.path()).expect("its record");
    assert_eq!(record.chosen.len(), 1);
    assert_eq!(json!(record.experiment.visual.components), record.chosen[0].value);
    assert_eq!(train::score_again(&data, home.path(), &record, &mut Quiet).expect("scores"), whole.scores);
    // A run with the chosen value given is the same run.
    let change = Change::new("visual.components", record.chosen[0].value.clone());
    let given = apply(&experiment, &[change]).expect("a setting");
    assert!(given.choose.is_empty(), "what is given is not chosen: {:?}", given.choose);
    let again = train::run(&data, &given, RunRecord::default(), None, &mut Quiet).expect("a run");
    assert_eq!((again.record.chosen, again.scores), (Vec::new(), whole.scores));
}

#[test]
fn what_cannot_be_chosen_is_refused_before_any_work() {
    let data = sample();
    for (text, expected) in [
        ("visual.components", "SETTING=VALUE"),
        ("visual.component=0,1", "no setting"),
        ("training.epochs=5,10", "compared by this setting"),
        ("graph.k=5", "two values"),
        ("graph.k=5,5", "two values"),
        ("graph.k=5,5000", "0 to 1000"),
        ("model.feedback=yes,maybe", "true or false"),
    ] {
        let error = choose(&data, &preset(&[text]), &mut Quiet).expect_err(text).to_string();
        assert!(error.contains(expected) && error.contains(text), "{text}: {error}");
    }
    let twice = choose(&data, &preset(&["graph.k=5,6", "graph.k=7,8"]), &mut Quiet).expect_err("twice").to_string();
    assert!(twice.contains("twice"), "{twice}");
}

#[test]
fn with_too_few_queries_to_compare_there_are_no_components_and_else_the_usual_values() {
    let data = sample();
    let few: Vec<Split> =
        (0..data.splits.len()).map(|query| if query < 4 { Split::Train } else { Split::Test }).collect();
    let chosen = choose(&data.with_splits(few), &Preset::Best.experiment(), &mut Quiet).expect("a choice");
    let Experiment { visual, model, .. } = &chosen.experiment;
    assert_eq!((visual.components, model.rounds), (0, 1));
    assert!(chosen.settings.iter().all(|setting| setting.tried.is_empty()), "{:?}", chosen.settings);
}

#[test]
fn settings_without_effect_are_not_compared() {
    let data = sample();
    let mut experiment = preset(&["model.rounds=1,2", "model.heads=1,2"]);
    experiment.model.feedback = false;
    assert_eq!(choose(&data, &experiment, &mut Quiet).expect("nothing to do").settings, []);
    experiment.model.kind = "cm".parse().expect("a model");
    assert_eq!(choose(&data, &experiment, &mut Quiet).expect("nothing to do").settings, []);
}

#[test]
fn a_stop_takes_effect_within_a_batch() {
    struct Stops(usize);
    impl RunObserver for Stops {
        fn step(&mut self, stage: &str, _: usize, _: usize) -> ControlFlow<()> {
            assert_eq!(stage, "Choosing settings");
            self.0 += 1;
            if self.0 < 20 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        }
    }
    let mut stops = Stops(0);
    let error = choose(&sample(), &Preset::Best.experiment(), &mut stops).expect_err("stopped");
    assert!(matches!(error, TrainError::Cancelled), "{error}");
    assert_eq!(stops.0, 20);
}
