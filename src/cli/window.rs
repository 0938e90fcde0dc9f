//! `crossrank` and `crossrank DATASET`: the window.

use super::data::fault;
use crate::app::App;
use crate::workspace::{Store, Workspace};
use anyhow::{Result, anyhow};
use std::path::PathBuf;

/// Opens the window and stays until it is closed.
///
/// # Errors
/// If there is no such file, or no window can be opened.
pub(super) fn run(dataset: Option<PathBuf>) -> Result<()> {
    if let Some(path) = &dataset
        && let Err(error) = std::fs::metadata(path)
    {
        return Err(fault(format!("neither a command nor a data set, {error}"), path));
    }
    let store = Store::of_user();
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_app_id("crossrank")
            .with_title("Crossrank")
            .with_inner_size([1480.0, 920.0])
            .with_min_inner_size([900.0, 600.0]),
        renderer: eframe::Renderer::Wgpu,
        // The window's place is kept beside the runs, so that all of it moves with `CROSSRANK_HOME`.
        persistence_path: Some(store.runs().with_file_name("window.ron")),
        ..Default::default()
    };
    let create: eframe::AppCreator<'_> =
        Box::new(move |context| Ok(Box::new(App::new(&context.egui_ctx, Workspace::new(store), dataset))));
    eframe::run_native("Crossrank", options, create).map_err(|error| {
        anyhow!("no window can be opened here ({error}); the commands work without one, see crossrank --help")
    })
}
