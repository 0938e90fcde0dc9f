//! The propagation player: how the scores of the current query come about, from stage to stage.

mod frame;
mod strip;
mod timeline;
mod words;

pub use frame::{Moment, Played, Reel};

use crate::app::ctx::PanelCtx;
use crate::app::kit::mark::{Mark, Shape};
use crate::app::kit::scene::{Key, Scene};
use crate::app::kit::theme::{self, Palette, ROW};
use crate::app::kit::{icons, widgets};
use crate::workspace::{Playhead, PropagationAction, SPEEDS, Session};
use egui::{RichText, Ui};

/// Height of the player below the graph, in points: of one row where it has nothing to show.
pub(super) fn height(ui: &Ui, has_stages: bool) -> f32 {
    let row = ROW + 2.0 * ui.spacing().item_spacing.y;
    if has_stages { strip::HEIGHT + timeline::HEIGHT + ui.spacing().item_spacing.y + row } else { row }
}

/// The ranking at this moment, the stages to walk through, and a sentence on the one at hand.
pub(super) fn player_ui(ui: &mut Ui, session: &Session, ctx: &mut PanelCtx<'_>) {
    let propagation = ctx.workspace().propagation();
    let Some(stages) = propagation.stages() else {
        ui.horizontal(|ui| {
            close_ui(ui, ctx);
            let text = propagation.problem().unwrap_or("Following the scores through the network…");
            ui.add(egui::Label::new(RichText::new(text).color(theme::palette(ui.visuals()).weak)).wrap());
        });
        return;
    };
    let head = propagation.playhead();
    let played = Played { stages, head };
    strip::strip_ui(ui, session, &played, ctx);
    if let Some(at) = timeline::timeline_ui(ui, session, &played) {
        ctx.act(PropagationAction::Seek(at));
    }
    ui.horizontal(|ui| {
        controls_ui(ui, head, ctx);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            close_ui(ui, ctx);
            pace_ui(ui, head, ctx);
            let words = RichText::new(words::sentence(session, &played)).color(theme::palette(ui.visuals()).weak);
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| widgets::one_line(ui, words));
        });
    });
    if head.is_playing {
        ui.ctx().request_repaint();
    }
}

fn controls_ui(ui: &mut Ui, head: &Playhead, ctx: &mut PanelCtx<'_>) {
    if widgets::icon_button(ui, icons::BACK, "Previous stage (,)").clicked() {
        ctx.act(PropagationAction::Step(-1));
    }
    let (icon, name) = match head.is_playing {
        true => (icons::PAUSE, "Pause (Space)"),
        false => (icons::PLAY, "Play (Space)"),
    };
    if widgets::icon_button(ui, icon, name).clicked() {
        ctx.act(PropagationAction::Play(!head.is_playing));
    }
    if widgets::icon_button(ui, icons::FORTH, "Next stage (.)").clicked() {
        ctx.act(PropagationAction::Step(1));
    }
}

fn close_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    if widgets::icon_button(ui, icons::CROSS, "Close the player (G)").clicked() {
        ctx.act(PropagationAction::Show(false));
    }
}

fn pace_ui(ui: &mut Ui, head: &Playhead, ctx: &mut PanelCtx<'_>) {
    let again = ui.selectable_label(head.is_looping, icons::LOOP).on_hover_text("Start again at the end");
    again.widget_info(|| egui::WidgetInfo::selected(egui::accesskit::Role::Button, true, head.is_looping, "Loop"));
    if again.clicked() {
        ctx.act(PropagationAction::Loop(!head.is_looping));
    }
    ui.menu_button(words::speed(head.speed), |ui| {
        for speed in SPEEDS {
            if ui.selectable_label(head.speed == speed, words::speed(speed)).clicked() {
                ctx.act(PropagationAction::Speed(speed));
                ui.close();
            }
        }
    })
    .response
    .on_hover_text("Speed");
}

/// Says on the graph which stage it is, and what pulses mean.
pub(super) fn annotate(scene: &mut Scene, played: &Played<'_>, palette: &Palette) {
    let stage = words::label(played);
    scene.label = format!("{}, {stage}", scene.label);
    let pairs = widgets::count(played.stages.pairs.len());
    scene.corner = format!("{}  ·  {} images  ·  {pairs} pairs of neighbours", capital(&stage), scene.nodes.len());
    let key = |colour, text: &str| Key { mark: Mark { shape: Shape::Plain, colour }, text: text.to_owned() };
    scene.legend.push(key(palette.accent, "raises a score"));
    scene.legend.push(key(palette.curves[1], "lowers a score"));
}

fn capital(text: &str) -> String {
    crate::base::sentence(text).trim_end_matches('.').to_owned()
}
