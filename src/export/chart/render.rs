//! Charts as files.

use super::axes::Frame;
use super::colour::{Palette, Theme};
use super::surface::{Anchor, Drawn, FAMILY, Letters, Surface, register_fonts};
use super::{Chart, Panel, heat, parallel, plot};
use crate::base::{At, write_whole};
use crate::export::ExportError;
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};
use plotters::backend::{BitMapBackend, DrawingBackend, SVGBackend};
use std::path::Path;

/// SVG units per point, as the drawing library only takes whole coordinates.
const FINE: u32 = 20;

/// Each pixel of a PNG is the mean of this number squared.
const SAMPLES: u32 = 3;

/// The greatest width and height of a chart, in points, and of a PNG, in pixels.
const LARGEST: u32 = 10_000;

/// Distance from the edge.
const MARGIN: f64 = 14.0;

const TITLE: f64 = 14.0;

/// Draws a chart as SVG, keeping text as text.
///
/// # Errors
/// If its size is 0 or too large.
pub fn render_svg(chart: &Chart, theme: Theme) -> Result<String, ExportError> {
    check(chart, 1)?;
    let (width, height) = chart.size;
    let mut text = String::new();
    draw_vectors(&mut text, chart, theme)?;
    // Restore the chart's own size, put text on its baseline, and add fallback fonts.
    Ok(text
        .replacen(
            &format!("width=\"{}\" height=\"{}\"", width * FINE, height * FINE),
            &format!("width=\"{width}\" height=\"{height}\""),
            1,
        )
        .replace("dy=\"-0.5ex\" ", "")
        .replace("font-weight=\"bold\"", "font-weight=\"600\"")
        .replace(
            &format!("font-family=\"{FAMILY}\""),
            &format!("font-family=\"{FAMILY}, Helvetica, Arial, sans-serif\""),
        ))
}

/// Draws to a string.
fn draw_vectors(text: &mut String, chart: &Chart, theme: Theme) -> Result<(), ExportError> {
    let size = (chart.size.0 * FINE, chart.size.1 * FINE);
    let backend = SVGBackend::with_string(text, size);
    let mut drawn = Drawn { backend, scale: f64::from(FINE), vector: true, failed: None };
    draw(&mut drawn, chart, theme);
    let done = drawn.backend.present().map_err(|error| ExportError::Drawing(error.to_string()));
    drawn.failed.map_or(done, Err)
}

/// Draws a chart as PNG with `scale` pixels per point.
///
/// # Errors
/// If its size is 0 or too large.
pub fn render_png(chart: &Chart, theme: Theme, scale: u32) -> Result<Vec<u8>, ExportError> {
    check(chart, scale)?;
    let (width, height) = (chart.size.0 * scale, chart.size.1 * scale);
    let (wide, high) = (width * SAMPLES, height * SAMPLES);
    let mut pixels = vec![0; wide as usize * high as usize * 3];
    let mut drawn = Drawn {
        backend: BitMapBackend::with_buffer(&mut pixels, (wide, high)),
        scale: f64::from(scale * SAMPLES),
        vector: false,
        failed: None,
    };
    draw(&mut drawn, chart, theme);
    let failed = drawn.failed.take();
    drop(drawn);
    if let Some(failed) = failed {
        return Err(failed);
    }
    let small = average(&pixels, width as usize, height as usize);
    let mut file = Vec::new();
    PngEncoder::new(&mut file).write_image(&small, width, height, ExtendedColorType::Rgb8)?;
    Ok(file)
}

/// Pixels per point of a PNG: sharp in print at column width.
const SCALE: u32 = 3;

/// Writes a chart to a file: as PNG if its name ends in `.png`, else as SVG.
///
/// # Errors
/// If its size is 0 or too large, or the file cannot be written, with the path.
pub fn write_chart(chart: &Chart, theme: Theme, path: &Path) -> Result<(), ExportError> {
    let is_png = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("png"));
    let bytes = if is_png { render_png(chart, theme, SCALE)? } else { render_svg(chart, theme)?.into_bytes() };
    Ok(write_whole(path, &[&bytes]).at(path)?)
}

fn check(chart: &Chart, scale: u32) -> Result<(), ExportError> {
    register_fonts()?;
    let (width, height) = chart.size;
    let fits = |side: u32| side > 0 && side.checked_mul(scale).is_some_and(|side| (1..=LARGEST).contains(&side));
    if fits(width) && fits(height) {
        return Ok(());
    }
    Err(ExportError::ChartSize { width, height, scale, most: LARGEST })
}

/// Averages each square of samples.
fn average(pixels: &[u8], width: usize, height: usize) -> Vec<u8> {
    let samples = SAMPLES as usize;
    let row = width * samples * 3;
    let mut small = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            for channel in 0..3 {
                let at = |dy: usize, dx: usize| pixels[(y * samples + dy) * row + (x * samples + dx) * 3 + channel];
                let sum: usize = (0..samples)
                    .flat_map(|dy| (0..samples).map(move |dx| (dy, dx)))
                    .map(|(dy, dx)| usize::from(at(dy, dx)))
                    .sum();
                small.push(((sum + samples * samples / 2) / (samples * samples)) as u8);
            }
        }
    }
    small
}

fn draw(surface: &mut dyn Surface, chart: &Chart, theme: Theme) {
    let palette = theme.palette();
    let (width, height) = (f64::from(chart.size.0), f64::from(chart.size.1));
    // One point further, as the bitmap backend omits an area's last row and column.
    surface.rect((0.0, 0.0), (width + 1.0, height + 1.0), palette.background);
    let mut top = MARGIN;
    if !chart.title.is_empty() {
        surface.text((MARGIN, top + TITLE * 0.8), &chart.title, title(palette));
        top += TITLE * 1.7;
    }
    let count = chart.panels.len().max(1) as f64;
    let gap = 2.0 * MARGIN;
    let each = (width - 2.0 * MARGIN - gap * (count - 1.0)) / count;
    for (index, panel) in chart.panels.iter().enumerate() {
        let left = MARGIN + index as f64 * (each + gap);
        let frame = Frame { left, top, right: left + each, bottom: height - MARGIN };
        match panel {
            Panel::Plot(plot) => plot::draw(surface, palette, frame, plot),
            Panel::Heat(map) => heat::draw(surface, palette, frame, map),
            Panel::Parallel(parallel) => parallel::draw(surface, palette, frame, parallel),
        }
    }
}

fn title(palette: &Palette) -> Letters {
    Letters { size: TITLE, strong: true, colour: palette.text, anchor: Anchor::Start, rotated: false }
}
