//! `crossrank` and `crossrank DATASET`: the window.

use super::output::fault;
use crate::app::App;
use crate::workspace::{DataAction, Store, Workspace};
use anyhow::{Result, anyhow};
use std::path::PathBuf;

/// Opens the window and returns once it is closed.
///
/// # Errors
/// If there is no such file, or no window can be opened.
pub(super) fn run(dataset: Option<PathBuf>, follow: bool) -> Result<()> {
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
        // The window's geometry is saved beside the runs, so that everything moves with `CROSSRANK_HOME`.
        persistence_path: Some(store.runs().with_file_name("window.ron")),
        ..Default::default()
    };
    let mut workspace = Workspace::new(store);
    if let Some(path) = dataset.clone().filter(|_| follow) {
        workspace.apply(DataAction::FollowLinks(path, true));
    }
    let create: eframe::AppCreator<'_> =
        Box::new(move |context| Ok(Box::new(App::new(&context.egui_ctx, workspace, dataset))));
    eframe::run_native("Crossrank", options, create).map_err(|error| {
        let reason = reason(&error.to_string());
        anyhow!("no window can be opened here ({reason}); the commands work without one, see crossrank --help")
    })
}

/// The window library's message without the source location that precedes it.
fn reason(message: &str) -> String {
    let located = message.split_once(".rs:").and_then(|(_, rest)| rest.split_once(": "));
    located.map_or(message, |(_, reason)| reason).trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn the_window_library_s_source_location_is_not_shown() {
        let message =
            "winit EventLoopError: os error at /home/a/winit-0.30.13/src/linux/mod.rs:765: DISPLAY is not set.";
        assert_eq!(reason(message), "DISPLAY is not set");
        assert_eq!(reason("no adapter"), "no adapter");
    }
}
