//! Widgets shared by several panels.

use super::icons;
use super::obstacle;
use super::picture::Picture;
use super::theme::{self, GRID, Palette};
use crate::base::Progress;
use egui::epaint::RectShape;
use egui::{
    Align2, Color32, CornerRadius, FontId, Painter, Pos2, Rect, Response, RichText, Sense, Ui, Vec2, WidgetText, pos2,
    vec2,
};
use std::path::Path;
use std::time::Duration;

/// Up to this aspect ratio a picture is cropped to a square; longer ones are cropped by the same factor, so that they
/// stay recognisable.
const MAX_CROP: f32 = 1.5;

/// Paints a picture on a square tile, cropping only its longer side; without a picture, a neutral tile that says why.
pub fn paint_cover(painter: &Painter, rect: Rect, picture: Picture, palette: &Palette, tint: Color32) {
    let corners = CornerRadius::same((rect.width() * 0.08).clamp(2.0, 6.0) as u8);
    match picture {
        Picture::Ready { texture, uv, aspect } => {
            let wanted = if aspect > 1.0 { (aspect / MAX_CROP).max(1.0) } else { (aspect * MAX_CROP).min(1.0) };
            let size = if wanted > 1.0 { vec2(1.0, 1.0 / wanted) } else { vec2(wanted, 1.0) };
            let inner = Rect::from_center_size(rect.center(), rect.size() * size);
            // Behind a faded picture the background would show through.
            if inner != rect && tint.a() == 255 {
                painter.rect_filled(rect, corners, Color32::from_gray(250));
            }
            let uv = cover(uv, aspect, wanted);
            painter.add(RectShape::filled(inner, corners, tint).with_texture(texture, uv));
        }
        other => paint_tile(painter, rect, other, palette, corners, tint),
    }
}

/// Paints a whole picture centred in `rect`; returns the part of `rect` that it fills.
pub fn paint_contain(painter: &Painter, rect: Rect, picture: Picture, palette: &Palette) -> Rect {
    let corners = CornerRadius::same(theme::RADIUS);
    match picture {
        Picture::Ready { texture, uv, aspect } => {
            let size = if aspect > rect.aspect_ratio() {
                vec2(rect.width(), rect.width() / aspect)
            } else {
                vec2(rect.height() * aspect, rect.height())
            };
            let inner = Rect::from_center_size(rect.center(), size);
            painter.add(RectShape::filled(inner, corners, Color32::WHITE).with_texture(texture, uv));
            inner
        }
        other => {
            paint_tile(painter, rect, other, palette, corners, Color32::WHITE);
            rect
        }
    }
}

fn paint_tile(
    painter: &Painter,
    rect: Rect,
    picture: Picture,
    palette: &Palette,
    corners: CornerRadius,
    tint: Color32,
) {
    let dim = f32::from(tint.a()) / 255.0;
    painter.rect_filled(rect, corners, palette.raised.gamma_multiply(dim));
    let icon = match picture {
        Picture::Broken => icons::BROKEN,
        Picture::Absent => icons::IMAGE,
        _ => return,
    };
    if rect.width() >= 16.0 {
        let font = FontId::proportional((rect.height() * 0.45).min(28.0));
        painter.text(rect.center(), Align2::CENTER_CENTER, icon, font, palette.weak.gamma_multiply(dim));
    }
}

/// The centred part of `uv` with the aspect ratio `wanted`.
fn cover(uv: Rect, aspect: f32, wanted: f32) -> Rect {
    let scale = if aspect > wanted { vec2(wanted / aspect, 1.0) } else { vec2(1.0, aspect / wanted) };
    Rect::from_center_size(uv.center(), uv.size() * scale)
}

/// Text on a small rounded background with its lower left corner at `corner`.
pub fn paint_badge(painter: &Painter, corner: Pos2, text: &str, size: f32, palette: &Palette, alpha: f32) {
    let galley = painter.layout_no_wrap(text.to_owned(), theme::strong(size), palette.text.gamma_multiply(alpha));
    let pad = vec2(3.0, 1.0);
    let rect = Rect::from_min_size(corner - vec2(0.0, galley.size().y + 2.0 * pad.y), galley.size() + 2.0 * pad);
    painter.rect_filled(rect, 3, palette.panel.gamma_multiply(0.88 * alpha));
    painter.galley(rect.min + pad, galley, palette.text);
}

/// A heading within a panel.
pub fn section(ui: &mut Ui, title: &str) {
    ui.add_space(GRID);
    ui.label(RichText::new(title).font(theme::strong(theme::BODY)));
}

/// A caption in weak, small text.
pub fn caption(ui: &mut Ui, text: impl Into<String>) -> Response {
    ui.label(RichText::new(text).small().color(theme::palette(ui.visuals()).weak))
}

/// A number between 0 and 1 with three decimals and no leading zero, as papers print it: `.823`; `–` if there is none.
pub fn decimal(value: f64) -> String {
    if value.is_nan() {
        return "–".to_owned();
    }
    let text = format!("{value:.3}");
    text.strip_prefix("0.").map(|rest| format!(".{rest}")).unwrap_or(text)
}

/// A change of such a number: `+.041`, `−.002`, `±0`.
pub fn change(value: f64) -> String {
    match value {
        value if value.abs() < 0.0005 => "±0".to_owned(),
        value if value > 0.0 => format!("+{}", decimal(value)),
        value => format!("−{}", decimal(-value)),
    }
}

/// Like [`decimal`], for numbers that may be negative.
pub fn signed(value: f64) -> String {
    if value < -0.0005 { format!("−{}", decimal(-value)) } else { decimal(value.abs()) }
}

/// A share in per cent: `85 %`.
pub fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

/// A probability of a test: `p = .012`, `p < .001`.
pub fn probability(p: f64) -> String {
    if p < 0.001 { "p < .001".to_owned() } else { format!("p = {}", decimal(p)) }
}

/// A count with thousands separators: `2,836`.
pub fn count(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A collapsible section of a form.
pub fn folded(ui: &mut Ui, title: &str, open: bool, body: impl FnOnce(&mut Ui)) {
    egui::CollapsingHeader::new(strong_text(title)).default_open(open).show_unindented(ui, |ui| {
        body(ui);
        ui.add_space(GRID);
    });
}

/// A button with an icon; `name` is its tooltip and accessible name.
pub fn icon_button(ui: &mut Ui, icon: &str, name: &str) -> Response {
    icon_button_unless(ui, None, icon, name)
}

/// Like [`icon_button`], greyed out if there is an obstacle.
pub fn icon_button_unless(ui: &mut Ui, obstacle: Option<&str>, icon: &str, name: &str) -> Response {
    let button = egui::Button::new(RichText::new(icon).size(15.0)).min_size(Vec2::splat(theme::ROW));
    obstacle::add_unless(ui, obstacle, button).on_hover_text(name).accessible_name(name)
}

/// The primary button, greyed out if there is an obstacle.
pub fn primary_button(ui: &mut Ui, obstacle: Option<&str>, icon: &str, text: &str) -> Response {
    let palette = theme::palette(ui.visuals());
    let label = RichText::new(format!("{icon}  {text}")).font(theme::strong(theme::BODY)).color(palette.on_accent);
    obstacle::add_unless(ui, obstacle, egui::Button::new(label).fill(palette.accent)).accessible_name(text)
}

/// A segmented control; `true` once the choice has changed. Where it does not fit on one line, its choices wrap.
pub fn segmented<T: PartialEq + Copy>(ui: &mut Ui, value: &mut T, choices: &[(T, &str, &str)]) -> bool {
    if !ui.layout().main_wrap() {
        return ui.horizontal_wrapped(|ui| segmented(ui, value, choices)).inner;
    }
    let mut changed = false;
    let (outer, padding) = (ui.spacing().item_spacing, ui.spacing().button_padding);
    ui.spacing_mut().button_padding.x = 6.0;
    for (at, &(choice, name, hint)) in choices.iter().enumerate() {
        ui.spacing_mut().item_spacing = if at + 1 < choices.len() { Vec2::splat(2.0) } else { outer };
        if ui.selectable_label(*value == choice, name).on_hover_text(hint).clicked() && *value != choice {
            *value = choice;
            changed = true;
        }
    }
    ui.spacing_mut().button_padding = padding;
    changed
}

/// A fact: its name on the left, its value on the right, which wraps. Rows are as high as they need to be, also in the
/// first frame, in which a grid does not know its rows yet.
pub fn fact(ui: &mut Ui, name: &str, value: impl Into<WidgetText>) -> Response {
    let names = (0.4 * ui.available_width()).clamp(74.0, 92.0);
    let palette = theme::palette(ui.visuals());
    ui.horizontal_top(|ui| {
        let size = vec2(names, ui.text_style_height(&egui::TextStyle::Body));
        let layout = egui::Layout::left_to_right(egui::Align::Min);
        let name = ui.allocate_ui_with_layout(size, layout, |ui| {
            ui.set_min_width(names);
            one_line(ui, RichText::new(name).color(palette.weak))
        });
        ui.add(egui::Label::new(value).wrap());
        name.inner
    })
    .inner
}

/// A row of a form: the name on the left, the control on the right, `hint` as the name's tooltip.
pub fn field<R>(ui: &mut Ui, name: &str, hint: &str, control: impl FnOnce(&mut Ui) -> R) -> R {
    ui.horizontal(|ui| {
        let width = 86.0;
        let (rect, label) = ui.allocate_exact_size(vec2(width, theme::ROW), Sense::hover());
        let palette = theme::palette(ui.visuals());
        let font = FontId::proportional(theme::BODY);
        ui.painter().text(pos2(rect.left(), rect.center().y), Align2::LEFT_CENTER, name, font, palette.weak);
        label.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, name));
        label.on_hover_text(hint);
        // Leaves room for the number beside a slider.
        ui.spacing_mut().slider_width = (ui.available_width() - 58.0).clamp(40.0, 160.0);
        control(ui)
    })
    .inner
}

/// What a panel shows while it is empty; `true` once the button `next` is clicked.
pub fn empty_state(ui: &mut Ui, icon: &str, title: &str, text: &str, next: Option<&str>) -> bool {
    empty(ui, (icon, title, text), |ui| next.is_some_and(|next| ui.button(next).clicked()))
}

/// Like [`empty_state`], with the button that starts training, or the reason why that cannot be done.
pub fn empty_start(ui: &mut Ui, icon: &str, title: &str, text: &str, obstacle: Option<&str>) -> bool {
    empty_unless(ui, (icon, title, text), "Start training", obstacle)
}

/// Like [`empty_state`], with the button `next`, or the reason why it cannot be used.
pub fn empty_unless(ui: &mut Ui, words: (&str, &str, &str), next: &str, obstacle: Option<&str>) -> bool {
    empty(ui, words, |ui| {
        let clicked = obstacle::add_unless(ui, obstacle, egui::Button::new(next)).clicked();
        if let Some(reason) = obstacle {
            obstacle::obstacle_line(ui, reason);
        }
        clicked
    })
}

fn empty(ui: &mut Ui, (icon, title, text): (&str, &str, &str), next: impl FnOnce(&mut Ui) -> bool) -> bool {
    let palette = theme::palette(ui.visuals());
    let height = ui.available_height();
    ui.vertical_centered(|ui| {
        ui.add_space((height * 0.5 - 80.0).max(2.0 * GRID));
        ui.label(RichText::new(icon).size(32.0).color(palette.weak));
        ui.label(RichText::new(title).font(theme::strong(15.0)));
        ui.scope(|ui| {
            ui.set_max_width(ui.available_width().min(420.0));
            ui.label(RichText::new(text).color(palette.weak));
        });
        ui.add_space(GRID);
        next(ui)
    })
    .inner
}

/// A bar that shows a value between 0 and 1.
pub fn bar(ui: &mut Ui, value: f32, width: f32, colour: Color32) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(width, 6.0), Sense::hover());
    let palette = theme::palette(ui.visuals());
    ui.painter().rect_filled(rect, 3, palette.raised);
    let filled = Rect::from_min_size(rect.min, vec2(rect.width() * value.clamp(0.0, 1.0), rect.height()));
    ui.painter().rect_filled(filled, 3, colour);
    response
}

/// Semibold text.
pub fn strong_text(text: impl Into<String>) -> RichText {
    RichText::new(text).font(theme::strong(theme::BODY))
}

/// A line truncated with “…”; the whole text shows on hover.
pub fn one_line(ui: &mut Ui, text: impl Into<WidgetText>) -> Response {
    ui.add(egui::Label::new(text).truncate())
}

/// A drop-down list; `name` is its accessible name, `selected` its text while closed.
pub fn choices(ui: &mut Ui, name: &str, selected: impl Into<WidgetText>, list: impl FnOnce(&mut Ui)) {
    let width = (ui.available_width() - 4.0 * GRID).clamp(72.0, 112.0);
    egui::ComboBox::from_id_salt(name)
        .selected_text(selected)
        .width(width)
        .show_ui(ui, list)
        .response
        .accessible_name(name);
}

/// Stage, amount done, rate and time left.
pub fn progress_text(progress: &Progress, elapsed: Duration) -> String {
    let mut parts = vec![progress.stage.clone()];
    parts.extend(progress.amount());
    if let Some(rate) = progress.rate {
        parts.push(format!("{rate:.1}/s"));
    }
    parts.extend(progress.remaining(elapsed).map(|left| format!("{} left", duration(left))));
    parts.join("  ·  ")
}

/// A length of time in its largest unit: `45 s`, `12 min`, `3.5 h`.
pub fn duration(length: Duration) -> String {
    match length.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..7200 => format!("{} min", seconds.div_ceil(60)),
        seconds => format!("{:.1} h", seconds as f64 / 3600.0),
    }
}

/// A path as one would type it: relative to the current folder if it is inside.
pub fn short_path(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let inside = here.and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    inside.filter(|path| !path.as_os_str().is_empty()).unwrap_or_else(|| path.to_owned()).display().to_string()
}

#[test]
fn counts_have_thousands_separators() {
    assert_eq!([0, 12, 999, 2836, 1_234_567].map(count), ["0", "12", "999", "2,836", "1,234,567"]);
}
