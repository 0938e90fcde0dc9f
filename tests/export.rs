//! Files for other programs, read back as those would.

use crossrank::dataset::Split;
use crossrank::eval::significance::Interval;
use crossrank::eval::{Measures, STANDARD};
use crossrank::export::chart::{Chart, Panel, Series, Theme, render_svg};
use crossrank::export::{Cell, DataNow, Part, Row, Table, csv_line, events, export_run, history_csv, latex_text};
use crossrank::train::{self, EpochReport, Experiment, QueryMeasures, QueryRow, RunFolder, RunRecord};
use std::fs;

pub(crate) fn history(epochs: usize) -> Vec<EpochReport> {
    let report = |epoch: usize| {
        let t = epoch as f64;
        let rise = |top: f64| top - 0.3 / (1.0 + t / 4.0) + 0.008 * (t * 1.7).sin();
        EpochReport {
            epoch,
            train_loss: 0.35 + 0.4 / (1.0 + t / 5.0),
            validation_loss: 0.45 + 0.3 / (1.0 + t / 4.0) + 0.002 * t,
            validation: Measures::new(&STANDARD, [rise(0.78), rise(0.85), rise(0.83), rise(0.86), rise(0.94)]),
            test: epoch.is_multiple_of(2).then(|| Measures::new(&STANDARD, [0.5; 5])),
            seconds: 0.5,
            best_epoch: epoch.min(epochs * 2 / 3).max(1),
            retraining: false,
        }
    };
    (1..=epochs).map(report).collect()
}

/// Six epochs, of which the fourth is best, and four more of a second training, which look better.
pub(crate) fn retrained() -> Vec<EpochReport> {
    let mut history = history(10);
    for report in &mut history {
        report.best_epoch = report.epoch.min(4);
        report.retraining = report.epoch > 6;
    }
    history
}

#[test]
fn the_second_training_is_marked_in_the_table_and_has_curves_of_its_own_in_tensorboard() {
    let text = history_csv(&retrained());
    let column = |name: &str| text.lines().next().and_then(|head| head.split(',').position(|known| known == name));
    assert_eq!((column("epoch"), column("train loss"), column("validation map")), (Some(0), Some(1), Some(3)));
    let phase = column("phase").expect("a column");
    let phases: Vec<&str> = text.lines().skip(1).filter_map(|line| line.split(',').nth(phase)).collect();
    assert_eq!(phases, [vec!["training"; 6], vec!["retraining"; 4]].concat());

    let scalars = events::scalars(&RunRecord::default(), &retrained());
    assert!(scalars.iter().all(|scalar| scalar.tag.starts_with("retraining/") == (scalar.step > 6)));
    let last = scalars.last().expect("scalars");
    assert_eq!((last.tag.as_str(), last.step), ("retraining/time/seconds", 10));
}

#[test]
fn the_second_training_is_dashed_on_a_band_and_the_best_epoch_is_one_of_the_first() {
    let chart = Chart::curves("", &retrained());
    for panel in &chart.panels {
        let Panel::Plot(plot) = panel else { panic!("a plot") };
        assert_eq!(plot.bands, [((6.5, 10.5), "retrained on train + validation".to_owned())]);
        assert_eq!(plot.rules, [(4.0, "best: 4".to_owned())]);
        let ends = |series: &Series| (series.points[0].x, series.points.last().expect("points").x);
        for series in &plot.series {
            assert_eq!(ends(series), if series.dashed { (7.0, 10.0) } else { (1.0, 6.0) });
            assert_eq!(series.name.is_empty(), series.dashed, "each curve is in the legend once");
        }
        assert_eq!(plot.series.iter().filter(|series| series.dashed).count(), plot.series.len() / 2);
    }
    let svg = render_svg(&chart, Theme::Light).expect("drawn");
    assert!(svg.contains("retrained on train + validation"));
    let Panel::Plot(plain) = &Chart::curves("", &history(10)).panels[0] else { panic!("a plot") };
    assert!(plain.bands.is_empty() && plain.series.iter().all(|series| !series.dashed));
}

/// A reader of event files independent of the writer: frames, bitwise checksums, protocol buffers by field.
mod reader {
    /// CRC-32C, bit by bit, with TensorFlow's mask.
    fn masked(bytes: &[u8]) -> u32 {
        let mut crc = !0_u32;
        for byte in bytes {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { (crc >> 1) ^ 0x82f6_3b78 } else { crc >> 1 };
            }
        }
        let crc = !crc;
        crc.rotate_right(15).wrapping_add(0xa282_ead8)
    }

    fn take<'a>(bytes: &mut &'a [u8], count: usize) -> &'a [u8] {
        let (head, tail) = bytes.split_at(count);
        *bytes = tail;
        head
    }

    pub fn records(mut file: &[u8]) -> Vec<&[u8]> {
        let mut records = Vec::new();
        while !file.is_empty() {
            let length = take(&mut file, 8);
            let crc = u32::from_le_bytes(take(&mut file, 4).try_into().expect("four bytes"));
            assert_eq!(crc, masked(length), "the length's checksum");
            let count = u64::from_le_bytes(length.try_into().expect("eight bytes"));
            let data = take(&mut file, usize::try_from(count).expect("a length"));
            let crc = u32::from_le_bytes(take(&mut file, 4).try_into().expect("four bytes"));
            assert_eq!(crc, masked(data), "the data's checksum");
            records.push(data);
        }
        records
    }

    fn varint(bytes: &mut &[u8]) -> u64 {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = take(bytes, 1)[0];
            value |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                return value;
            }
        }
    }

    /// Each field's number and its raw bytes (a varint as eight).
    pub fn fields(mut message: &[u8]) -> Vec<(u64, Vec<u8>)> {
        let mut fields = Vec::new();
        while !message.is_empty() {
            let key = varint(&mut message);
            let value = match key & 7 {
                0 => varint(&mut message).to_le_bytes().to_vec(),
                1 => take(&mut message, 8).to_vec(),
                2 => {
                    let count = usize::try_from(varint(&mut message)).expect("a length");
                    take(&mut message, count).to_vec()
                }
                5 => take(&mut message, 4).to_vec(),
                other => panic!("wire type {other}"),
            };
            fields.push((key >> 3, value));
        }
        fields
    }

    pub fn field(message: &[u8], number: u64) -> Vec<u8> {
        let found = fields(message).into_iter().find(|(known, _)| *known == number);
        found.unwrap_or_else(|| panic!("no field {number}")).1
    }
}

#[test]
fn an_event_file_reads_back_with_every_scalar_and_valid_checksums() {
    let record = RunRecord { started: 1_700_000_000, ..RunRecord::default() };
    let scalars = events::scalars(&record, &history(300));
    assert_eq!(scalars.len(), 300 * 8 + 150 * 5);
    let file = events::write(record.started, &scalars);
    let records = reader::records(&file);
    assert_eq!(records.len(), scalars.len() + 1);
    assert_eq!(reader::field(records[0], 3), b"brain.Event:2");
    for (record, scalar) in records[1..].iter().zip(&scalars) {
        let number = |field| <[u8; 8]>::try_from(reader::field(record, field)).expect("eight bytes");
        assert_eq!(f64::from_le_bytes(number(1)), scalar.wall_time);
        assert_eq!(u64::from_le_bytes(number(2)), scalar.step);
        let value = reader::field(&reader::field(record, 5), 1);
        assert_eq!(reader::field(&value, 1), scalar.tag.as_bytes());
        let simple = <[u8; 4]>::try_from(reader::field(&value, 2)).expect("four bytes");
        assert_eq!(f32::from_le_bytes(simple), scalar.value as f32);
    }
    assert_eq!(scalars.last().map(|scalar| scalar.wall_time), Some(1_700_000_150.0));
    assert!(scalars.iter().any(|scalar| scalar.tag == "validation/ndcg_20"));
}

fn table() -> Table {
    let mut table = Table {
        title: "100 % of R&D_1".to_owned(),
        corner: "run".to_owned(),
        columns: vec!["MAP".to_owned(), "Δ".to_owned(), "note".to_owned()],
        rows: vec![
            Row { name: "a|b, \"c\"".to_owned(), cells: vec![Cell::number(0.5), Cell::default(), Cell::text("x{y}")] },
            Row {
                name: "d_e".to_owned(),
                cells: vec![
                    Cell { marks: "†".to_owned(), ..Cell::number(0.750_04) },
                    Cell { interval: Some(Interval { low: -0.1, high: 0.2 }), ..Cell::number(-0.05) },
                    Cell::count(3),
                ],
            },
        ],
        notes: vec!["† p < 0.05".to_owned()],
        decimals: 3,
    };
    table.mark_best();
    table
}

#[test]
fn a_table_is_escaped_and_marked_in_every_format() {
    let table = table();
    let markdown = table.markdown();
    assert!(markdown.contains("| a\\|b, \"c\" | 0.500 | – | x{y} |"), "{markdown}");
    assert!(markdown.contains("| d_e | **0.750**† | **-0.050** [-0.100, 0.200] | 3 |"), "{markdown}");
    let csv = table.csv();
    let expected = "run,MAP,MAP marks,Δ,Δ low,Δ high,note\r\n\"a|b, \"\"c\"\"\",0.5,,,,,x{y}\r\nd_e,0.75004,†,-0.05,-0.1,0.2,3\r\n";
    assert_eq!(csv, expected);
    let latex = table.latex();
    for part in [
        "\\caption{100 \\% of R\\&D\\_1}",
        "\\begin{tabular}{lrrr}",
        "\\toprule",
        "d\\_e & \\textbf{0.750}$^{\\dagger}$ & \\textbf{$-$0.050} [$-$0.100, 0.200] & 3 \\\\",
        "x\\{y\\}",
        "p $<$ 0.05",
    ] {
        assert!(latex.contains(part), "{part} in {latex}");
    }
    let back: Table = serde_json::from_str(&table.json().expect("JSON")).expect("it reads back");
    assert_eq!(back, table);
    assert_eq!(csv_line(&["a\nb", "c"]), "\"a\nb\",c\r\n");
    assert_eq!(latex_text("\\~^#$"), "\\textbackslash{}\\textasciitilde{}\\textasciicircum{}\\#\\$");
}

#[test]
fn equal_values_are_all_best_and_what_rounds_to_zero_is_not_shown_as_zero() {
    let row = |value: f64| Row { name: String::new(), cells: vec![Cell::number(value)] };
    let mut table = Table {
        columns: vec!["x".into()],
        rows: vec![row(0.000_04), row(0.12), row(0.121)],
        decimals: 2,
        ..Table::default()
    };
    table.mark_best();
    assert_eq!(table.rows.iter().map(|row| row.cells[0].best).collect::<Vec<_>>(), [false, true, true]);
    assert!(table.markdown().contains("4e-5"), "{}", table.markdown());
}

#[test]
fn a_run_is_exported_with_everything_it_saved() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let (run, out) = (home.path().join("run"), home.path().join("deep/out"));
    let record = RunRecord {
        name: "my run".into(),
        started: 1_700_000_000,
        dataset: "set".into(),
        experiment: Experiment::default(),
        best_epoch: 4,
        ..RunRecord::default()
    };
    let folder = RunFolder::create(&run, &record).expect("a run");
    for report in history(6) {
        folder.append(&report).expect("an epoch");
    }
    let row = |id: &str, split| QueryRow { id: id.into(), split, measures: Measures::new(&STANDARD, [0.25; 5]) };
    let queries = vec![row("a, b", Split::Test), row("c", Split::Train)];
    QueryMeasures { queries, ..QueryMeasures::default() }.write(&run).expect("written");
    let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/stamps-and-places");
    let loaded = train::open(&sample, &[]).expect("the sample").data;
    let done =
        export_run(&run, &out, DataNow { data: Some(&loaded), adopt: false }, Part::All).expect("it is exported");
    let name = |path: &std::path::PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let mut names: Vec<String> = done.files.iter().filter_map(name).collect();
    names.sort();
    assert_eq!(
        names.join(" "),
        "curves.csv curves.png curves.svg events.out.tfevents.1700000000.crossrank manifest.json qrels.txt queries.csv summary.json table.csv table.md table.tex"
    );
    assert_eq!(done.left_out.len(), 1, "the ranking was not saved: {:?}", done.left_out);
    let read = |name: &str| fs::read_to_string(out.join(name)).expect(name);
    assert!(read("queries.csv").starts_with("query,split,map,p@10,p@20,ndcg@20,ndcg\r\n\"a, b\",test,0.25,"));
    assert_eq!(read("curves.csv").lines().count(), 7);
    let manifest: serde_json::Value = serde_json::from_str(&read("manifest.json")).expect("JSON");
    assert_eq!(manifest["dataset"]["blake3"].as_str().map(str::len), Some(64));
    assert_eq!(manifest["split"]["test"], serde_json::json!(["a, b"]));
    assert!(manifest["ties"].is_string() && manifest["averaging"].is_string() && manifest["seed"].is_u64());
    let mut other = loaded.judgements.clone();
    assert!(other.set(0, 0, None).is_some());
    let hash = |judgements| crossrank::export::manifest::dataset_hash(&loaded.dataset, judgements);
    assert_eq!(manifest["dataset"]["blake3"], hash(&loaded.judgements).as_str());
    assert_ne!(hash(&loaded.judgements), hash(&other), "another judgement is another data set");
    let (qrels, warnings) = crossrank::dataset::read_qrels(&out.join("qrels.txt")).expect("judgements");
    assert_eq!((qrels.values().map(|query| query.len()).sum::<usize>(), warnings.len()), (3300, 0));
    assert!(
        export_run(home.path(), &out, DataNow::default(), Part::Test)
            .is_err_and(|error| error.to_string().contains("run.json"))
    );
}

#[test]
fn latex_has_minus_signs_and_dashes_but_never_a_mixture() {
    let table = Table {
        corner: "run".to_owned(),
        columns: vec!["a".to_owned(), "b".to_owned(), "c".to_owned()],
        rows: vec![Row {
            name: "top-k".to_owned(),
            cells: vec![
                Cell::default(),
                Cell {
                    deviation: Some(0.25),
                    interval: Some(Interval { low: -0.5, high: -0.1 }),
                    ..Cell::number(-0.3)
                },
                Cell::number(-1e-7),
            ],
        }],
        decimals: 2,
        ..Table::default()
    };
    let latex = table.latex();
    assert!(!latex.contains("$-$-"), "{latex}");
    assert!(latex.contains("top-k & -- & $-$0.30 $\\pm$ 0.25 [$-$0.50, $-$0.10] & $-$1e$-$7 \\\\"), "{latex}");
    assert!(
        table.csv().contains("run,a,b,b deviation,b low,b high,c\r\ntop-k,,-0.3,0.25,-0.5,-0.1,"),
        "{}",
        table.csv()
    );
}
