//! The style shared by small plots.

use super::theme::{self, Palette};
use super::widgets;
use egui::{AsIdSalt, Color32, FontId, Rangef, TextStyle, Ui, Vec2, vec2};
use egui_plot::{AxisHints, GridInput, GridMark, HoverPosition, Plot, Span};

/// Smallest distance between grid lines, in points.
const GRID: f32 = 14.0;

/// Smallest distance between marks on the two axes, in points: numbers are wider than high.
const MARKS: [f32; 2] = [30.0, 20.0];

/// A plot without background or crosshair; `x` names the horizontal axis, such as `epoch`, which has whole numbers.
pub fn small(id: impl AsIdSalt, x: &str, palette: &Palette) -> Plot<'static> {
    let x = x.to_owned();
    // Every mark has a number: both appear from the same distance on.
    let seen = |axis: usize| Rangef::new(0.5 * MARKS[axis], 0.8 * MARKS[axis]);
    let across = AxisHints::new_x().label_spacing(seen(0)).formatter(|mark, _| format!("{:.0}", mark.value));
    let up = AxisHints::new_y().label_spacing(seen(1)).min_thickness(24.0).formatter(|mark, _| tick(mark));
    Plot::new(id)
        .show_background(false)
        .show_grid([false, true])
        .allow_scroll(false)
        .custom_x_axes(vec![across])
        .custom_y_axes(vec![up])
        .x_grid_spacer(|input| marks(&input, MARKS[0], 1.0))
        .y_grid_spacer(|input| marks(&input, MARKS[1], 0.0))
        .grid_color(palette.weak)
        .grid_spacing(Rangef::new(GRID, 70.0))
        .show_crosshair(false)
        .label_formatter(move |position| match position {
            HoverPosition::NearDataPoint { plot_name, position, .. } if !plot_name.is_empty() => {
                Some(format!("{plot_name}, {x} {:.0}: {}", position.x, widgets::decimal(position.y)))
            }
            _ => None,
        })
}

/// As [`small`], with a horizontal axis of counts from 1 on in equal ratios: points have the [`place`] of a count as their x.
pub fn small_ratios(id: impl AsIdSalt, x: &str, palette: &Palette) -> Plot<'static> {
    let name = x.to_owned();
    let seen = Rangef::new(0.5 * MARKS[0], 0.8 * MARKS[0]);
    let across = AxisHints::new_x().label_spacing(seen).formatter(|mark, _| format!("{:.0}", mark.value.exp()));
    small(id, x, palette)
        .custom_x_axes(vec![across])
        .x_grid_spacer(|input| {
            let (low, high) = input.bounds;
            let marks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map(place).into_iter();
            let seen = marks.filter(|value| (low..=high).contains(value));
            // From 1 to 2, from 2 to 5 and from 5 to 10 is about as far.
            seen.map(|value| GridMark { value, step_size: 2_f64.ln() }).collect()
        })
        .label_formatter(move |position| match position {
            HoverPosition::NearDataPoint { plot_name, position, .. } if !plot_name.is_empty() => {
                Some(format!("{plot_name}, {name} {:.0}: {}", position.x.exp(), widgets::decimal(position.y)))
            }
            _ => None,
        })
}

/// Where a count lies on an axis of equal ratios; 0 lies a little before 1.
pub fn place(count: usize) -> f64 {
    if count == 0 { -0.35 } else { (count as f64).ln() }
}

/// The count nearest to a place on an axis of equal ratios, at least 1.
pub fn count_at(place: f64) -> usize {
    place.exp().round().max(1.0) as usize
}

/// Draws `count` small plots in as many columns as the width has room for, filling `height` where they can; `draw` gets the
/// number of a plot and its size.
pub fn side_by_side(ui: &mut Ui, count: usize, height: f32, mut draw: impl FnMut(&mut Ui, usize, Vec2)) {
    let columns = match ui.available_width() {
        width if width >= 1100.0 && height < 260.0 => count,
        width if width >= 420.0 => 3,
        width if width >= 260.0 => 2,
        _ => 1,
    };
    let rows = count.div_ceil(columns);
    let gap = 2.0 * theme::GRID;
    let size = vec2(
        (ui.available_width() - gap * (columns - 1) as f32) / columns as f32,
        ((height - gap * (rows - 1) as f32) / rows as f32).max(80.0),
    );
    ui.spacing_mut().item_spacing = vec2(gap, gap);
    for row in 0..rows {
        ui.horizontal_top(|ui| {
            for number in row * columns..count.min((row + 1) * columns) {
                ui.allocate_ui(size, |ui| draw(ui, number, size));
            }
        });
    }
}

/// A key of a plot's legend: a piece of the line and its name, which move to the next row together.
pub fn key_ui(ui: &mut Ui, name: &str, colour: Color32, dashed: bool, palette: &Palette) {
    let text = ui.painter().layout_no_wrap(name.to_owned(), FontId::proportional(theme::SMALL), palette.weak);
    let wanted = vec2(16.0 + theme::GRID + text.size().x, text.size().y);
    let (area, response) = ui.allocate_exact_size(wanted, egui::Sense::hover());
    let rect = area.with_max_x(area.left() + 16.0);
    if dashed {
        let ends = [rect.left_center(), rect.right_center()];
        ui.painter().extend(egui::Shape::dashed_line(&ends, egui::Stroke::new(1.5, colour), 4.0, 2.5));
    } else {
        ui.painter().hline(rect.x_range(), rect.center().y, egui::Stroke::new(2.0, colour));
    }
    ui.painter().galley(egui::pos2(rect.right() + theme::GRID, area.top()), text, palette.weak);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, name));
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

/// Marks at multiples of 1, 2 or 5 times a power of ten, at least `gap` points apart; `least` is the smallest step.
/// The toolkit's own marks are at powers of ten, of which a small plot often shows one.
fn marks(input: &GridInput, gap: f32, least: f64) -> Vec<GridMark> {
    let wanted = (input.base_step_size * f64::from(gap / GRID)).max(least);
    let (low, high) = input.bounds;
    if !wanted.is_finite() || wanted <= 0.0 || (high - low) / wanted > 1000.0 {
        return Vec::new();
    }
    let power = 10f64.powf(wanted.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= wanted * (1.0 - 1e-9));
    let step_size = factor.unwrap_or(10.0) * power;
    let (first, last) = ((low / step_size).ceil() as i64, (high / step_size).floor() as i64);
    (first..=last).map(|at| GridMark { value: at as f64 * step_size, step_size }).collect()
}

/// A mark's value with as many decimals as its distance from the next one needs.
fn tick(mark: GridMark) -> String {
    let is_whole = |decimals: &i32| {
        let scaled = mark.step_size * 10f64.powi(*decimals);
        (scaled - scaled.round()).abs() < 1e-6 * scaled.max(1.0)
    };
    let decimals = (0..9).find(is_whole).unwrap_or(9) as usize;
    let text = format!("{:.decimals$}", mark.value.abs());
    let text = text.strip_prefix("0.").map_or_else(|| text.clone(), |rest| format!(".{rest}"));
    let is_zero = text.chars().all(|letter| matches!(letter, '0' | '.'));
    match is_zero {
        true => "0".to_owned(),
        false => format!("{}{text}", if mark.value < 0.0 { "−" } else { "" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_have_the_decimals_that_tell_them_apart() {
        let ticks = |values: [f64; 4], step_size| values.map(|value| tick(GridMark { value, step_size }));
        assert_eq!(ticks([0.0, 0.25, 0.5, 1.0], 0.25), ["0", ".25", ".50", "1.00"]);
        assert_eq!(ticks([0.0, 0.002, -0.004, 12.0], 0.002), ["0", ".002", "−.004", "12.000"]);
        assert_eq!(ticks([0.0, 20.0, 40.0, 100.0], 20.0), ["0", "20", "40", "100"]);
    }

    #[test]
    fn a_small_plot_has_several_marks_whatever_its_range() {
        // 80 points high, and a value axis from 0 to `range`.
        for range in [0.0007, 0.03, 0.15, 0.9, 4.0, 730.0] {
            let input = GridInput { bounds: (0.0, range), base_step_size: range / 80.0 * f64::from(GRID) };
            let marks = marks(&input, MARKS[1], 0.0);
            assert!((2..=5).contains(&marks.len()), "{range}: {marks:?}");
            assert!(marks[0].step_size / range * 80.0 >= f64::from(MARKS[1]) - 1e-6);
        }
        let input = GridInput { bounds: (0.0, 3.0), base_step_size: 3.0 / 300.0 * f64::from(GRID) };
        assert_eq!(marks(&input, MARKS[0], 1.0).len(), 4, "no half epochs");
    }
}
