//! The selected image: picture, metadata, ranks, neighbours and signals.

use super::PanelView;
use crate::app::command::Command;
use crate::app::ctx::PanelCtx;
use crate::app::kit::mark::Mark;
use crate::app::kit::restart::Listed;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::thumbnails::Thumbnails;
use crate::app::kit::{icons, widgets};
use crate::dataset::Image;
use crate::workspace::{CutOffs, SelectionAction, Session};
use egui::{Response, RichText, ScrollArea, Sense, Ui, vec2};

/// What the panel remembers between frames.
#[derive(Default)]
pub struct ImagePanel {
    /// The data set's generation, the query and the image.
    listed: Listed<(u64, usize, usize)>,
}

impl PanelView for ImagePanel {
    fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let chosen = ctx.session().and_then(|session| Some((session, session.candidate()?)));
        let Some((session, index)) = chosen else {
            let text = "Click an image in the graph or in a ranking, or press J and K to step through the ranking.";
            widgets::empty_state(ui, icons::IMAGE, "No image selected", text, None);
            return;
        };
        let dataset = &session.data.dataset;
        let image = &dataset.images[dataset.queries[session.query()].candidates[index].image];
        let area = ScrollArea::vertical().auto_shrink([false, false]);
        self.listed.scrolled(area, (session.generation, session.query(), index)).show(ui, |ui| {
            if picture_ui(ui, session, index, ctx.pictures).clicked() {
                ctx.command(Command::ToggleLarge);
            }
            ui.scope(|ui| facts_ui(ui, session, ctx.workspace().cut_offs(), index, image));
            neighbours_ui(ui, session, index, ctx);
            ui.scope(|ui| signals_ui(ui, session, index));
            columns_ui(ui, image);
        });
    }
}

fn picture_ui(ui: &mut Ui, session: &Session, index: usize, pictures: &mut Thumbnails) -> Response {
    let at = session.data.dataset.queries[session.query()].candidates[index].image;
    let image = &session.data.dataset.images[at];
    let palette = theme::palette(ui.visuals());
    let size = vec2(ui.available_width(), (ui.available_width() * 0.62).min(260.0));
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    ui.painter().rect_filled(rect, theme::RADIUS, palette.ground);
    let picture = pictures.large(at, image.file.as_deref());
    let inner = widgets::paint_contain(ui.painter(), rect.shrink(GRID), picture, palette);
    let mark = Mark::of(session.relevance(index), &session.scale, palette);
    mark.paint_sign(ui.painter(), inner.right_top() + vec2(-12.0, 12.0), 9.0, palette);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Image, true, image.name()));
    response.on_hover_text("Show at full size (Space)")
}

fn facts_ui(ui: &mut Ui, session: &Session, cut_offs: &CutOffs, index: usize, image: &Image) {
    let palette = theme::palette(ui.visuals());
    ui.add(egui::Label::new(RichText::new(image.name()).font(theme::strong(14.0))).wrap());
    ui.label(
        RichText::new(format!("{}  ·  {}", session.scale.judged(session.relevance(index)), image.id))
            .small()
            .color(palette.weak),
    );
    if !image.description.is_empty() && image.description != image.title {
        ui.add(egui::Label::new(&image.description).wrap());
    }
    if !image.tags.is_empty() {
        ui.add(egui::Label::new(RichText::new(image.tags.join(", ")).color(palette.weak)).wrap());
    }
    ui.spacing_mut().item_spacing.y = 3.0;
    for order in session.orders() {
        let Some(ranking) = session.ranking(order) else { continue };
        let (rank, score) = (ranking.ranks[index] + 1, ranking.scores[index]);
        let probability = cut_offs.of(order).and_then(|cut_off| cut_off.probabilities.get(index));
        let likely = match probability.filter(|probability| !probability.is_nan()) {
            Some(probability) => format!(", {:.0} % likely", 100.0 * probability),
            None => String::new(),
        };
        widgets::fact(ui, order.name(), format!("rank {rank}, score {score:.3}{likely}"));
    }
}

fn neighbours_ui(ui: &mut Ui, session: &Session, index: usize, ctx: &mut PanelCtx<'_>) {
    let Some(view) = session.view() else { return };
    widgets::section(ui, "Visual neighbours");
    let palette = theme::palette(ui.visuals());
    let query = &session.data.dataset.queries[session.query()];
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
        for (neighbour, weight) in view.graph().neighbours(index) {
            let candidate = &query.candidates[neighbour];
            let (rect, response) = ui.allocate_exact_size(vec2(40.0, 52.0), Sense::click());
            let tile = egui::Rect::from_min_size(rect.min, vec2(40.0, 40.0));
            let path = session.data.dataset.images[candidate.image].file.as_deref();
            let picture = ctx.pictures.small(candidate.image, path);
            widgets::paint_cover(ui.painter(), tile, picture, palette, egui::Color32::WHITE);
            Mark::of(session.relevance(neighbour), &session.scale, palette).paint_frame(
                ui.painter(),
                tile.shrink(1.0),
                1.0,
            );
            let font = egui::FontId::proportional(10.0);
            let text = widgets::decimal(f64::from(weight)).chars().take(3).collect::<String>();
            ui.painter().text(rect.center_bottom(), egui::Align2::CENTER_BOTTOM, text, font, palette.weak);
            let title = session.data.dataset.images[candidate.image].title.clone();
            response.widget_info(|| {
                egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, format!("Neighbour {title}"))
            });
            if response.hovered() {
                ctx.act(SelectionAction::Hover(Some(neighbour)));
            }
            if response.clicked() {
                ctx.act(SelectionAction::Candidate(Some(neighbour)));
            }
        }
    });
}

fn signals_ui(ui: &mut Ui, session: &Session, index: usize) {
    widgets::section(ui, "Signals");
    let palette = theme::palette(ui.visuals());
    let count = session.data.signals.infos.len();
    let values = &session.data.signals.queries[session.query()];
    ui.spacing_mut().item_spacing.y = 2.0;
    for (signal, info) in session.data.signals.infos.iter().enumerate() {
        let value = match values.get(index * count + signal) {
            Some(value) if value.is_finite() => RichText::new(format!("{value:.3}")),
            _ => RichText::new("missing").color(palette.weak),
        };
        widgets::fact(ui, &info.name, value).on_hover_text(&info.description);
    }
}

fn columns_ui(ui: &mut Ui, image: &Image) {
    let palette = theme::palette(ui.visuals());
    let shown: Vec<_> = image.columns.iter().filter(|(_, value)| !value.is_empty()).collect();
    if shown.is_empty() && image.file.is_none() {
        return;
    }
    widgets::section(ui, "Metadata");
    for (name, value) in shown {
        ui.add(egui::Label::new(RichText::new(format!("{name}: {value}")).small().color(palette.weak)).wrap());
    }
    if let Some(file) = &image.file {
        ui.add(egui::Label::new(RichText::new(widgets::short_path(file)).small().color(palette.weak)).wrap());
    }
}
