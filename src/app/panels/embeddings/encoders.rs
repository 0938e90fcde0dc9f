//! The encoders of the open collection: what each has computed, which suits the pictures, which is used.

use super::controls::progress_ui;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID, Palette};
use crate::app::kit::{icons, obstacle, widgets};
use crate::index::EncoderComparison;
use crate::workspace::{CollectionEncoder, CollectionEncoders, OpenCollection, SearchAction, Workspace};
use egui::{Align, Color32, Frame, Layout, Rect, Response, RichText, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

/// Width below which the facts of an encoder are a text that wraps.
const NARROW: f32 = 420.0;
/// Widths of the facts of an encoder, so that those of all stand below each other.
const FACTS: [f32; 3] = [92.0, 156.0, 68.0];

/// Draws the encoders.
pub(super) fn encoders_ui(ui: &mut Ui, open: &OpenCollection, ctx: &mut PanelCtx<'_>) {
    widgets::section(ui, "Encoders of this collection");
    let CollectionEncoders { list, compared, .. } = &*open.encoders;
    if let Some(compared) = compared {
        ui.add(egui::Label::new(compared.sentence()).wrap());
        if !compared.encoders.is_empty() {
            let text = format!(
                "Of {} pictures, the {} nearest by each encoder; the line marks chance.",
                widgets::count(compared.pictures),
                compared.k
            );
            widgets::caption(ui, text);
        }
    }
    ui.add_space(GRID);
    for encoder in list {
        ui.push_id(&encoder.key, |ui| encoder_ui(ui, encoder, open, ctx));
    }
}

fn encoder_ui(ui: &mut Ui, encoder: &CollectionEncoder, open: &OpenCollection, ctx: &mut PanelCtx<'_>) {
    let palette = theme::palette(ui.visuals());
    let fill = if encoder.is_in_use { palette.selected } else { palette.raised };
    Frame::new().fill(fill).corner_radius(theme::RADIUS).inner_margin(8).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.set_min_height(theme::ROW);
            ui.label(widgets::strong_text(&encoder.name));
            if let Some((text, colour)) = state(encoder, palette) {
                ui.label(RichText::new(text).small().color(colour));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| buttons_ui(ui, encoder, open, ctx));
        });
        facts_ui(ui, encoder, open, palette);
        let searching = ctx.workspace().searching();
        if searching.computing() == Some(&encoder.encoder)
            && let Some(progress) = searching.progress()
            && progress_ui(ui, progress, &format!("Cancel computing by {}", encoder.name))
        {
            ctx.act(SearchAction::CancelCollecting);
        }
    });
}

/// What is to be said of an encoder in a word.
fn state(encoder: &CollectionEncoder, palette: &Palette) -> Option<(String, Color32)> {
    let check = |text: &str| format!("{}  {text}", icons::CHECK);
    match () {
        () if encoder.is_in_use && encoder.is_recommended => Some((check("in use, suits better"), palette.accent)),
        () if encoder.is_in_use => Some((check("in use"), palette.accent)),
        () if encoder.is_chosen => Some(("used once it has seen all pictures".to_owned(), palette.weak)),
        () if encoder.is_recommended => Some(("suits better".to_owned(), palette.relevant)),
        () => None,
    }
}

fn buttons_ui(ui: &mut Ui, encoder: &CollectionEncoder, open: &OpenCollection, ctx: &mut PanelCtx<'_>) {
    let workspace = ctx.workspace();
    let is_computing = workspace.searching().computing() == Some(&encoder.encoder);
    let is_coming = encoder.is_chosen && is_computing;
    if !encoder.is_in_use && !is_coming {
        let why = use_obstacle(workspace, encoder);
        let hint = match encoder.is_whole {
            true => "Ranks and draws by these vectors from now on; the query at hand is asked again",
            false => "Computes the vectors of all pictures, then uses them",
        };
        let palette = theme::palette(ui.visuals());
        let button = match encoder.is_recommended {
            true => egui::Button::new(RichText::new("Use").color(palette.on_accent)).fill(palette.accent),
            false => egui::Button::new("Use").fill(palette.hovered),
        };
        let button = obstacle::add_unless(ui, why, button).on_hover_text(hint);
        if button.accessible_name(format!("Use {}", encoder.name)).clicked() {
            ctx.act(SearchAction::UseEncoder(Box::new(encoder.encoder.clone())));
        }
    }
    if encoder.count < open.count && !is_computing {
        let why = words_obstacle(workspace);
        let hint = "Computes the vectors that are missing, which can be cancelled and gone on with";
        let button = egui::Button::new("Compute").fill(theme::palette(ui.visuals()).hovered);
        let button = obstacle::add_unless(ui, why, button).on_hover_text(hint);
        if button.accessible_name(format!("Compute by {}", encoder.name)).clicked() {
            ctx.act(SearchAction::ComputeVectors(Box::new(encoder.encoder.clone())));
        }
    }
}

fn words_obstacle(workspace: &Workspace) -> Option<&'static str> {
    let searching = workspace.searching();
    let is_reading = searching.is_collecting() && !searching.has_words();
    is_reading.then_some("The words of the pictures are still being read.")
}

/// Why an encoder cannot be gone over to now.
pub(in crate::app) fn use_obstacle(workspace: &Workspace, encoder: &CollectionEncoder) -> Option<&'static str> {
    match encoder.is_whole {
        true => workspace.asking_obstacle(),
        false => words_obstacle(workspace),
    }
}

fn facts_ui(ui: &mut Ui, encoder: &CollectionEncoder, open: &OpenCollection, palette: &Palette) {
    let numbers = format!("{} numbers", widgets::count(encoder.dim));
    let pictures = format!("{} of {} pictures", widgets::count(encoder.count), widgets::count(open.count));
    let words = encoder.share.map(|share| format!("{:.0} % share words", 100.0 * share));
    if ui.available_width() < NARROW {
        let facts: Vec<String> = [numbers, pictures].into_iter().chain(words).collect();
        widgets::caption(ui, facts.join("  ·  "));
        return;
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GRID;
        fact_ui(ui, FACTS[0], &numbers, palette.weak);
        fact_ui(ui, FACTS[1], &pictures, palette.weak);
        if let (Some(share), Some(words), Some(compared)) = (encoder.share, words, &open.encoders.compared) {
            share_ui(ui, FACTS[2], share, compared, encoder.is_recommended, palette);
            let hint = format!(
                "{:.1} % of a picture's {} nearest have a word in common with it; of random pictures {:.1} %",
                100.0 * share,
                compared.k,
                100.0 * compared.chance
            );
            fact_ui(ui, ui.available_width(), &words, palette.text).on_hover_text(hint);
        }
    });
}

fn fact_ui(ui: &mut Ui, width: f32, text: &str, colour: Color32) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(width, 16.0), Sense::hover());
    let font = egui::FontId::proportional(theme::SMALL);
    ui.painter().text(rect.left_center(), egui::Align2::LEFT_CENTER, text, font, colour);
    response.widget_info(|| WidgetInfo::labeled(egui::accesskit::Role::Label, true, text));
    response
}

/// The share of neighbours with a word in common as a bar, with a line at that of chance.
fn share_ui(
    ui: &mut Ui,
    width: f32,
    share: f64,
    compared: &EncoderComparison,
    is_recommended: bool,
    palette: &Palette,
) {
    let (rect, _) = ui.allocate_exact_size(vec2(width, 16.0), Sense::hover());
    let bar = Rect::from_center_size(rect.center(), vec2(width, 6.0));
    let at = |share: f64| bar.left() + bar.width() * share.clamp(0.0, 1.0) as f32;
    let colour = if is_recommended { palette.relevant } else { palette.unjudged };
    ui.painter().rect_filled(bar, 3, palette.line);
    ui.painter().rect_filled(Rect::from_min_max(bar.min, pos2(at(share), bar.bottom())), 3, colour);
    ui.painter().vline(at(compared.chance), rect.y_range().shrink(2.0), Stroke::new(1.5, palette.text));
}
