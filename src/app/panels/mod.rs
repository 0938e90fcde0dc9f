//! The panels, each in a file named like its tab.
//!
//! A new panel needs a file with a [`PanelView`], its `mod` line and a row in the table below, from which menus,
//! shortcuts, the command palette, the default layout and the command line follow.

pub mod data;
pub mod embeddings;
mod epoch;
pub mod experiments;
mod folders;
pub mod graph;
pub mod image;
pub mod neighbours;
pub mod queries;
pub mod ranking;
mod run_menu;
pub mod runs;
pub mod studies;
pub mod training;
pub mod tune;
pub mod why;

use super::ctx::PanelCtx;
use crate::workspace::Workspace;
use egui::{Key, KeyboardShortcut, Modifiers, Ui};
pub use epoch::show as show_epoch;
pub use epoch::step as step_epoch;
use serde::{Deserialize, Serialize};

/// A panel as the window sees it.
pub trait PanelView {
    /// Draws the panel into the available space.
    fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>);

    /// Drops what depends on the data set, when another one is opened.
    fn reset(&mut self) {}

    /// A badge for the tab, if something needs attention.
    fn badge(&self, _workspace: &Workspace) -> Option<String> {
        None
    }
}

/// Where the default layout docks a panel; panels in the same dock are tabs, in the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dock {
    /// The left column.
    Left,
    /// The large area in the middle.
    Middle,
    /// Below the middle.
    Below,
    /// The column beside the middle.
    Beside,
    /// The right column, top.
    Right,
    /// The right column, bottom.
    Corner,
}

/// Generates [`Panel`] and [`Panels`] from one table: the panel, its title, its dock, the key that shows it together
/// with Ctrl, and the module and type of its view.
macro_rules! panels {
    ($($(#[$meta:meta])* $panel:ident, $title:literal, $dock:ident, $keys:expr, $module:ident: $view:ident;)*) => {
        /// One panel.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Panel {
            $($(#[$meta])* $panel,)*
        }

        impl Panel {
            /// All panels, in menu order.
            pub const ALL: [Panel; [$(Panel::$panel),*].len()] = [$(Panel::$panel),*];

            /// The tab's title.
            pub fn name(self) -> &'static str {
                match self {
                    $(Panel::$panel => $title,)*
                }
            }

            /// Where the default layout docks it.
            pub fn dock(self) -> Dock {
                match self {
                    $(Panel::$panel => Dock::$dock,)*
                }
            }

            /// The keys that show it.
            pub fn shortcut(self) -> Option<KeyboardShortcut> {
                match self {
                    $(Panel::$panel => $keys,)*
                }
            }
        }

        /// The state that every panel keeps between frames.
        #[derive(Default)]
        pub struct Panels {
            $(pub(super) $module: $module::$view,)*
        }

        impl Panels {
            /// A panel's view.
            pub fn view(&mut self, panel: Panel) -> &mut dyn PanelView {
                match panel {
                    $(Panel::$panel => &mut self.$module,)*
                }
            }
        }
    };
}

fn ctrl(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::COMMAND, key))
}

panels! {
    /// The list of queries.
    Queries, "Queries", Left, ctrl(Key::Num1), queries: QueriesPanel;
    /// The current query's graph.
    Graph, "Graph", Middle, ctrl(Key::Num2), graph: GraphPanel;
    /// The encoder, two embeddings compared, maps.
    Embeddings, "Embeddings", Middle, None, embeddings: EmbeddingsPanel;
    /// The three rankings.
    Ranking, "Ranking", Beside, ctrl(Key::Num3), ranking: RankingPanel;
    /// The curves of the current run.
    Training, "Training", Below, ctrl(Key::Num4), training: TrainingPanel;
    /// The shown run over graphs of other numbers of neighbours.
    Neighbours, "Neighbours", Below, None, neighbours: NeighboursPanel;
    /// Signals, graph, model and optimisation.
    Tune, "Tune", Right, ctrl(Key::Num5), tune: TunePanel;
    /// The selected image; saved layouts still use its original name.
    #[serde(rename = "details")]
    Image, "Image", Corner, ctrl(Key::Num6), image: ImagePanel;
    /// Why the selected image has its rank.
    Why, "Why", Corner, Some(KeyboardShortcut::new(Modifiers { shift: true, ..Modifiers::COMMAND }, Key::W)), why: WhyPanel;
    /// What was loaded, visual vectors, problems.
    Data, "Data", Left, ctrl(Key::Num7), data: DataPanel;
    /// Saved runs.
    Runs, "Runs", Left, ctrl(Key::Num8), runs: RunsPanel;
    /// Many runs at once: table, plots, comparison.
    Experiments, "Experiments", Middle, ctrl(Key::Num9), experiments: ExperimentsPanel;
    /// Ablations, cross-validations and sweeps.
    Studies, "Studies", Middle, Some(KeyboardShortcut::new(Modifiers { shift: true, ..Modifiers::COMMAND }, Key::S)), studies: StudiesPanel;
}

impl Panel {
    /// Finds a panel by its title, ignoring case.
    pub fn by_name(name: &str) -> Option<Panel> {
        Panel::ALL.into_iter().find(|panel| panel.name().eq_ignore_ascii_case(name))
    }
}

impl Panels {
    /// Resets all panels, when another data set is opened.
    pub fn reset(&mut self) {
        for panel in Panel::ALL {
            self.view(panel).reset();
        }
    }
}
