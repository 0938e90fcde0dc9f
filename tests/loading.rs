//! Every format, valid and invalid.

mod archives;
mod folder;
mod limits;
mod mediaeval;
pub(crate) mod mutation;
mod naver;
mod overlay;
mod reach;
mod splits;
mod trec;
mod vector_checks;
mod vector_files;
mod vectors;

use std::path::{Path, PathBuf};

use crossrank::dataset::{Dataset, Loaded, Query, Warning, WarningKind, open};
use mutation::damaged;
use tempfile::TempDir;

/// A folder for one test.
pub(crate) struct Fixture(TempDir);

impl Fixture {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let fixture = Self(tempfile::tempdir().expect("a temporary folder"));
        for (path, content) in files {
            fixture.write(path, content.as_bytes());
        }
        fixture
    }

    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root().join(below)
    }

    pub(crate) fn write(&self, below: &str, content: &[u8]) -> &Self {
        let path = self.path(below);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is created");
        std::fs::write(path, content).expect("the file is written");
        self
    }

    /// Files that count as pictures; their content is not read here.
    fn pictures(&self, paths: &[&str]) -> &Self {
        for path in paths {
            self.write(path, b"picture");
        }
        self
    }

    fn open(&self) -> Loaded {
        open(self.root()).expect("the folder is recognised")
    }
}

/// The only warning of a kind.
#[track_caller]
fn only(warnings: &[Warning], kind: WarningKind) -> &Warning {
    let found: Vec<&Warning> = warnings.iter().filter(|warning| warning.kind == kind).collect();
    assert_eq!(found.len(), 1, "one {kind:?} among {warnings:#?}");
    found[0]
}

/// Asserts that the only warning of a kind names this file and line and contains this text.
#[track_caller]
fn assert_warns(warnings: &[Warning], kind: WarningKind, file: &str, line: Option<usize>, text: &str) {
    let warning = only(warnings, kind);
    assert!(warning.file.ends_with(file), "{warning}");
    assert_eq!(warning.line, line, "{warning}");
    assert!(warning.message.contains(text), "{warning}");
}

#[track_caller]
fn assert_silent(warnings: &[Warning]) {
    assert!(warnings.is_empty(), "{warnings:#?}");
}

fn query<'a>(dataset: &'a Dataset, id: &str) -> &'a Query {
    &dataset.queries[dataset.query_index(id).unwrap_or_else(|| panic!("query {id}"))]
}

/// The ids of a query's candidates, in order.
fn ids<'a>(dataset: &'a Dataset, id: &str) -> Vec<&'a str> {
    query(dataset, id).candidates.iter().map(|candidate| dataset.images[candidate.image].id.as_str()).collect()
}

/// The grades of a query's candidates, in order.
fn grades(loaded: &Loaded, id: &str) -> Vec<Option<i32>> {
    let query = loaded.dataset.query_index(id).unwrap_or_else(|| panic!("query {id}"));
    loaded.judgements.of(query).iter().map(|grade| grade.map(|grade| grade.0)).collect()
}
