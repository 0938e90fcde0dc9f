//! The words of a folder of pictures, from every source.

mod inside;
mod json_tables;
mod listing;
mod pages;
mod shards;
mod sidecars;
mod tables;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;

use crate::loading::Fixture as Folder;
use crossrank::base::Progress;
use crossrank::dataset::{Reach, Warning};
use crossrank::index::{Batch, Known, Listing, Mapping, Outcome, Picture, Stamp, Words, list, read};

impl Folder {
    /// A photo of the sample under another name.
    fn photo(&self, below: &str) -> &Self {
        self.write(below, &std::fs::read(photos()[0].as_path()).expect("a photo"))
    }

    fn list(&self) -> Listing {
        list(self.root(), Reach::Folder, &mut |_| ControlFlow::Continue(())).expect("it is listed")
    }

    fn read(&self) -> Read {
        self.read_after(&BTreeMap::new(), &Mapping::default())
    }

    fn read_after(&self, known: &dyn Known, mapping: &Mapping) -> Read {
        let mut found = Read::default();
        let listing = self.list();
        found.warnings.extend(listing.warnings.iter().cloned());
        found.outcome = read(&listing, mapping, known, &mut |batch| found.batch(batch)).expect("it is read");
        found
    }

    /// The words of a picture.
    fn words(&self, path: &str) -> Words {
        self.read().words(path)
    }
}

/// Everything that a reading handed over.
#[derive(Default)]
struct Read {
    pictures: Vec<Picture>,
    removed: Vec<String>,
    warnings: Vec<Warning>,
    progress: Vec<Progress>,
    outcome: Outcome,
}

impl Read {
    fn batch(&mut self, batch: Batch) -> ControlFlow<()> {
        self.pictures.extend(batch.pictures);
        self.removed.extend(batch.removed);
        self.warnings.extend(batch.warnings);
        self.progress.push(batch.progress);
        ControlFlow::Continue(())
    }

    fn paths(&self) -> Vec<&str> {
        self.pictures.iter().map(|picture| picture.path.as_str()).collect()
    }

    fn stamps(&self) -> BTreeMap<String, Stamp> {
        self.pictures.iter().map(|picture| (picture.path.clone(), picture.stamp)).collect()
    }

    #[track_caller]
    fn words(&self, path: &str) -> Words {
        let found = self.pictures.iter().find(|picture| picture.path == path);
        found.unwrap_or_else(|| panic!("{path} among {:?}", self.paths())).words.clone()
    }
}

/// The photos of the sample.
fn photos() -> Vec<PathBuf> {
    let folder = crossrank::dataset::demo_sample().join("photos");
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the sample").flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "jpg"));
    paths.sort();
    paths
}
