//! The numbers of the judge's desk: `cargo bench --bench desk`, or `-- key line` for some cases (key, line, scroll, ahead,
//! reopen; `-- reopen 5000` with another number of photos).
//!
//! Prints `name<TAB>value<TAB>unit<TAB>goal<TAB>met or missed`. Times of frames are processor time of the window's thread
//! from the events to the finished list of triangles, without drawing on the GPU; other times are on the clock. All
//! pictures are decoded from real JPEGs: the sample's photos, and photos of 24 megapixels that are mosaics of them.
#![allow(unsafe_code)]

use crossrank::app::{App, Shot, headless, settle};
use crossrank::base::{limit_memory_pools, write_whole};
use crossrank::workspace::{JudgingSettings, JudgingView, SettingsAction, Store};
use egui::{Event, Key, Modifiers, MouseWheelUnit, TouchPhase, pos2, vec2};
use egui_kittest::Harness;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{FilterType, resize};
use image::{RgbImage, imageops};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/stamps-and-places");

/// Judgements whose way to the disk is measured.
const LINES: usize = 1000;

/// Images of the grid that is scrolled.
const MANY: usize = 100_000;

/// Judgements of large photos, and different photos among them.
const AHEAD: usize = 120;
const PHOTOS: usize = 12;

/// Large photos that are opened twice.
const REOPENED: usize = 500;

/// Width and height of a large photo.
const LARGE: [u32; 2] = [6000, 4000];

/// A frame at 60 a second.
const FRAME: Duration = Duration::from_micros(16_667);

type Case = (&'static str, fn(&Path, usize));

fn main() {
    // As the program does.
    limit_memory_pools();
    let home = tempfile::tempdir().expect("a folder");
    let cases: [Case; 5] = [("key", key), ("line", line), ("scroll", scroll), ("ahead", ahead), ("reopen", reopen)];
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let count = arguments.iter().find_map(|argument| argument.parse().ok());
    let wanted = |name: &str| arguments.iter().all(|argument| argument.parse::<usize>().is_ok() || argument == name);
    for (name, case) in cases {
        if wanted(name) || arguments.iter().any(|argument| argument == name) {
            case(&home.path().join(name), count.unwrap_or(REOPENED));
        }
    }
}

/// Key to changed tile, with 300 tiles in sight.
fn key(home: &Path, _: usize) {
    let set = small_photos(home, 1200);
    let mut harness = desk(home, &set, [1200.0, 2200.0], JudgingView::Grid, 12);
    let times = (0..300).map(|number| cpu(|| press(&mut harness, [Key::Num1, Key::Num0][number % 2]))).collect();
    report("key to changed tile, 300 tiles in sight", times, "ms", &[(0.5, None), (0.99, Some(8.0))]);
}

/// Key to a line that is safely on disk.
fn line(home: &Path, _: usize) {
    let set = small_photos(home, 2 * LINES + 10);
    let mut harness = desk(home, &set, [1480.0, 920.0], JudgingView::Grid, 8);
    for (name, is_drawing) in [("at rest", false), ("while the window draws", true)] {
        let times = (0..LINES).map(|number| saved(&mut harness, number, is_drawing)).collect();
        report(&format!("key to line on disk, {name}"), times, "ms", &[(0.5, None), (0.99, Some(50.0))]);
    }
}

/// Milliseconds from a key to the line on disk, read back.
fn saved(harness: &mut Harness<'_, App>, number: usize, is_drawing: bool) -> f64 {
    let begun = Instant::now();
    press(harness, [Key::Num1, Key::Num0][number % 2]);
    loop {
        match is_drawing {
            true => frame(harness),
            false => drop(harness.state_mut().workspace_mut().poll()),
        }
        if harness.state().workspace().judging().pending("ann") == 0 {
            return begun.elapsed().as_secs_f64() * 1e3;
        }
        std::thread::sleep(Duration::from_micros(200));
        assert!(begun.elapsed() < Duration::from_secs(20), "not saved");
    }
}

/// Scrolling a grid of very many images.
fn scroll(home: &Path, _: usize) {
    let set = small_photos(home, MANY);
    let mut harness = desk(home, &set, [1480.0, 920.0], JudgingView::Grid, 10);
    goal("resident memory, opened", resident(), "MB", None);
    let mut times = Vec::new();
    for number in 0..900 {
        let begun = Instant::now();
        // At a reader's pace, and every now and then a jump.
        let by = if number % 100 == 99 { 100_000.0 } else { 120.0 };
        wheel(&mut harness, -by);
        times.push(cpu(|| frame(&mut harness)));
        if number % 10 == 0 {
            hand_over(&mut harness);
        }
        std::thread::sleep(FRAME.saturating_sub(begun.elapsed()));
    }
    report(
        &format!("frame while scrolling {MANY} images"),
        times,
        "ms",
        &[(0.5, None), (0.99, None), (1.0, Some(16.0))],
    );
    goal("resident memory, scrolled", resident(), "MB", Some(600.0));
}

/// Large photos decoded before they are looked at, at three judgements a second.
fn ahead(home: &Path, _: usize) {
    let files = large_photos();
    let bytes = fs::metadata(&files[0]).map_or(0, |file| file.len());
    println!("a photo of 24 megapixels\t{:.1}\tMB", bytes as f64 / 1e6);
    let set = set_of(home, &(0..AHEAD + 10).map(|at| files[at % files.len()].clone()).collect::<Vec<_>>());
    let mut harness = desk(home, &set, [1480.0, 920.0], JudgingView::One, 7);
    let (mut times, mut misses) = (Vec::new(), 0);
    let begun = Instant::now();
    for number in 0..AHEAD {
        let due = begun + Duration::from_millis(333) * number as u32;
        while Instant::now() < due {
            frame(&mut harness);
            std::thread::sleep(FRAME.min(due.saturating_duration_since(Instant::now())));
        }
        let pressed = Instant::now();
        press(&mut harness, [Key::Num1, Key::Num0][number % 2]);
        while !harness.state().is_focus_sharp() {
            assert!(pressed.elapsed() < Duration::from_secs(20), "never sharp");
            std::thread::sleep(Duration::from_millis(2));
            frame(&mut harness);
        }
        let time = pressed.elapsed().as_secs_f64() * 1e3;
        if number % 10 == 0 {
            hand_over(&mut harness);
        }
        if time > 25.0 {
            misses += 1;
        } else {
            times.push(time);
        }
    }
    report("key to sharp picture of 24 megapixels, ahead", times, "ms", &[(0.5, None), (1.0, Some(25.0))]);
    goal("misses at three judgements a second", 100.0 * f64::from(misses) / AHEAD as f64, "%", Some(1.0));
    goal("resident memory, large photos", resident(), "MB", None);
}

/// Looking through many large photos for the first and for the second time.
fn reopen(home: &Path, count: usize) {
    let files = large_photos();
    let links: Vec<PathBuf> = (0..count).map(|at| home.join(format!("set/photos/{at:05}.jpg"))).collect();
    fs::create_dir_all(home.join("set/photos")).expect("a folder");
    for (at, link) in links.iter().enumerate() {
        fs::hard_link(&files[at % files.len()], link).expect("a link");
    }
    let set = set_of(home, &links);
    let mut seconds = Vec::new();
    for name in ["first", "second"] {
        let mut harness = desk(home, &set, [1480.0, 920.0], JudgingView::Grid, 8);
        let begun = Instant::now();
        for row in 0..count.div_ceil(8) {
            if row > 0 {
                press(&mut harness, Key::ArrowDown);
            }
            settle(&mut harness).expect("decoded");
            if row % 10 == 0 {
                hand_over(&mut harness);
            }
        }
        seconds.push(begun.elapsed().as_secs_f64());
        println!("{count} photos of 24 megapixels, {name} look\t{:.1}\ts", seconds.last().unwrap_or(&0.0));
        goal(&format!("resident memory, {name} look"), resident(), "MB", Some(600.0));
    }
    println!("first look over second\t{:.1}\ttimes", seconds[0] / seconds[1]);
}

/// The window at the desk.
fn desk(home: &Path, set: &Path, size: [f32; 2], view: JudgingView, columns: usize) -> Harness<'static, App> {
    let shot = Shot { size, ..Shot::of(set) };
    let mut harness = headless(&Shot { follow: true, ..shot }, Store::at(&home.join("home")));
    settle(&mut harness).expect("the data set opens");
    let judging = JudgingSettings { judge: "ann".to_owned(), view, columns, ..JudgingSettings::default() };
    harness.state_mut().workspace_mut().apply(SettingsAction::SetJudging(Box::new(judging)));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::J);
    harness.run_steps(3);
    settle(&mut harness).expect("pictures are decoded");
    harness
}

fn press(harness: &mut Harness<'_, App>, key: Key) {
    harness.key_press(key);
    frame(harness);
}

fn wheel(harness: &mut Harness<'_, App>, by: f32) {
    harness.event(Event::PointerMoved(pos2(900.0, 500.0)));
    harness.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, by),
        phase: TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    });
}

/// Hands textures over to the graphics driver, as every frame of a real window does.
fn hand_over(harness: &mut Harness<'_, App>) {
    harness.render().expect("it can be drawn");
}

/// Builds one frame, triangles included.
fn frame(harness: &mut Harness<'_, App>) {
    harness.step();
    let shapes = harness.output().shapes.clone();
    std::hint::black_box(harness.ctx.tessellate(shapes, 1.0));
}

/// Milliseconds of processor time that this thread takes for some work.
fn cpu(work: impl FnOnce()) -> f64 {
    let before = thread_time();
    work();
    thread_time() - before
}

/// Processor time of this thread so far, in milliseconds.
#[cfg(target_os = "linux")]
fn thread_time() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the clock is written to a value of its type.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

/// Time on the clock, where processor time is not known.
#[cfg(not(target_os = "linux"))]
fn thread_time() -> f64 {
    use std::sync::OnceLock;
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_secs_f64() * 1e3
}

/// Prints some quantiles of times, 1 being the slowest, each with its goal.
fn report(name: &str, mut times: Vec<f64>, unit: &str, wanted: &[(f64, Option<f64>)]) {
    times.sort_by(f64::total_cmp);
    for &(quantile, limit) in wanted {
        let at = ((times.len() as f64 * quantile).ceil() as usize).clamp(1, times.len().max(1)) - 1;
        let what = if quantile >= 1.0 { "slowest".to_owned() } else { format!("p{:.0}", 100.0 * quantile) };
        goal(&format!("{name}, {what}"), times.get(at).copied().unwrap_or(f64::NAN), unit, limit);
    }
}

/// Prints a value and whether it is at most its goal.
fn goal(name: &str, value: f64, unit: &str, most: Option<f64>) {
    match most {
        Some(most) => {
            let verdict = if value <= most { "met" } else { "missed" };
            println!("{name}\t{value:.2}\t{unit}\tgoal {most}\t{verdict}");
        }
        None => println!("{name}\t{value:.2}\t{unit}"),
    }
}

/// The sample's photos.
fn photos() -> Vec<PathBuf> {
    let entries = fs::read_dir(Path::new(SAMPLE).join("photos")).expect("the sample");
    let mut photos: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    photos.sort();
    photos
}

/// A data set of this many of the sample's photos; each is there several times, and decoded each time.
fn small_photos(home: &Path, count: usize) -> PathBuf {
    let photos = photos();
    set_of(home, &(0..count).map(|at| photos[at % photos.len()].clone()).collect::<Vec<_>>())
}

/// A data set with one query and these pictures.
fn set_of(home: &Path, files: &[PathBuf]) -> PathBuf {
    let folder = home.join("set");
    fs::create_dir_all(&folder).expect("a folder");
    let (mut images, mut candidates) = (String::from("id\tfile\n"), String::from("query\timage\trank\n"));
    for (at, file) in files.iter().enumerate() {
        images += &format!("{at:06}\t{}\n", file.display());
        candidates += &format!("all\t{at:06}\t{}\n", at + 1);
    }
    fs::write(folder.join("images.tsv"), images).expect("written");
    fs::write(folder.join("queries.tsv"), "id\ttext\tsplit\nall\teverything\ttrain\n").expect("written");
    fs::write(folder.join("candidates.tsv"), candidates).expect("written");
    folder
}

/// Photos of 24 megapixels, each of other photos; made once.
fn large_photos() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("large-photos");
    fs::create_dir_all(&folder).expect("a folder");
    let photos = photos();
    let side = 500;
    // Each is in several mosaics.
    let mut tiles: HashMap<usize, RgbImage> = HashMap::new();
    let mut tile = |at: usize| {
        let read = || {
            let photo = image::open(&photos[at]).expect("a photo").into_rgb8();
            resize(&photo, side, side, FilterType::Triangle)
        };
        tiles.entry(at).or_insert_with(read).clone()
    };
    let mut make = |number: usize| {
        let path = folder.join(format!("{number:02}.jpg"));
        if path.exists() {
            return path;
        }
        let mut mosaic = RgbImage::new(LARGE[0], LARGE[1]);
        let cells = (0..LARGE[1] / side).flat_map(|y| (0..LARGE[0] / side).map(move |x| (x, y)));
        for (at, (x, y)) in cells.enumerate() {
            let photo = tile((number * 37 + at * 5) % 200);
            imageops::replace(&mut mosaic, &photo, i64::from(x * side), i64::from(y * side));
        }
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(&mosaic).expect("encoded");
        write_whole(&path, &[&bytes]).expect("written");
        path
    };
    (0..PHOTOS).map(&mut make).collect()
}

/// This process's resident memory in MB; not a number where the system does not report it.
fn resident() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kibibytes.map_or(f64::NAN, |kibibytes| kibibytes * 1024.0 / 1e6)
}
