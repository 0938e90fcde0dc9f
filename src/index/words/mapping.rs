//! What the columns of tables mean.

use serde::{Deserialize, Serialize};

use crate::base::named;

/// What a column, or a text, is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The picture that the row speaks of: a path, a name with or without ending, a link.
    Picture,
    /// Short name.
    Title,
    /// Longer text.
    Description,
    /// One of several texts.
    Caption,
    /// One keyword.
    Tag,
    /// Keywords, separated by `;`, `,` or spaces.
    Tags,
    /// Name of where it was taken.
    Place,
    /// When it was taken.
    Date,
    /// In degrees.
    Latitude,
    /// In degrees.
    Longitude,
    /// Who made it.
    Author,
    /// Licence or copyright notice.
    License,
    /// A value to filter by.
    Facet,
    /// Of no use.
    Ignored,
}

named!(
    Role, "role of a column":
    Picture = "picture",
    Title = "title",
    Description = "description",
    Caption = "caption",
    Tag = "tag",
    Tags = "tags",
    Place = "place",
    Date = "date",
    Latitude = "latitude",
    Longitude = "longitude",
    Author = "author",
    License = "license",
    Facet = "facet",
    Ignored = "ignored",
);

/// What the columns of a collection's tables mean.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// One entry a table. Tables without an entry are read as guessed.
    pub tables: Vec<TableMapping>,
}

/// What the columns of a table mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableMapping {
    /// The table's path below the pictures' folder.
    pub path: String,
    /// Whether its first row holds the headings, for CSV and the like.
    pub has_headings: bool,
    /// Its columns, in order.
    pub columns: Vec<Column>,
}

/// What a column means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its heading; `column 1` and so on where the table has none.
    pub heading: String,
    /// Its meaning.
    pub role: Role,
}

impl Mapping {
    /// The entry of a table by its path.
    pub fn of(&self, path: &str) -> Option<&TableMapping> {
        self.tables.iter().find(|table| table.path == path)
    }
}

impl TableMapping {
    /// The column that names the picture.
    pub fn picture(&self) -> Option<usize> {
        self.columns.iter().position(|column| column.role == Role::Picture)
    }
}
