//! Where settings, runs and the embedding cache lie on disk.

use super::Settings;
use crate::base::{At, FileError, write_whole};
use std::path::{Path, PathBuf};

/// The folders of one user. `CROSSRANK_HOME` puts them all under one folder of its own.
#[derive(Clone, Debug)]
pub struct Store {
    settings: PathBuf,
    runs: PathBuf,
    cache: PathBuf,
}

impl Store {
    /// The folders the system asks programs to use, or those under `CROSSRANK_HOME`.
    pub fn of_user() -> Self {
        if let Some(home) = std::env::var_os("CROSSRANK_HOME").filter(|home| !home.is_empty()) {
            return Self::at(Path::new(&home));
        }
        match directories::ProjectDirs::from("", "", "crossrank") {
            Some(folders) => Self {
                settings: folders.config_dir().join("settings.json"),
                runs: folders.data_dir().join("runs"),
                cache: folders.cache_dir().join("embeddings"),
            },
            None => Self::at(Path::new(".crossrank")),
        }
    }

    /// Everything under one folder.
    pub fn at(home: &Path) -> Self {
        Self { settings: home.join("settings.json"), runs: home.join("runs"), cache: home.join("embeddings") }
    }

    /// The folder of runs, one folder each.
    pub fn runs(&self) -> &Path {
        &self.runs
    }

    /// The folder of studies, one folder each, next to the runs.
    pub fn studies(&self) -> PathBuf {
        self.runs.with_file_name("studies")
    }

    /// Journals of data sets whose folder cannot be written, one folder each, next to the runs.
    pub fn judgements(&self) -> PathBuf {
        self.runs.with_file_name("judgements")
    }

    /// Where deleted runs and studies lie until the program ends, beside the runs.
    pub fn trash(&self) -> PathBuf {
        self.runs.with_file_name("trash")
    }

    /// The folder of computed embeddings.
    pub fn cache(&self) -> &Path {
        &self.cache
    }

    /// The folder of reduced versions of large photos, next to the embeddings.
    pub fn thumbnails(&self) -> PathBuf {
        self.cache.with_file_name("thumbnails")
    }

    /// The settings, and what is wrong with their file, if anything. A damaged file is renamed, not deleted.
    pub fn load_settings(&self) -> (Settings, Option<String>) {
        let text = match std::fs::read_to_string(&self.settings) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return (Settings::default(), None),
            Err(error) => return self.set_aside(&error),
        };
        match serde_json::from_str(&text) {
            Ok(settings) => (settings, None),
            Err(error) => self.set_aside(&error),
        }
    }

    /// Other folders whose runs and studies are listed; none if the settings cannot be read.
    pub fn listed_folders(&self) -> Vec<PathBuf> {
        let text = std::fs::read_to_string(&self.settings).ok();
        let settings: Option<Settings> = text.and_then(|text| serde_json::from_str(&text).ok());
        settings.map(|settings| settings.folders).unwrap_or_default()
    }

    /// Settings that can't be read must not be overwritten by the next ones.
    fn set_aside(&self, error: &dyn std::fmt::Display) -> (Settings, Option<String>) {
        let aside = self.settings.with_extension("json.damaged");
        let renamed = match std::fs::rename(&self.settings, &aside) {
            Ok(()) => format!("moved to {}", aside.display()),
            Err(error) => error.to_string(),
        };
        let message = format!("settings could not be read ({error}; {renamed}): {}", self.settings.display());
        (Settings::default(), Some(message))
    }

    /// Writes the settings as a whole.
    ///
    /// # Errors
    /// What the system says, with the path.
    pub fn save_settings(&self, settings: &Settings) -> Result<(), FileError> {
        let text = serde_json::to_string_pretty(settings).at(&self.settings)?;
        let folder = self.settings.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)
            .and_then(|()| write_whole(&self.settings, &[text.as_bytes()]))
            .at(&self.settings)
    }
}
