//! Lists start anew when they become other lists, and cards go with what they are about.

use super::{SAMPLE, open};
use crossrank::app::{App, Panel, Shot, headless, settle};
use crossrank::workspace::{Order, SelectionAction, Store};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

fn select(harness: &mut Harness<'_, App>, action: SelectionAction) {
    harness.state_mut().workspace_mut().apply(action);
    settle(harness).expect("at rest");
}

#[test]
fn the_next_querys_ranking_starts_at_its_first_image() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open(home.path());
    harness.state_mut().show_panel(Panel::Ranking);
    let last = {
        let session = harness.state().workspace().session().expect("a session");
        *session.ranking(Order::Initial).expect("a ranking").order.last().expect("an image")
    };
    select(&mut harness, SelectionAction::Candidate(Some(last)));
    harness.run_steps(20);
    let first = "Initial order: rank 1,";
    assert_eq!(harness.query_all_by_label_contains(first).count(), 0, "scrolled to the last image");
    select(&mut harness, SelectionAction::StepQuery(1));
    assert_eq!(harness.query_all_by_label_contains(first).count(), 1);
}

#[test]
fn the_next_image_is_shown_from_its_picture_on() {
    let home = tempfile::tempdir().expect("a folder");
    let shot = Shot { panel: Some(Panel::Image), size: [300.0, 360.0], ..Shot::of(SAMPLE) };
    let mut harness = headless(&shot, Store::at(home.path()));
    settle(&mut harness).expect("the sample opens");
    select(&mut harness, SelectionAction::Candidate(Some(0)));
    let top = |harness: &Harness<'_, App>| {
        harness.get_all_by_role(egui::accesskit::Role::Image).next().expect("the picture").rect().top()
    };
    let before = top(&harness);
    harness.hover_at(egui::pos2(150.0, 180.0));
    harness.step();
    harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, -400.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: egui::Modifiers::NONE,
    });
    harness.run_steps(30);
    assert!(top(&harness) < before - 50.0, "scrolled down");
    select(&mut harness, SelectionAction::Candidate(Some(1)));
    assert_eq!(top(&harness), before);
}

#[test]
fn the_card_of_an_image_stays_in_its_panel_and_goes_with_its_cause() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open(home.path());
    let canvas = harness.get_by_label_contains("Graph of “bird”").rect();
    let card = |harness: &Harness<'_, App>| {
        let facts = harness.query_all_by_label_contains(" neighbours");
        let mut facts = facts.filter(|node| node.value().is_some_and(|text| text.contains("initial ")));
        facts.next().map(|node| node.rect().expand(6.0))
    };
    let mut seen = 0;
    for step in 0..40 {
        let at = canvas.left_top() + canvas.size() * egui::vec2(0.03 + 0.024 * step as f32, 0.5);
        harness.hover_at(at);
        harness.run_steps(4);
        if let Some(card) = card(&harness) {
            seen += 1;
            assert!(canvas.expand(1.0).contains_rect(card), "at {at} it leaves the canvas {canvas}: {card}");
        }
    }
    assert!(seen > 3, "only {seen} images were pointed at");
    select(&mut harness, SelectionAction::StepQuery(1));
    harness.hover_at(egui::pos2(canvas.center().x, 2.0));
    harness.run_steps(3);
    assert!(card(&harness).is_none(), "nothing is pointed at any more");
}

#[test]
fn the_rows_of_the_data_panel_never_lie_over_one_another() {
    let home = tempfile::tempdir().expect("a folder");
    let shot = Shot { panel: Some(Panel::Data), size: [260.0, 640.0], ..Shot::of(SAMPLE) };
    let mut harness = headless(&shot, Store::at(home.path()));
    for frame in 0..400 {
        harness.step();
        let labels: Vec<(String, egui::Rect)> = harness
            .query_all_by_role(egui::accesskit::Role::Label)
            .filter_map(|node| Some((node.value()?, node.rect())))
            .collect();
        for (at, (text, rect)) in labels.iter().enumerate() {
            for (other, beside) in &labels[at + 1..] {
                let shared = rect.intersect(*beside);
                let is_apart = shared.width() <= 1.0 || shared.height() <= 1.0;
                assert!(is_apart, "frame {frame}: “{text}” {rect} and “{other}” {beside}");
            }
        }
        if !harness.state().is_busy() && frame > 20 {
            assert!(labels.len() > 12, "only {} labels", labels.len());
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}
