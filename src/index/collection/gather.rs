//! From candidates to the values that all other rooms work on.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::Collection;
use crate::base::At;
use crate::dataset::{
    self, Dataset, Image, ImageId, Initial, Judgements, Loaded, Moves, NewQuery, Reach, Split, VectorTable, Warning,
    add_query, empty_collection, keep_query,
};
use crate::index::candidates::{Candidates, FoundPicture};
use crate::index::vectors::VectorSet;
use crate::index::{IndexError, Picture};

/// A collection's queries with their candidates, as a data set.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// The queries that were kept, if they were asked for, and the query at hand. Its images are the candidates of all.
    pub dataset: Dataset,
    /// The judgements in the files: none. Those of the desk lie where those of any data set do.
    pub judgements: Judgements,
    /// The vectors of the images; of none without a set.
    pub vectors: VectorTable,
    /// The position of the query at hand.
    pub query: usize,
    /// Problems in the files of kept queries.
    pub warnings: Vec<Warning>,
}

impl Collection {
    /// The queries that were kept, as a data set: what [`dataset::open`] makes of the collection's folder.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn kept(&self) -> Result<Loaded, IndexError> {
        Ok(dataset::open_within(self.folder(), Reach::following(self.manifest().follow))?)
    }

    /// A data set of the collection without any query.
    ///
    /// # Errors
    /// If the collection's description cannot be read.
    pub fn without_queries(&self) -> Result<Loaded, IndexError> {
        Ok(empty_collection(self.folder())?)
    }

    /// A query and its candidates as one of a data set.
    pub fn query(&self, id: &str, text: &str, split: Option<Split>, candidates: &Candidates) -> NewQuery {
        let initial = |found: &FoundPicture| Initial {
            image: self.image(&found.picture),
            text: found.text_score,
            like: found.like().map(str::to_owned),
        };
        let candidates = candidates.list.iter().map(initial).collect();
        NewQuery { id: id.to_owned(), text: text.to_owned(), split, candidates }
    }

    /// Adds the query at hand to a data set of this collection ([`Collection::kept`], [`Collection::without_queries`]), in
    /// place of one of the same name, with the vectors of all images.
    ///
    /// # Errors
    /// If vectors cannot be read.
    pub fn gather(&self, onto: Loaded, query: &NewQuery, vectors: Option<&VectorSet>) -> Result<Gathered, IndexError> {
        let mut loaded = onto;
        let query = add_query(&mut loaded, query);
        let vectors = self.table(&loaded.dataset, vectors)?;
        let Loaded { dataset, judgements, warnings } = loaded;
        Ok(Gathered { dataset, judgements, vectors, query, warnings })
    }

    /// The vectors of a data set's images, which are named by their paths.
    ///
    /// # Errors
    /// If vectors cannot be read.
    pub fn table(&self, dataset: &Dataset, vectors: Option<&VectorSet>) -> Result<VectorTable, IndexError> {
        let Some(vectors) = vectors else { return Ok(VectorTable::none(dataset.images.len())) };
        let mut table = VectorTable::new(&vectors.info().name, vectors.info().dim, dataset.images.len());
        for (at, image) in dataset.images.iter().enumerate() {
            if let Some(vector) = vectors.get(image.id.as_str())? {
                table.set(at, &vector).at(self.folder())?;
            }
        }
        Ok(table)
    }

    /// Keeps a query with its candidates, in place of one of the same name: it is then a query of the collection's data set
    /// like any other. Survives a kill of the program; two processes never spoil each other's.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep(
        &self,
        name: &str,
        text: &str,
        split: Option<Split>,
        candidates: &Candidates,
    ) -> Result<(), IndexError> {
        keep_query(self.folder(), || {
            let mut query = self.query(name, text, split, candidates);
            self.follow_moves(&mut query)?;
            Ok(query)
        })
    }

    /// Calls pictures that were moved since the query was asked by their new paths, also while an update that has noted this
    /// is still to put it into the index.
    fn follow_moves(&self, query: &mut NewQuery) -> Result<(), IndexError> {
        let moves = Moves::read(self.folder())?;
        if moves.is_empty() {
            return Ok(());
        }
        self.text().reload()?;
        for initial in &mut query.candidates {
            let path = initial.image.id.as_str().to_owned();
            let now = moves.now(&path, 0);
            if now == path {
                continue;
            }
            match (self.picture(&path)?, self.picture(now)?) {
                (None, Some(picture)) => initial.image = self.image(&picture),
                // The index does not know of it yet, but there the picture is.
                (Some(_), None) if !self.pictures().join(&path).exists() && self.pictures().join(now).is_file() => {
                    initial.image.rename(now);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The file of a picture; in a shard, as if that were a folder ([`crate::vision::decode()`] reads both).
    pub fn file(&self, picture: &Picture) -> PathBuf {
        self.pictures().join(&picture.path)
    }

    /// A picture as an image of a data set.
    pub(super) fn image(&self, picture: &Picture) -> Image {
        let words = &picture.words;
        let mut image = Image::new(ImageId::from(picture.path.as_str()));
        image.file = Some(self.file(picture));
        image.title = if words.title.is_empty() { words.name.clone() } else { words.title.clone() };
        let texts = std::iter::once(&words.description).chain(&words.captions).filter(|text| !text.is_empty());
        image.description = texts.map(String::as_str).collect::<Vec<_>>().join(" · ");
        image.tags = words.tags.iter().chain(&words.places).chain(&words.folders).cloned().collect();
        image.date = words.date;
        image.location = words.location;
        let columns = [("author", &words.author), ("license", &words.license)];
        let named = columns.into_iter().filter(|(_, value)| !value.is_empty());
        image.columns = named.map(|(name, value)| (name.to_owned(), value.clone())).collect::<BTreeMap<_, _>>();
        image
    }
}
