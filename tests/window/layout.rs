//! Nothing is cut off or drawn over something else, also in a small window.

use super::SAMPLE;
use crossrank::app::{App, Panel, RunsView, Shot, headless, settle};
use crossrank::workspace::{
    MessageAction, RunsAction, SelectionAction, SettingsAction, Store, ThemeChoice, TrainingAction,
};
use egui::{Rect, Shape};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::path::Path;

/// A line of text on screen, and the area it is confined to.
struct Text {
    clip: Rect,
    rect: Rect,
    text: String,
}

fn texts(harness: &Harness<'_, App>) -> Vec<Text> {
    fn collect(clip: Rect, shape: &Shape, found: &mut Vec<Text>) {
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(clip, shape, found)),
            Shape::Text(text) if text.angle == 0.0 => {
                for row in text.galley.rows.iter().filter(|row| !row.text().trim().is_empty()) {
                    // A text that continues a line begins with a space as long as what is before it.
                    let rect = row.rect_without_leading_space().translate(text.pos.to_vec2());
                    found.push(Text { clip, rect, text: row.text() });
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    for clipped in &harness.output().shapes {
        collect(clipped.clip_rect, &clipped.shape, &mut found);
    }
    // What is scrolled out of sight is not on screen.
    found.retain(|text| {
        let seen = text.rect.intersect(text.clip);
        seen.width() > 1.0 && seen.height() > 0.6 * text.rect.height()
    });
    found
}

/// Texts cut off at the left or right edge of their area, and pairs of texts over one another. `free` are areas where
/// both are meant: the graph, whose nodes lie over one another, and tables that scroll sideways.
fn faults(harness: &Harness<'_, App>, free: &[Rect]) -> Vec<String> {
    let texts: Vec<Text> =
        texts(harness).into_iter().filter(|text| free.iter().all(|free| !free.intersects(text.rect))).collect();
    let mut faults = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let (clip, rect) = (text.clip, text.rect);
        if rect.left() < clip.left() - 1.5 || rect.right() > clip.right() + 1.5 {
            faults.push(format!("“{}” at {rect} is cut off by {clip}", text.text));
        }
        for other in &texts[at + 1..] {
            let shared = rect.intersect(other.rect).intersect(clip).intersect(other.clip);
            if shared.width() > 2.0 && shared.height() > 4.0 {
                faults.push(format!("“{}” at {rect} and “{}” at {}", text.text, other.text, other.rect));
            }
        }
    }
    faults
}

/// The window after two short runs, with an image selected.
fn trained(home: &Path, size: [f32; 2], theme: ThemeChoice) -> Harness<'static, App> {
    let mut harness = headless(&Shot { size, theme, ..Shot::of(SAMPLE) }, Store::at(home));
    settle(&mut harness).expect("the sample opens");
    let mut experiment = harness.state().workspace().settings().experiment.clone();
    (experiment.training.epochs, experiment.training.retrain) = (12, false);
    harness.state_mut().workspace_mut().apply(SettingsAction::SetExperiment(Box::new(experiment)));
    harness.state_mut().workspace_mut().apply(TrainingAction::Queue(vec![1, 2]));
    settle(&mut harness).expect("training ends");
    let workspace = harness.state_mut().workspace_mut();
    let runs = workspace.experiments().runs().iter().map(|run| run.saved.path.clone()).collect();
    workspace.apply(RunsAction::Choose(runs));
    workspace.apply(SelectionAction::Candidate(Some(3)));
    while !harness.state().workspace().messages().is_empty() {
        harness.state_mut().workspace_mut().apply(MessageAction::Dismiss(0));
    }
    harness
}

/// Areas where texts may be cut off or overlap.
fn free(harness: &Harness<'_, App>) -> Vec<Rect> {
    let graphs = harness.query_all_by_label_contains("Graph of “").map(|node| node.rect());
    let tables = harness.query_all_by_label("Runs").map(|node| node.rect()).filter(|rect| rect.height() > 60.0);
    graphs.chain(tables).collect()
}

/// Every panel, and every view of the Experiments panel.
fn each(harness: &mut Harness<'_, App>, mut look: impl FnMut(&mut Harness<'_, App>, &str)) {
    for panel in Panel::ALL {
        harness.state_mut().show_panel(panel);
        settle(harness).expect("at rest");
        look(harness, panel.name());
    }
    let views = [RunsView::Table, RunsView::Curves, RunsView::Parameters, RunsView::HeatMap, RunsView::Compare];
    harness.state_mut().show_panel(Panel::Experiments);
    for view in views {
        harness.state_mut().show_runs_as(view);
        settle(harness).expect("at rest");
        look(harness, &format!("Experiments-{view:?}"));
    }
}

#[test]
fn no_text_is_cut_off_or_drawn_over_another_in_a_small_window() {
    for size in [[1000.0, 700.0], [1280.0, 720.0]] {
        let home = tempfile::tempdir().expect("a folder");
        let mut harness = trained(home.path(), size, ThemeChoice::Dark);
        let mut all = Vec::new();
        each(&mut harness, |harness, name| {
            let free = free(harness);
            all.extend(faults(harness, &free).into_iter().map(|fault| format!("{name}: {fault}")));
        });
        assert!(all.is_empty(), "{size:?}\n{}", all.join("\n"));
    }
}

#[test]
fn pictures_of_every_panel_in_a_small_window() {
    let Some(folder) = std::env::var_os("CROSSRANK_SMALL_PICTURES") else {
        return crate::skipped("draws pictures to look at; set CROSSRANK_SMALL_PICTURES to a folder");
    };
    for (size, theme) in [([1000.0, 700.0], ThemeChoice::Dark), ([1280.0, 720.0], ThemeChoice::Light)] {
        let home = tempfile::tempdir().expect("a folder");
        let mut harness = trained(home.path(), size, theme);
        each(&mut harness, |harness, name| {
            let path = Path::new(&folder).join(format!("{}-{name}.png", size[0]));
            harness.render().expect("a picture").save(path).expect("written");
        });
    }
}
