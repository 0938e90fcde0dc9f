//! The graph's canvas is redrawn for everything that affects it, and nothing else.

use crossrank::app::{App, Panel, Shot, headless, settle};
use crossrank::workspace::{Action, SelectionAction, SettingsAction, Store, ThemeChoice, TrainingAction};
use egui_kittest::Harness;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/stamps-and-places");

/// The shapes of the next frame.
fn drawn(harness: &mut Harness<'_, App>) -> Vec<egui::epaint::ClippedShape> {
    harness.step();
    harness.output().shapes.clone()
}

fn apply(harness: &mut Harness<'_, App>, action: impl Into<Action>) {
    harness.state_mut().workspace_mut().apply(action);
}

#[test]
fn whatever_affects_the_graph_shows_in_the_next_frame() {
    let home = tempfile::tempdir().expect("a folder");
    let shot = Shot { panel: Some(Panel::Graph), size: [900.0, 700.0], ..Shot::of(SAMPLE) };
    let mut harness = headless(&shot, Store::at(home.path()));
    settle(&mut harness).expect("the sample opens");
    let rest = drawn(&mut harness);
    assert!(drawn(&mut harness) == rest, "at rest nothing changes");

    for passing in [SelectionAction::Hover(Some(3)), SelectionAction::Candidate(Some(3))] {
        apply(&mut harness, passing.clone());
        assert!(drawn(&mut harness) != rest, "{passing:?} is highlighted");
        apply(&mut harness, SelectionAction::Candidate(None));
        // The image is no longer pointed at.
        harness.run_steps(3);
        assert!(drawn(&mut harness) == rest, "{passing:?} leaves no trace");
    }

    let look = harness.state().workspace().settings().look;
    for change in 0..4 {
        let mut other = look;
        let switch = [&mut other.thumbnails, &mut other.edges, &mut other.ranks, &mut other.size_by_score];
        switch.into_iter().skip(change).take(1).for_each(|on| *on = !*on);
        apply(&mut harness, SettingsAction::SetGraphLook(other));
        assert!(drawn(&mut harness) != rest, "{other:?} differs from {look:?}");
        apply(&mut harness, SettingsAction::SetGraphLook(look));
        assert!(drawn(&mut harness) == rest, "back to {look:?}");
    }

    type Change = fn(&mut Harness<'_, App>);
    let changes: [(&str, Change); 4] = [
        ("theme", |harness| apply(harness, SettingsAction::SetTheme(ThemeChoice::Light))),
        ("number of neighbours", |harness| {
            let mut experiment = harness.state().workspace().settings().experiment.clone();
            experiment.graph.k += 5;
            experiment.training.epochs = 2;
            apply(harness, SettingsAction::SetExperiment(Box::new(experiment)));
        }),
        ("ranking", |harness| apply(harness, TrainingAction::Start)),
        ("query", |harness| apply(harness, SelectionAction::Query(1))),
    ];
    for (what, change) in changes {
        let before = drawn(&mut harness);
        change(&mut harness);
        settle(&mut harness).expect("at rest");
        assert!(drawn(&mut harness) != before, "another {what}");
    }
}
