//! README's pictures of the desk.

use super::{journal, unjudged};
use crossrank::app::{Shot, headless, settle};
use crossrank::workspace::{JudgingSettings, JudgingView, SettingsAction, Store, ThemeChoice};
use egui::{Key, Modifiers};
use std::collections::HashSet;
use std::path::Path;

#[test]
fn pictures_of_the_desk() {
    let home = tempfile::tempdir().expect("a folder");
    let set = unjudged(home.path());
    journal(&set, 36);
    for (name, view, theme, columns) in [
        ("judging-grid-dark.png", JudgingView::Grid, ThemeChoice::Dark, 7),
        ("judging-one-light.png", JudgingView::One, ThemeChoice::Light, 7),
        ("judging-beside-dark.png", JudgingView::Side, ThemeChoice::Dark, 7),
    ] {
        let store = home.path().join(name);
        let shot = Shot { theme, size: [1280.0, 760.0], ..Shot::of(&set) };
        let mut harness = headless(&shot, Store::at(&store));
        settle(&mut harness).expect("the data set opens");
        let judging = JudgingSettings { judge: "ann".to_owned(), columns, view, ..JudgingSettings::default() };
        harness.state_mut().workspace_mut().apply(SettingsAction::SetJudging(Box::new(judging)));
        harness.key_press_modifiers(Modifiers::COMMAND, Key::J);
        harness.run_steps(3);
        settle(&mut harness).expect("pictures are decoded");
        harness.run_steps(3);
        let picture = harness.render().expect("a picture");
        let colours: HashSet<_> = picture.pixels().map(|pixel| pixel.0).collect();
        assert!(colours.len() > 200, "{name} has only {} colours", colours.len());
        picture.save(Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots").join(name)).expect("written");
    }
}
