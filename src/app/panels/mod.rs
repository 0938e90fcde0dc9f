//! The panels, each file named as its tab is.
//!
//! A new panel is a file with a [`PanelView`], its `mod` line, and a row of the table below: menus, shortcuts, the
//! command list, the standard layout and the command line follow from that.

pub mod data;
pub mod embeddings;
pub mod experiments;
pub mod graph;
pub mod image;
pub mod queries;
pub mod ranking;
pub mod runs;
pub mod studies;
pub mod training;
pub mod tune;

use super::ctx::PanelCtx;
use crate::workspace::Workspace;
use egui::{Key, Ui};
use serde::{Deserialize, Serialize};

/// What a panel is to the window.
pub trait PanelView {
    /// Draws the panel into what room there is.
    fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>);

    /// Another data set is open: what was chosen in the last one may not be in it.
    fn reset(&mut self) {}

    /// What stands behind the tab's title, where something needs attention.
    fn badge(&self, _workspace: &Workspace) -> Option<String> {
        None
    }
}

/// Where the standard layout puts a panel; panels of one place share its tabs, in the table's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The column at the left.
    Left,
    /// The large room in the middle.
    Middle,
    /// Below the middle.
    Below,
    /// The column beside the middle.
    Beside,
    /// The right column, above.
    Right,
    /// The right column, below.
    Corner,
}

/// Makes [`Panel`] and [`Panels`] of one table: what a panel is, its title, its place, the key that shows it together
/// with Ctrl, and the module and type of its view.
macro_rules! panels {
    ($($(#[$meta:meta])* $panel:ident, $title:literal, $place:ident, $key:expr, $module:ident: $view:ident;)*) => {
        /// One panel.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Panel {
            $($(#[$meta])* $panel,)*
        }

        impl Panel {
            /// All of them, in the order of menus.
            pub const ALL: [Panel; [$(Panel::$panel),*].len()] = [$(Panel::$panel),*];

            /// The tab's title.
            pub fn name(self) -> &'static str {
                match self {
                    $(Panel::$panel => $title,)*
                }
            }

            /// Where the standard layout puts it.
            pub fn place(self) -> Place {
                match self {
                    $(Panel::$panel => Place::$place,)*
                }
            }

            /// The key that shows it, together with Ctrl.
            pub fn key(self) -> Option<Key> {
                match self {
                    $(Panel::$panel => $key,)*
                }
            }
        }

        /// What every panel remembers between frames.
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

panels! {
    /// The list of queries.
    Queries, "Queries", Left, Some(Key::Num1), queries: QueriesPanel;
    /// The current query's graph.
    Graph, "Graph", Middle, Some(Key::Num2), graph: GraphPanel;
    /// The encoder, two embeddings compared, maps.
    Embeddings, "Embeddings", Middle, None, embeddings: EmbeddingsPanel;
    /// The three rankings.
    Ranking, "Ranking", Beside, Some(Key::Num3), ranking: RankingPanel;
    /// Curves of the run.
    Training, "Training", Below, Some(Key::Num4), training: TrainingPanel;
    /// Signals, graph, model and optimisation.
    Tune, "Tune", Right, Some(Key::Num5), tune: TunePanel;
    /// The selected image; layouts on disk call it by its first name.
    #[serde(rename = "details")]
    Image, "Image", Corner, Some(Key::Num6), image: ImagePanel;
    /// What was loaded, visual vectors, what is wrong.
    Data, "Data", Left, Some(Key::Num7), data: DataPanel;
    /// Saved runs.
    Runs, "Runs", Left, Some(Key::Num8), runs: RunsPanel;
    /// Many runs at once: table, plots, comparison.
    Experiments, "Experiments", Middle, Some(Key::Num9), experiments: ExperimentsPanel;
    /// Ablations, cross-validations and sweeps.
    Studies, "Studies", Middle, Some(Key::Num0), studies: StudiesPanel;
}

impl Panel {
    /// By its title, in any case.
    pub fn by_name(name: &str) -> Option<Panel> {
        Panel::ALL.into_iter().find(|panel| panel.name().eq_ignore_ascii_case(name))
    }
}

impl Panels {
    /// Another data set is open.
    pub fn reset(&mut self) {
        for panel in Panel::ALL {
            self.view(panel).reset();
        }
    }
}
