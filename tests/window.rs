//! The window beyond its panels: commands, keys, lists and how everything fits.

mod columns;
mod commands;
mod cut_off;
mod encoders;
mod large;
mod layout;
mod lenses;
mod lists;
mod monkey;
mod moved;
mod propagation;
mod queue;
mod runs;
pub mod searching;
mod two_graphs;
mod updates;
mod why;

use crossrank::app::{App, Shot, headless, settle};
use crossrank::workspace::Store;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::path::{Path, PathBuf};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/stamps-and-places");

/// The window on the sample.
fn open(home: &Path) -> Harness<'static, App> {
    let mut harness = headless(&Shot::of(SAMPLE), Store::at(home));
    settle(&mut harness).expect("the sample opens");
    harness
}

/// The sample without its judgements, in a folder of its own.
fn unjudged(folder: &Path) -> PathBuf {
    let path = folder.join("unjudged");
    std::fs::create_dir_all(&path).expect("a folder");
    for entry in std::fs::read_dir(SAMPLE).expect("the sample").flatten() {
        if entry.file_name() != "qrels.txt" && !entry.path().is_dir() {
            std::fs::copy(entry.path(), path.join(entry.file_name())).expect("a copy");
        }
    }
    path
}

fn press(harness: &mut Harness<'_, App>, modifiers: egui::Modifiers, key: egui::Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(3);
}

/// Carries out a command by its name in the palette.
fn command(harness: &mut Harness<'_, App>, name: &str) {
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::P);
    harness.run_steps(3);
    harness.get_by_label("Command").type_text(name);
    harness.run_steps(3);
    harness.key_press(egui::Key::Enter);
    harness.run_steps(3);
}

/// Draws the window as a picture among those of the documentation.
fn save(harness: &mut Harness<'_, App>, name: &str) {
    let picture = harness.render().expect("a picture");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots").join(name);
    picture.save(path).expect("the picture is written");
}
