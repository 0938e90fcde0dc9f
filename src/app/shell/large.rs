//! The selected image as large as the window, in place of the panels.

use crate::app::command::Command;
use crate::app::ctx::PanelCtx;
use crate::app::kit::lens::Lens;
use crate::app::kit::mark::Mark;
use crate::app::kit::picture::Picture;
use crate::app::kit::sharp::{AHEAD, Wanted};
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, widgets};
use crate::workspace::{SelectionAction, Session};
use egui::accesskit::Role;
use egui::{Align, Layout, Rect, RichText, Sense, Ui, WidgetInfo, vec2};

/// Height of the strip below the picture.
const STRIP: f32 = 44.0;

/// The large view.
#[derive(Default)]
pub struct LargeView {
    is_open: bool,
    lens: Lens,
    /// Generation, query and candidate of what is shown.
    shown: Option<(u64, usize, usize)>,
}

impl LargeView {
    /// Whether it is in place of the panels.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Opens or closes it.
    pub fn toggle(&mut self) {
        self.is_open = !self.is_open;
        self.lens = Lens::default();
    }

    /// Shows the whole picture.
    pub fn fit(&mut self) {
        self.lens = Lens::default();
    }

    /// Draws the selected image, and closes if there is none any more.
    pub fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let Some((session, candidate)) = ctx.session().and_then(|session| Some((session, session.candidate()?))) else {
            self.is_open = false;
            return;
        };
        let shown = Some((session.generation, session.query(), candidate));
        if self.shown != shown {
            self.shown = shown;
            self.lens = Lens::default();
        }
        let size = ui.available_size();
        let (panel, response) = ui.allocate_exact_size(vec2(size.x, size.y - STRIP), Sense::click_and_drag());
        self.picture_ui(ui, panel, session, candidate, ctx, &response);
        let strip = Rect::from_min_size(panel.left_bottom(), vec2(size.x, STRIP));
        ui.painter().rect_filled(strip, 0, theme::palette(ui.visuals()).panel);
        let inside = egui::UiBuilder::new().max_rect(strip.shrink2(vec2(3.0 * GRID, GRID)));
        ui.scope_builder(inside, |ui| strip_ui(ui, session, candidate, ctx));
    }

    fn picture_ui(
        &mut self,
        ui: &mut Ui,
        panel: Rect,
        session: &Session,
        candidate: usize,
        ctx: &mut PanelCtx<'_>,
        response: &egui::Response,
    ) {
        let palette = theme::palette(ui.visuals());
        let side = panel.size().max_elem() * ui.pixels_per_point();
        let sharpness = self.lens.sharpness();
        let around =
            around(session, candidate).map(|(index, near)| (near, if index == 0 { sharpness * side } else { side }));
        ctx.pictures.sharp.look(ui.ctx(), around);
        let (at, image) = session.image(session.query(), candidate);
        let picture = match ctx.pictures.sharp.picture(at) {
            Some(picture) => picture,
            None => ctx.pictures.large(at, image.file.as_deref()),
        };
        ui.painter().rect_filled(panel, 0, palette.ground);
        self.lens.show(ui, response, panel, picture);
        if matches!(picture, Picture::Ready { .. }) && !ctx.pictures.sharp.is_sharp(at) {
            let corner = Rect::from_min_size(panel.right_top() + vec2(-28.0, 12.0), vec2(16.0, 16.0));
            egui::Spinner::new().paint_at(ui, corner);
        }
        let name = format!("Large picture: {}", image.name());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    }
}

/// The candidate, those that follow it and those before it in the ranking, numbered, with their files.
fn around<'a>(session: &'a Session, candidate: usize) -> impl Iterator<Item = (usize, Wanted<'a>)> {
    let order = session.best().map_or(&[][..], |(_, ranking)| &ranking.order);
    let rank = session.best().map_or(0, |(_, ranking)| ranking.ranks[candidate]);
    let after = order.iter().skip(rank + 1).take(AHEAD[0]);
    let before = order[..rank.min(order.len())].iter().rev().take(AHEAD[1]);
    let all = std::iter::once(candidate).chain(after.chain(before).copied());
    all.enumerate().map(|(index, candidate)| {
        let (at, image) = session.image(session.query(), candidate);
        (index, (at, image.file.as_deref()))
    })
}

fn strip_ui(ui: &mut Ui, session: &Session, candidate: usize, ctx: &mut PanelCtx<'_>) {
    let palette = theme::palette(ui.visuals());
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if widgets::icon_button(ui, icons::CROSS, "Close large view (Space)").clicked() {
            ctx.command(Command::ToggleLarge);
        }
        if widgets::icon_button(ui, icons::FIT, "Whole picture (F)").clicked() {
            ctx.command(Command::Fit);
        }
        step_ui(ui, session, candidate, ctx);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let (_, image) = session.image(session.query(), candidate);
            let grade = session.relevance(candidate);
            let (sign, _) = ui.allocate_exact_size(vec2(18.0, 18.0), Sense::hover());
            Mark::of(grade, &session.scale, palette).paint_key(ui.painter(), sign.center(), palette);
            let facts =
                format!("{}  ·  {}", session.scale.judged(grade), session.data.dataset.queries[session.query()].text);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                widgets::one_line(ui, widgets::strong_text(image.name()));
                widgets::one_line(ui, RichText::new(facts).small().color(palette.weak));
            });
        });
    });
}

/// The rank, and buttons to the images before and after.
fn step_ui(ui: &mut Ui, session: &Session, candidate: usize, ctx: &mut PanelCtx<'_>) {
    let Some((order, ranking)) = session.best() else { return };
    let (rank, last) = (ranking.ranks[candidate], ranking.order.len() - 1);
    let palette = theme::palette(ui.visuals());
    let mut step = |ui: &mut Ui, icon, name, to: Option<usize>| {
        let obstacle = to.is_none().then_some("There is no other.");
        if widgets::icon_button_unless(ui, obstacle, icon, name).clicked()
            && let Some(to) = to
        {
            ctx.act(SelectionAction::Candidate(Some(ranking.order[to])));
        }
    };
    step(ui, icons::RIGHT, "Next image in the ranking (J)", Some(rank + 1).filter(|&to| to <= last));
    step(ui, icons::LEFT, "Previous image in the ranking (K)", rank.checked_sub(1));
    let text = format!("{}: rank {} of {}", order.name(), rank + 1, last + 1);
    ui.label(RichText::new(text).small().color(palette.weak));
}
