//! What the columns of tables mean.

use serde::{Deserialize, Serialize};

use crate::base::{ContentHash, named};

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
    /// Headings of columns that are captions in every table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub captions: Vec<String>,
}

/// What the columns of a table mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableMapping {
    /// The table's path below the pictures' folder.
    pub path: String,
    /// Whether its first row holds the headings, for CSV and the like.
    pub has_headings: bool,
    /// Its columns by heading. Others are read as guessed.
    pub columns: Vec<Column>,
    /// A hash of the rest as it was guessed: an entry that agrees with it is guessed anew when the table has changed, one
    /// that was edited since, or has none, stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guessed: Option<String>,
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
    /// The entry of a table by its path, if a person made or edited it.
    pub fn of(&self, path: &str) -> Option<&TableMapping> {
        self.tables.iter().find(|table| table.path == path && !table.is_guessed())
    }

    /// With these guesses in place of earlier ones.
    pub(in crate::index) fn with_guesses(&self, guesses: Vec<TableMapping>) -> Self {
        let mut tables: Vec<TableMapping> = self.tables.iter().filter(|table| !table.is_guessed()).cloned().collect();
        tables.extend(guesses.into_iter().filter(|guess| self.of(&guess.path).is_none()));
        tables.sort_by(|one, other| one.path.cmp(&other.path));
        Self { tables, captions: self.captions.clone() }
    }
}

impl TableMapping {
    /// The same, marked as guessed.
    pub(super) fn into_guess(mut self) -> Self {
        self.guessed = Some(self.hash());
        self
    }

    /// Whether nobody has looked at it.
    pub fn is_guessed(&self) -> bool {
        self.guessed.as_ref().is_some_and(|guessed| *guessed == self.hash())
    }

    /// The column that names the picture.
    pub fn picture(&self) -> Option<usize> {
        self.columns.iter().position(|column| column.role == Role::Picture)
    }

    /// The role of a column.
    pub(super) fn role(&self, heading: &str) -> Option<Role> {
        self.columns.iter().find(|column| column.heading == heading).map(|column| column.role)
    }

    fn hash(&self) -> String {
        let mut hash = ContentHash::default();
        hash.number(u64::from(self.has_headings));
        for column in &self.columns {
            hash.text(&column.heading);
            hash.text(column.role.name());
        }
        hash.finish()[..16].to_owned()
    }
}
