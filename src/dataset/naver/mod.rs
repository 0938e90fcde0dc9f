//! The layout of NAVER's release of DCMM.
//!
//! | file | holds |
//! |---|---|
//! | `interactions[/]interactions_{train,test}.csv` | `query_id,img_id,rel` and any columns ending in `_feature` |
//! | `DeepFeatures/{train,test}/<name>/<query>_PreLogits.npy` | vectors, images × dims |
//! | `DeepFeatures/{train,test}/imlist/<query>_imlist.txt` | the image of each row |
//! | `{train,test}_qrels.json` | `{query: {image: grade}}` |
//! | `{train,test}_queries.json` | `{query: text}` |
//!
//! Features are taken in alphabetical order. An image id that occurs in several queries is one image if its vectors are
//! the same in all of them. Where they differ (ids numbered afresh in each query), the first query keeps the plain id,
//! and the image of a later query is named `id@query`; see `vectors.rs`.

mod vectors;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value};

use super::build::Builder;
use super::reader::{ReadVectors, Reader, is_data_file};
use super::table::Table;
use super::text::read_text_or_warn;
use super::walk::{self, Pictures};
use super::warnings::Warnings;
use super::{DatasetError, Format, Loaded, Reach, Relevance, Split, WarningKind, embeddings, values};
use crate::base::FileError;

const FEATURE: &str = "_feature";

impl Format {
    /// The layout of NAVER's DCMM release.
    pub const NAVER: Format = Format::new("NAVER DCMM");
}

/// How it is recognised and read.
pub(super) const READER: Reader = Reader {
    format: Format::NAVER,
    main_files: "interactions_train.csv",
    is_one,
    levels_up: |file| if is_data_file(file) { 4 } else { 0 },
    stands_alone: |_| false,
    open: |root, _, reach| open(root, reach),
    own_vectors: |file| vectors::is_matrix(file).then_some(vectors::read_matrix as ReadVectors),
};

/// Whether a folder holds interaction tables.
fn is_one(root: &Path, reach: Reach) -> bool {
    walk::files_below(root, 1, reach, &mut Warnings::default()).iter().any(|path| is_interactions(path))
}

fn is_interactions(path: &Path) -> bool {
    walk::is_table(path) && walk::stem(path).to_lowercase().starts_with("interactions")
}

/// Opens a folder in NAVER's layout.
fn open(root: &Path, reach: Reach) -> Result<Loaded, DatasetError> {
    let mut builder = Builder::new(root, Format::NAVER, reach);
    let files = walk::all_files(root, reach, &mut builder.warnings);
    let mut tables: Vec<Table> = files
        .iter()
        .filter(|path| is_interactions(path))
        .filter_map(|path| Table::read_or_warn(path, &mut builder.warnings))
        .collect();
    if tables.is_empty() {
        return Err(builder.unrecognised("no readable interactions_train.csv or interactions_test.csv"));
    }
    // Train before validation before test, rather than in alphabetical order.
    tables.sort_by_key(|table| split_of(&table.path));
    builder.dataset.feature_names = feature_names(&tables);
    for table in &tables {
        read_interactions(&mut builder, table)?;
    }
    for path in files.iter().filter(|path| walk::extension(path) == "json") {
        let stem = walk::stem(path).to_lowercase();
        if stem.ends_with("qrels") {
            read_qrels(&mut builder, path);
        } else if stem.ends_with("queries") {
            read_queries(&mut builder, path);
        }
    }
    builder.dataset.vectors = vectors::sources_among(&files);
    vectors::check_queries(&mut builder);
    vectors::separate_images(&mut builder);
    builder.dataset.vectors.extend(embeddings::own_sources(&files, root));
    let pictures = Pictures::among(&files, root);
    for image in &mut builder.dataset.images {
        image.file = pictures.find(image.id.as_str()).cloned();
    }
    report_pictures(&mut builder, root);
    Ok(builder.finish())
}

/// The split given by a file's name or its folder's.
fn split_of(path: &Path) -> Option<Split> {
    let stem = walk::stem(path).to_lowercase();
    let says = |word: &str| stem.split(['_', '-', '.']).any(|part| part == word);
    if says("train") {
        Some(Split::Train)
    } else if says("val") || says("valid") || says("validation") || says("dev") {
        Some(Split::Validation)
    } else if says("test") {
        Some(Split::Test)
    } else {
        None
    }
}

/// Every feature of any table, in alphabetical order of the headings.
fn feature_names(tables: &[Table]) -> Vec<String> {
    let headings = tables.iter().flat_map(|table| &table.headings);
    let names: BTreeSet<&str> = headings.filter_map(|heading| heading.strip_suffix(FEATURE)).collect();
    names.into_iter().map(str::to_owned).collect()
}

/// Reads a table of interactions.
///
/// # Errors
/// If a grade is not a whole number ([`Table::grade`]).
fn read_interactions(builder: &mut Builder, table: &Table) -> Result<(), FileError> {
    let path = &table.path;
    let column = |names: &[&str]| table.column(names);
    let (Some(query_at), Some(image_at)) = (column(&["query_id", "query"]), column(&["img_id", "image_id", "image"]))
    else {
        builder.warnings.file(WarningKind::BadFile, path, "no columns 'query_id' and 'img_id'");
        return Ok(());
    };
    let grade_at = column(&["rel", "relevance"]);
    if grade_at.is_none() {
        builder.warnings.file(WarningKind::Missing, path, "no column 'rel'; this table has no judgements");
    }
    let split = split_of(path);
    // The column of each feature, if this table has it.
    let features: Vec<Option<usize>> = builder
        .dataset
        .feature_names
        .iter()
        .map(|name| table.headings.iter().position(|heading| heading.strip_suffix(FEATURE) == Some(name)))
        .collect();
    for row in &table.rows {
        let (query, image) = (row.fields[query_at].trim(), row.fields[image_at].trim());
        if query.is_empty() || image.is_empty() {
            builder.warnings.line(WarningKind::BadRow, path, row.line, "no query or no image in the row");
            continue;
        }
        let mut number = |what: &str, field: &str| {
            let number = values::number(field);
            if number.is_none() && !field.trim().is_empty() {
                let message = format!("{what} '{field}' of image '{image}' is not a finite number; taken as missing");
                builder.warnings.line(WarningKind::BadNumber, path, row.line, message);
            }
            number
        };
        let values: Vec<f32> = features
            .iter()
            .map(|at| at.and_then(|at| number(&table.headings[at], &row.fields[at])).map_or(f32::NAN, |x| x as f32))
            .collect();
        let graded = grade_at.filter(|&at| number("rel", &row.fields[at]).is_some());
        let grade = graded.map(|at| table.grade(row, at)).transpose()?;
        let query_index = builder.query(query);
        builder.dataset.queries[query_index].split = builder.dataset.queries[query_index].split.or(split);
        let image_index = builder.image(image);
        match builder.add_candidate(query_index, image_index, None) {
            Some(candidate) => {
                candidate.features = values;
                builder.judge_last(query_index, grade);
            }
            None => {
                let message = format!("duplicate image '{image}' in query '{query}'; the first row counts");
                builder.warnings.line(WarningKind::DuplicateId, path, row.line, message);
            }
        }
    }
    Ok(())
}

fn read_json(path: &Path, warnings: &mut Warnings) -> Option<Map<String, Value>> {
    let text = read_text_or_warn(path, warnings)?;
    match serde_json::from_str(&text) {
        Ok(map) => Some(map),
        Err(error) => {
            warnings.line(WarningKind::BadFile, path, error.line().max(1), format!("unexpected JSON: {error}"));
            None
        }
    }
}

fn read_queries(builder: &mut Builder, path: &Path) {
    for (id, text) in read_json(path, &mut builder.warnings).unwrap_or_default() {
        match (builder.find_query(&id), text) {
            (Some(query), Value::String(text)) => builder.dataset.queries[query].text = text,
            (Some(_), other) => {
                let message = format!("the text of query '{id}' is {other} instead of a string");
                builder.warnings.file(WarningKind::BadRow, path, message);
            }
            (None, _) => {
                let message = format!("query '{id}' has no interactions");
                builder.warnings.file(WarningKind::Missing, path, message);
            }
        }
    }
}

/// Official judgements: they replace the interactions' `rel`.
fn read_qrels(builder: &mut Builder, path: &Path) {
    for (id, grades) in read_json(path, &mut builder.warnings).unwrap_or_default() {
        let Some(query) = builder.find_query(&id) else {
            let message = format!("judgements of query '{id}', which has no interactions");
            builder.warnings.file(WarningKind::OrphanLabel, path, message);
            continue;
        };
        let Value::Object(grades) = grades else {
            let message = format!("the judgements of query '{id}' are not a list of images with grades");
            builder.warnings.file(WarningKind::BadRow, path, message);
            continue;
        };
        for (image, grade) in grades {
            let Some(grade) = grade.as_f64().filter(|grade| grade.fract() == 0.0) else {
                let message = format!("grade {grade} of image '{image}' in query '{id}' is not a whole number");
                builder.warnings.file(WarningKind::BadNumber, path, message);
                continue;
            };
            match builder.candidate_named(query, &image) {
                Some(candidate) => {
                    let grade = Some(Relevance(grade as i32)).filter(|grade| grade.is_judged());
                    builder.judgements.set(query, candidate, grade);
                }
                None => {
                    builder.judgements.set_other(query, &image, Relevance(grade as i32));
                    let message = format!("judged image '{image}' is not a candidate of query '{id}'");
                    builder.warnings.file(WarningKind::OrphanLabel, path, message);
                }
            }
        }
    }
}

/// The release has no pictures, so having none gives one warning, and missing some one each.
fn report_pictures(builder: &mut Builder, root: &Path) {
    let missing: Vec<String> = builder
        .dataset
        .images
        .iter()
        .filter(|image| image.file.is_none())
        .map(|image| format!("no picture of image '{}'", image.id))
        .collect();
    if missing.len() == builder.dataset.images.len() {
        builder.warnings.file(WarningKind::Missing, root, "this copy has no pictures of the images");
        return;
    }
    for message in missing {
        builder.warnings.file(WarningKind::MissingPicture, root, message);
    }
}
