//! Two graphs of one query: what they have in common, what was learned, and that they move together.

use super::propagation::train;
use super::save;
use crossrank::app::{App, Panel, Shot, headless, settle};
use crossrank::model::ModelKind;
use crossrank::workspace::{GraphSide, Near, Order, Store, TwoGraphsAction, TwoViews};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::collections::HashSet;

fn window(home: &std::path::Path) -> Harness<'static, App> {
    let shot = Shot { panel: Some(Panel::Graph), size: [1280.0, 800.0], ..Shot::of(super::SAMPLE) };
    let mut harness = headless(&shot, Store::at(home));
    settle(&mut harness).expect("the sample opens");
    super::press(&mut harness, egui::Modifiers::NONE, egui::Key::B);
    rest(&mut harness);
    harness
}

fn rest(harness: &mut Harness<'_, App>) {
    for _ in 0..3 {
        harness.run_steps(3);
        settle(harness).expect("at rest");
    }
}

fn shown<'a>(harness: &'a Harness<'_, App>) -> &'a TwoViews {
    harness.state().workspace().two_graphs().shown().expect("two graphs")
}

fn pairs(views: &TwoViews, side: usize) -> HashSet<(usize, usize)> {
    views.views[side].edges().iter().map(|&(a, b, _)| (a.min(b), a.max(b))).collect()
}

#[test]
fn edges_are_those_of_both_or_of_one_alone() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = window(home.path());
    harness.get_by_label_contains("train or open a run with a graph first");
    harness.get_by_label("Two k").click();
    rest(&mut harness);
    let views = shown(&harness);
    let (few, many) = (pairs(views, 0), pairs(views, 1));
    assert_eq!(views.views.each_ref().map(|view| view.request().graph.k), [5, 20]);
    assert!(few.is_subset(&many) && views.only[0].is_empty());
    assert_eq!((views.shared, views.only[1].len()), (few.len(), many.len() - few.len()));
    harness.get_by_label(&format!("{} pairs in both", few.len()));
    let own = harness.state().workspace().session().expect("a session").view().expect("its graph").positions();
    assert!(views.views.iter().all(|view| view.positions() == own), "nodes lie as in the Graph panel");
}

#[test]
fn a_learned_similarity_has_edges_of_its_own_and_says_what_it_learned() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = window(home.path());
    train(&mut harness, ModelKind::DcmmEdge, 1);
    harness.get_by_label("Cosine against learned").click();
    rest(&mut harness);
    let views = shown(&harness);
    assert!(!views.only[0].is_empty() && views.only[0].len() < pairs(views, 0).len());
    let taught = views.taught.as_ref().expect("DCMM-edge learns a similarity");
    assert!(taught.dimensions.windows(2).all(|pair| pair[0].1 >= pair[1].1) && taught.dimensions[0].1 > 1.0);
    assert!(taught.nearer.iter().all(|moved| moved.learned > moved.cosine));
    harness.get_by_label("What was learned").click();
    rest(&mut harness);
    harness.get_by_label("Heaviest dimensions");
    save(&mut harness, "two-graphs-dark.png");
    // A model that learns none says so.
    train(&mut harness, ModelKind::DcmmPrf, 1);
    rest(&mut harness);
    harness.get_by_label_contains("learned no similarity");
    let side = |order| GraphSide { near: Near::Cosine, k: None, order, epoch: None };
    let sides = Box::new([side(Order::Text), side(Order::Model)]);
    harness.state_mut().workspace_mut().apply(TwoGraphsAction::Set(sides));
    rest(&mut harness);
    let views = shown(&harness);
    assert!(views.only.iter().all(HashSet::is_empty), "text against model: the same edges");
    harness.get_by_label("First epoch against last").click();
    rest(&mut harness);
    let [first, last] = shown(&harness).rankings.each_ref().map(|ranking| ranking.clone().expect("an epoch's"));
    assert_ne!(first.scores, last.scores, "training has changed the scores");
}
