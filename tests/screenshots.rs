//! README's pictures: the real app on the real sample.

use crossrank::app::screenshot;
use crossrank::app::{Panel, Shot};
use crossrank::workspace::{Store, ThemeChoice};
use std::collections::HashSet;
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Draws a shot, checks that it shows something, and writes it to `screenshots/`.
fn write(name: &str, shot: Shot) {
    let home = tempfile::tempdir().expect("a folder");
    let picture = screenshot(&shot, Store::at(home.path())).expect("a picture");
    let size = shot.size.map(|length| (length * shot.scale).round() as u32);
    assert_eq!([picture.width(), picture.height()], size);
    let colours: HashSet<_> = picture.pixels().map(|pixel| pixel.0).collect();
    assert!(colours.len() > 200, "{name} has only {} colours", colours.len());
    picture.save(Path::new(ROOT).join("screenshots").join(name)).expect("the picture is written");
}

fn sample() -> Shot {
    Shot::of(Path::new(ROOT).join("datasets/stamps-and-places"))
}

#[test]
fn the_whole_window_dark_and_light() {
    for (name, theme) in [("workbench-dark.png", ThemeChoice::Dark), ("workbench-light.png", ThemeChoice::Light)] {
        write(
            name,
            Shot {
                theme,
                epochs: 60,
                size: [1600.0, 980.0],
                image: Some("stamp-animals-birds-pelican".to_owned()),
                ..sample()
            },
        );
    }
}

#[test]
fn the_graph_dark_and_light() {
    for (name, theme) in [("graph-dark.png", ThemeChoice::Dark), ("graph-light.png", ThemeChoice::Light)] {
        let panel = Some(Panel::Graph);
        write(name, Shot { theme, panel, epochs: 60, size: [1280.0, 800.0], ..sample() });
    }
}

#[test]
fn the_propagation_player_at_three_moments() {
    for (name, at) in
        [("player-signals-dark.png", 1.0), ("player-messages-dark.png", 1.38), ("player-end-dark.png", 3.0)]
    {
        let panel = Some(Panel::Graph);
        write(name, Shot { panel, epochs: 60, size: [1280.0, 800.0], player: Some(at), ..sample() });
    }
}

#[test]
fn curves_rankings_and_reports() {
    let alone = |panel| Shot { panel: Some(panel), epochs: 60, size: [1200.0, 640.0], ..sample() };
    write("training-dark.png", alone(Panel::Training));
    write("ranking-dark.png", alone(Panel::Ranking));
    write("tune-dark.png", Shot { size: [460.0, 900.0], epochs: 0, ..alone(Panel::Tune) });
    write("data-dark.png", Shot { size: [560.0, 760.0], epochs: 0, ..alone(Panel::Data) });
}

#[test]
fn why_an_image_has_its_rank() {
    let image = Some("stamp-animals-birds-pelican".to_owned());
    write("why-dark.png", Shot { panel: Some(Panel::Why), epochs: 60, size: [460.0, 600.0], image, ..sample() });
}
