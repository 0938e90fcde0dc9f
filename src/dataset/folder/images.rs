//! `images.csv`: the metadata of each image.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::columns;
use crate::dataset::build::Builder;
use crate::dataset::table::{Row, Table};
use crate::dataset::walk::{Pictures, stem_of_name};
use crate::dataset::warnings::Warnings;
use crate::dataset::{Image, ImageId, WarningKind, values};

/// The positions of the known columns in a table.
struct Columns {
    id: Option<usize>,
    file: Option<usize>,
    title: Option<usize>,
    description: Option<usize>,
    tags: Option<usize>,
    date: Option<usize>,
    popularity: Option<usize>,
    comments: Option<usize>,
    latitude: Option<usize>,
    longitude: Option<usize>,
    /// Everything else.
    other: Vec<usize>,
}

impl Columns {
    fn of(table: &Table) -> Self {
        let mut columns = Self {
            id: table.column(columns::ID),
            file: table.column(columns::FILE),
            title: table.column(columns::TITLE),
            description: table.column(columns::DESCRIPTION),
            tags: table.column(columns::TAGS),
            date: table.column(columns::DATE),
            popularity: table.column(columns::POPULARITY),
            comments: table.column(columns::COMMENTS),
            latitude: table.column(columns::LATITUDE),
            longitude: table.column(columns::LONGITUDE),
            other: Vec::new(),
        };
        let known: HashSet<usize> = [
            columns.id,
            columns.file,
            columns.title,
            columns.description,
            columns.tags,
            columns.date,
            columns.popularity,
            columns.comments,
            columns.latitude,
            columns.longitude,
        ]
        .into_iter()
        .flatten()
        .collect();
        columns.other = (0..table.headings.len()).filter(|column| !known.contains(column)).collect();
        columns
    }
}

/// Reads the images of a table.
pub(super) fn read(builder: &mut Builder, path: &Path, pictures: &Pictures, root: &Path) {
    let Some(table) = Table::read_or_warn(path, &mut builder.warnings) else { return };
    let columns = Columns::of(&table);
    if columns.id.is_none() && columns.file.is_none() {
        return builder.warnings.file(WarningKind::BadFile, path, "neither a column 'id' nor a column 'file'");
    }
    for row in &table.rows {
        let Some(mut image) = image(row, &columns, &table, &mut builder.warnings) else { continue };
        let named = columns.file.map(|at| row.fields[at].trim()).filter(|file| !file.is_empty());
        image.file = find_picture(named.unwrap_or(image.id.as_str()), pictures, root);
        if image.file.is_none() && (named.is_some() || !pictures.paths().is_empty()) {
            let message = format!("no picture '{}' of image '{}'", named.unwrap_or(image.id.as_str()), image.id);
            builder.warnings.line(WarningKind::MissingPicture, path, row.line, message);
        }
        let id = image.id.clone();
        if builder.add_image(image).is_none() {
            let message = format!("duplicate image '{id}'; the first row counts");
            builder.warnings.line(WarningKind::DuplicateId, path, row.line, message);
        }
    }
    if pictures.paths().is_empty() && !builder.dataset.images.iter().any(|image| image.file.is_some()) {
        builder.warnings.file(WarningKind::Missing, root, "this folder has no pictures");
    }
}

/// A picture below the folder, or at an absolute path or one leading out of the folder.
fn find_picture(name: &str, pictures: &Pictures, root: &Path) -> Option<PathBuf> {
    let found = pictures.find(name).cloned();
    found.or_else(|| Some(root.join(name)).filter(|path| (name.contains(['/', '\\'])) && path.is_file()))
}

fn image(row: &Row, columns: &Columns, table: &Table, warnings: &mut Warnings) -> Option<Image> {
    let field = |column: Option<usize>| column.map_or("", |at| row.fields[at].trim());
    let id = match (field(columns.id), field(columns.file)) {
        ("", "") => {
            warnings.line(WarningKind::BadRow, &table.path, row.line, "a row without an id or a file");
            return None;
        }
        ("", file) => stem_of_name(file),
        (id, _) => id,
    };
    let mut image = Image::new(ImageId::from(id));
    image.title = field(columns.title).to_owned();
    image.description = field(columns.description).to_owned();
    image.tags = values::tags(field(columns.tags));
    let mut bad = |what: &str, value: &str| {
        let message = format!("{what} '{value}' of image '{id}' is invalid; taken as unknown");
        warnings.line(WarningKind::BadNumber, &table.path, row.line, message);
    };
    let date = field(columns.date);
    image.date = values::date(date);
    if image.date.is_none() && !values::is_blank_date(date) {
        bad("date", date);
    }
    let mut amount = |what: &str, column: Option<usize>| {
        let value = field(column);
        let number = values::number(value).filter(|&number| number >= 0.0);
        if number.is_none() && !value.is_empty() {
            bad(what, value);
        }
        number
    };
    image.popularity = amount("popularity", columns.popularity);
    image.comments = amount("number of comments", columns.comments);
    image.location = values::location_of_fields(field(columns.latitude), field(columns.longitude), &mut bad);
    let other = columns.other.iter().filter(|&&at| !table.headings[at].is_empty() && !row.fields[at].is_empty());
    image.columns = other.map(|&at| (table.headings[at].clone(), row.fields[at].clone())).collect();
    Some(image)
}
