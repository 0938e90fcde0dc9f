//! Earlier epochs and other numbers of neighbours, in the window.

use super::{command, open, press, save};
use crossrank::app::{App, Shot, headless, settle};
use crossrank::dataset::Split;
use crossrank::eval::{Measure, Measures};
use crossrank::study::Figure;
use crossrank::workspace::{
    Action, ExplainAction, HistoryAction, LensAction, NoEpochs, Order, PropagationAction, RunsAction, SelectionAction,
    Session, SettingsAction, Store, TrainingAction, Workspace,
};
use egui::{Key, Modifiers, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

fn train(harness: &mut Harness<'_, App>, epochs: usize) {
    let workspace = harness.state_mut().workspace_mut();
    let mut experiment = workspace.settings().experiment.clone();
    experiment.choose.clear();
    experiment.training.epochs = epochs;
    experiment.training.retrain = false;
    workspace.apply(SettingsAction::SetExperiment(Box::new(experiment)));
    workspace.apply(TrainingAction::Start);
    harness.run_steps(2);
    settle(harness).expect("it trains");
}

fn workspace<'a>(harness: &'a Harness<'_, App>) -> &'a Workspace {
    harness.state().workspace()
}

fn session<'a>(harness: &'a Harness<'_, App>) -> &'a Session {
    workspace(harness).session().expect("the sample")
}

/// The place in the first plot whose name starts so, at a share of its width.
fn place(harness: &Harness<'_, App>, name: &str, share: f32) -> Pos2 {
    let area = harness.get_all_by_label_contains(name).next().expect("the plot").rect();
    area.left_center() + vec2(24.0 + share * (area.width() - 30.0), 0.0)
}

fn drag(harness: &mut Harness<'_, App>, name: &str, shares: &[f32]) {
    let places: Vec<Pos2> = shares.iter().map(|&share| place(harness, name, share)).collect();
    harness.hover_at(places[0]);
    harness.step();
    harness.drag_at(places[0]);
    harness.step();
    for &place in &places[1..] {
        harness.hover_at(place);
        harness.step();
    }
    harness.drop_at(places[places.len() - 1]);
    harness.run_steps(3);
}

/// Mean average precision of the shown ranking over the queries of a split.
fn mean_map(session: &Session, split: Split) -> f64 {
    let queries = (0..session.splits().len()).filter(|&query| session.splits()[query] == split);
    let rows: Vec<&Measures> = queries.filter_map(|query| session.model_measures(query)).collect();
    Measures::mean(rows).get(Measure::Map).expect("measured")
}

#[test]
fn dragging_along_a_curve_shows_every_ranking_as_it_was_after_that_epoch() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open(home.path());
    assert_eq!(workspace(&harness).epochs().obstacle(), Some(NoEpochs::NoRun));
    train(&mut harness, 20);
    let history = workspace(&harness).training().run().expect("a run").history.clone();
    assert_eq!(workspace(&harness).epochs().kept().collect::<Vec<_>>(), (1..=20).collect::<Vec<_>>());
    let own = session(&harness).ranking(Order::Model).expect("a ranking").clone();
    drag(&mut harness, "Epoch, MAP", &[0.9, 0.6, 0.3, 0.22]);
    let epoch = workspace(&harness).epochs().chosen().expect("an epoch");
    assert!((3..=8).contains(&epoch), "{epoch}");
    let as_then = |harness: &Harness<'_, App>, epoch: usize| {
        let report = &history[epoch - 1];
        for (split, then) in [(Split::Validation, Some(&report.validation)), (Split::Test, report.test.as_ref())] {
            let (now, then) = (mean_map(session(harness), split), then.and_then(|then| then.get(Measure::Map)));
            assert!((now - then.expect("measured")).abs() < 1e-9, "epoch {epoch}: {now}");
        }
    };
    as_then(&harness, epoch);
    assert_ne!(session(&harness).ranking(Order::Model).expect("a ranking").scores, own.scores);
    // The drag is one step; the arrow keys go on from it.
    assert_eq!(
        workspace(&harness).history().next_undo().map(|step| step.name().to_owned()),
        Some(format!("epoch {epoch}"))
    );
    press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    assert_eq!(workspace(&harness).epochs().chosen(), Some(epoch + 1));
    as_then(&harness, epoch + 1);
    press(&mut harness, Modifiers::NONE, Key::Home);
    assert_eq!(workspace(&harness).epochs().chosen(), Some(1));
    let run = workspace(&harness).training().run().expect("a run").path.clone();
    harness.state_mut().workspace_mut().apply(LensAction::ShowEpoch { run, epoch: Some(epoch) });
    harness.run_steps(3);
    save(&mut harness, "epochs-dark.png");
    // What follows within a second would be part of the same step.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let chip = format!("Back to the run itself from epoch {epoch} of 20");
    harness.get_all_by_label(&chip).next().expect("the chip").click();
    harness.run_steps(3);
    assert_eq!(workspace(&harness).epochs().chosen(), None);
    assert_eq!(session(&harness).ranking(Order::Model), Some(&own));
    assert!(harness.query_all_by_label(&chip).next().is_none());
    harness.state_mut().workspace_mut().apply(HistoryAction::Undo);
    assert_eq!(workspace(&harness).epochs().chosen(), Some(epoch));
    // Another query is ranked by the same epoch, and the next run starts from its own.
    press(&mut harness, Modifiers::NONE, Key::PageDown);
    as_then(&harness, epoch);
    train(&mut harness, 2);
    assert_eq!((workspace(&harness).epochs().chosen(), workspace(&harness).epochs().kept().count()), (None, 2));
    harness.state_mut().workspace_mut().apply(HistoryAction::Undo);
    assert_eq!(workspace(&harness).epochs().chosen(), None, "a step of another run is passed over");
}

#[test]
fn a_run_that_kept_no_epochs_says_so() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open(home.path());
    train(&mut harness, 2);
    let path = workspace(&harness).training().run().expect("a run").path.clone();
    std::fs::remove_file(path.join("epochs.bin")).expect("removed");
    let reopen = |harness: &mut Harness<'_, App>| {
        harness.state_mut().workspace_mut().apply(RunsAction::Open(path.clone()));
        harness.run_steps(2);
        settle(harness).expect("it opens");
    };
    reopen(&mut harness);
    assert_eq!(workspace(&harness).epochs().obstacle(), Some(NoEpochs::NoneKept));
    harness.get_by_label("no epochs were kept in this run");
    std::fs::write(path.join("epochs.bin"), "x").expect("written");
    reopen(&mut harness);
    let Some(NoEpochs::Failed(reason)) = workspace(&harness).epochs().obstacle() else { panic!("a damaged file") };
    assert!(reason.ends_with("epochs.bin"), "{reason}");
    harness.get_by_label("its epochs cannot be shown");
}

#[test]
fn the_run_is_measured_against_k_and_the_slider_moves_along_the_curves() {
    let home = tempfile::tempdir().expect("a folder");
    let shot = Shot { size: [1280.0, 800.0], ..Shot::of(super::SAMPLE) };
    let mut harness = headless(&shot, Store::at(home.path()));
    settle(&mut harness).expect("the sample opens");
    command(&mut harness, "Show panel: Neighbours");
    harness.get_by_label("Train a network or open a run first.");
    train(&mut harness, 10);
    harness.get_by_label("Measure").click();
    harness.run_steps(2);
    settle(&mut harness).expect("it is measured");
    let (found, is_current) = workspace(&harness).sensitivity().expect("measured");
    assert!(is_current && found.own == 10 && found.ks.len() == 25);
    let map = found.of_query(session(&harness).query(), Figure::Map);
    let at = |k: usize| map[found.nearest(k).expect("a grid")].expect("judged");
    let of_run = session(&harness).ranking(Order::Model).expect("ranked").measures.get(Measure::Map).expect("measured");
    assert!((at(10) - of_run).abs() < 1e-12);
    let shown = |value: f64| format!("Neighbours, MAP: this query {}", format!("{value:.3}").replacen("0.", ".", 1));
    let (ten, four) = (shown(at(10)), shown(at(4)));
    harness.get_by_label_contains(&ten);
    let set = |harness: &mut Harness<'_, App>, k: usize| {
        let mut experiment = workspace(harness).settings().experiment.clone();
        experiment.graph.k = k;
        harness.state_mut().workspace_mut().apply(SettingsAction::SetExperiment(Box::new(experiment)));
        harness.run_steps(3);
    };
    set(&mut harness, 4);
    harness.get_by_label_contains(&four);
    // Along the plot as along the slider, and with the arrow keys.
    drag(&mut harness, "Neighbours, MAP", &[0.3, 0.6, 0.8]);
    let k = workspace(&harness).settings().experiment.graph.k;
    assert!((15..90).contains(&k), "{k}");
    press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    assert_eq!(workspace(&harness).settings().experiment.graph.k, k + 1);
    set(&mut harness, 15);
    settle(&mut harness).expect("at rest");
    save(&mut harness, "k-lens-dark.png");
    harness.state_mut().workspace_mut().apply(LensAction::AverageNeighbours(Split::Test));
    harness.run_steps(2);
    harness.get_by_label("only measured");
    // Another epoch is measured anew, and the way back is known.
    let run = workspace(&harness).training().run().expect("a run").path.clone();
    let show = |harness: &mut Harness<'_, App>, epoch| {
        harness.state_mut().workspace_mut().apply(LensAction::ShowEpoch { run: run.clone(), epoch });
        harness.run_steps(2);
    };
    show(&mut harness, Some(1));
    assert!(workspace(&harness).sensitivity().is_none());
    show(&mut harness, None);
    assert!(workspace(&harness).sensitivity().is_some());
}

#[test]
fn player_and_explanation_are_of_the_epoch_that_is_looked_at() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open(home.path());
    train(&mut harness, 6);
    let run = workspace(&harness).training().run().expect("a run").path.clone();
    let own = session(&harness).ranking(Order::Model).expect("its own").scores.clone();
    for action in [
        LensAction::ShowEpoch { run, epoch: Some(1) }.into(),
        Action::from(SelectionAction::Candidate(Some(2))),
        PropagationAction::Show(true).into(),
        ExplainAction::Explain.into(),
    ] {
        harness.state_mut().workspace_mut().apply(action);
    }
    settle(&mut harness).expect("at rest");
    let scores = &session(&harness).ranking(Order::Model).expect("the epoch's").scores;
    assert_ne!(*scores, own);
    let stages = workspace(&harness).propagation().stages().expect("its steps");
    assert_eq!(stages.all.last().expect("a stage").ranking.scores, *scores);
    let explained = workspace(&harness).explained().expect("an explanation");
    assert!((explained.explanation.score - f64::from(scores[2])).abs() < 1e-5, "{}", explained.explanation.score);
}
