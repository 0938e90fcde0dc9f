//! Queries that were added, edited or deleted by hand, for a data set of any format.
//!
//! The files of a data set are never changed. What is edited is appended to a file of JSON lines in its folder,
//! [`OVERLAY`], which is applied on loading: `{"query":"bird","text":"a bird in flight","split":"test"}`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use serde::{Deserialize, Deserializer, Serialize};

use super::reach::Reach;
use super::text::{numbered_lines, read_text_or_warn};
use super::warnings::Warnings;
use super::{Candidate, Loaded, Moves, Query, QueryId, Split, WarningKind};

/// The name of the file in a data set's folder.
pub const OVERLAY: &str = "queries.overlay.jsonl";

/// A change to one query, a line of [`OVERLAY`]: what is given replaces what was there. A query that does not exist is
/// added.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct QueryEdit {
    /// The query's id.
    pub query: String,
    /// Its text; that of a new query is its id unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What counts as relevant, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub narrative: Option<String>,
    /// Its split; `null` removes it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub split: Option<Option<Split>>,
    /// Images that become candidates, by id. A new query without any gets all images of the data set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images: Option<Vec<String>>,
    /// Whether it is deleted; `false` brings it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<bool>,
}

/// Tells `null` from nothing.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Split>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl QueryEdit {
    /// The line, without its end.
    pub fn json(&self) -> String {
        // Texts, names and flags only: this cannot fail, and an empty line would be ignored.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What a later edit leaves of this one.
    fn then(self, later: Self) -> Self {
        let mut images = self.images.unwrap_or_default();
        images.extend(later.images.iter().flatten().cloned());
        Self {
            query: later.query,
            text: later.text.or(self.text),
            narrative: later.narrative.or(self.narrative),
            split: later.split.or(self.split),
            images: (!images.is_empty()).then_some(images),
            deleted: later.deleted.or(self.deleted),
        }
    }
}

/// Whether a folder has edited queries.
pub(super) fn is_edited(root: &Path, reach: Reach) -> bool {
    let path = root.join(OVERLAY);
    path.is_file() && reach.admits(&path, root)
}

/// Applies the edits in a data set's folder, if there are any. A faulty line loses only itself.
pub(super) fn apply(loaded: &mut Loaded) {
    let root = loaded.dataset.root.clone();
    if !is_edited(&root, loaded.dataset.reach) {
        return;
    }
    let path = root.join(OVERLAY);
    let mut warnings = Warnings::default();
    let text = read_text_or_warn(&path, &mut warnings).unwrap_or_default();
    let mut order = Vec::new();
    let mut edits: BTreeMap<String, (usize, QueryEdit)> = BTreeMap::new();
    for (line, content) in numbered_lines(&text).filter(|(_, content)| !content.trim().is_empty()) {
        match serde_json::from_str::<QueryEdit>(content) {
            Ok(edit) if edit.query.trim().is_empty() => {
                warnings.line(WarningKind::BadRow, &path, line, "an edit of a query without an id; it is skipped");
            }
            Ok(edit) => {
                let id = edit.query.clone();
                let before = edits.remove(&id).map(|(_, before)| before);
                if before.is_none() {
                    order.push(id.clone());
                }
                edits.insert(id, (line, before.unwrap_or_default().then(edit)));
            }
            Err(error) => {
                warnings.line(WarningKind::BadRow, &path, line, format!("not an edit of a query, skipped: {error}"));
            }
        }
    }
    let images: HashMap<String, usize> =
        loaded.dataset.images.iter().enumerate().map(|(at, image)| (image.id.as_str().to_owned(), at)).collect();
    let moves = Moves::read(&root).unwrap_or_default();
    for id in order {
        if let Some((line, edit)) = edits.remove(&id) {
            let unknown = change(loaded, &images, &moves, edit);
            if !unknown.is_empty() {
                let message = format!("query '{id}' has images that the data set does not: {}", unknown.join(", "));
                warnings.line(WarningKind::OrphanLabel, &path, line, message);
            }
        }
    }
    loaded.warnings.extend(warnings.into_vec());
}

/// Changes, adds or deletes one query; the images that the data set does not have.
fn change(loaded: &mut Loaded, images: &HashMap<String, usize>, moves: &Moves, edit: QueryEdit) -> Vec<String> {
    let found = loaded.dataset.query_index(&edit.query);
    if edit.deleted == Some(true) {
        if let Some(index) = found {
            loaded.dataset.queries.remove(index);
            loaded.judgements.remove_query(index);
        }
        return Vec::new();
    }
    let index = found.unwrap_or_else(|| {
        loaded.judgements.add_query();
        loaded.dataset.queries.push(Query {
            id: QueryId::from(edit.query.as_str()),
            text: edit.query.clone(),
            narrative: String::new(),
            split: None,
            location: None,
            candidates: Vec::new(),
            clusters: BTreeMap::new(),
        });
        loaded.dataset.queries.len() - 1
    });
    let mut unknown = Vec::new();
    let wanted: Vec<usize> = match edit.images {
        None if found.is_none() => (0..loaded.dataset.images.len()).collect(),
        None => Vec::new(),
        Some(ids) => {
            let position = |id: String| {
                images.get(&id).or_else(|| images.get(moves.now(&id, 0))).copied().or_else(|| {
                    unknown.push(id);
                    None
                })
            };
            ids.into_iter().filter_map(position).collect()
        }
    };
    let features = vec![f32::NAN; loaded.dataset.feature_names.len()];
    let query = &mut loaded.dataset.queries[index];
    query.text = edit.text.unwrap_or_else(|| std::mem::take(&mut query.text));
    query.narrative = edit.narrative.unwrap_or_else(|| std::mem::take(&mut query.narrative));
    query.split = edit.split.unwrap_or(query.split);
    let mut known: HashSet<usize> = query.candidates.iter().map(|candidate| candidate.image).collect();
    for image in wanted.into_iter().filter(|image| known.insert(*image)) {
        query.candidates.push(Candidate { image, rank: None, features: features.clone(), clusters: Vec::new() });
        loaded.judgements.add_candidate(index);
    }
    unknown
}
