//! An image and its metadata.
//!
//! Each field is a row of one table, from which follow the fields of [`Image`], the columns that the folder format
//! reads and what the hash of a data set covers.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::PathBuf;

use super::ids::ImageId;
use super::values;

/// Headings of a latitude's column.
pub(super) const LATITUDE: &[&str] = &["latitude", "lat"];
/// Headings of a longitude's column.
pub(super) const LONGITUDE: &[&str] = &["longitude", "lon", "lng", "long"];

/// Makes [`Image`] and [`FieldColumns`] from one table: the meaning, name and type of a field, the function that reads
/// it, its name in warnings, and the accepted headings of each of its columns.
macro_rules! fields {
    ($($(#[$doc:meta])* $field:ident: $type:ty = $read:path, $what:literal, [$($headings:expr),+];)*) => {
        /// One image and its metadata.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Image {
            /// Unique within the data set.
            pub id: ImageId,
            /// Path of its picture (absolute or relative to the current directory); `None` if it has none.
            pub file: Option<PathBuf>,
            $($(#[$doc])* pub $field: $type,)*
            /// Every other column of the files, by its heading (licence, author, …).
            pub columns: BTreeMap<String, String>,
        }

        impl Image {
            /// What it is called: its title, else its id.
            pub fn name(&self) -> &str {
                if self.title.is_empty() { self.id.as_str() } else { &self.title }
            }

            /// An image with only an id.
            pub fn new(id: ImageId) -> Self {
                Self { id, file: None, $($field: <$type>::default(),)* columns: BTreeMap::new() }
            }

            /// Visits the metadata as texts, for hashing: first each text field, then all other fields as one text.
            pub fn visit_metadata(&self, visit: &mut dyn FnMut(&str)) {
                let mut others = Vec::new();
                $(self.$field.visit(visit, &mut others);)*
                visit(&others.join(" "));
            }
        }

        /// The columns of each field in a table.
        pub(super) struct FieldColumns {
            $($field: [Option<usize>; [$(stringify!($headings)),+].len()],)*
        }

        impl FieldColumns {
            /// Looks up every column by its headings.
            pub fn find(mut column: impl FnMut(&[&str]) -> Option<usize>) -> Self {
                Self { $($field: [$(column($headings)),+],)* }
            }

            /// The columns that were found.
            pub fn all(&self) -> impl Iterator<Item = usize> {
                [$(&self.$field[..]),*].concat().into_iter().flatten()
            }

            /// Reads a row. `bad` gets the name and the value of each field that is invalid, hence unknown.
            pub fn read<'a>(
                &self,
                image: &mut Image,
                cell: impl Fn(usize) -> &'a str,
                bad: &mut dyn FnMut(&str, &str),
            ) {
                let cell = |column: Option<usize>| column.map_or("", &cell);
                $(image.$field = $read(self.$field.map(cell), &mut |value| bad($what, value));)*
            }
        }
    };
}

fields! {
    /// Short name; may be empty.
    title: String = text, "title", [&["title", "name"]];
    /// Longer text; may be empty.
    description: String = text, "description", [&["description", "desc", "text", "caption"]];
    /// User tags.
    tags: Vec<String> = tags, "tags", [&["tags", "keywords"]];
    /// When it was taken, in seconds since 1970-01-01 UTC.
    date: Option<i64> = date, "date", [&["date", "date_taken", "taken", "created"]];
    /// Views, clicks or the like; 0 or above.
    popularity: Option<f64> = count, "popularity", [&["popularity", "views", "clicks"]];
    /// Number of comments, where known.
    comments: Option<f64> = count, "number of comments", [&["comments", "nbcomments", "comment_count"]];
    /// Latitude and longitude in degrees, where known.
    location: Option<(f64, f64)> = values::location_of_fields, "latitude, longitude", [LATITUDE, LONGITUDE];
}

/// Receives invalid values.
type Bad<'a> = dyn FnMut(&str) + 'a;

fn text([cell]: [&str; 1], _: &mut Bad) -> String {
    cell.to_owned()
}

fn tags([cell]: [&str; 1], _: &mut Bad) -> Vec<String> {
    values::tags(cell)
}

fn date([cell]: [&str; 1], bad: &mut Bad) -> Option<i64> {
    let date = values::date(cell);
    if date.is_none() && !values::is_blank_date(cell) {
        bad(cell);
    }
    date
}

/// A number of 0 or above.
fn count([cell]: [&str; 1], bad: &mut Bad) -> Option<f64> {
    let count = values::number(cell).filter(|&number| number >= 0.0);
    if count.is_none() && !cell.is_empty() {
        bad(cell);
    }
    count
}

/// How [`Image::visit_metadata`] treats a field: texts are visited, anything else joins `others`.
trait Metadata {
    fn visit(&self, visit: &mut dyn FnMut(&str), others: &mut Vec<String>);
}

impl Metadata for String {
    fn visit(&self, visit: &mut dyn FnMut(&str), _: &mut Vec<String>) {
        visit(self);
    }
}

impl Metadata for Vec<String> {
    fn visit(&self, visit: &mut dyn FnMut(&str), _: &mut Vec<String>) {
        visit(&self.join("\u{1f}"));
    }
}

impl<T: Debug> Metadata for Option<T> {
    fn visit(&self, _: &mut dyn FnMut(&str), others: &mut Vec<String>) {
        others.push(format!("{self:?}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::table::plain;

    #[test]
    fn no_heading_belongs_to_two_fields() {
        let mut seen: Vec<String> = Vec::new();
        FieldColumns::find(|headings| {
            seen.extend(headings.iter().map(|heading| plain(heading)));
            None
        });
        let count = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), count, "{seen:?}");
    }

    #[test]
    fn every_field_is_part_of_the_metadata() {
        let metadata = |change: &dyn Fn(&mut Image)| {
            let mut image = Image::new(ImageId::from("a"));
            change(&mut image);
            let mut texts = Vec::new();
            image.visit_metadata(&mut |text| texts.push(text.to_owned()));
            texts
        };
        assert_eq!(metadata(&|_| {}), ["", "", "", "None None None None"]);
        let all = metadata(&|image| {
            (image.title, image.description) = ("mill".to_owned(), "old".to_owned());
            image.tags = vec!["water".to_owned(), "wind".to_owned()];
            (image.date, image.popularity, image.comments) = (Some(-1), Some(2.5), Some(3.0));
            image.location = Some((50.5, 4.0));
        });
        assert_eq!(all, ["mill", "old", "water\u{1f}wind", "Some(-1) Some(2.5) Some(3.0) Some((50.5, 4.0))"]);
    }
}
