//! `crossrank screenshot`: the actual interface as a picture.

use super::args::ScreenshotArgs;
use super::output::{about, fault, print, print_json};
use super::progress::Progress;
use super::temporary::TemporaryFolder;
use crate::app::{ScreenshotError, Shot, screenshot};
use crate::base::write_whole;
use crate::workspace::Store;
use anyhow::{Result, bail};
use image::ImageFormat;
use serde_json::json;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};

/// Supported pixels per point.
const SCALES: std::ops::RangeInclusive<f32> = 0.25..=4.0;

/// Runs the command. The user's own settings are neither read nor written.
///
/// # Errors
/// If the data set cannot be opened or lacks the query or image, or the picture cannot be drawn or written.
pub(super) fn run(args: &ScreenshotArgs) -> Result<()> {
    if !SCALES.contains(&args.scale) {
        bail!("--scale must be from {} to {}, not {}", SCALES.start(), SCALES.end(), args.scale);
    }
    let extension = args.out.extension().and_then(|extension| extension.to_str());
    if !extension.is_some_and(|extension| extension.eq_ignore_ascii_case("png")) {
        return Err(fault("the picture's name must end in .png", &args.out));
    }
    if let Err(error) = std::fs::metadata(&args.dataset) {
        return Err(fault(error, &args.dataset));
    }
    let mut progress = Progress::new(args.json);
    progress.stage("Drawing");
    let shot = Shot {
        dataset: args.dataset.clone(),
        follow: args.follow,
        panel: args.panel,
        query: args.query.clone(),
        size: [f32::from(args.size.width), f32::from(args.size.height)],
        scale: args.scale,
        theme: args.theme,
        epochs: args.epochs,
        epoch: args.epoch,
        image: args.image.clone(),
        player: args.player,
        two_graphs: args.two_graphs,
    };
    let home = TemporaryFolder::new()?;
    let picture = guarded(|| screenshot(&shot, Store::at(home.path()))).map_err(about(&args.dataset))?;
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).map_err(|error| fault(error, &args.out))?;
    write_whole(&args.out, &[&png.into_inner()]).map_err(|error| fault(error, &args.out))?;
    progress.finish();
    let (width, height) = picture.dimensions();
    if args.json {
        print_json(&json!({ "out": args.out.display().to_string(), "width": width, "height": height }))
    } else {
        print(&format!("{width} × {height} pixels: {}\n", args.out.display()))
    }
}

/// The drawing library panics without a graphics adapter: turns that into an error.
fn guarded<T>(draw: impl FnOnce() -> Result<T, ScreenshotError>) -> Result<T, ScreenshotError> {
    let hook = take_hook();
    set_hook(Box::new(|_| {}));
    let drawn = catch_unwind(AssertUnwindSafe(draw));
    set_hook(hook);
    drawn.unwrap_or_else(|panic| {
        let reason = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        let reason = reason.unwrap_or("no reason given");
        Err(ScreenshotError::Drawing(format!(
            "the window could not be drawn (is there a graphics adapter? Mesa's software one will do), {reason}"
        )))
    })
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn a_panic_while_drawing_becomes_a_message() {
        let message = guarded::<()>(|| panic!("No adapter found")).expect_err("it panics");
        assert!(message.to_string().ends_with("No adapter found"), "{message}");
    }
}
