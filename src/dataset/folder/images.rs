//! `images.csv`: the metadata of each image.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::columns;
use crate::dataset::build::Builder;
use crate::dataset::metadata::FieldColumns;
use crate::dataset::reach::ADVICE;
use crate::dataset::shards::shard_of;
use crate::dataset::table::{Row, Table};
use crate::dataset::walk::{Pictures, stem_of_name};
use crate::dataset::warnings::{Warnings, owned};
use crate::dataset::{Image, ImageId, WarningKind};

/// The positions of the known columns in a table.
struct Columns {
    id: Option<usize>,
    file: Option<usize>,
    fields: FieldColumns,
    /// Everything else.
    other: Vec<usize>,
}

impl Columns {
    fn of(table: &Table) -> Self {
        let (id, file) = (table.column(columns::ID), table.column(columns::FILE));
        let fields = FieldColumns::find(|headings| table.column(headings));
        let known: HashSet<usize> = id.into_iter().chain(file).chain(fields.all()).collect();
        let other = (0..table.headings.len()).filter(|column| !known.contains(column)).collect();
        Self { id, file, fields, other }
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
        if let Some(file) = image
            .file
            .take_if(|file| !builder.dataset.reach.admits(&shard_of(file).unwrap_or_else(|| owned(file)), root))
        {
            let message = format!(
                "the picture of image '{}' is left out, as its path leads out of the data set's folder, to {} ({ADVICE})",
                image.id,
                file.display()
            );
            builder.warnings.line(WarningKind::Outside, path, row.line, message);
        } else if image.file.is_none() && (named.is_some() || !pictures.paths().is_empty()) {
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

/// The picture of this name: one that was listed, or one at a path from the folder, which may lead into a shard.
fn find_picture(name: &str, pictures: &Pictures, root: &Path) -> Option<PathBuf> {
    let found = pictures.find(name).cloned();
    let is_there = |path: &PathBuf| path.is_file() || shard_of(path).is_some();
    found.or_else(|| Some(root.join(name)).filter(|path| name.contains(['/', '\\']) && is_there(path)))
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
    columns.fields.read(&mut image, |at| row.fields[at].trim(), &mut |what, value| {
        let message = format!("{what} '{value}' of image '{id}' is invalid; taken as unknown");
        warnings.line(WarningKind::BadNumber, &table.path, row.line, message);
    });
    let other = columns.other.iter().filter(|&&at| !table.headings[at].is_empty() && !row.fields[at].is_empty());
    image.columns = other.map(|&at| (table.headings[at].clone(), row.fields[at].clone())).collect();
    Some(image)
}
