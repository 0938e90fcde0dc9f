//! Checks `src/` against the table of rooms in `src/lib.rs`, and keeps every foreign crate in its home.

mod cycles;
mod files;
mod paths;
mod window;

use files::{project, read, rust_files};
use paths::{PathUse, Token, paths, tokens};
use std::collections::BTreeSet;

/// Where each foreign crate, and each part of `std` that starts threads, may be used: rooms, or files with a reason.
const HOMES: &[(&str, &[&str])] = &[
    ("candle_core", &["vision", "model", "train"]),
    ("candle_nn", &["vision", "model"]),
    ("candle_transformers", &["vision"]),
    ("gemm", &[]), // Only a dependency to enable a feature of candle's matrix product.
    ("pulp", &["vision", "graph", "model"]),
    ("petgraph", &["graph"]),
    ("faer", &["graph"]),
    ("rayon", &["dataset", "vision", "graph", "index", "model", "train", "study", "judge"]),
    ("safetensors", &["dataset", "vision", "graph", "model", "train"]),
    ("eframe", &["app", "cli/window.rs"]),
    ("egui", &["app", "cli/window.rs"]),
    ("egui_extras", &["app"]),
    ("egui_plot", &["app"]),
    ("egui_tiles", &["app"]),
    ("egui_kittest", &["app"]),
    ("egui_system_font_provider", &["app"]),
    ("rfd", &["app"]),
    ("arboard", &["workspace/searching/clipboard.rs"]),
    ("egui_commonmark", &["app/shell/manual/mod.rs"]),
    ("image", &["vision", "export", "app/shell/screenshot.rs", "cli/screenshot.rs"]), // As pixels, and as a file.
    ("fast_image_resize", &["vision"]),
    ("jpeg_decoder", &["vision/decode.rs"]),
    ("ureq", &["vision/hub/transfer.rs"]),
    ("parquet", &["dataset"]),
    ("zip", &["dataset", "vision"]),
    ("tar", &["dataset/shards.rs", "index/pack/read.rs", "index/pack/write.rs"]),
    ("tantivy", &["index"]),
    ("usearch", &["index/vectors/near.rs"]),
    ("bhtsne", &["graph"]),
    ("blake3", &["vision", "base/content_hash.rs"]),
    ("statrs", &["signals", "eval"]),
    ("plotters", &["export"]),
    ("crc32c", &["export"]),
    ("clap", &["cli"]),
    ("signal_hook", &["cli/interrupt.rs"]),
    ("indicatif", &["cli"]),
    ("directories", &["workspace/store.rs"]),
    ("encoding_rs", &["dataset"]),
    ("tempfile", &["dataset"]),
    ("exif", &["index/words/inside/exif_block.rs"]),
    ("quick_xml", &["dataset", "index"]),
    ("html_escape", &["dataset/markup.rs", "dataset/mediaeval/topics.rs"]),
    ("chrono", &["dataset/values.rs", "study/runs/date.rs", "judge/stamp.rs"]),
    ("rust_stemmers", &["signals"]),
    ("lindera", &["signals/segment.rs"]),
    ("lindera_dictionary", &["signals/segment.rs"]),
    ("anyhow", &["cli", "main.rs"]),
    ("toml", &["train", "study"]),
    ("serde", EVERYWHERE),
    ("serde_json", EVERYWHERE),
    ("thiserror", EVERYWHERE),
    (
        "std::thread",
        &[
            "jobs",
            "vision/pipeline.rs",      // Decoding and the network use all cores within one call.
            "vision/hub/download.rs",  // A download that no longer responds is abandoned.
            "graph/background.rs",     // So is a decomposition, which cannot be interrupted.
            "base/lock.rs",            // A lock is renewed however long a step of the work takes.
            "app/shell/screenshot.rs", // Sleeps between frames.
            "main.rs",                 // Counts processors before anything else runs.
        ],
    ),
    ("std::sync::mpsc", &["jobs", "vision/pipeline.rs", "vision/hub/download.rs"]),
    ("core::arch", &[]),
    ("std::arch", &["vision/kernel/tile.rs"]), // cache prefetching has no safe form
    ("libc", &["base/memory.rs"]),
    ("proptest", &[]),
];
const EVERYWHERE: &[&str] = &[""];

/// Exceptions to the table: starting the window, drawing it to a picture, and the panel names that the latter takes.
const DOORS: [(&str, &str); 3] = [("cli/window.rs", "app"), ("cli/screenshot.rs", "app"), ("cli/args.rs", "app")];

/// May hold unsafe code.
const UNSAFE: [&str; 4] = ["vision/kernel/tile.rs", "base/memory.rs", "main.rs", "vision/cuda/"];

/// The most lines of a file.
const LONGEST: usize = 350;

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Room {
    name: String,
    may_import: Vec<String>,
}

/// The table of rooms in a Markdown text, with or without `//!` before each line.
fn rooms(text: &str) -> Vec<Room> {
    let mut rooms: Vec<Room> = Vec::new();
    let mut inside = false;
    for line in text.lines().map(|line| line.trim_start_matches("//!").trim()) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, _, imports] = cells[..] else {
            inside = false;
            continue;
        };
        inside |= name == "room";
        if inside && name != "room" && !name.starts_with('-') {
            let name = name.trim_matches(['[', ']', '`']).to_owned();
            let above = || rooms.iter().map(|room| room.name.clone());
            let may_import = match imports {
                "–" => Vec::new(),
                "all above" => above().collect(),
                other => match other.strip_prefix("all above but ") {
                    Some(except) => above().filter(|room| room != except).collect(),
                    None => other.split(',').map(|room| room.trim().to_owned()).collect(),
                },
            };
            rooms.push(Room { name, may_import });
        }
    }
    rooms
}

/// The faults of one file; `file` is its path below `src/`, with `/` between folders.
fn faults(rooms: &[Room], file: &str, source: &str) -> Vec<String> {
    let tokens = tokens(source);
    let mut faults = Vec::new();
    let mut fault = |line: usize, text: String| faults.push(format!("src/{file}:{line}: {text}"));
    for path in paths(&tokens) {
        if let Some(problem) = import_fault(rooms, file, &path).or_else(|| home_fault(file, &path)) {
            fault(path.line, format!("{problem} ({})", path.segments.join("::")));
        }
    }
    for (token, next) in tokens.iter().zip(tokens.iter().skip(1)) {
        if let Some(problem) = word_fault(file, token, next) {
            fault(token.line, problem);
        }
    }
    for (index, line) in source.lines().enumerate() {
        if ["TODO", "FIXME", "XXX"].iter().any(|mark| line.contains(mark)) {
            fault(index + 1, "has a to-do mark".to_owned());
        }
    }
    if source.lines().count() > LONGEST {
        fault(source.lines().count(), format!("is longer than {LONGEST} lines"));
    }
    faults
}

/// The room that a file is in: `lib` and `main` for the two roots.
fn room_of(file: &str) -> &str {
    file.split('/').next().unwrap_or(file).trim_end_matches(".rs")
}

/// The fault of a path into another room, if any.
fn import_fault(rooms: &[Room], file: &str, path: &PathUse) -> Option<String> {
    let wanted = below_root(file, &path.segments)?;
    let own = room_of(file);
    if wanted == own || DOORS.contains(&(file, wanted)) {
        return None;
    }
    if own == "main" {
        return (wanted != "cli").then(|| "the program itself only starts the command line".to_owned());
    }
    if !rooms.iter().any(|room| room.name == wanted) {
        return Some(format!("“{wanted}” is not a room of the table in src/lib.rs"));
    }
    match rooms.iter().find(|room| room.name == own) {
        None => Some(format!("“{own}” is not a room of the table in src/lib.rs")),
        Some(room) if room.may_import.iter().any(|known| known == wanted) => None,
        Some(_) => Some(format!("{own} may not import {wanted}")),
    }
}

/// The first name below the crate's root, if a path goes through it.
fn below_root<'a>(file: &str, segments: &'a [String]) -> Option<&'a str> {
    let first = segments.first()?.as_str();
    let name = |index: usize| segments.get(index).map_or("the root", String::as_str);
    if first == "crate" || first == "crossrank" {
        return Some(name(1));
    }
    let modules = file.trim_end_matches(".rs").split('/').filter(|part| !["mod", "lib", "main"].contains(part)).count();
    let inner = usize::from(first == "self");
    let up = segments[inner..].iter().take_while(|segment| *segment == "super").count();
    // A module inside the file (its tests) is one level further down; its `super::*` stays in the file.
    (up > 0 && up >= modules && name(inner + up) != "*").then(|| name(inner + up))
}

/// The fault of a path into a foreign crate, if any.
fn home_fault(file: &str, path: &PathUse) -> Option<String> {
    let (key, homes) = HOMES.iter().find(|(key, _)| {
        let mut names = key.split("::").zip(&path.segments);
        key.split("::").count() <= path.segments.len() && names.all(|(name, segment)| name == segment)
    })?;
    let at_home = |home: &&str| home.is_empty() || file == *home || room_of(file) == *home;
    (!homes.iter().any(at_home)).then(|| match homes {
        [] => format!("{key} must not be used anywhere"),
        _ => format!("{key} belongs in {}", homes.join(", ")),
    })
}

fn word_fault(file: &str, token: &Token, next: &Token) -> Option<String> {
    match token.text.as_str() {
        "unsafe" if !UNSAFE.iter().any(|place| file.starts_with(place)) => Some("unsafe code".to_owned()),
        word @ ("todo" | "unimplemented" | "dbg") if next.text == "!" => Some(format!("uses {word}!")),
        _ => None,
    }
}

#[test]
fn imports_point_only_up_the_table_and_every_foreign_crate_stays_at_home() {
    let rooms = rooms(&read(&project("src/lib.rs")));
    let files = rust_files(&project("src"));
    assert!(files.len() > 100, "only {} files were found", files.len());
    let faults: Vec<String> = files.iter().flat_map(|(file, source)| faults(&rooms, file, source)).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn tests_are_short_files_too() {
    for (file, source) in rust_files(&project("tests")) {
        assert!(source.lines().count() <= LONGEST, "tests/{file} is longer than {LONGEST} lines");
    }
}

#[test]
fn the_table_is_sound_and_lists_every_folder() {
    let rooms = rooms(&read(&project("src/lib.rs")));
    for (index, room) in rooms.iter().enumerate() {
        for wanted in &room.may_import {
            let above = rooms[..index].iter().any(|other| other.name == *wanted);
            assert!(above, "{} may import {wanted}, which is not above it", room.name);
        }
    }
    let listed: BTreeSet<_> = rooms.iter().map(|room| room.name.clone()).collect();
    let files = rust_files(&project("src"));
    let existing =
        files.iter().map(|(file, _)| room_of(file).to_owned()).filter(|room| room != "lib" && room != "main");
    assert_eq!(listed, existing.collect(), "the table in src/lib.rs and the folders of src/");
}

#[test]
fn the_readme_shows_the_same_table() {
    assert_eq!(rooms(&read(&project("README.md"))), rooms(&read(&project("src/lib.rs"))));
}

#[test]
fn every_dependency_has_a_home() {
    let manifest = read(&project("Cargo.toml"));
    let section = manifest.split("[dependencies]").nth(1).and_then(|rest| rest.split("\n[").next());
    let names: Vec<String> = section
        .expect("dependencies")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name.trim().replace('-', "_"))
        .collect();
    assert!(names.contains(&"candle_core".to_owned()));
    let homeless = names.iter().filter(|name| !HOMES.iter().any(|(known, _)| known == name));
    assert_eq!(homeless.collect::<Vec<_>>(), Vec::<&String>::new(), "give each a home in tests/architecture.rs");
}

/// A small table for synthetic sources.
fn small() -> Vec<Room> {
    rooms(
        "| room | holds | may import |\n|---|---|---|\n| [`dataset`] | x | – |\n| [`graph`] | x | dataset |\n\
         | `jobs` | x | all above |\n| `app` | x | all above |\n| `cli` | x | all above but app |\n",
    )
}

fn fault_count(file: &str, source: &str) -> usize {
    faults(&small(), file, source).len()
}

#[test]
fn the_table_is_read_with_its_short_forms() {
    let names = |room: &Room| room.may_import.join(" ");
    assert_eq!(
        small().iter().map(names).collect::<Vec<_>>(),
        ["", "dataset", "dataset graph", "dataset graph jobs", "dataset graph jobs"]
    );
}

#[test]
fn an_import_from_below_is_found_in_every_spelling() {
    assert_eq!(fault_count("graph/knn.rs", "use crate::dataset::Query;\nuse super::Csr;\nuse self::x::Y;"), 0);
    assert_eq!(fault_count("graph/knn.rs", "use crate::app::App;"), 1);
    assert_eq!(fault_count("graph/knn.rs", "use crate::{dataset::Query, jobs::{self, Job}};"), 2);
    assert_eq!(fault_count("graph/knn.rs", "use super::super::jobs::Job;"), 1);
    assert_eq!(fault_count("graph/mod.rs", "fn f() { super::jobs::start(); }"), 1);
    assert_eq!(fault_count("graph/mod.rs", "mod tests { use super::*; }"), 0);
    assert_eq!(fault_count("graph/knn.rs", "fn f() -> crate::jobs::Job { todo() }"), 1);
    assert_eq!(fault_count("graph/knn.rs", "use crate::*;"), 1);
    assert_eq!(fault_count("main.rs", "fn main() { crossrank::cli::main(); crossrank::graph::build(); }"), 1);
    assert_eq!(fault_count("cli/train.rs", "use crate::app::App;"), 1);
    assert_eq!(fault_count("cli/window.rs", "use crate::app::App;"), 0);
    assert_eq!(fault_count("extra/a.rs", "use crate::dataset::Query;"), 1);
}

#[test]
fn a_foreign_crate_outside_its_home_is_found() {
    assert_eq!(fault_count("graph/knn.rs", "use petgraph::Graph;\n// use egui::Ui;\n"), 0);
    assert_eq!(fault_count("jobs/mod.rs", "use petgraph::Graph;"), 1);
    assert_eq!(fault_count("graph/knn.rs", "use egui;"), 1);
    assert_eq!(fault_count("graph/knn.rs", "#[derive(clap::Args)] struct A;"), 1);
    assert_eq!(fault_count("graph/knn.rs", "use std::{sync::{Arc, mpsc::channel}, thread};"), 2);
    assert_eq!(fault_count("jobs/mod.rs", "use std::{sync::{Arc, mpsc::channel}, thread};"), 0);
    assert_eq!(fault_count("graph/knn.rs", "fn f() -> anyhow::Result<()> { Ok(()) }"), 1);
    assert_eq!(fault_count("cli/a.rs", "use anyhow::Result;"), 0);
}

#[test]
fn unfinished_unsafe_and_overlong_files_are_found() {
    assert_eq!(fault_count("graph/a.rs", "fn f() { unsafe { g() } }"), 1);
    assert_eq!(fault_count("graph/a.rs", "fn f() { todo!() }\nfn g() { unimplemented!() }"), 2);
    assert_eq!(fault_count("graph/a.rs", "// TODO: more\n/// nothing unsafe here\nlet a = \"unsafe\";"), 1);
    assert_eq!(fault_count("graph/a.rs", &"\n".repeat(LONGEST)), 0);
    assert_eq!(fault_count("graph/a.rs", &"\n".repeat(LONGEST + 1)), 1);
}
