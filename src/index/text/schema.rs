//! The fields of the text index.

use std::collections::BTreeMap;

use tantivy::TantivyDocument;
use tantivy::schema::{
    FAST, Field, IndexRecordOption, JsonObjectOptions, OwnedValue, STORED, STRING, Schema, TextFieldIndexing,
    TextOptions,
};

use crate::dataset::synthetic::civil_date;
use crate::index::words::{Picture, Words};

/// The analyser's name in the index.
pub(super) const ANALYSER: &str = "words";

/// Fields that are searched, with what of a picture's words they hold.
type Texts = fn(&Words) -> Vec<&str>;

/// Names as they are typed in `field:word`.
const TEXTS: [(&str, Texts); 8] = [
    ("title", |words| vec![&words.title]),
    ("description", |words| vec![&words.description]),
    ("captions", |words| words.captions.iter().map(String::as_str).collect()),
    ("tags", |words| words.tags.iter().map(String::as_str).collect()),
    ("places", |words| words.places.iter().map(String::as_str).collect()),
    ("name", |words| vec![&words.name]),
    ("folders", |words| words.folders.iter().map(String::as_str).collect()),
    ("other", |words| {
        let columns = words.columns.iter().map(|(_, value)| value.as_str());
        columns.chain([words.author.as_str(), words.license.as_str()]).collect()
    }),
];

/// All texts of a picture that are searched.
pub(super) fn texts(words: &Words) -> impl Iterator<Item = &str> {
    TEXTS.iter().flat_map(|(_, texts)| texts(words))
}

/// The fields of the text index.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    /// The picture's path, which identifies it.
    pub path: Field,
    /// The picture as JSON.
    pub picture: Field,
    /// Bytes, time, and the hashes of what lies beside it and of tables, as [`crate::index::Stamp`] has them.
    pub stamp: [Field; 4],
    /// Each field that is searched, by its name.
    pub texts: Vec<(&'static str, Field)>,
    /// Authors, licences and columns of tables by name.
    pub columns: Field,
}

/// Names of the fields of the stamp.
pub(super) const STAMP: [&str; 4] = ["bytes", "modified", "beside", "rows"];

impl Fields {
    /// The fields and the schema that has them.
    pub fn new() -> (Self, Schema) {
        let mut schema = Schema::builder();
        let indexing = || {
            let indexing = TextFieldIndexing::default().set_tokenizer(ANALYSER);
            indexing.set_index_option(IndexRecordOption::WithFreqsAndPositions)
        };
        let text = TextOptions::default().set_indexing_options(indexing());
        let path = schema.add_text_field("path", STRING | FAST);
        let picture = schema.add_bytes_field("picture", STORED);
        let stamp = STAMP.map(|name| schema.add_u64_field(name, FAST));
        let texts = TEXTS.iter().map(|(name, _)| (*name, schema.add_text_field(name, text.clone()))).collect();
        let columns = JsonObjectOptions::default().set_indexing_options(indexing());
        let columns = schema.add_json_field("columns", columns);
        (Self { path, picture, stamp, texts, columns }, schema.build())
    }

    /// A picture as a document.
    ///
    /// # Errors
    /// If it cannot be written as JSON.
    pub fn document(&self, picture: &Picture) -> Result<TantivyDocument, serde_json::Error> {
        let mut document = TantivyDocument::new();
        document.add_text(self.path, &picture.path);
        document.add_bytes(self.picture, &serde_json::to_vec(picture)?);
        let stamp = picture.stamp;
        for (field, number) in self.stamp.iter().zip([stamp.bytes, stamp.modified as u64, stamp.beside, stamp.rows]) {
            document.add_u64(*field, number);
        }
        let words = &picture.words;
        for ((_, field), (_, texts)) in self.texts.iter().zip(TEXTS) {
            texts(words).into_iter().filter(|text| !text.is_empty()).for_each(|text| document.add_text(*field, text));
        }
        let mut columns: BTreeMap<String, Vec<OwnedValue>> = BTreeMap::new();
        for (name, value) in named_values(words) {
            columns.entry(name).or_default().push(OwnedValue::Str(value));
        }
        let columns = columns.into_iter().map(|(name, values)| (name, OwnedValue::Array(values)));
        document.add_object(self.columns, columns.collect());
        Ok(document)
    }
}

/// Columns of tables, author, licence and year by their names as they are typed.
fn named_values(words: &Words) -> Vec<(String, String)> {
    let columns = words.columns.iter().map(|(name, value)| (column_name(name), value.clone()));
    let own = [("author", words.author.clone()), ("license", words.license.clone())];
    let own = own.map(|(name, value)| (name.to_owned(), value));
    let year = words.date.map(|date| ("year".to_owned(), year(date)));
    columns.chain(own).chain(year).filter(|(_, value)| !value.is_empty()).collect()
}

/// The year of a time in seconds since 1970-01-01 UTC.
fn year(seconds: i64) -> String {
    let date = civil_date(seconds.div_euclid(86_400));
    let end = date.rfind('-').and_then(|day| date[..day].rfind('-')).unwrap_or(date.len());
    date[..end].to_owned()
}

/// What pictures can be narrowed by: columns of tables, author, licence, year, folders and places.
pub(super) fn columns_of(words: &Words) -> Vec<(String, String)> {
    let several = [("folders", &words.folders), ("places", &words.places)];
    let several = several.into_iter().flat_map(|(name, values)| {
        values.iter().map(move |value| (name.to_owned(), value.clone())).collect::<std::collections::BTreeSet<_>>()
    });
    named_values(words).into_iter().chain(several).filter(|(_, value)| !value.trim().is_empty()).collect()
}

/// The texts in which a word is looked for: of a field, of a column, or all.
pub(super) fn texts_of(words: &Words, field: Option<&str>) -> Vec<String> {
    let owned = |texts: Texts| texts(words).into_iter().map(str::to_owned).collect::<Vec<String>>();
    match field {
        None => TEXTS.iter().flat_map(|(_, texts)| owned(*texts)).collect(),
        Some(field) => match TEXTS.iter().find(|(name, _)| *name == field) {
            Some((_, texts)) => owned(*texts),
            None => {
                let name = column_name(field);
                named_values(words).into_iter().filter(|(known, _)| *known == name).map(|(_, value)| value).collect()
            }
        },
    }
}

/// A column's name as it is typed and indexed: in lower case, with `_` for everything but letters and digits.
pub(super) fn column_name(heading: &str) -> String {
    heading.trim().to_lowercase().chars().map(|letter| if letter.is_alphanumeric() { letter } else { '_' }).collect()
}
