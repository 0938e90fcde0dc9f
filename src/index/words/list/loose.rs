//! Text and JSON files that are named after no picture: tables by another name, lists of links, COCO's annotations.

use std::io::Read;
use std::path::Path;

use crate::base::open_file;
use crate::dataset::decode_text;
use crate::dataset::walk::extension;
use crate::index::words::listing::{Listed, Listing, Table, TableKind};
use crate::index::words::lookup::{Lookup, Named};

/// Files that are looked into; a folder of labels may hold as many as there are pictures.
const MOST: usize = 500;
/// Bytes and lines of each.
const START: u64 = 16 << 10;
const LINES: usize = 20;

/// Sorts the files in; what speaks of no picture is counted among the others.
pub(super) fn sort_in(listing: &mut Listing, files: Vec<Listed>) {
    listing.others += files.len();
    let root = listing.root.clone();
    let mut lookup = None;
    let mut tables = Vec::new();
    for file in files.into_iter().take(MOST) {
        let kind = match extension(Path::new(&file.path)).as_str() {
            "json" => (file.bytes > 2).then_some(TableKind::Json),
            "txt" | "caption" | "token" => {
                let lookup = lookup.get_or_insert_with(|| {
                    Lookup::of(listing.pictures.iter().map(|picture| picture.path.as_str()).collect())
                });
                start_of(&root.join(&file.path)).and_then(|start| kind_of(&start, &file.path, lookup))
            }
            _ => None,
        };
        tables.extend(kind.map(|kind| Table { file, kind }));
    }
    listing.others -= tables.len();
    listing.tables.extend(tables);
}

fn start_of(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    open_file(path).ok()?.take(START).read_to_end(&mut bytes).ok()?;
    Some(decode_text(bytes))
}

/// The kind of a text file: a table if a field in its first lines names a picture, a list of links if most lines are.
fn kind_of(start: &str, path: &str, lookup: &Lookup) -> Option<TableKind> {
    let lines: Vec<&str> = start.lines().map(str::trim).filter(|line| !line.is_empty()).take(LINES).collect();
    let links = lines.iter().filter(|line| line.starts_with("http://") || line.starts_with("https://")).count();
    if links > 0 && links * 2 >= lines.len() {
        return Some(TableKind::Links);
    }
    let names_a_picture = |line: &&str| {
        let fields = line.split(['\t', ',', '|', ';']);
        line.contains(['\t', ',', '|', ';']) && fields.take(4).any(|field| lookup.find(field, path) != Named::None)
    };
    lines.iter().any(names_a_picture).then_some(TableKind::Delimited)
}
