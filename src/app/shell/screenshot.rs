//! Renders the real interface to a picture, without a display.

use crate::app::App;
use crate::app::panels::Panel;
use crate::base::some_of;
use crate::workspace::{
    DataAction, LensAction, PropagationAction, SelectionAction, SettingsAction, Store, ThemeChoice, TrainingAction,
    TwoGraphsAction, Workspace,
};
use egui_kittest::Harness;
use egui_system_font_provider::SystemFontProvider;
use image::RgbaImage;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What to draw.
#[derive(Clone, Debug)]
pub struct Shot {
    /// The data set.
    pub dataset: PathBuf,
    /// Whether its files may lie outside its folder.
    pub follow: bool,
    /// One panel alone, or the whole window.
    pub panel: Option<Panel>,
    /// The id of the query to select; by default the first.
    pub query: Option<String>,
    /// Width and height in points.
    pub size: [f32; 2],
    /// Pixels per point.
    pub scale: f32,
    /// Light or dark.
    pub theme: ThemeChoice,
    /// Epochs to train first; 0 shows the app as it opens.
    pub epochs: usize,
    /// The kept epoch to look at; by default the run itself.
    pub epoch: Option<usize>,
    /// The id of the image to select.
    pub image: Option<String>,
    /// A place of the propagation player, which is closed without one: 0 is the first stage, 1 the second.
    pub player: Option<f32>,
    /// Whether two graphs are shown side by side.
    pub two_graphs: bool,
}

/// Why there is no picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScreenshotError {
    /// The workspace reported why it cannot show what was asked for.
    #[error("{0}")]
    Reported(String),
    /// The data set has no such query.
    #[error("no query “{0}”")]
    NoQuery(String),
    /// The query has no such image.
    #[error("the query has no image “{0}”")]
    NoImage(String),
    /// The app was still busy after five minutes.
    #[error("the app did not settle within five minutes")]
    Timeout,
    /// The run did not keep this epoch.
    #[error("epoch {0} was not kept: a run of so many epochs keeps {1}")]
    NoEpoch(usize, String),
    /// Rendering failed, for lack of a graphics driver for instance.
    #[error("{0}")]
    Drawing(String),
}

/// How long the app may take to settle.
const TIMEOUT: Duration = Duration::from_secs(300);

/// Renders the interface.
///
/// # Errors
/// If the data set can't be opened, the query or image does not exist, or rendering fails.
pub fn screenshot(shot: &Shot, store: Store) -> Result<RgbaImage, ScreenshotError> {
    let mut harness = headless(shot, store);
    settle(&mut harness)?;
    prepare(&mut harness, shot)?;
    settle(&mut harness)?;
    harness.render().map_err(ScreenshotError::Drawing)
}

impl Shot {
    /// The whole window in the dark theme, just after opening a data set.
    pub fn of(dataset: impl Into<PathBuf>) -> Self {
        Self {
            dataset: dataset.into(),
            follow: false,
            panel: None,
            query: None,
            size: [1480.0, 920.0],
            scale: 1.0,
            theme: ThemeChoice::Dark,
            epochs: 0,
            epoch: None,
            image: None,
            player: None,
            two_graphs: false,
        }
    }
}

/// The app on the shot's data set, without a window, for scripts and tests to drive.
pub fn headless<'a>(shot: &Shot, store: Store) -> Harness<'a, App> {
    let mut workspace = Workspace::new(store).with_theme(shot.theme);
    workspace.apply(DataAction::FollowLinks(shot.dataset.clone(), shot.follow));
    let (path, panel) = (shot.dataset.clone(), shot.panel);
    Harness::builder()
        .with_size(egui::vec2(shot.size[0], shot.size[1]))
        .with_pixels_per_point(shot.scale)
        .with_step_dt(1.0 / 30.0)
        .allow_missing_glyphs()
        .with_accessibility_check(false)
        .with_render_options(Default::default())
        .wgpu()
        .build_eframe(move |context| {
            // As eframe does in a real window: glyphs that our fonts lack come from the system's.
            context.egui_ctx.add_font_provider(Arc::new(SystemFontProvider::new()));
            let mut app = App::new(&context.egui_ctx, workspace, Some(path));
            if let Some(panel) = panel {
                app.show_only(panel);
            }
            app
        })
}

fn prepare(harness: &mut Harness<'_, App>, shot: &Shot) -> Result<(), ScreenshotError> {
    let workspace = harness.state_mut().workspace_mut();
    let Some(session) = workspace.session() else {
        return Err(ScreenshotError::Reported(last_message(workspace, "the data set did not open")));
    };
    if let Some(id) = &shot.query {
        let query = session.data.dataset.query_index(id).ok_or_else(|| ScreenshotError::NoQuery(id.clone()))?;
        workspace.apply(SelectionAction::Query(query));
    }
    if shot.epochs > 0 {
        let mut experiment = workspace.settings().experiment.clone();
        experiment.training.epochs = shot.epochs;
        workspace.apply(SettingsAction::SetExperiment(Box::new(experiment)));
        workspace.apply(TrainingAction::Start);
        settle(harness)?;
        let workspace = harness.state().workspace();
        if workspace.training().run().is_none_or(|run| run.history.is_empty()) {
            return Err(ScreenshotError::Reported(last_message(workspace, "training did not start")));
        }
        look(harness, shot)?;
    }
    let workspace = harness.state_mut().workspace_mut();
    if let (Some(id), Some(session)) = (&shot.image, workspace.session()) {
        let dataset = &session.data.dataset;
        let candidates = &dataset.queries[session.query()].candidates;
        let found = candidates.iter().position(|candidate| dataset.images[candidate.image].id.as_str() == id);
        let found = found.ok_or_else(|| ScreenshotError::NoImage(id.clone()))?;
        workspace.apply(SelectionAction::Candidate(Some(found)));
    }
    workspace.apply(TwoGraphsAction::Show(shot.two_graphs));
    match shot.player {
        Some(at) => play_to(harness, at),
        None => Ok(()),
    }
}

/// Opens the propagation player and stops it at a place.
fn play_to(harness: &mut Harness<'_, App>, at: f32) -> Result<(), ScreenshotError> {
    harness.state_mut().workspace_mut().apply(PropagationAction::Show(true));
    settle(harness)?;
    let workspace = harness.state_mut().workspace_mut();
    if workspace.propagation().stages().is_none() {
        let problem = workspace.propagation().problem().unwrap_or("the player has nothing to show");
        return Err(ScreenshotError::Reported(problem.to_owned()));
    }
    workspace.apply(PropagationAction::Play(false));
    workspace.apply(PropagationAction::Seek(at));
    Ok(())
}

/// Looks at the trained run as asked for.
fn look(harness: &mut Harness<'_, App>, shot: &Shot) -> Result<(), ScreenshotError> {
    let workspace = harness.state_mut().workspace_mut();
    if let (Some(epoch), Some(run)) = (shot.epoch, workspace.training().run().map(|run| run.path.clone())) {
        if !workspace.epochs().kept().any(|kept| kept == epoch) {
            let kept: Vec<String> = workspace.epochs().kept().map(|epoch| epoch.to_string()).collect();
            return Err(ScreenshotError::NoEpoch(epoch, some_of(&kept)));
        }
        workspace.apply(LensAction::ShowEpoch { run, epoch: Some(epoch) });
    }
    if shot.panel == Some(Panel::Neighbours) {
        workspace.apply(LensAction::MeasureNeighbours);
        settle(harness)?;
    }
    Ok(())
}

/// The workspace's last message, or `default` if there is none.
fn last_message(workspace: &Workspace, default: &str) -> String {
    workspace.messages().last().map_or(default, |message| &message.text).to_owned()
}

/// Runs the app until nothing is left to do: files, graph, layout, pictures, training.
///
/// # Errors
/// If that takes longer than five minutes.
pub fn settle(harness: &mut Harness<'_, App>) -> Result<(), ScreenshotError> {
    let started = Instant::now();
    let mut quiet = 0;
    while quiet < 4 {
        harness.step();
        quiet = if harness.state().is_busy() { 0 } else { quiet + 1 };
        if started.elapsed() > TIMEOUT {
            return Err(ScreenshotError::Timeout);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}
