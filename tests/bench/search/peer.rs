//! The text search against others, over one field with the same parameters.

use super::report::{self, Times};
use super::synthetic;
use crossrank::index::text::{FieldWeights, TextIndex, TextQuery};
use crossrank::index::{Picture, Stamp, Words};
use std::collections::HashMap;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// The best that are compared.
const BEST: usize = 10;

/// How many of ours are looked through for what a peer found.
const LOOKED_THROUGH: usize = 2000;

/// Scores that differ by less are equal: a peer may round otherwise, or order equal ones otherwise.
const EQUAL: f32 = 1e-4;

/// Writes texts and queries to a folder, searches them, and, with the command of a peer, compares with what it finds.
pub fn compare(count: usize, folder: &Path, queries: &[String], peer: Option<&[String]>) {
    let mut texts = BufWriter::new(fs::File::create(folder.join("texts.tsv")).expect("a file"));
    let start = Instant::now();
    let index = TextIndex::open(&folder.join("own")).expect("an index");
    let mut writer = index.writer().expect("a writer");
    for number in 0..count {
        let (path, text) = (synthetic::path(number), synthetic::one_text(number));
        writeln!(texts, "{path}\t{text}").expect("written");
        let words = Words { captions: vec![text], ..Words::default() };
        writer.add(&Picture { path, stamp: Stamp::default(), part: None, words }).expect("added");
    }
    writer.finish().expect("on disk");
    texts.flush().expect("written");
    fs::write(folder.join("queries.txt"), queries.iter().map(|query| format!("{query}\n")).collect::<String>())
        .expect("written");
    report::value(count, "one field: index", start.elapsed().as_secs_f64(), "s", None);
    report::value(count, "one field: size on disk", report::megabytes(&folder.join("own")), "MB", None);
    let mut times = Times::default();
    queries.iter().for_each(|query| {
        times.time(|| find(&index, query, BEST));
    });
    times.report(count, "one field: ten best", None);
    let Some([program, arguments @ ..]) = peer else { return };
    let output = Command::new(program).args(arguments).arg(folder).output();
    let output = output.unwrap_or_else(|error| panic!("{error}: {program}"));
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let [name, numbers @ ..] = &line.split('\t').collect::<Vec<_>>()[..] else { continue };
        for (what, (number, unit)) in ["index", "size on disk", "ten best, median", "ten best, 99th percentile"]
            .into_iter()
            .zip(numbers.iter().zip(["s", "MB", "ms", "ms"]))
        {
            report::value(count, &format!("{name}: {what}"), number.parse().expect("a number"), unit, None);
        }
        agreement(count, name, &index, queries, &folder.join(format!("{name}.found")));
    }
}

/// The best pictures by their captions, with their scores.
fn find(index: &TextIndex, text: &str, most: usize) -> Vec<(String, f32)> {
    let none = FieldWeights {
        title: 0.0,
        description: 0.0,
        captions: 0.0,
        tags: 0.0,
        places: 0.0,
        name: 0.0,
        folders: 0.0,
        other: 0.0,
    };
    let weights = FieldWeights { captions: 1.0, ..none };
    let found = index.search(&TextQuery { text, weights, most, is_open: false }).expect("found");
    // What stands in for a word that nobody has is our own.
    let hits = if found.instead.is_empty() { found.hits } else { Vec::new() };
    hits.into_iter().map(|hit| (hit.picture.path, hit.score)).collect()
}

/// How many of a peer's best are among ours; as good as the last of ours counts as well.
fn agreement(count: usize, name: &str, index: &TextIndex, queries: &[String], found: &Path) {
    let theirs = fs::read_to_string(found).expect("what the peer found");
    let (mut same, mut all) = (0, 0);
    for (query, theirs) in queries.iter().zip(theirs.lines()) {
        let own = find(index, query, LOOKED_THROUGH);
        let Some(last) = own.get(BEST - 1).or(own.last()).map(|(_, score)| score * (1.0 - EQUAL)) else { continue };
        let scores: HashMap<&str, f32> = own.iter().map(|(path, score)| (path.as_str(), *score)).collect();
        let theirs: Vec<&str> = theirs.split('\t').filter(|path| !path.is_empty()).collect();
        all += theirs.len().max(own.len().min(BEST));
        same += theirs.iter().filter(|path| scores.get(**path).is_some_and(|score| *score >= last)).count();
    }
    report::value(count, &format!("{name}: of its ten best among ours"), same as f64 / all.max(1) as f64, "", None);
}
