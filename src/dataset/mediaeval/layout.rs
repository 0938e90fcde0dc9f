//! The roles of a MediaEval set's files, whatever the names and nesting of its folders.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::topics::key;
use crate::dataset::{Split, walk};

/// The half of a set that a file belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Part {
    Dev,
    Test,
    /// The folder names do not say.
    Unknown,
}

impl Part {
    pub fn split(self) -> Option<Split> {
        match self {
            Part::Dev => Some(Split::Train),
            Part::Test => Some(Split::Test),
            Part::Unknown => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Part::Dev => "dev",
            Part::Test => "test",
            Part::Unknown => "set",
        }
    }

    /// `devset`, `dev`, `Div400-devset-keywords`, `trainset`, … in lower case.
    fn of_name(name: &str) -> Option<Self> {
        if name.contains("devset") || matches!(name, "dev" | "development" | "train" | "trainset") {
            Some(Part::Dev)
        } else if name.contains("testset") || name == "test" {
            Some(Part::Test)
        } else {
            None
        }
    }
}

/// Files of one kind by part and by the key of their topic's name.
#[derive(Debug, Default)]
pub(super) struct ByTopic(BTreeMap<(Part, String), PathBuf>);

impl ByTopic {
    /// Takes the file of the first key that has one, in this part or the unknown part.
    pub fn take(&mut self, part: Part, keys: &[String]) -> Option<PathBuf> {
        let places = keys.iter().flat_map(|key| [(part, key.clone()), (Part::Unknown, key.clone())]);
        places.into_iter().find_map(|place| self.0.remove(&place))
    }

    /// The files not taken.
    pub fn rest(self) -> impl Iterator<Item = (Part, PathBuf)> {
        self.0.into_iter().map(|((part, _), path)| (part, path))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The files of a set, by role.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub topics: Vec<(Part, PathBuf)>,
    /// `xml/<topic>.xml`.
    pub photos: ByTopic,
    /// `gt/rGT/<topic> rGT.txt`.
    pub relevance: ByTopic,
    /// `gt/dGT/<topic> dGT.txt`.
    pub clusters: ByTopic,
    /// `gt/dGT/<topic> dclusterGT.txt`.
    pub cluster_names: ByTopic,
    /// `descvis/img/<topic> <CODE>.csv` by code.
    pub descriptors: BTreeMap<String, Vec<PathBuf>>,
    /// `desctxt/*_textTermsPerImage.txt` and similar.
    pub text_terms: Vec<PathBuf>,
    pub correspondences: Vec<PathBuf>,
}

impl Layout {
    /// Sorts the files of a folder.
    pub fn of(root: &Path, files: &[PathBuf]) -> Self {
        let mut layout = Layout::default();
        let root_part = Part::of_name(&walk::title_of(root).to_lowercase());
        let mut parts: HashMap<&Path, Option<(Part, bool)>> = HashMap::new();
        for path in files {
            let Some(folder) = path.parent() else { continue };
            let place = parts.entry(folder).or_insert_with(|| part_of(folder, root, root_part));
            if let Some((part, within_descvis)) = *place {
                layout.sort_in(path, part, within_descvis);
            }
        }
        layout
    }

    fn sort_in(&mut self, path: &Path, part: Part, within_descvis: bool) {
        let stem = walk::stem(path);
        let lower = stem.to_lowercase();
        match walk::extension(path).as_str() {
            "xml" if lower.contains("topic") => {
                let part = if part == Part::Unknown { Part::of_name(&lower).unwrap_or(part) } else { part };
                self.topics.push((part, path.to_path_buf()));
            }
            "xml" if walk::folder_name(path).to_lowercase().starts_with("xml") => {
                insert(&mut self.photos, part, &stem, path);
            }
            "txt" if lower.contains("poinamecorrespondence") => self.correspondences.push(path.to_path_buf()),
            "txt" if lower.contains("texttermsper") => self.text_terms.push(path.to_path_buf()),
            "txt" => {
                // The longest suffix first: `dclusterGT` ends in `rGT`.
                for (suffix, files) in
                    [("dclustergt", &mut self.cluster_names), ("rgt", &mut self.relevance), ("dgt", &mut self.clusters)]
                {
                    if lower.ends_with(suffix) {
                        // The suffix is ASCII, so it has the same length in the original stem.
                        let topic = stem.get(..stem.len() - suffix.len()).unwrap_or(&stem);
                        return insert(files, part, topic, path);
                    }
                }
            }
            "csv" if within_descvis => {
                if let Some((_, code)) = stem.rsplit_once(' ').or_else(|| stem.rsplit_once('_')) {
                    self.descriptors.entry(code.to_owned()).or_default().push(path.to_path_buf());
                }
            }
            _ => {}
        }
    }
}

fn insert(files: &mut ByTopic, part: Part, topic: &str, path: &Path) {
    // Some sets contain a folder copied into itself; the first copy counts.
    files.0.entry((part, key(topic))).or_insert_with(|| path.to_path_buf());
}

/// The part that a folder belongs to, and whether it is inside `descvis`; `None` for the user credibility sets, whose
/// topics are not part of the task.
fn part_of(folder: &Path, root: &Path, root_part: Option<Part>) -> Option<(Part, bool)> {
    let below = folder.strip_prefix(root).unwrap_or(Path::new(""));
    let names: Vec<String> = below.iter().map(|name| name.to_string_lossy().to_lowercase()).collect();
    if names.iter().any(|name| name.starts_with("credib")) {
        return None;
    }
    let part = names.iter().rev().find_map(|name| Part::of_name(name)).or(root_part).unwrap_or(Part::Unknown);
    Some((part, names.iter().any(|name| name.starts_with("descvis"))))
}
