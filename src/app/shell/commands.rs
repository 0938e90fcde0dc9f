//! The one table behind menus, shortcuts, the palette and the help sheet.

use super::layout;
use crate::app::{App, Panel};
use crate::workspace::{Action, ThemeChoice, Workspace};
use egui::{Context, Key, KeyboardShortcut, Modifiers};

/// Something a person can ask for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    OpenData,
    OpenSample,
    AttachTrec,
    AttachVectors,
    Train,
    Pause,
    Stop,
    Embed,
    NextQuery,
    PreviousQuery,
    NextImage,
    PreviousImage,
    ClearSelection,
    FitGraph,
    MoreNeighbours,
    FewerNeighbours,
    Show(Panel),
    Widen,
    StandardLayout,
    SwitchTheme,
    Palette,
    Help,
}

/// The keys of the first ten panels, in their order.
const NUMBERS: [Key; 10] =
    [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9, Key::Num0];

const NONE: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers::COMMAND;

impl Command {
    /// All of them, as the help sheet lists them.
    pub const ALL: [Command; 32] = [
        Command::OpenData,
        Command::OpenSample,
        Command::AttachTrec,
        Command::AttachVectors,
        Command::Train,
        Command::Pause,
        Command::Stop,
        Command::Embed,
        Command::NextQuery,
        Command::PreviousQuery,
        Command::NextImage,
        Command::PreviousImage,
        Command::ClearSelection,
        Command::FitGraph,
        Command::MoreNeighbours,
        Command::FewerNeighbours,
        Command::Show(Panel::Queries),
        Command::Show(Panel::Graph),
        Command::Show(Panel::Ranking),
        Command::Show(Panel::Training),
        Command::Show(Panel::Tune),
        Command::Show(Panel::Details),
        Command::Show(Panel::Data),
        Command::Show(Panel::Runs),
        Command::Show(Panel::Experiments),
        Command::Show(Panel::Studies),
        Command::Show(Panel::Embeddings),
        Command::Widen,
        Command::StandardLayout,
        Command::SwitchTheme,
        Command::Palette,
        Command::Help,
    ];

    /// What it is called.
    pub fn name(self) -> String {
        match self {
            Command::OpenData => "Open data set…".into(),
            Command::OpenSample => "Open the built-in sample".into(),
            Command::AttachTrec => "Add TREC judgements or run…".into(),
            Command::AttachVectors => "Add a file of visual vectors…".into(),
            Command::Train => "Start training".into(),
            Command::Pause => "Pause or resume training".into(),
            Command::Stop => "Stop training".into(),
            Command::Embed => "Compute embeddings".into(),
            Command::NextQuery => "Next query".into(),
            Command::PreviousQuery => "Previous query".into(),
            Command::NextImage => "Next image in the ranking".into(),
            Command::PreviousImage => "Previous image in the ranking".into(),
            Command::ClearSelection => "Clear the selection".into(),
            Command::FitGraph => "Fit the graph to its panel".into(),
            Command::MoreNeighbours => "One neighbour more".into(),
            Command::FewerNeighbours => "One neighbour less".into(),
            Command::Show(panel) => format!("Show panel: {}", panel.name()),
            Command::Widen => "Experiments over the whole window, or back".into(),
            Command::StandardLayout => "Standard layout of the panels".into(),
            Command::SwitchTheme => "Switch between light and dark".into(),
            Command::Palette => "All commands…".into(),
            Command::Help => "Keyboard shortcuts…".into(),
        }
    }

    /// Its shortcut. Plain letters count only while no text is being typed.
    pub fn shortcut(self) -> Option<KeyboardShortcut> {
        let (modifiers, key) = match self {
            Command::OpenData => (CTRL, Key::O),
            Command::Train => (CTRL, Key::Enter),
            Command::Pause => (NONE, Key::Space),
            Command::Stop => (CTRL, Key::Period),
            Command::Embed => (CTRL, Key::E),
            Command::NextQuery => (NONE, Key::PageDown),
            Command::PreviousQuery => (NONE, Key::PageUp),
            Command::NextImage => (NONE, Key::J),
            Command::PreviousImage => (NONE, Key::K),
            Command::ClearSelection => (NONE, Key::Escape),
            Command::FitGraph => (NONE, Key::F),
            Command::MoreNeighbours => (NONE, Key::CloseBracket),
            Command::FewerNeighbours => (NONE, Key::OpenBracket),
            Command::Show(panel) => {
                let place = Panel::ALL.iter().position(|known| *known == panel)?;
                (CTRL, *NUMBERS.get(place)?)
            }
            Command::Widen => (CTRL, Key::M),
            Command::SwitchTheme => (CTRL, Key::T),
            Command::Palette => (CTRL, Key::P),
            Command::Help => (NONE, Key::F1),
            Command::OpenSample | Command::AttachTrec | Command::AttachVectors | Command::StandardLayout => {
                return None;
            }
        };
        Some(KeyboardShortcut::new(modifiers, key))
    }

    /// Whether it can be done now.
    pub fn is_enabled(self, workspace: &Workspace) -> bool {
        let training = workspace.training().is_running();
        match self {
            Command::AttachTrec | Command::AttachVectors => workspace.session().is_some(),
            Command::NextQuery | Command::PreviousQuery => workspace.session().is_some(),
            Command::NextImage | Command::PreviousImage | Command::FitGraph => workspace.session().is_some(),
            Command::Train => !training && workspace.can_train(),
            Command::Pause | Command::Stop => training,
            Command::Embed => {
                !workspace.embedding().is_running()
                    && workspace.session().is_some_and(|session| session.summary.pictures > 0)
            }
            _ => true,
        }
    }

    /// Does it.
    pub fn run(self, app: &mut App, ctx: &Context) {
        if !self.is_enabled(&app.workspace) {
            return;
        }
        let action = match self {
            Command::OpenData => return app.parts.open.open(open_start(&app.workspace)),
            Command::OpenSample => match Workspace::sample() {
                Some(path) => Action::Open(path),
                None => return,
            },
            Command::AttachTrec => return app.parts.open.attach(open_start(&app.workspace)),
            Command::AttachVectors => return app.parts.open.vectors(open_start(&app.workspace)),
            Command::Train => Action::Train,
            Command::Pause => Action::PauseTraining(!app.workspace.training().is_paused()),
            Command::Stop => Action::StopTraining,
            Command::Embed => Action::Embed,
            Command::NextQuery => Action::StepQuery(1),
            Command::PreviousQuery => Action::StepQuery(-1),
            Command::NextImage => return app.step_candidate(1),
            Command::PreviousImage => return app.step_candidate(-1),
            Command::ClearSelection => Action::SelectCandidate(None),
            Command::FitGraph => return app.parts.graph.fit(),
            Command::MoreNeighbours => more_neighbours(&app.workspace, 1),
            Command::FewerNeighbours => more_neighbours(&app.workspace, -1),
            Command::Show(panel) => return app.show_panel(panel),
            Command::Widen => return app.widen(),
            Command::StandardLayout => {
                app.parked = None;
                app.tree = layout::standard();
                Action::SetPanels(layout::save(&app.tree))
            }
            Command::SwitchTheme => Action::SetTheme(match ctx.theme() {
                egui::Theme::Dark => ThemeChoice::Light,
                egui::Theme::Light => ThemeChoice::Dark,
            }),
            Command::Palette => return app.parts.dialogs.toggle_palette(),
            Command::Help => return app.parts.dialogs.toggle_help(),
        };
        app.actions.push(action);
    }
}

fn more_neighbours(workspace: &Workspace, step: isize) -> Action {
    let mut experiment = workspace.settings().experiment.clone();
    experiment.graph.k = experiment.graph.k.saturating_add_signed(step).clamp(1, 100);
    Action::SetExperiment(Box::new(experiment))
}

fn open_start(workspace: &Workspace) -> Option<std::path::PathBuf> {
    workspace.session().and_then(|session| session.path.parent().map(std::path::Path::to_owned))
}

/// The commands asked for in this frame.
#[derive(Default)]
pub struct Commands(pub Vec<Command>);

impl Commands {
    pub fn push(&mut self, command: Command) {
        self.0.push(command);
    }
}

/// Takes the shortcuts pressed in this frame.
pub fn take_shortcuts(ctx: &Context, workspace: &Workspace, commands: &mut Commands) {
    let typing = ctx.egui_wants_keyboard_input();
    for command in Command::ALL {
        let Some(shortcut) = command.shortcut() else { continue };
        let plain =
            shortcut.modifiers == NONE && !matches!(shortcut.logical_key, Key::F1 | Key::PageDown | Key::PageUp);
        let space = shortcut.logical_key == Key::Space;
        // Space on a focused button presses that button.
        if (plain && typing) || (space && ctx.memory(|memory| memory.focused().is_some())) {
            continue;
        }
        if command.is_enabled(workspace) && ctx.input_mut(|input| input.consume_shortcut(&shortcut)) {
            commands.push(command);
        }
    }
}
