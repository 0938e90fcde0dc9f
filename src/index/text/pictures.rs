//! Reading pictures out of the index.

use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{DocAddress, DocId, DocSet, Searcher, SegmentReader, TERMINATED, TantivyDocument, Term};

use super::TextIndex;
use crate::base::{At, FileError};
use crate::index::IndexError;
use crate::index::words::Picture;

/// Blocks of the store that are held unpacked: pictures are read in the order in which they lie.
const BLOCKS: usize = 4;

impl TextIndex {
    /// A picture by its path; `None` if there is none.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn picture_at(&self, path: &str) -> Result<Option<Picture>, IndexError> {
        Ok(self.pictures_at(std::iter::once(path))?.pop().flatten())
    }

    /// Pictures by their paths; `None` for each that is not there.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn pictures_at<'a>(&self, paths: impl Iterator<Item = &'a str>) -> Result<Vec<Option<Picture>>, IndexError> {
        let searcher = self.reader.searcher();
        let mut addresses = Vec::new();
        let mut count = 0;
        for (at, path) in paths.enumerate() {
            addresses.extend(self.address(&searcher, path)?.map(|address| (address, at)));
            count = at + 1;
        }
        let mut pictures: Vec<Option<Picture>> = (0..count).map(|_| None).collect();
        self.read(&searcher, addresses, &mut |at, picture| pictures[at] = Some(picture))?;
        Ok(pictures)
    }

    /// Every picture, in no order.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn each_picture(&self, visit: &mut dyn FnMut(Picture)) -> Result<(), IndexError> {
        self.some_pictures(usize::MAX, visit)
    }

    /// As many pictures at most, in no order.
    pub(super) fn some_pictures(&self, most: usize, visit: &mut dyn FnMut(Picture)) -> Result<(), IndexError> {
        let searcher = self.reader.searcher();
        let mut left = most;
        for (segment, reader) in (0..).zip(searcher.segment_readers()) {
            let alive = reader.doc_ids_alive().take(left);
            let addresses: Vec<_> = alive.map(|document| (DocAddress::new(segment, document), 0)).collect();
            left -= addresses.len();
            self.read(&searcher, addresses, &mut |_, picture| visit(picture))?;
        }
        Ok(())
    }

    /// The first paths in their order, at most so many: the index has them sorted.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn first_paths(&self, most: usize) -> Result<Vec<String>, IndexError> {
        let mut paths = Vec::new();
        for reader in self.reader.searcher().segment_readers() {
            let inverted = reader.inverted_index(self.fields.path).map_err(|error| self.fault(error))?;
            let mut terms = inverted.terms().stream().at(&self.folder)?;
            let mut of_segment = 0;
            while let Some((term, info)) = terms.next().filter(|_| of_segment < most) {
                let postings = inverted.read_postings_from_terminfo(info, IndexRecordOption::Basic).at(&self.folder)?;
                if alive(reader, postings).is_some() {
                    paths.push(String::from_utf8_lossy(term).into_owned());
                    of_segment += 1;
                }
            }
        }
        paths.sort_unstable();
        paths.truncate(most);
        Ok(paths)
    }

    /// Visits every picture as JSON, so many at a time, in no order.
    ///
    /// # Errors
    /// If the index cannot be read, and that of `visit`.
    pub(in crate::index) fn visit(
        &self,
        batch: usize,
        visit: &mut dyn FnMut(Vec<Vec<u8>>) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        let searcher = self.reader.searcher();
        let mut waiting = Vec::new();
        for segment in searcher.segment_readers() {
            let store = segment.get_store_reader(BLOCKS).at(&self.folder)?;
            for document in store.iter::<TantivyDocument>(segment.alive_bitset()) {
                let document = document.map_err(|error| self.fault(error))?;
                let json = document.get_first(self.fields.picture).and_then(|value| value.as_bytes());
                waiting.push(json.unwrap_or_default().to_vec());
                if waiting.len() == batch {
                    visit(std::mem::take(&mut waiting))?;
                }
            }
        }
        visit(waiting)
    }

    /// Where the picture of a path lies.
    fn address(&self, searcher: &Searcher, path: &str) -> Result<Option<DocAddress>, IndexError> {
        let term = Term::from_field_text(self.fields.path, path);
        for (segment, reader) in (0..).zip(searcher.segment_readers()) {
            let inverted = reader.inverted_index(self.fields.path).map_err(|error| self.fault(error))?;
            let postings = inverted.read_postings(&term, IndexRecordOption::Basic).at(&self.folder)?;
            if let Some(document) = postings.and_then(|postings| alive(reader, postings)) {
                return Ok(Some(DocAddress::new(segment, document)));
            }
        }
        Ok(None)
    }

    /// Reads pictures in the order in which they lie, and hands each over with its number.
    pub(super) fn read(
        &self,
        searcher: &Searcher,
        mut addresses: Vec<(DocAddress, usize)>,
        take: &mut dyn FnMut(usize, Picture),
    ) -> Result<(), IndexError> {
        addresses.sort_unstable();
        for of_segment in addresses.chunk_by(|a, b| a.0.segment_ord == b.0.segment_ord) {
            let reader = searcher.segment_reader(of_segment[0].0.segment_ord);
            let store = reader.get_store_reader(BLOCKS).at(&self.folder)?;
            for (address, number) in of_segment {
                let document: TantivyDocument = store.get(address.doc_id).map_err(|error| self.fault(error))?;
                let json = document.get_first(self.fields.picture).and_then(|value| value.as_bytes());
                let picture = serde_json::from_slice(json.unwrap_or_default()).map_err(|error| {
                    let message = format!("the text index holds a picture that cannot be read: {error}");
                    FileError::malformed(message, &self.folder)
                })?;
                take(*number, picture);
            }
        }
        Ok(())
    }
}

/// The first document that is not deleted: an older one of the same path may still be there.
fn alive(reader: &SegmentReader, mut postings: impl DocSet) -> Option<DocId> {
    while postings.doc() != TERMINATED {
        if !reader.is_deleted(postings.doc()) {
            return Some(postings.doc());
        }
        postings.advance();
    }
    None
}
