//! A photo: its metadata, and what is drawn for it.

/// A photo as far as the generator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// Its title; may be empty.
    pub title: String,
    /// Its description; may be empty.
    pub description: String,
    /// The album it was uploaded to; batch tags apply to whole albums.
    pub album: String,
    /// Names of the concepts it truly shows, the main one first.
    pub concepts: Vec<String>,
}

/// What the generator draws for one photo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// User tags, each once.
    pub tags: Vec<String>,
    /// The day of the upload, in days since 1970-01-01.
    pub day: i64,
    /// How often the photo was viewed.
    pub views: u64,
    /// Number of comments.
    pub comments: u64,
    /// The page that shows it; pages are what the text search indexes besides the photo's own words.
    pub page: usize,
}
