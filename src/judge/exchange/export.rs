//! Judgements as other programs' files.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::json;

use crate::base::{At, FileError, csv_line, read_text_file, write_whole};
use crate::dataset::{Qrels, write_qrels};
use crate::judge::aggregate::Aggregate;
use crate::judge::{FILES, JudgeError, Judges, Label, Line, Table, file_stem, stamp};

/// The form of an exported file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// TREC qrels.
    Qrels,
    /// A table.
    Csv,
    /// One JSON object a line.
    JsonLines,
    /// A folder of MediaEval's `<query> rGT.txt`.
    MediaEval,
}

impl Form {
    /// The form of a path: `.txt`, `.qrels`, `.csv`, `.jsonl`, or a folder, which has no ending; `None` for any other.
    pub fn of(path: &Path) -> Option<Self> {
        if path.is_dir() {
            return Some(Form::MediaEval);
        }
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("txt" | "qrels" | "qrel") => Some(Form::Qrels),
            Some("csv") => Some(Form::Csv),
            Some("jsonl" | "ndjson") => Some(Form::JsonLines),
            None => Some(Form::MediaEval),
            Some(_) => None,
        }
    }
}

/// Writes what judges said: as a table their current labels, as JSON lines their whole journals, and as qrels or MediaEval's
/// folder, which have one grade an image, the labels of a single judge ("can't tell" is −1). Returns how many labels or lines.
///
/// # Errors
/// If a file cannot be read or written.
pub fn export_judges(judges: &Judges, names: &[&str], form: Form, out: &Path) -> Result<usize, JudgeError> {
    let labels: Vec<(&str, Label<'_>)> =
        names.iter().flat_map(|name| judges.labels(name).into_iter().map(move |label| (*name, label))).collect();
    let grades = || -> Qrels {
        let mut qrels = Qrels::new();
        for (_, Label { query, image, judgement, .. }) in &labels {
            let of_query = qrels.entry((*query).to_owned()).or_default();
            of_query.insert((*image).to_owned(), judgement.grade.unwrap_or_default());
        }
        qrels
    };
    match form {
        Form::Qrels => write_qrels(out, &grades())?,
        Form::MediaEval => write_folder(out, &grades())?,
        Form::Csv => {
            let rows: String = labels.iter().map(|(judge, label)| row(judge, label)).collect();
            let text = csv_line(&HEAD) + &rows;
            write_whole(out, &[text.as_bytes()]).at(out)?;
        }
        Form::JsonLines => {
            let lines = journal_lines(judges, names)?;
            let text: String = lines.iter().map(|line| line.clone() + "\n").collect();
            write_whole(out, &[text.as_bytes()]).at(out)?;
            return Ok(lines.len());
        }
    }
    Ok(labels.len())
}

/// Writes aggregated grades; undecided images are left out. Returns how many grades.
///
/// # Errors
/// If a file cannot be written.
pub fn export_aggregate(table: &Table, aggregate: &Aggregate, form: Form, out: &Path) -> Result<usize, JudgeError> {
    let decided = table.units.iter().zip(&aggregate.grades).filter_map(|(unit, grade)| Some((unit, (*grade)?)));
    let mut qrels = Qrels::new();
    let (mut csv, mut lines) = (csv_line(&["query", "image", "grade", "aggregate", "labels"]), String::new());
    let mut count = 0;
    for (unit, grade) in decided {
        let query = &table.queries[unit.query];
        let labels = unit.grades.iter().flatten().filter(|grade| **grade >= 0).count();
        let method = aggregate.method.name();
        qrels.entry(query.clone()).or_default().insert(unit.image.to_string(), grade);
        csv += &csv_line(&[query, &*unit.image, &grade.to_string(), method, &labels.to_string()]);
        let object = json!({
            "query": query, "image": &*unit.image, "grade": grade, "aggregate": method, "labels": labels,
        });
        lines += &format!("{object}\n");
        count += 1;
    }
    match form {
        Form::Qrels => write_qrels(out, &qrels)?,
        Form::MediaEval => write_folder(out, &qrels)?,
        Form::Csv => write_whole(out, &[csv.as_bytes()]).at(out)?,
        Form::JsonLines => write_whole(out, &[lines.as_bytes()]).at(out)?,
    }
    Ok(count)
}

const HEAD: [&str; 14] = [
    "judge", "query", "image", "grade", "unsure", "note", "at", "blind", "revealed", "queue", "seed", "position",
    "batch", "ms",
];

fn row(judge: &str, label: &Label<'_>) -> String {
    fn text(value: Option<impl ToString>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    let one = label.judgement;
    csv_line(&[
        judge.to_owned(),
        label.query.to_owned(),
        label.image.to_owned(),
        text(one.grade),
        one.unsure.to_string(),
        text(one.note.as_deref()),
        if label.at == 0 { String::new() } else { stamp(label.at) },
        text(one.blind),
        one.revealed.join(" "),
        text(one.queue.as_deref()),
        text(one.seed),
        text(one.position),
        text(one.batch),
        text(one.ms),
    ])
}

/// The journals' lines of these judges as they are, fields of newer versions included; each label of the data set's
/// own files as a line.
fn journal_lines(judges: &Judges, names: &[&str]) -> Result<Vec<String>, JudgeError> {
    let mut lines = Vec::new();
    if names.contains(&FILES) {
        for label in judges.labels(FILES) {
            let Label { query, image, judgement, .. } = label;
            lines.push(json!({ "judge": FILES, "query": query, "image": image, "grade": judgement.grade }).to_string());
        }
    }
    let mut shared = crate::judge::parse::Shared::default();
    for path in judges.journals() {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let judge = crate::judge::name::name_of_stem(&stem);
        let text = match path.exists() {
            true => read_text_file(path)?,
            false => String::new(),
        };
        for content in text.trim_start_matches('\u{feff}').lines() {
            match crate::judge::parse::parse(content, &judge, &mut shared) {
                Ok(line) if names.contains(&&*line.judge) => lines.push(with_judge(content, &line)),
                _ => {}
            }
        }
    }
    Ok(lines)
}

/// A line that names its judge; one that does is unchanged.
fn with_judge(content: &str, line: &Line) -> String {
    match serde_json::from_str::<serde_json::Value>(content) {
        Ok(serde_json::Value::Object(mut fields)) if !fields.contains_key("judge") => {
            fields.insert("judge".to_owned(), (*line.judge).into());
            serde_json::Value::Object(fields).to_string()
        }
        _ => content.to_owned(),
    }
}

/// One file a query, lines `image,grade`. An image that differs between queries, `id@query`, is `id` there.
fn write_folder(folder: &Path, qrels: &Qrels) -> Result<(), FileError> {
    fs::create_dir_all(folder).at(folder)?;
    for (query, grades) in qrels {
        let suffix = format!("@{query}");
        let plain: BTreeMap<&str, i32> =
            grades.iter().map(|(image, grade)| (image.strip_suffix(&suffix).unwrap_or(image), *grade)).collect();
        let text: String = plain.iter().map(|(image, grade)| format!("{image},{grade}\n")).collect();
        let path = folder.join(format!("{} rGT.txt", file_stem(query)));
        write_whole(&path, &[text.as_bytes()]).at(&path)?;
    }
    Ok(())
}
