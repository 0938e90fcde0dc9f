//! TREC qrels and run files: judgements and rankings as white-space separated lines.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;
use std::io::Write;
use std::path::Path;

use super::text::{numbered_lines, read_text};
use super::values;
use super::warnings::{Warnings, owned};
use super::{Dataset, DatasetError, Judgements, RecallBase, Warning, WarningKind};
use crate::base::{At, FileError, open_file, write_whole};

/// Judged grade by image by query.
pub type Qrels = BTreeMap<String, BTreeMap<String, i32>>;

/// Score by image by query.
pub type Run = BTreeMap<String, BTreeMap<String, f64>>;

/// A line of a qrels or run file.
#[derive(Debug, PartialEq)]
pub(super) struct Entry<T> {
    /// From 1.
    pub line: usize,
    pub query: String,
    pub image: String,
    /// The grade or the score.
    pub value: T,
}

/// The kind of a TREC file, judging by its first lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TrecKind {
    Qrels,
    Run,
}

/// Reads judgements, lines `query iteration image grade`.
///
/// # Errors
/// If the file cannot be read, or is not empty and no line is a judgement.
pub fn read_qrels(path: &Path) -> Result<(Qrels, Vec<Warning>), DatasetError> {
    let mut warnings = Warnings::default();
    let entries = qrels_entries(path, &mut warnings)?;
    Ok((group(entries, path, &mut warnings), warnings.into_vec()))
}

/// Reads a ranking, lines `query iteration image rank score name`. As in trec_eval, only the score determines the
/// order; the rank column is ignored.
///
/// # Errors
/// If the file cannot be read, or is not empty and no line is one of a run.
pub fn read_run(path: &Path) -> Result<(Run, Vec<Warning>), DatasetError> {
    let mut warnings = Warnings::default();
    let entries = run_entries(path, &mut warnings)?;
    Ok((group(entries, path, &mut warnings), warnings.into_vec()))
}

/// The judgements that measures count: of candidates and, by the recall base, of other images.
pub fn qrels_of(dataset: &Dataset, judgements: &Judgements) -> Qrels {
    let mut qrels = Qrels::new();
    for (index, query) in dataset.queries.iter().enumerate() {
        let judged = query.candidates.iter().zip(judgements.of(index)).filter_map(|(candidate, grade)| {
            let image = dataset.images.get(candidate.image)?;
            Some((image.id.to_string(), (*grade)?.0))
        });
        let others = judgements.others(index).filter(|_| judgements.recall_base() == RecallBase::Judged);
        let others = others.map(|(image, grade)| (image.to_owned(), grade.0));
        let judged: BTreeMap<_, _> = judged.chain(others).collect();
        if !judged.is_empty() {
            qrels.insert(query.id.to_string(), judged);
        }
    }
    qrels
}

/// Writes judgements, sorted by query and image. White space within names becomes `%20` and so on.
///
/// # Errors
/// If the file cannot be written.
pub fn write_qrels(path: &Path, qrels: &Qrels) -> Result<(), DatasetError> {
    write_lines(path, |out| {
        for (query, grades) in qrels {
            for (image, grade) in grades {
                writeln!(out, "{} 0 {} {grade}", escape(query), escape(image))?;
            }
        }
        Ok(())
    })
}

/// Writes a ranking under a name, best first (ties by image, descending, as trec_eval breaks them), ranks from 1. White
/// space within names becomes `%20` and so on. Scores survive a round trip exactly.
///
/// # Errors
/// If the file cannot be written.
pub fn write_run(path: &Path, run: &Run, tag: &str) -> Result<(), DatasetError> {
    write_lines(path, |out| write_rankings(out, run, tag))
}

/// As [`write_run`], as a text.
pub fn run_text(run: &Run, tag: &str) -> String {
    let mut text = Vec::new();
    // Writing to memory cannot fail.
    let _ = write_rankings(&mut text, run, tag);
    String::from_utf8_lossy(&text).into_owned()
}

fn write_rankings(out: &mut dyn Write, run: &Run, tag: &str) -> std::io::Result<()> {
    let tag = if tag.trim().is_empty() { "run".to_owned() } else { escape(tag) };
    for (query, scores) in run {
        for (position, (image, score)) in best_first(scores).into_iter().enumerate() {
            writeln!(out, "{} Q0 {} {} {score} {tag}", escape(query), escape(image), position + 1)?;
        }
    }
    Ok(())
}

/// Images by score, descending; ties by name, descending bytewise; not-a-number last.
pub(super) fn best_first(scores: &BTreeMap<String, f64>) -> Vec<(&str, f64)> {
    let mut ranked: Vec<(&str, f64)> = scores.iter().map(|(image, &score)| (image.as_str(), score)).collect();
    // −0 and 0 are a tie, which total_cmp alone would break.
    let key = |score: f64| if score.is_nan() { f64::NEG_INFINITY } else { score + 0.0 };
    ranked
        .sort_by(|a, b| a.1.is_nan().cmp(&b.1.is_nan()).then(key(b.1).total_cmp(&key(a.1))).then_with(|| b.0.cmp(a.0)));
    ranked
}

/// Whether a file is a run or a qrels file, judging by its first lines.
pub(super) fn sniff(path: &Path) -> Option<TrecKind> {
    use std::io::Read;
    let mut start = Vec::new();
    open_file(path).ok()?.take(16 * 1024).read_to_end(&mut start).ok()?;
    let text = String::from_utf8_lossy(&start);
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).take(5);
    lines.find_map(|line| kind_of(&line.split_whitespace().collect::<Vec<_>>()))
}

fn kind_of(fields: &[&str]) -> Option<TrecKind> {
    match fields {
        [_, _, _, grade] if grade.parse::<i32>().is_ok() => Some(TrecKind::Qrels),
        [_, _, _, rank, score, ..] if fields.len() <= 6 => {
            (rank.parse::<i64>().is_ok() && score.parse::<f64>().is_ok()).then_some(TrecKind::Run)
        }
        _ => None,
    }
}

/// The judgements of a file, line by line.
pub(super) fn qrels_entries(path: &Path, warnings: &mut Warnings) -> Result<Vec<Entry<i32>>, DatasetError> {
    entries(path, "query iteration image grade", parse_judgement, warnings)
}

fn parse_judgement<'a>(fields: &[&'a str]) -> Parsed<'a, i32> {
    match fields {
        [query, _, image, grade] => match values::whole(grade) {
            Some(value) => Ok((*query, *image, value)),
            None => Err((WarningKind::BadNumber, format!("grade '{grade}' is not a whole number"))),
        },
        _ => Err((WarningKind::BadRow, format!("{} fields instead of a judgement's 4", fields.len()))),
    }
}

/// The entries of a run, line by line.
pub(super) fn run_entries(path: &Path, warnings: &mut Warnings) -> Result<Vec<Entry<f64>>, DatasetError> {
    entries(path, "query iteration image rank score name", parse_run_line, warnings)
}

fn parse_run_line<'a>(fields: &[&'a str]) -> Parsed<'a, f64> {
    match fields {
        [query, _, image, _, score] | [query, _, image, _, score, _] => match values::number(score) {
            Some(value) => Ok((*query, *image, value)),
            None => Err((WarningKind::BadNumber, format!("score '{score}' is not a finite number"))),
        },
        _ => Err((WarningKind::BadRow, format!("{} fields instead of a run's 6", fields.len()))),
    }
}

/// Query, image and value of a line, or its fault.
type Parsed<'a, T> = Result<(&'a str, &'a str, T), (WarningKind, String)>;

fn entries<T>(
    path: &Path,
    form: &str,
    parse: impl for<'a> Fn(&[&'a str]) -> Parsed<'a, T>,
    warnings: &mut Warnings,
) -> Result<Vec<Entry<T>>, DatasetError> {
    let text = read_text(path, warnings)?;
    let mut found = Vec::new();
    let mut first_bad = None;
    for (line, content) in numbered_lines(&text) {
        let fields: Vec<&str> = content.split_whitespace().collect();
        if fields.is_empty() {
            continue;
        }
        match parse(&fields) {
            Ok((query, image, value)) => {
                found.push(Entry { line, query: query.to_owned(), image: image.to_owned(), value });
            }
            Err((kind, message)) => {
                first_bad.get_or_insert(line);
                warnings.line(kind, path, line, message);
            }
        }
    }
    if found.is_empty() && first_bad.is_some() {
        let message = format!("no line has the form '{form}'");
        return Err(FileError::Malformed { message, path: owned(path), line: first_bad }.into());
    }
    Ok(found)
}

fn group<T>(entries: Vec<Entry<T>>, path: &Path, warnings: &mut Warnings) -> BTreeMap<String, BTreeMap<String, T>> {
    let mut grouped: BTreeMap<String, BTreeMap<String, T>> = BTreeMap::new();
    for Entry { line, query, image, value } in entries {
        let of_query = grouped.entry(query).or_default();
        match of_query.entry(image) {
            Slot::Vacant(slot) => {
                slot.insert(value);
            }
            Slot::Occupied(slot) => {
                let message = format!("duplicate image '{}' in the same query; the first line counts", slot.key());
                warnings.line(WarningKind::DuplicateId, path, line, message);
            }
        }
    }
    grouped
}

fn write_lines(path: &Path, fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<(), DatasetError> {
    let mut lines = Vec::new();
    Ok(fill(&mut lines).and_then(|()| write_whole(path, &[&lines])).at(path)?)
}

/// An identifier as written in TREC files, whose fields are separated by white space: such characters are
/// percent-encoded.
pub fn trec_name(id: &str) -> String {
    escape(id)
}

/// A name with its white space percent-encoded (UTF-8).
pub(super) fn escape(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for character in name.chars() {
        if character.is_whitespace() {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                escaped.push_str(&format!("%{byte:02X}"));
            }
        } else {
            escaped.push(character);
        }
    }
    escaped
}
