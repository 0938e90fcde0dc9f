//! Random keys, clicks, drags, scrolls and text while a training runs.
//!
//! The window is driven in a process of its own: only there is memory the window's alone, does a panic or a hang end
//! nothing else, and can it be seen where files are written. The events depend on the seed only, not on what is on screen.

use super::SAMPLE;
use crossrank::app::{App, Shot, headless, settle};
use crossrank::base::{Rng, limit_memory_pools};
use crossrank::workspace::{SettingsAction, Store, TrainingAction};
use egui::{
    Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, TouchPhase, Vec2, pos2, vec2,
};
use egui_kittest::Harness;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

/// Events of a run, two to a frame.
const EVENTS: usize = 4000;

/// Most time for them. They take a fraction of it; a hang takes more.
const PATIENCE: Duration = Duration::from_secs(240);

/// Names the home of the window in its own process.
const HOME: &str = "CROSSRANK_MONKEY_HOME";

const SIZE: [f32; 2] = [1480.0, 920.0];

/// What is typed. No separators, or an export could rightly be asked for anywhere.
const TEXTS: [&str; 8] = ["a", "7", "0.5", "map>0.3", "-", "windmill", "é\u{301}漢", " "];

const KEYS: [Key; 31] = [
    Key::Tab,
    Key::Enter,
    Key::Space,
    Key::Escape,
    Key::ArrowUp,
    Key::ArrowDown,
    Key::ArrowLeft,
    Key::ArrowRight,
    Key::Home,
    Key::End,
    Key::PageUp,
    Key::PageDown,
    Key::Backspace,
    Key::Delete,
    Key::A,
    Key::F,
    Key::J,
    Key::K,
    Key::L,
    Key::M,
    Key::N,
    Key::P,
    Key::R,
    Key::T,
    Key::X,
    Key::Z,
    Key::Num0,
    Key::Num1,
    Key::Num5,
    Key::F1,
    Key::Plus,
];

const HELD: [Modifiers; 5] = [
    Modifiers::NONE,
    Modifiers::NONE,
    Modifiers::COMMAND,
    Modifiers { shift: true, ..Modifiers::COMMAND },
    Modifiers::SHIFT,
];

/// A gesture, as events.
fn gesture(rng: &mut Rng) -> Vec<Event> {
    let mut place = || pos2(rng.uniform() as f32 * SIZE[0], rng.uniform() as f32 * SIZE[1]);
    let (from, to) = (place(), place());
    let mut choose = |count: usize| rng.below(count);
    let modifiers = HELD[choose(HELD.len())];
    let button = [PointerButton::Primary, PointerButton::Primary, PointerButton::Secondary][choose(3)];
    let press = |pos: Pos2, pressed: bool| Event::PointerButton { pos, button, pressed, modifiers };
    match choose(10) {
        0..4 => vec![Event::PointerMoved(from), press(from, true), press(from, false)],
        4 => {
            let way = (0..=4).map(|part| Event::PointerMoved(from.lerp(to, part as f32 / 4.0)));
            let mut events = vec![Event::PointerMoved(from), press(from, true)];
            events.extend(way);
            events.push(press(to, false));
            events
        }
        5 => vec![Event::PointerMoved(from), wheel(vec2(0.0, choose(400) as f32 - 200.0), Modifiers::NONE)],
        6 => vec![Event::PointerMoved(from), wheel(vec2(0.0, choose(80) as f32 - 40.0), Modifiers::COMMAND)],
        7 => vec![Event::Text(TEXTS[choose(TEXTS.len())].to_owned())],
        _ => {
            let key = KEYS[choose(KEYS.len())];
            let press = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
            vec![press(true), press(false)]
        }
    }
}

fn wheel(delta: Vec2, modifiers: Modifiers) -> Event {
    Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta,
        phase: TouchPhase::Move,
        source: MouseWheelSource::Wheel,
        modifiers,
    }
}

/// Every file below a folder with its size and time.
fn files(folder: &Path) -> BTreeMap<PathBuf, (u64, SystemTime)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let metadata = entry.metadata().expect("readable");
        if metadata.is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.insert(entry.path(), (metadata.len(), metadata.modified().expect("a time")));
        }
    }
    found
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("readable").flatten() {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).expect("a copy")),
        }
    }
}

/// Memory is read as Linux reports it, and only there are the system's dialogs out of reach without a display.
#[cfg(target_os = "linux")]
#[test]
fn random_input_during_a_training_neither_breaks_nor_bloats_the_window() {
    let place = tempfile::tempdir().expect("a folder");
    let [home, elsewhere] = ["home", "elsewhere"].map(|name| place.path().join(name));
    // A relative path that is typed into a dialog is one in the current folder.
    fs::create_dir_all(home.join("here")).expect("a folder");
    fs::create_dir_all(&elsewhere).expect("a folder");
    let set = home.join("set");
    copy(Path::new(SAMPLE), &set);
    let mut before = files(&set);
    before.retain(|path, _| !path.starts_with(set.join("judgements")));
    let output = place.path().join("output");
    let written = File::create(&output).expect("a file");
    let mut command = Command::new(std::env::current_exe().expect("this test's program"));
    command.args(["--exact", "window::monkey::monkey", "--ignored", "--nocapture"]).current_dir(home.join("here"));
    for variable in ["HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "PATH"] {
        command.env(variable, &elsewhere);
    }
    for variable in ["DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"] {
        command.env_remove(variable);
    }
    // A driver for graphics may keep what it compiles.
    command.env("MESA_SHADER_CACHE_DISABLE", "true");
    command.env(HOME, &home).env("HF_HUB_OFFLINE", "1").stdin(Stdio::null());
    command.stdout(written.try_clone().expect("a file")).stderr(written);
    let mut child = command.spawn().expect("it starts");
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            break Some(status);
        }
        if begun.elapsed() > PATIENCE {
            child.kill().and_then(|()| child.wait()).expect("it was running");
            break None;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let text = fs::read_to_string(&output).expect("text");
    assert!(status.is_some_and(|status| status.success()), "{status:?}: {text}");
    let value = |name: &str| -> f64 {
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{name}: {text}"));
        line.trim().parse().expect("a number")
    };
    assert!(value("events:") >= EVENTS as f64 && value("epochs:") > 0.0, "{text}");
    let (middle, end) = (value("middle:"), value("end:"));
    assert!(end < 1.2 * middle, "{middle} MB in the middle and {end} MB at the end");
    assert_eq!(files(&elsewhere), BTreeMap::new(), "nothing is written outside of its home");
    let mut after = files(&set);
    after.retain(|path, _| !path.starts_with(set.join("judgements")));
    assert!(after == before, "but for journals, the data set is only read");
}

/// The window in a process of its own.
#[test]
#[ignore = "started by the test above"]
fn monkey() {
    let Some(home) = std::env::var_os(HOME) else { return };
    // As the program does.
    limit_memory_pools();
    let home = Path::new(&home);
    let mut harness = headless(&Shot::of(home.join("set")), Store::at(home));
    settle(&mut harness).expect("the data set opens");
    let mut rng = Rng::new(11);
    let (mut events, mut epochs) = (0, 0);
    let mut gestures: Vec<Event> = Vec::new();
    while events < EVENTS {
        if events % 500 == 0 {
            keep_training(&mut harness);
        }
        while gestures.len() < 2 {
            gestures.extend(gesture(&mut rng));
        }
        for event in gestures.drain(..2) {
            println!("{events}: {event:?}");
            harness.event(event);
            events += 1;
        }
        harness.step();
        // A panic in a job ends only that.
        let messages = harness.state().workspace().messages();
        assert!(messages.iter().all(|message| !message.text.contains("internal error")), "{messages:?}");
        epochs = epochs.max(harness.state().workspace().training().run().map_or(0, |run| run.history.len()));
        if events % 1000 == 0 {
            // Also hands textures over to the graphics driver, as every frame of a real window does: they pile up before.
            harness.render().expect("it can be drawn");
        }
        if events == EVENTS / 2 {
            println!("middle: {}", resident());
        }
    }
    println!("end: {}\nevents: {events}\nepochs: {epochs}", resident());
    harness.state_mut().workspace_mut().apply(TrainingAction::Stop);
    settle(&mut harness).expect("it comes to rest");
}

/// Starts a long training unless one is running.
fn keep_training(harness: &mut Harness<'_, App>) {
    let workspace = harness.state_mut().workspace_mut();
    if !workspace.training().is_running() {
        let mut experiment = crossrank::train::Experiment::default();
        experiment.training.epochs = 4000;
        workspace.apply(SettingsAction::SetExperiment(Box::new(experiment)));
        workspace.apply(TrainingAction::Start);
    }
}

/// This process's resident memory in MB.
fn resident() -> f64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a size");
    line.split_whitespace().nth(1).and_then(|size| size.parse::<f64>().ok()).expect("a number") * 1024.0 / 1e6
}
