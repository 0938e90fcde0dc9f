//! Who judges, and how images are laid out for it.

use crate::base::named;
use serde::{Deserialize, Serialize};

/// How the images to judge are laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JudgingView {
    /// Many at once.
    #[default]
    Grid,
    /// One at a time, as large as there is room.
    One,
    /// Two to four beside each other.
    Side,
}

named!(JudgingView, "view": Grid = "grid", One = "one by one", Side = "side by side");

/// Who judges, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct JudgingSettings {
    /// The judge's name; empty for the system's name of the user.
    pub judge: String,
    /// How images are laid out.
    pub view: JudgingView,
    /// Columns of the grid, 1 to 12.
    pub columns: usize,
    /// Images beside each other, 2 to 4.
    pub beside: usize,
    /// Whether the focus goes on to the next image that needs a judgement.
    pub advance: bool,
    /// Whether images are shuffled, rather than in the order in which they were found.
    pub shuffled: bool,
    /// The seed of the shuffled order.
    pub seed: u64,
    /// Percent of a list's images that come up again unannounced, 0 to 20.
    pub repeats: usize,
    /// Percent of a list's images that are added unannounced because their grade is known, 0 to 20.
    pub controls: usize,
    /// The judge whose grades of those count as known.
    pub truth: String,
    /// Whether the query's narrative is shown.
    pub narrative: bool,
    /// Whether the guidelines are shown.
    pub guidelines: bool,
}

impl Default for JudgingSettings {
    fn default() -> Self {
        Self {
            judge: String::new(),
            view: JudgingView::default(),
            columns: 5,
            beside: 2,
            advance: true,
            shuffled: true,
            seed: 1,
            repeats: 0,
            controls: 0,
            truth: crate::judge::FILES.to_owned(),
            narrative: true,
            guidelines: true,
        }
    }
}

impl JudgingSettings {
    /// The judge's name: the given one, else the system's name of the user.
    pub fn judge_name(&self) -> String {
        let given = Some(self.judge.trim().to_owned());
        let of_system = ["USER", "USERNAME", "LOGNAME"].iter().map(|name| std::env::var(name).ok());
        let names = std::iter::once(given).chain(of_system).flatten();
        names
            .filter(|name| crate::judge::check_name(name).is_ok())
            .find(|name| !name.is_empty())
            .unwrap_or_else(|| "me".to_owned())
    }

    /// The same with every number in its range.
    #[must_use]
    pub fn in_range(self) -> Self {
        Self {
            columns: self.columns.clamp(1, 12),
            beside: self.beside.clamp(2, 4),
            repeats: self.repeats.min(20),
            controls: self.controls.min(20),
            ..self
        }
    }
}
