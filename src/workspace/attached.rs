//! Files of visual vectors that people add to a data set.

use super::loading::{Added, VectorsRead};
use super::{DataAction, Message, Workspace};
use crate::dataset;
use std::path::PathBuf;
use std::sync::Arc;

impl Workspace {
    pub(super) fn attach_trec(&mut self, path: PathBuf) {
        let Some(session) = &self.session else {
            self.apply(DataAction::Open(path));
            return;
        };
        let base = session.path.clone();
        self.change(|settings| {
            let files = settings.attached.entry(base.clone()).or_default();
            files.retain(|known| *known != path);
            files.push(path);
        });
        self.open_with(base);
    }

    /// Reads a file of vectors as a job; a running training keeps the vectors it has.
    pub(super) fn attach_vectors(&mut self, path: PathBuf) {
        let Some(session) = &self.session else {
            self.apply(DataAction::Open(path));
            return;
        };
        let file = std::path::absolute(&path).unwrap_or(path);
        let (mut dataset, generation) = (session.data.dataset.clone(), session.generation);
        let judgements = session.data.judgements.clone();
        self.loading.vectors.retire();
        self.loading.pending = None;
        self.loading.vectors.start("vectors", self.wake(), move |worker| {
            worker.stage("Reading visual vectors", 0, 0)?;
            let refused = |error| format!("Could not add: {error}");
            let name = dataset::attach_vectors(Arc::make_mut(&mut dataset), &file).map_err(refused)?;
            let mut warnings = Vec::new();
            let read = dataset::read_vectors(&dataset, &[&name], &mut |warning| warnings.push(warning));
            let table = read.map_err(refused)?;
            let summary = dataset::summary(&dataset, &judgements);
            let added = Some(Added { dataset, summary, file, generation });
            Ok(VectorsRead { names: vec![name], table, warnings, added })
        });
    }

    /// Puts the data set that lists the file in place of the one that does not, and remembers the file.
    pub(super) fn install_added(&mut self, added: Added, names: &[String]) {
        let Some(session) = self.session.as_mut().filter(|session| session.generation == added.generation) else {
            return;
        };
        session.data.dataset = added.dataset;
        session.summary = added.summary;
        let (base, file, names) = (session.path.clone(), added.file, names.to_vec());
        self.tell(Message::notice(format!("Added visual vectors: {}", names.join(", "))));
        self.change(|settings| {
            let files = settings.attached.entry(base).or_default();
            files.retain(|known| *known != file);
            files.push(file);
            settings.vectors = names;
        });
    }

    /// Whether a source of the open data set is a file that a person added.
    pub fn is_attached(&self, name: &str) -> bool {
        self.attached_file(name).is_some()
    }

    fn attached_file(&self, name: &str) -> Option<PathBuf> {
        let session = self.session.as_ref()?;
        let files = self.settings.attached.get(&session.path)?;
        let source = session.data.dataset.vectors.iter().find(|source| source.name == name)?;
        source.files.iter().find(|file| files.contains(file)).cloned()
    }

    /// Removes a file from the list, not from the disk; its vectors are no longer used.
    pub(super) fn detach_vectors(&mut self, name: &str) {
        let (Some(file), Some(session)) = (self.attached_file(name), &mut self.session) else { return };
        Arc::make_mut(&mut session.data.dataset).vectors.retain(|source| source.name != name);
        session.summary.vectors.retain(|source| source.name != name);
        let base = session.path.clone();
        let rest: Vec<String> = session.data.vector_names.iter().filter(|known| *known != name).cloned().collect();
        let is_used = rest.len() < session.data.vector_names.len();
        let preset = dataset::preset_vectors(&session.data.dataset);
        self.change(|settings| settings.attached.entry(base).or_default().retain(|known| *known != file));
        let next = if rest.is_empty() { preset } else { rest };
        match &mut self.session {
            Some(session) if is_used && next.is_empty() => {
                session.data = session.data.without_vectors();
                session.forget_looks();
            }
            _ if is_used => self.choose_vectors(next),
            _ => {}
        }
    }
}
