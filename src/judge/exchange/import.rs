//! Judgements from other programs' files.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use serde_json::Value;

use super::found::{Found, malformed};
use super::names::Names;
use super::rgt::{is_rgt, rgt};
use crate::base::{FileError, read_text_file};
use crate::dataset::{Dataset, StrictTable, read_qrels_lines, read_table, whole_number};
use crate::judge::parse::{Shared, parse};
use crate::judge::{CANT_TELL, JudgeError, Judgement, Judges, Line, Mark, check_name, parse_stamp};

/// Headings of the columns of a table of judgements.
const QUERY: &[&str] = &["query", "query_id", "qid", "topic"];
const IMAGE: &[&str] = &["image", "image_id", "img", "photo", "photo_id", "docid", "doc_id", "document", "id"];
const GRADE: &[&str] = &["grade", "relevance", "rel", "label", "judgement", "judgment"];

/// What a file adds to a judge's journal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Import {
    /// The lines to append, as JSON, the file's own fields included.
    pub lines: Vec<String>,
    /// Images that the judge had no label of.
    pub new: usize,
    /// Images with another label than before.
    pub changed: usize,
    /// Judgements that the journal has already.
    pub unchanged: usize,
    /// Judgements of queries or images that the data set does not have; they are imported all the same.
    pub strays: usize,
}

/// Reads a file of judgements for a judge: a journal (`.jsonl`), a table (`.csv`, `.tsv`), MediaEval's `<query> rGT.txt`
/// or a folder of them, or TREC qrels (anything else). Nothing is written: [`Import::lines`] are for [`crate::judge::Journal::append_json`].
///
/// Of a file with labels of several judges, those of this one are taken. Judgements that the journal has already are
/// left out, so that importing a file twice changes nothing.
///
/// # Errors
/// If the file cannot be read, with the line of the first fault, or if nobody can have the judge's name.
pub fn import(path: &Path, dataset: &Dataset, judges: &Judges, judge: &str) -> Result<Import, JudgeError> {
    check_name(judge)?;
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    let is_journal = matches!(ending.as_str(), "jsonl" | "ndjson");
    let mut found = match ending.as_str() {
        _ if is_journal => journal(path, judge)?,
        "csv" | "tsv" => table(path, judge)?,
        _ if is_rgt(path) => rgt(path)?,
        _ => qrels(path)?,
    };
    let names = Names::of(dataset);
    for one in &mut found {
        (one.query, one.image) = names.ids(&one.query, &one.image);
    }
    Ok(if is_journal { history(found, dataset, judges, judge) } else { labels(found, dataset, judges, judge) })
}

fn journal(path: &Path, judge: &str) -> Result<Vec<Found>, JudgeError> {
    let text = read_text_file(path)?;
    let (mut found, mut others) = (Vec::new(), BTreeSet::new());
    for (index, content) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        if content.trim().is_empty() {
            continue;
        }
        let line = parse(content, judge, &mut Shared::default());
        let line = line.map_err(|error| malformed(error, path, index + 1))?;
        let raw: Value =
            serde_json::from_str(content).map_err(|error| malformed(error.to_string(), path, index + 1))?;
        let at = raw.get("at").and_then(Value::as_str).and_then(parse_stamp);
        others.insert(line.judge.to_string());
        let Line { judge, query, image, judgement, .. } = line;
        let one = Found { query: query.to_string(), image: image.to_string(), judgement, at, raw: Some(raw) };
        found.push((judge.to_string(), one));
    }
    of_one(found, &others, judge, path)
}

fn table(path: &Path, judge: &str) -> Result<Vec<Found>, JudgeError> {
    let table = read_table(path)?;
    let column = |names: &[&str]| {
        table
            .column(names)
            .ok_or_else(|| malformed(format!("no column '{}' (or {})", names[0], names[1..].join(", ")), path, 1))
    };
    let (query, image, grade) = (column(QUERY)?, column(IMAGE)?, column(GRADE)?);
    let of_judge = table.column(&["judge", "annotator", "assessor", "rater"]);
    let (mut found, mut others) = (Vec::new(), BTreeSet::new());
    for (line, row) in &table.rows {
        if row[query].trim().is_empty() || row[image].trim().is_empty() {
            return Err(malformed("no query or no image".to_owned(), path, *line));
        }
        let whole = whole_number(&row[grade]);
        let whole =
            whole.ok_or_else(|| malformed(format!("grade '{}' is not a whole number", row[grade]), path, *line))?;
        let named = of_judge.map_or(judge, |column| row[column].trim()).to_owned();
        others.insert(named.clone());
        let (judgement, at) = (of_row(&table, row, whole), cell(&table, row, &["at", "time", "date"]));
        let at = at.and_then(parse_stamp);
        let (query, image) = (row[query].trim().to_owned(), row[image].trim().to_owned());
        found.push((named, Found { query, image, judgement, at, raw: None }));
    }
    of_one(found, &others, judge, path)
}

fn cell<'a>(table: &StrictTable, row: &'a [String], names: &[&str]) -> Option<&'a str> {
    table.column(names).map(|column| row[column].trim()).filter(|cell| !cell.is_empty())
}

fn of_row(table: &StrictTable, row: &[String], grade: i32) -> Judgement {
    let cell = |name: &str| cell(table, row, &[name]);
    let flag = |name: &str| cell(name).map(|cell| matches!(cell.to_lowercase().as_str(), "true" | "yes" | "1"));
    Judgement {
        grade: Some(grade.max(CANT_TELL)),
        unsure: flag("unsure").unwrap_or_default(),
        blind: flag("blind"),
        revealed: cell("revealed").map(|cell| cell.split(' ').map(str::to_owned).collect()).unwrap_or_default(),
        queue: cell("queue").map(Into::into),
        seed: cell("seed").and_then(|cell| cell.parse().ok()),
        position: cell("position").and_then(|cell| cell.parse().ok()),
        batch: cell("batch").and_then(|cell| cell.parse().ok()),
        ms: cell("ms").and_then(|cell| cell.parse().ok()),
        note: cell("note").map(Into::into),
    }
}

fn qrels(path: &Path) -> Result<Vec<Found>, JudgeError> {
    let mut first: HashMap<(String, String), (usize, i32)> = HashMap::new();
    let mut found = Vec::new();
    for (line, query, image, grade) in read_qrels_lines(path)? {
        match first.get(&(query.clone(), image.clone())) {
            Some(&(_, before)) if before == grade => continue,
            Some((before, _)) => {
                let message = format!("image '{image}' has another grade on line {before}");
                return Err(malformed(message, path, line));
            }
            None => {
                first.insert((query.clone(), image.clone()), (line, grade));
            }
        }
        let judgement = Judgement { grade: Some(grade.max(CANT_TELL)), ..Judgement::default() };
        found.push(Found { query, image, judgement, at: None, raw: None });
    }
    Ok(found)
}

/// Of a file with several judges, the judgements of this one.
fn of_one(
    found: Vec<(String, Found)>,
    names: &BTreeSet<String>,
    judge: &str,
    path: &Path,
) -> Result<Vec<Found>, JudgeError> {
    if names.len() > 1 && !names.contains(judge) {
        let names = names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        let message = format!("labels of several judges ({names}), none of them {judge}");
        return Err(FileError::malformed(message, path).into());
    }
    let all = found.into_iter();
    Ok(all.filter(|(name, _)| names.len() < 2 || name == judge).map(|(_, found)| found).collect())
}

fn counted(found: &[Found], dataset: &Dataset, judges: &Judges, judge: &str) -> Import {
    let known: HashMap<&str, BTreeSet<&str>> = dataset
        .queries
        .iter()
        .map(|query| {
            let images = query.candidates.iter().filter_map(|candidate| dataset.images.get(candidate.image));
            (query.id.as_str(), images.map(|image| image.id.as_str()).collect())
        })
        .collect();
    let mut import = Import::default();
    let mut last: HashMap<(&str, &str), Option<i32>> = HashMap::new();
    for one in found {
        let has = |images: &BTreeSet<&str>| images.contains(one.image.as_str());
        import.strays += usize::from(!known.get(one.query.as_str()).is_some_and(has));
        last.insert((&one.query, &one.image), one.judgement.grade);
    }
    for ((query, image), grade) in last {
        let before = judges.label(judge, query, image).and_then(|judgement| judgement.grade);
        match (before, grade) {
            (None, Some(_)) => import.new += 1,
            (Some(before), grade) if grade != Some(before) => import.changed += 1,
            _ => {}
        }
    }
    import
}

/// Labels without a history: those that differ from the judge's own, as one step.
fn labels(found: Vec<Found>, dataset: &Dataset, judges: &Judges, judge: &str) -> Import {
    let mut import = counted(&found, dataset, judges, judge);
    let is_same = |one: &Found| {
        judges.label(judge, &one.query, &one.image).is_some_and(|own| {
            own.grade == one.judgement.grade && (one.judgement.note.is_none() || own.note == one.judgement.note)
        })
    };
    let all = found.len();
    let new: Vec<Found> = found.into_iter().filter(|one| !is_same(one)).collect();
    import.unchanged = all - new.len();
    let at: Vec<Option<i64>> = new.iter().map(|one| one.at).collect();
    let mark = |Found { query, image, judgement, .. }| Mark { query: query.into(), image: image.into(), judgement };
    let mut record = crate::judge::Record::new(judge);
    let lines = record.take_over(new.into_iter().map(mark).collect());
    let dated = |(line, at): (Line, Option<i64>)| Line { at: at.unwrap_or(line.at), ..line }.json();
    import.lines = lines.into_iter().zip(at).map(dated).collect();
    import
}

/// A journal's lines with all their fields, but for those that the judge's own journal has.
fn history(found: Vec<Found>, dataset: &Dataset, judges: &Judges, judge: &str) -> Import {
    type Key = (i64, String, String, Option<i32>);
    let mut import = counted(&found, dataset, judges, judge);
    let mut own: HashMap<Key, usize> = HashMap::new();
    for label in judges.record(judge).into_iter().flat_map(|record| record.entries()) {
        let key = (label.at, label.query.to_owned(), label.image.to_owned(), label.judgement.grade);
        *own.entry(key).or_default() += 1;
    }
    for Found { query, image, judgement, at, raw } in found {
        let key: Key = (at.unwrap_or_default(), query.clone(), image.clone(), judgement.grade);
        if let Some(count) = own.get_mut(&key).filter(|count| **count > 0) {
            *count -= 1;
            import.unchanged += 1;
            continue;
        }
        if let Some(Value::Object(mut fields)) = raw {
            for (name, value) in [("judge", judge), ("query", &query), ("image", &image)] {
                fields.insert(name.to_owned(), value.into());
            }
            import.lines.push(Value::Object(fields).to_string());
        }
    }
    import
}
