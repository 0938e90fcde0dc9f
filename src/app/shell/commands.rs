//! The single table behind menus, shortcuts, the command palette and the list of shortcuts.

use super::manual;
pub use super::named::NamedCommand;
use super::named::{CTRL, CTRL_SHIFT, Effect, NONE, acts, does, keys};
use super::obstacles::{
    never, no_chosen_epoch, no_collection, no_data, no_epochs, no_judges, no_pictures, no_vectors, not_measurable,
    not_training,
};
use super::player;
use super::step::step_candidate;
use crate::app::command::{Command, OpenAs, Zoom};
use crate::app::panels::{Panel, show_epoch, step_epoch};
use crate::workspace::{
    Action, DataAction, EmbeddingAction, HistoryAction, LensAction, SearchAction, SelectionAction, SettingsAction,
    Stranger, ThemeChoice, TrainingAction, Workspace,
};
use egui::Key;
use std::borrow::Cow;

/// Open a data set.
pub static OPEN_DATA: NamedCommand = does("Open data set…", keys(CTRL, Key::O), never, Command::Ask(OpenAs::DataSet));
/// Make a folder of pictures searchable.
pub static NEW_COLLECTION: NamedCommand = does("New collection…", None, never, Command::NewCollection(None));
/// Search the open collection.
pub static SEARCH: NamedCommand = does("Search the collection", keys(CTRL, Key::F), no_collection, Command::Search);
/// Show and change what columns mean.
pub static COLLECTION_TABLES: NamedCommand = does("What columns mean…", None, no_collection, Command::CollectionTables);
/// Look for new pictures.
pub static UPDATE_COLLECTION: NamedCommand =
    acts("Look for new pictures", None, no_collection, |_, _| Some(SearchAction::Update.into()));
/// Say where the pictures of the open collection are now.
pub static RELINK: NamedCommand = does("Relink pictures…", None, no_collection, Command::RelinkPictures);
/// Write the open collection as one file.
pub static PACK: NamedCommand = does("Pack collection…", None, no_collection, Command::PackCollection);
/// Search by the picture in the clipboard.
static SEARCH_CLIPBOARD: NamedCommand = acts(
    "Search by the picture in the clipboard",
    None,
    |workspace| workspace.asking_obstacle().or_else(|| no_vectors(workspace)),
    |_, _| Some(SearchAction::AskLike(Stranger::Clipboard).into()),
);
/// Open the bundled sample.
pub static OPEN_SAMPLE: NamedCommand =
    acts("Open built-in sample", None, never, |_, _| Workspace::sample().map(|path| DataAction::Open(path).into()));
/// Add judgements or a run.
pub static ATTACH_TREC: NamedCommand = does("Add TREC judgements or a run…", None, no_data, Command::Ask(OpenAs::Trec));
/// Add visual vectors.
pub static ATTACH_VECTORS: NamedCommand = does("Add visual vectors…", None, no_data, Command::Ask(OpenAs::Vectors));
/// Undo the last change.
pub static UNDO: NamedCommand = acts(
    "Undo",
    keys(CTRL, Key::Z),
    |workspace| {
        let is_there = workspace.history().next_undo().is_some() || workspace.journal_depth().0 > 0;
        (!is_there).then_some("Nothing to undo.")
    },
    |_, _| Some(HistoryAction::Undo.into()),
);
/// Redo what was undone.
pub static REDO: NamedCommand = NamedCommand {
    name: Cow::Borrowed("Redo"),
    shortcut: keys(CTRL_SHIFT, Key::Z),
    alternative: keys(CTRL, Key::Y),
    obstacle: |workspace| {
        let is_there = workspace.history().next_redo().is_some() || workspace.journal_depth().1 > 0;
        (!is_there).then_some("Nothing to redo.")
    },
    effect: Effect::Act(|_, _| Some(HistoryAction::Redo.into())),
};
/// Start training.
pub static TRAIN: NamedCommand = acts(
    "Start training",
    keys(CTRL, Key::Enter),
    |workspace| match workspace.training().is_running() {
        true => Some("A run is in training."),
        false => workspace.training_obstacle(),
    },
    |_, _| Some(TrainingAction::Start.into()),
);
/// Pause or resume training.
pub static PAUSE: NamedCommand = acts("Pause or resume training", keys(NONE, Key::P), not_training, |workspace, _| {
    Some(TrainingAction::Pause(!workspace.training().is_paused()).into())
});
/// Stop training.
pub static STOP: NamedCommand =
    acts("Stop training", keys(CTRL, Key::Period), not_training, |_, _| Some(TrainingAction::Stop.into()));
static EMBED: NamedCommand =
    acts("Compute embeddings", keys(CTRL, Key::E), no_pictures, |_, _| Some(EmbeddingAction::Compute.into()));
static NEXT_QUERY: NamedCommand =
    acts("Next query", keys(NONE, Key::PageDown), no_data, |_, _| Some(SelectionAction::StepQuery(1).into()));
static PREVIOUS_QUERY: NamedCommand =
    acts("Previous query", keys(NONE, Key::PageUp), no_data, |_, _| Some(SelectionAction::StepQuery(-1).into()));
static NEXT_IMAGE: NamedCommand = NamedCommand {
    name: Cow::Borrowed("Next image in the ranking"),
    shortcut: keys(NONE, Key::J),
    alternative: keys(NONE, Key::ArrowRight),
    obstacle: no_data,
    effect: Effect::Act(|workspace, _| step_candidate(workspace, 1)),
};
static PREVIOUS_IMAGE: NamedCommand = NamedCommand {
    name: Cow::Borrowed("Previous image in the ranking"),
    shortcut: keys(NONE, Key::K),
    alternative: keys(NONE, Key::ArrowLeft),
    obstacle: no_data,
    effect: Effect::Act(|workspace, _| step_candidate(workspace, -1)),
};
static LARGE: NamedCommand =
    does("Show image at full size, or the panels again", keys(NONE, Key::Space), no_data, Command::ToggleLarge);
static FILTER: NamedCommand = does("Filter images…", keys(CTRL_SHIFT, Key::F), no_data, Command::ToggleFilter);
/// The judge's desk.
pub static JUDGE: NamedCommand = does("Judge images", keys(CTRL, Key::J), no_data, Command::ToggleJudging);
/// The judging protocol.
pub static PROTOCOL: NamedCommand = does("Judging protocol…", None, no_data, Command::EditProtocol);
/// Judgements from a file.
pub static IMPORT_JUDGEMENTS: NamedCommand = does("Import judgements…", None, no_judges, Command::ImportJudgements);
/// Judgements to a file.
pub static EXPORT_JUDGEMENTS: NamedCommand = does("Export judgements…", None, no_judges, Command::ExportJudgements);
static CLEAR_SELECTION: NamedCommand = does("Clear selection", keys(NONE, Key::Escape), never, Command::Back);
static FIT_GRAPH: NamedCommand = does("Fit graph or picture to its panel", keys(NONE, Key::F), no_data, Command::Fit);
static MORE_NEIGHBOURS: NamedCommand =
    acts("More neighbours", keys(NONE, Key::CloseBracket), never, |workspace, _| change_neighbours(workspace, 1));
static FEWER_NEIGHBOURS: NamedCommand =
    acts("Fewer neighbours", keys(NONE, Key::OpenBracket), never, |workspace, _| change_neighbours(workspace, -1));
static LATER_EPOCH: NamedCommand =
    acts("Look at the next epoch", keys(NONE, Key::Period), no_epochs, |workspace, _| step_epoch(workspace, true));
static EARLIER_EPOCH: NamedCommand =
    acts("Look at the epoch before", keys(NONE, Key::Comma), no_epochs, |workspace, _| step_epoch(workspace, false));
static OWN_EPOCH: NamedCommand = acts("Back from an epoch to the run itself", None, no_chosen_epoch, |workspace, _| {
    Some(show_epoch(workspace, None))
});
static MEASURE_NEIGHBOURS: NamedCommand =
    acts("Measure the run against the number of neighbours", None, not_measurable, |_, _| {
        Some(LensAction::MeasureNeighbours.into())
    });
static TOGGLE_WIDE: NamedCommand =
    does("Maximise or restore Experiments", keys(CTRL, Key::M), never, Command::ToggleWide);
/// Restore the default layout.
pub static RESET_LAYOUT: NamedCommand = does("Reset layout", None, never, Command::ResetLayout);
/// Switch between light and dark.
pub static SWITCH_THEME: NamedCommand = acts("Switch between light and dark", keys(CTRL, Key::T), never, |_, ctx| {
    let theme = if ctx.theme() == egui::Theme::Dark { ThemeChoice::Light } else { ThemeChoice::Dark };
    Some(SettingsAction::SetTheme(theme).into())
});
static ZOOM_IN: NamedCommand = NamedCommand {
    name: Cow::Borrowed("Enlarge everything"),
    shortcut: keys(CTRL, Key::Plus),
    alternative: keys(CTRL, Key::Equals),
    obstacle: never,
    effect: Effect::Do(Command::Zoom(Zoom::In)),
};
static ZOOM_OUT: NamedCommand = does("Shrink everything", keys(CTRL, Key::Minus), never, Command::Zoom(Zoom::Out));
static RESET_ZOOM: NamedCommand = does("Original size", keys(CTRL, Key::Num0), never, Command::Zoom(Zoom::Reset));
/// The command palette.
pub static PALETTE: NamedCommand = does("All commands…", keys(CTRL, Key::P), never, Command::TogglePalette);
/// The list of shortcuts.
pub static HELP: NamedCommand = does("Keyboard shortcuts…", keys(CTRL, Key::Slash), never, Command::ToggleHelp);
/// The manual.
pub static MANUAL: NamedCommand = does("Manual…", keys(NONE, Key::F1), never, Command::ToggleManual);

/// All commands by topic, in the order of the palette.
pub fn groups() -> Vec<(&'static str, Vec<NamedCommand>)> {
    let group = |name, commands: &[&NamedCommand]| (name, commands.iter().map(|&command| command.clone()).collect());
    vec![
        group(
            "Data",
            &[
                &OPEN_DATA,
                &OPEN_SAMPLE,
                &NEW_COLLECTION,
                &SEARCH,
                &COLLECTION_TABLES,
                &SEARCH_CLIPBOARD,
                &UPDATE_COLLECTION,
                &RELINK,
                &PACK,
                &ATTACH_TREC,
                &ATTACH_VECTORS,
                &IMPORT_JUDGEMENTS,
                &EXPORT_JUDGEMENTS,
                &EMBED,
            ],
        ),
        group("Edit", &[&UNDO, &REDO]),
        group("Training", &[&TRAIN, &PAUSE, &STOP, &LATER_EPOCH, &EARLIER_EPOCH, &OWN_EPOCH]),
        group(
            "Queries and images",
            &[
                &NEXT_QUERY,
                &PREVIOUS_QUERY,
                &NEXT_IMAGE,
                &PREVIOUS_IMAGE,
                &LARGE,
                &FILTER,
                &JUDGE,
                &PROTOCOL,
                &CLEAR_SELECTION,
            ],
        ),
        group(
            "Graph",
            &[
                &FIT_GRAPH,
                &MORE_NEIGHBOURS,
                &FEWER_NEIGHBOURS,
                &MEASURE_NEIGHBOURS,
                &player::TWO_GRAPHS,
                &player::SHOW,
                &player::PLAY,
                &player::NEXT,
                &player::PREVIOUS,
            ],
        ),
        ("Panels", Panel::ALL.into_iter().map(show).collect()),
        group("Window", &[&TOGGLE_WIDE, &RESET_LAYOUT, &SWITCH_THEME, &ZOOM_IN, &ZOOM_OUT, &RESET_ZOOM]),
        group("Help", &[&PALETTE, &HELP, &MANUAL]),
    ]
}

/// All commands, in the order of the palette.
pub fn all() -> impl Iterator<Item = NamedCommand> {
    groups().into_iter().flat_map(|(_, commands)| commands)
}

/// Commands that open the manual at the sections that match `typed`.
pub fn manual(typed: &str) -> impl Iterator<Item = NamedCommand> {
    manual::search(typed).into_iter().map(|section| NamedCommand {
        name: format!("Manual: {}", manual::name(section)).into(),
        shortcut: None,
        alternative: None,
        obstacle: never,
        effect: Effect::Do(Command::OpenManual(section)),
    })
}

/// The command that brings a panel to the front.
pub fn show(panel: Panel) -> NamedCommand {
    NamedCommand {
        name: format!("Show panel: {}", panel.name()).into(),
        shortcut: panel.shortcut(),
        alternative: None,
        obstacle: never,
        effect: Effect::Do(Command::Show(panel)),
    }
}

fn change_neighbours(workspace: &Workspace, step: isize) -> Option<Action> {
    let mut experiment = workspace.settings().experiment.clone();
    experiment.graph.k = experiment.graph.k.saturating_add_signed(step);
    experiment.check().ok()?;
    Some(SettingsAction::SetExperiment(Box::new(experiment)).into())
}
