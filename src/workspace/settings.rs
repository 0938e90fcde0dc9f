//! What persists from one session to the next.

mod apply;
mod judging;

pub use judging::{JudgingSettings, JudgingView};

use super::CutOffSettings;
use crate::base::named;
use crate::graph::Projection;
use crate::study::runs::RunTable;
use crate::train::{Experiment, Preset};
use crate::vision::{self, Architecture, DeviceChoice, Feature, Pooling, Preprocess};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Which theme to use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// As the desktop says.
    #[default]
    System,
    /// Dark.
    Dark,
    /// Light.
    Light,
}

named!(ThemeChoice, "theme": System = "system", Dark = "dark", Light = "light");

/// What the query list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuerySort {
    /// As the files list them.
    #[default]
    Files,
    /// By the query's text.
    Text,
    /// By average precision of the current ranking, worst first.
    Figure,
    /// By change against the text signal, greatest gain first.
    Gain,
    /// By change against the text signal, greatest loss first.
    Loss,
}

named!(QuerySort, "order":
    Files = "Original order", Text = "Name", Figure = "Lowest AP first", Gain = "Greatest gain first",
    Loss = "Greatest loss first",
);

/// How the panels lie, in the window's own words (the workspace only keeps it).
pub type PanelLayout = Option<serde_json::Value>;

/// Which encoder makes embeddings, of which of its layers, what becomes of them, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EncoderSettings {
    /// `resnet50-thin`, `efficientnet-lite0`, `resnet18`, …
    pub architecture: String,
    /// A file of weights; the bundled weights need none.
    pub weights: Option<PathBuf>,
    /// A model of the hub by its name, such as `timm/resnet18.a1_in1k`; counts before a file.
    pub hub: Option<String>,
    /// 1 to 4: behind which stage the vector is taken.
    pub stage: usize,
    /// How the places of that stage become one vector.
    pub pooling: Pooling,
    /// What is done to pictures before; `None` does what the weights want.
    pub preprocess: Option<Preprocess>,
    /// Whether vectors are divided by their length, before and after whitening.
    pub l2: bool,
    /// Number of principal components to whiten to, learned on the data set without labels.
    pub whiten: Option<usize>,
    /// `cpu`, `cuda` or `metal`.
    pub device: String,
}

impl Default for EncoderSettings {
    fn default() -> Self {
        let feature = Feature::default();
        Self {
            architecture: Architecture::Resnet50Thin.name().to_owned(),
            weights: None,
            hub: None,
            stage: feature.stage,
            pooling: feature.pooling,
            preprocess: None,
            l2: false,
            whiten: None,
            device: DeviceChoice::Cpu.name().to_owned(),
        }
    }
}

impl EncoderSettings {
    /// What its vectors are called: network, layer, and what else is not usual.
    pub fn name(&self) -> String {
        let network = match &self.hub {
            Some(hub) => hub.clone(),
            None => vision::network_name(&self.architecture, self.weights.as_deref()),
        };
        let feature = Feature { stage: self.stage, pooling: self.pooling };
        format!("{network}{}{}{}", feature.suffix(), self.preprocess_suffix(), self.projection().suffix())
    }

    /// What is done to the vectors once they are computed.
    pub fn projection(&self) -> Projection {
        Projection { l2: self.l2, whiten: self.whiten }
    }

    /// What the name says of a preprocessing that is not the weights' own.
    pub(super) fn preprocess_suffix(&self) -> &'static str {
        if self.preprocess.is_some() { ", own preprocessing" } else { "" }
    }

    /// Whether two give the same vectors: they may differ in the device.
    pub fn agrees_with(&self, other: &Self) -> bool {
        Self { device: String::new(), ..self.clone() } == Self { device: String::new(), ..other.clone() }
    }
}

/// How the graph is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GraphLook {
    /// Draw pictures on the nodes.
    pub thumbnails: bool,
    /// Draw edges.
    pub edges: bool,
    /// Draw each node's rank.
    pub ranks: bool,
    /// Node size by score.
    pub size_by_score: bool,
}

impl Default for GraphLook {
    fn default() -> Self {
        Self { thumbnails: true, edges: true, ranks: true, size_by_score: true }
    }
}

/// What persists from one session to the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Signals, graph, model and training.
    pub experiment: Experiment,
    /// Whether training starts from the weights of the open run.
    pub warm_start: bool,
    /// Recently opened data sets, the latest first.
    pub recent: Vec<PathBuf>,
    /// TREC files and files of visual vectors added to data sets, by the data set's path.
    pub attached: BTreeMap<PathBuf, Vec<PathBuf>>,
    /// Data sets whose files may lie outside their folders.
    pub following: BTreeSet<PathBuf>,
    /// The query shown last, by its name.
    pub last_query: Option<String>,
    /// The run shown last.
    pub last_run: Option<PathBuf>,
    /// Other folders whose runs and studies are listed, such as a cluster's or a colleague's. Nothing in them is changed.
    pub folders: Vec<PathBuf>,
    /// The visual vectors last chosen.
    pub vectors: Vec<String>,
    /// Light or dark.
    pub theme: ThemeChoice,
    /// The query list's order.
    pub query_sort: QuerySort,
    /// Encoder, layer, projection and device.
    pub encoder: EncoderSettings,
    /// Encoders that have computed the embeddings of data sets, by the data set's path, the last one first.
    pub embedded: BTreeMap<PathBuf, Vec<EncoderSettings>>,
    /// How the graph is drawn.
    pub look: GraphLook,
    /// Order, columns and grouping of the run table.
    pub run_table: RunTable,
    /// Who judges, and how.
    pub judging: JudgingSettings,
    /// Where lists end.
    pub cut_off: CutOffSettings,
    /// How the panels lie.
    pub panels: PanelLayout,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            experiment: Preset::Best.experiment(),
            warm_start: false,
            recent: Vec::new(),
            attached: BTreeMap::new(),
            following: BTreeSet::new(),
            last_query: None,
            last_run: None,
            folders: Vec::new(),
            vectors: Vec::new(),
            theme: ThemeChoice::default(),
            query_sort: QuerySort::default(),
            encoder: EncoderSettings::default(),
            embedded: BTreeMap::new(),
            look: GraphLook::default(),
            judging: JudgingSettings::default(),
            cut_off: CutOffSettings::default(),
            panels: PanelLayout::default(),
            run_table: RunTable::default(),
        }
    }
}

impl Settings {
    /// Puts a path at the head of the recent list.
    pub fn remember(&mut self, path: &Path) {
        self.recent.retain(|known| known != path);
        self.recent.insert(0, path.to_owned());
        self.recent.truncate(12);
    }

    /// Puts an encoder at the head of those that have computed a data set's embeddings.
    pub fn remember_encoder(&mut self, path: &Path, encoder: &EncoderSettings) {
        let known = self.embedded.entry(path.to_owned()).or_default();
        known.retain(|other| !other.agrees_with(encoder));
        known.insert(0, encoder.clone());
        known.truncate(12);
    }
}
