//! The window, drawn to a picture or not opened at all.

use super::{errors, folder, object, program, run, sample};
use std::fs;

#[test]
fn screenshot_draws_a_panel_or_says_that_nothing_here_can_draw() {
    let home = folder();
    let picture = home.path().join("data.png");
    let shown = picture.display().to_string();
    let output =
        run(&["screenshot", &sample(), &shown, "--panel", "data", "--size", "640x480", "--theme", "light", "--json"]);
    if output.status.success() {
        let report = object(&output);
        assert_eq!((&report["width"], &report["height"]), (&640.into(), &480.into()));
        assert!(fs::read(&picture).is_ok_and(|bytes| bytes.starts_with(b"\x89PNG") && bytes.len() > 5_000));
    } else {
        assert_eq!(output.status.code(), Some(1));
        assert!(errors(&output).contains("graphics adapter"), "{}", errors(&output));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_display_the_window_says_so() {
    let home = folder();
    let mut command = program(home.path());
    let output = command.arg(sample()).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
    let output = output.output().expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(errors(&output).contains("no window can be opened here"), "{}", errors(&output));
}
