//! Queries and their candidates: `queries.csv`, `candidates.csv`, `clusters.csv`.

use std::path::Path;

use super::columns;
use crate::base::FileError;
use crate::dataset::build::Builder;
use crate::dataset::metadata::{LATITUDE, LONGITUDE};
use crate::dataset::table::{Row, Table, plain};
use crate::dataset::walk::{Pictures, stem_of_name};
use crate::dataset::warnings::Warnings;
use crate::dataset::{Split, WarningKind, values};

const FEATURE: &str = "feature";

/// Reads the queries, and the candidates where the table has a column of images.
///
/// # Errors
/// If a grade is not a whole number ([`Table::grade`]).
pub(super) fn read_queries(
    builder: &mut Builder,
    path: &Path,
    pictures: &Pictures,
    root: &Path,
) -> Result<(), FileError> {
    let Some(table) = Table::read_or_warn(path, &mut builder.warnings) else { return Ok(()) };
    let image = table.column(columns::IMAGE);
    // With a column of images, `query` names the query; in a bare list of queries it may also be its text.
    let id = if image.is_some() { table.column(columns::QUERY) } else { None };
    let text = table.column(columns::QUERY_TEXT);
    let Some(id) = id.or_else(|| table.column(columns::QUERY_ID)).or(text) else {
        builder.warnings.file(WarningKind::BadFile, path, "no column 'id' or 'query'");
        return Ok(());
    };
    // With both an `id` and a `query`, the latter is the text.
    let text = text.or_else(|| table.column(columns::QUERY)).unwrap_or(id);
    let narrative = table.column(columns::NARRATIVE);
    let split = table.column(columns::SPLIT);
    let place = [LATITUDE, LONGITUDE].map(|headings| table.column(headings));
    for row in &table.rows {
        let name = row.fields[id].trim();
        if name.is_empty() {
            builder.warnings.line(WarningKind::BadRow, path, row.line, "a row without a query");
            continue;
        }
        if builder.find_query(name).is_some() {
            if image.is_none() {
                let message = format!("duplicate query '{name}'; the first row counts");
                builder.warnings.line(WarningKind::DuplicateId, path, row.line, message);
            }
            continue;
        }
        let query = builder.query(name);
        let field = |column: Option<usize>| column.map_or("", |at| row.fields[at].trim());
        let Builder { dataset, warnings, .. } = &mut *builder;
        let entry = &mut dataset.queries[query];
        if !field(Some(text)).is_empty() {
            entry.text = field(Some(text)).to_owned();
        }
        field(narrative).clone_into(&mut entry.narrative);
        entry.split = split_named(field(split), path, row.line, warnings);
        entry.location = values::location_of_fields(place.map(field), &mut |value| {
            let message = format!("latitude, longitude '{value}' of query '{name}' is invalid; taken as unknown");
            warnings.line(WarningKind::BadNumber, path, row.line, message);
        });
    }
    image.map_or(Ok(()), |image| take_candidates(builder, &table, (id, image), pictures, root))
}

fn split_named(name: &str, path: &Path, line: usize, warnings: &mut Warnings) -> Option<Split> {
    match name.to_lowercase().as_str() {
        "" => None,
        "train" | "training" => Some(Split::Train),
        "validation" | "valid" | "val" | "dev" => Some(Split::Validation),
        "test" | "testing" => Some(Split::Test),
        _ => {
            let message = format!("split '{name}' is not train, validation or test; left open");
            warnings.line(WarningKind::BadRow, path, line, message);
            None
        }
    }
}

/// Reads a table of candidates.
///
/// # Errors
/// If a grade is not a whole number ([`Table::grade`]).
pub(super) fn read_candidates(
    builder: &mut Builder,
    path: &Path,
    pictures: &Pictures,
    root: &Path,
) -> Result<(), FileError> {
    let Some(table) = Table::read_or_warn(path, &mut builder.warnings) else { return Ok(()) };
    match (table.column(columns::QUERY), table.column(columns::IMAGE).or_else(|| table.column(columns::ID))) {
        (Some(query), Some(image)) => take_candidates(builder, &table, (query, image), pictures, root),
        _ => {
            builder.warnings.file(WarningKind::BadFile, path, "no columns 'query' and 'image'");
            Ok(())
        }
    }
}

/// Adds the candidates of a table; `at` are its query and image columns.
fn take_candidates(
    builder: &mut Builder,
    table: &Table,
    at: (usize, usize),
    pictures: &Pictures,
    root: &Path,
) -> Result<(), FileError> {
    let features = new_features(builder, table);
    let rank = table.column(columns::RANK);
    let relevance = table.column(columns::RELEVANCE);
    let cluster = table.column(columns::CLUSTER);
    let path = &table.path;
    let queries_given = !builder.dataset.queries.is_empty();
    for row in &table.rows {
        let field = |column: usize| row.fields[column].trim();
        let (query, image) = (field(at.0), field(at.1));
        if query.is_empty() || image.is_empty() {
            builder.warnings.line(WarningKind::BadRow, path, row.line, "no query or no image in the row");
            continue;
        }
        if queries_given && builder.find_query(query).is_none() {
            let message = format!("query '{query}' is not in the table of queries; added");
            builder.warnings.line(WarningKind::Missing, path, row.line, message);
        }
        let query_index = builder.query(query);
        let image_index = image_named(builder, image, pictures, root, (path, row.line));
        let mut number = |what: &str, value: &str| {
            let number = values::number(value);
            if number.is_none() && !value.is_empty() {
                let message = format!("{what} '{value}' of image '{image}' is not a finite number; taken as missing");
                builder.warnings.line(WarningKind::BadNumber, path, row.line, message);
            }
            number
        };
        let values: Vec<(usize, f32)> = features
            .iter()
            .filter_map(|&(column, feature)| Some((feature, number(&table.headings[column], field(column))? as f32)))
            .collect();
        let rank = rank.and_then(|at| number("rank", field(at))).filter(|&rank| (1.0..4e9).contains(&rank));
        let graded = relevance.filter(|&at| number("relevance", field(at)).is_some());
        let grade = graded.map(|at| table.grade(row, at)).transpose()?;
        let clusters = cluster.map(|at| clusters_named(builder, query_index, field(at))).unwrap_or_default();
        let Some(candidate) = builder.add_candidate(query_index, image_index, rank.map(|rank| rank as u32)) else {
            let message = format!("duplicate image '{image}' in query '{query}'; the first row counts");
            builder.warnings.line(WarningKind::DuplicateId, path, row.line, message);
            continue;
        };
        candidate.clusters = clusters;
        for (feature, value) in values {
            candidate.features[feature] = value;
        }
        builder.judge_last(query_index, grade);
    }
    Ok(())
}

/// Adds the table's features; returns the column and the feature index of each.
fn new_features(builder: &mut Builder, table: &Table) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    for (column, heading) in table.headings.iter().enumerate() {
        if !plain(heading).ends_with(FEATURE) || plain(heading) == FEATURE {
            continue;
        }
        let shown: String = heading.chars().take(heading.chars().count() - FEATURE.len()).collect();
        let name = shown.trim_end_matches(['_', '-', ' ']).to_owned();
        let names = &mut builder.dataset.feature_names;
        let place = names.iter().position(|known| *known == name).unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        places.push((column, place));
    }
    let width = builder.dataset.feature_names.len();
    for candidate in builder.dataset.queries.iter_mut().flat_map(|query| &mut query.candidates) {
        candidate.features.resize(width, f32::NAN);
    }
    places
}

/// The image that a row names: one in the table of images, by its id or file, else a picture in the folder. An unknown
/// image is added with only its name, with a warning.
fn image_named(builder: &mut Builder, name: &str, pictures: &Pictures, root: &Path, at: (&Path, usize)) -> usize {
    let picture = pictures.find(name);
    let named = [name, stem_of_name(name)].into_iter().find_map(|name| builder.find_image(name));
    if let Some(image) = named {
        return image;
    }
    if let Some(path) = picture {
        let same_file = builder.dataset.images.iter().position(|image| image.file.as_ref() == Some(path));
        return same_file.unwrap_or_else(|| {
            let image = builder.image(&pictures.id_of(path, root));
            builder.dataset.images[image].file = Some(path.clone());
            image
        });
    }
    let message = format!("image '{name}' is neither in the table of images nor a picture in the folder");
    builder.warnings.line(WarningKind::MissingPicture, at.0, at.1, message);
    builder.image(name)
}

/// Clusters of one candidate, separated by `;`, `,` or spaces. A number is a cluster's number, a word its name.
fn clusters_named(builder: &mut Builder, query: usize, field: &str) -> Vec<u32> {
    values::tags(field).iter().map(|name| cluster_named(builder, query, name)).collect()
}

fn cluster_named(builder: &mut Builder, query: usize, name: &str) -> u32 {
    let clusters = &mut builder.dataset.queries[query].clusters;
    let number = name.parse().ok().or_else(|| clusters.iter().find(|(_, known)| *known == name).map(|(&key, _)| key));
    match number {
        Some(number) => {
            clusters.entry(number).or_default();
            number
        }
        None => {
            let number = (1..).find(|number| !clusters.contains_key(number)).unwrap_or(u32::MAX);
            clusters.insert(number, name.to_owned());
            number
        }
    }
}

/// Reads the names of clusters and, where the table has images, their members.
pub(super) fn read_clusters(builder: &mut Builder, path: &Path) {
    let Some(table) = Table::read_or_warn(path, &mut builder.warnings) else { return };
    let (Some(query_at), Some(cluster_at)) = (table.column(columns::QUERY), table.column(columns::CLUSTER)) else {
        return builder.warnings.file(WarningKind::BadFile, path, "no columns 'query' and 'cluster'");
    };
    let (image_at, name_at) = (table.column(columns::IMAGE), table.column(columns::CLUSTER_NAME));
    for row in &table.rows {
        read_cluster_row(builder, path, row, (query_at, cluster_at, image_at, name_at));
    }
}

type ClusterColumns = (usize, usize, Option<usize>, Option<usize>);

fn read_cluster_row(builder: &mut Builder, path: &Path, row: &Row, at: ClusterColumns) {
    let (query_at, cluster_at, image_at, name_at) = at;
    let field = |column: usize| row.fields[column].trim();
    let Some(query) = builder.find_query(field(query_at)) else {
        let message = format!("a cluster of unknown query '{}'", field(query_at));
        return builder.warnings.line(WarningKind::OrphanLabel, path, row.line, message);
    };
    if field(cluster_at).is_empty() {
        return builder.warnings.line(WarningKind::BadRow, path, row.line, "a row without a cluster");
    }
    let cluster = cluster_named(builder, query, field(cluster_at));
    if let Some(name) = name_at.map(field).filter(|name| !name.is_empty()) {
        builder.dataset.queries[query].clusters.insert(cluster, name.to_owned());
    }
    let Some(image) = image_at.map(field).filter(|image| !image.is_empty()) else { return };
    match builder.candidate_mut(query, image) {
        Some(candidate) => candidate.clusters.push(cluster),
        None => {
            let message = format!("image '{image}' is not a candidate of query '{}'", field(query_at));
            builder.warnings.line(WarningKind::OrphanLabel, path, row.line, message);
        }
    }
}
