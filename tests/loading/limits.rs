//! Files that claim too much, and libraries that panic.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossrank::base::guarded;
use crossrank::dataset::attach_vectors;
use parquet::data_type::{ByteArray, ByteArrayType, FloatType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::Fixture;
use crate::cli;

fn two_images() -> Fixture {
    Fixture::new(&[("candidates.csv", "query,image\nq,a\nq,b\n")])
}

/// Equal rows, which compress to next to nothing.
fn parquet_of(rows: usize) -> Vec<u8> {
    let schema = "message m { required binary id (UTF8); required float x; }";
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let mut bytes = Vec::new();
    let mut writer =
        SerializedFileWriter::new(&mut bytes, schema, Arc::new(WriterProperties::builder().build())).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let (ids, numbers) = (vec![ByteArray::from("a"); 100_000], vec![0.5_f32; 100_000]);
    let mut column = group.next_column().unwrap().expect("ids");
    for _ in 0..rows / ids.len() {
        column.typed::<ByteArrayType>().write_batch(&ids, None, None).unwrap();
    }
    column.close().unwrap();
    let mut column = group.next_column().unwrap().expect("numbers");
    for _ in 0..rows / numbers.len() {
        column.typed::<FloatType>().write_batch(&numbers, None, None).unwrap();
    }
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn a_file_of_far_more_rows_than_images_is_refused_before_they_are_read() {
    let fixture = two_images();
    let bytes = parquet_of(3_000_000);
    assert!(bytes.len() < 500_000, "{} bytes", bytes.len());
    fixture.write("many.parquet", &bytes);
    // NumPy's file is as long as it says, but empty on disk.
    let header = format!("{:<117}\n", "{'descr': '<f4', 'fortran_order': False, 'shape': (3000000, 1), }");
    let file = std::fs::File::create(fixture.path("many.npy")).unwrap();
    std::io::Write::write_all(&mut &file, &[b"\x93NUMPY\x01\x00\x76\x00", header.as_bytes()].concat()).unwrap();
    file.set_len(128 + 4 * 3_000_000).unwrap();
    let mut loaded = fixture.open();
    for name in ["many.parquet", "many.npy"] {
        let started = Instant::now();
        let error = attach_vectors(&mut loaded.dataset, &fixture.path(name)).unwrap_err().to_string();
        assert!(error.contains("3000000 vectors for 2 images") && error.ends_with(name), "{error}");
        assert!(started.elapsed() < Duration::from_secs(2), "{name}");
    }
    // A file for a whole collection serves a part of it.
    fixture.write("some.parquet", &parquet_of(200_000));
    attach_vectors(&mut loaded.dataset, &fixture.path("some.parquet")).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn sixty_million_rows_in_half_a_megabyte_are_refused_at_once_and_in_little_memory() {
    let home = cli::folder();
    let fixture = two_images();
    let bytes = parquet_of(60_000_000);
    assert!(bytes.len() < 500_000, "{} bytes", bytes.len());
    fixture.write("embeddings.parquet", &bytes);
    let program = cli::program(home.path());
    let mut limited = Command::new("sh");
    // In KiB; the ids alone would take twice as much.
    limited.args(["-c", "ulimit -v 2000000 && exec \"$0\" \"$@\""]).arg(program.get_program());
    limited.args(["info", "--json"]).arg(fixture.root());
    limited.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let started = Instant::now();
    let output = limited.output().unwrap();
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    let message = cli::errors(&output);
    assert!(!output.status.success() && message.contains("60000000 vectors for 2 images"), "{message}");
}

#[test]
fn info_refuses_the_vectors_that_training_refuses() {
    let home = cli::folder();
    let shape =
        |shape: &str| format!("{:<117}\n", format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}"));
    for (ending, bytes, reason) in [
        (
            "npy",
            [b"\x93NUMPY\x01\x00\x76\x00".as_slice(), shape("(2, 18446744073709551615)").as_bytes()].concat(),
            "large",
        ),
        ("npy", [b"\x93NUMPY\x01\x00\x76\x00".as_slice(), shape("(2, 4)").as_bytes()].concat(), "truncated"),
        ("safetensors", b"\xff\xff\xff\xff\xff\xff\xff\xff{}".to_vec(), "not a safetensors file"),
        ("parquet", b"PAR1 nothing PAR1".to_vec(), "not a Parquet file"),
    ] {
        let fixture = two_images();
        fixture.write(&format!("embeddings.{ending}"), &bytes);
        let output = cli::program(home.path()).args(["info", "--json"]).arg(fixture.root()).output().unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("the report");
        assert_eq!(report["descriptors"][0]["dim"], serde_json::Value::Null, "{report}");
        let warning = report["warnings"].as_array().expect("a list").last().expect("a warning");
        assert!(warning["message"].as_str().is_some_and(|message| message.contains(reason)), "{warning}");
        let message = cli::errors(&output);
        let last = message.lines().last().unwrap_or_default();
        assert!(!output.status.success() && last.contains(reason), "{message}");
        assert_eq!(last.matches(&fixture.path("embeddings").display().to_string()).count(), 1, "{message}");
        let train = cli::program(home.path()).args(["train", "--epochs", "1"]).arg(fixture.root()).output().unwrap();
        assert!(!train.status.success() && cli::errors(&train).contains(reason), "{}", cli::errors(&train));
    }
}

/// What the test below starts in a process of its own.
#[test]
#[ignore = "started by another test"]
fn a_guarded_panic_and_another() {
    assert_eq!(guarded(|| -> u8 { panic!("unwanted words") }), None);
    assert!(std::panic::catch_unwind(|| panic!("other words")).is_err());
}

#[test]
fn the_panic_of_a_guarded_library_does_not_reach_the_terminal() {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "loading::limits::a_guarded_panic_and_another", "--include-ignored", "--nocapture"]);
    let output = command.output().unwrap();
    let message = cli::errors(&output);
    assert!(output.status.success() && message.contains("other words"), "{message}");
    assert!(!message.contains("unwanted words"), "{message}");
}
