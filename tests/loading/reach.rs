//! Files that are no ordinary files, lie elsewhere, or have names and encodings that would cause trouble.
#![cfg(unix)]

use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crossrank::dataset::{Reach, WarningKind, attach_vectors, open, open_within, read_qrels, read_vectors, write_npy};
use crossrank::vision::{EncoderSpec, decode};
use crossrank::workspace::{DataAction, Workspace};

use super::{Fixture, assert_warns, ids, only};
use crate::cli;

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo runs").success());
}

/// A small set whose pictures are in a folder of their own.
fn set() -> Fixture {
    let fixture = Fixture::new(&[
        ("images.csv", "id,file\na,photos/a.jpg\nb,photos/b.jpg\n"),
        ("candidates.csv", "query,image\nq,a\nq,b\n"),
    ]);
    fixture.pictures(&["photos/a.jpg", "photos/b.jpg"]);
    fixture
}

#[test]
fn pipes_sockets_and_devices_are_refused_at_once_wherever_a_file_is_expected() {
    let started = Instant::now();
    let fixture = set();
    let pipe = fixture.path("pipe");
    fifo(&pipe);
    let refused = |error: String| assert!(error.contains("a named pipe, not a file: /"), "{error}");
    refused(open(&pipe).unwrap_err().to_string());
    refused(read_qrels(&pipe).unwrap_err().to_string());
    refused(decode(&pipe).unwrap_err().to_string());
    refused(EncoderSpec::of_file(&pipe).unwrap_err().to_string());
    let mut loaded = fixture.open();
    for name in ["v.npy", "v.npz", "v.safetensors", "v.parquet"] {
        fifo(&fixture.path(name));
        refused(attach_vectors(&mut loaded.dataset, &fixture.path(name)).unwrap_err().to_string());
    }
    // Within the set, one costs only itself; where it is essential, the error names it.
    for name in ["images.csv", "embeddings.npy", "qrels.txt"] {
        let other = set();
        let _ = std::fs::remove_file(other.path(name));
        fifo(&other.path(name));
        let loaded = other.open();
        if name != "embeddings.npy" {
            assert_warns(&loaded.warnings, WarningKind::BadFile, name, None, "a named pipe, not a file");
        }
        for source in &loaded.dataset.vectors {
            refused(read_vectors(&loaded.dataset, &[&source.name], &mut |_| {}).unwrap_err().to_string());
        }
    }
    let other = Fixture::new(&[]);
    fifo(&other.path("queries.csv"));
    refused(open(other.root()).unwrap_err().to_string());
    let socket = fixture.path("socket.txt");
    let _listener = UnixListener::bind(&socket).unwrap();
    assert!(read_qrels(&socket).unwrap_err().to_string().contains("a socket, not a file"));
    assert!(read_qrels(Path::new("/dev/zero")).unwrap_err().to_string().contains("a device, not a file"));
    assert!(started.elapsed() < Duration::from_secs(20), "nothing waits");
}

#[test]
fn a_picture_whose_path_leads_out_of_the_folder_is_left_out_unless_links_are_followed() {
    let outside = Fixture::new(&[]);
    outside.pictures(&["secret.jpg"]);
    let absolute = outside.path("secret.jpg");
    let fixture = Fixture::new(&[("set/candidates.csv", "query,image\nq,a\nq,b\nq,c\n"), ("up.jpg", "x")]);
    fixture.write(
        "set/images.csv",
        format!("id,file\na,{}\nb,../up.jpg\nc,../set/c.jpg\n", absolute.display()).as_bytes(),
    );
    fixture.pictures(&["set/c.jpg"]);
    let files = |reach| {
        let loaded = open_within(&fixture.path("set"), reach).unwrap();
        let found: Vec<bool> = loaded.dataset.images.iter().map(|image| image.file.is_some()).collect();
        (found, loaded.warnings)
    };
    let (found, warnings) = files(Reach::Folder);
    assert_eq!(found, [false, false, true], "a path that comes back is fine");
    assert_eq!(warnings.len(), 2, "{warnings:#?}");
    for (warning, line) in warnings.iter().zip([2, 3]) {
        assert_eq!((warning.kind, warning.line), (WarningKind::Outside, Some(line)), "{warning}");
        assert!(warning.message.contains("--follow"), "{warning}");
    }
    let (found, warnings) = files(Reach::Anywhere);
    assert_eq!((found, warnings.len()), (vec![true; 3], 0));
}

#[test]
fn links_out_of_the_folder_are_left_out_and_links_within_it_are_not() {
    let outside = set();
    let fixture = Fixture::new(&[("images.csv", "id\na\nb\nc\n"), ("candidates.csv", "query,image\nq,a\nq,b\nq,c\n")]);
    fixture.pictures(&["deep/c.jpg"]);
    symlink(outside.path("photos"), fixture.path("photos")).unwrap();
    symlink("deep", fixture.path("alias")).unwrap();
    let loaded = fixture.open();
    let count = |loaded: &crossrank::dataset::Loaded| loaded.dataset.images.iter().filter(|i| i.file.is_some()).count();
    assert_eq!(count(&loaded), 1);
    assert_warns(&loaded.warnings, WarningKind::Outside, "photos", None, "--follow");
    assert_eq!(count(&open_within(fixture.root(), Reach::Anywhere).unwrap()), 3);
    // An essential file that is one is an error which says so.
    std::fs::remove_file(fixture.path("candidates.csv")).unwrap();
    symlink(outside.path("candidates.csv"), fixture.path("candidates.csv")).unwrap();
    let error = open(fixture.root()).unwrap_err().to_string();
    assert!(error.contains("--follow") && error.ends_with("candidates.csv"), "{error}");
    assert_eq!(ids(&open_within(fixture.root(), Reach::Anywhere).unwrap().dataset, "q"), ["a", "b"]);
}

#[test]
fn a_folder_that_is_itself_a_link_is_a_data_set_like_any_other() {
    let (real, place) = (set(), Fixture::new(&[]));
    symlink(real.root(), place.path("data")).unwrap();
    for path in [place.path("data"), place.path("data/candidates.csv"), place.path("data/photos/../images.csv")] {
        let loaded = open(&path).unwrap();
        super::assert_silent(&loaded.warnings);
        assert!(loaded.dataset.images.iter().all(|image| image.file.is_some()), "{path:?}");
    }
}

#[test]
fn ids_beside_vectors_are_not_taken_from_outside() {
    let (outside, fixture) = (Fixture::new(&[("ids.txt", "a\nb\n")]), set());
    write_npy(&fixture.path("embeddings.npy"), 1, &[1.0, 2.0]).unwrap();
    symlink(outside.path("ids.txt"), fixture.path("embeddings.ids.txt")).unwrap();
    for (reach, by_order) in [(Reach::Folder, true), (Reach::Anywhere, false)] {
        let loaded = open_within(fixture.root(), reach).unwrap();
        let mut warnings = Vec::new();
        read_vectors(&loaded.dataset, &["embeddings"], &mut |warning| warnings.push(warning)).unwrap();
        assert_eq!(warnings.iter().any(|warning| warning.message.contains("in the order")), by_order, "{warnings:#?}");
    }
}

#[test]
fn the_command_line_follows_links_only_when_asked() {
    let (outside, fixture) = (set(), Fixture::new(&[("candidates.csv", "query,image\nq,a\nq,b\n")]));
    symlink(outside.path("photos"), fixture.path("photos")).unwrap();
    let home = cli::folder();
    for (arguments, pictures) in [(vec!["info"], 0), (vec!["info", "--follow"], 2)] {
        let output = cli::program(home.path()).args(arguments).arg(fixture.root()).arg("--json").output().unwrap();
        assert_eq!(cli::object(&output)["pictures"], pictures);
    }
}

#[test]
fn control_characters_never_reach_the_terminal() {
    let fixture = set();
    fixture.pictures(&["photos/new\nline\x1b[31m.jpg"]);
    fixture.write("qrels.txt", b"q\x1b[2J 0 a\x07 1\n");
    let loaded = fixture.open();
    let warning = only(&loaded.warnings, WarningKind::BadFile);
    assert!(warning.message.contains("control characters"), "{warning}");
    let home = cli::folder();
    let hostile = fixture.path("no\nsuch\x1b[31m");
    for (path, json) in [(fixture.root(), false), (fixture.root(), true), (&hostile, false)] {
        let mut command = cli::program(home.path());
        let output = command.arg("info").arg(path).args(json.then_some("--json")).output().unwrap();
        for text in [&output.stdout, &output.stderr] {
            let text = String::from_utf8_lossy(text);
            assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
        }
        if path == hostile {
            let message = cli::errors(&output);
            assert!(message.trim_end().ends_with("no\\nsuch\\u{1b}[31m"), "{message}");
        }
    }
}

#[test]
fn wide_encodings_without_a_mark_are_one_clear_error() {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let wider = |text: &str| text.chars().flat_map(|c| (c as u32).to_be_bytes()).collect::<Vec<u8>>();
    let table = "query,image\nq,a\nq,b\n";
    for (bytes, name) in [(wide(table), "UTF-16"), (wider(table), "UTF-32")] {
        let fixture = Fixture::new(&[]);
        fixture.write("candidates.csv", &bytes);
        let error = open(fixture.root()).unwrap_err().to_string();
        assert!(error.starts_with(name) && error.contains("save it as UTF-8: /"), "{error}");
        fixture.write("qrels.txt", &wide("q 0 a 1\nq 0 b 0\n"));
        let error = read_qrels(&fixture.path("qrels.txt")).unwrap_err().to_string();
        assert!(error.contains("UTF-16") && error.ends_with("qrels.txt"), "{error}");
    }
}

#[test]
fn the_window_follows_links_of_a_data_set_once_told_to_and_remembers_it() {
    let (outside, fixture, home) = (set(), Fixture::new(&[("queries.csv", "query,image\nq,a\nq,b\n")]), cli::folder());
    symlink(outside.path("photos"), fixture.path("photos")).unwrap();
    let path = fixture.root().display().to_string();
    let pictures = |workspace: &Workspace| workspace.session().map(|session| session.summary.pictures);
    let mut workspace = crate::workspace::open(home.path(), &path);
    assert_eq!(pictures(&workspace), Some(0));
    workspace.apply(DataAction::FollowLinks(fixture.root().to_owned(), true));
    drop(workspace);
    assert_eq!(pictures(&crate::workspace::open(home.path(), &path)), Some(2));
}
