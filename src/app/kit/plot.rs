//! The style shared by small plots.

use super::theme::Palette;
use super::widgets;
use egui::{AsIdSalt, Color32, FontId, Rangef, TextStyle, Ui};
use egui_plot::{HoverPosition, Plot, Span};

/// A plot without background or crosshair; `x` names the horizontal axis, such as `epoch`.
pub fn small(id: impl AsIdSalt, x: &str, palette: &Palette) -> Plot<'static> {
    let x = x.to_owned();
    Plot::new(id)
        .show_background(false)
        .show_grid([false, true])
        .allow_scroll(false)
        .y_axis_min_width(24.0)
        .grid_color(palette.weak)
        .grid_spacing(Rangef::new(14.0, 70.0))
        .show_crosshair(false)
        .y_axis_formatter(|mark, _| tick(mark.value))
        .label_formatter(move |position| match position {
            HoverPosition::NearDataPoint { plot_name, position, .. } if !plot_name.is_empty() => {
                Some(format!("{plot_name}, {x} {:.0}: {}", position.x, widgets::decimal(position.y)))
            }
            _ => None,
        })
}

/// What the second training of a run is called in plots.
pub const RETRAINED: &str = "retrained on train and validation";

/// The first and the last x of a line.
pub fn ends(line: &[[f64; 2]]) -> Option<[f64; 2]> {
    Some([line.first()?[0], line.last()?[0]])
}

/// The band behind a second training, from its first to its last epoch.
pub fn retrained([first, last]: [f64; 2], colour: Color32) -> Span {
    Span::new("", first - 0.5..=last + 0.5).fill(colour.gamma_multiply(0.10))
}

/// Shrinks the body text style of `ui`, which plots use for their axes.
pub fn small_text(ui: &mut Ui) {
    ui.style_mut().text_styles.insert(TextStyle::Body, FontId::proportional(10.0));
}

/// A value on an axis, without superfluous digits.
fn tick(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.strip_prefix("0.").map_or_else(|| text.to_owned(), |rest| format!(".{rest}"))
}

#[test]
fn ticks_have_no_superfluous_digits() {
    assert_eq!([0.25, 0.5, 0.0, 1.0, 12.0].map(tick), [".25", ".5", "0", "1", "12"]);
}
