//! Why the selected image has its rank: its score as a sum of parts, and what would be without some of them.

mod bar;
mod compare;
mod formula;
mod otherwise;
mod rows;
mod shown;

use super::PanelView;
use crate::app::ctx::PanelCtx;
use crate::app::kit::restart::Listed;
use crate::app::kit::theme::GRID;
use crate::app::kit::{icons, widgets};
use crate::workspace::{ExplainAction, ExplainObstacle, ExplainRequest, TrainingAction};
use egui::{ScrollArea, Ui};
use shown::Shown;

/// What the panel remembers between frames.
#[derive(Default)]
pub struct WhyPanel {
    /// Whether all parts are listed, not only those that matter most.
    shows_all: bool,
    /// The data set's generation, the query and the image.
    listed: Listed<(u64, usize, usize)>,
}

impl PanelView for WhyPanel {
    fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let workspace = ctx.workspace();
        let request = match workspace.explain_request() {
            Ok(request) => request,
            Err(obstacle) => return obstacle_ui(ui, obstacle, ctx),
        };
        let Some(session) = workspace.session() else { return };
        let explaining = workspace.explaining();
        if explaining.request() != Some(&request) {
            ctx.act(ExplainAction::Explain);
        }
        if let Some(failure) = explaining.failure().filter(|_| explaining.request() == Some(&request)) {
            widgets::empty_state(ui, icons::WARNING, "This could not be explained", failure, None);
            return;
        }
        let found = explaining.found().filter(|found| is_about(&found.request, &request));
        let Some(found) = found else {
            widgets::empty_state(ui, icons::WHY, "Taking the score apart…", "", None);
            return;
        };
        let key = (session.generation, request.query, request.image);
        if self.listed.changes_to(key) {
            self.shows_all = false;
        }
        ScrollArea::vertical().auto_shrink([false, false]).id_salt(key).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GRID;
            let shown = Shown { session, found, request: &request };
            compare::heading_ui(ui, &shown, ctx);
            formula::show(ui, found);
            bar::show(ui, &shown, ctx);
            otherwise::show(ui, &shown, ctx);
            rows::show(ui, &shown, &mut self.shows_all, ctx);
        });
    }
}

/// Whether an answer is about the same image under the same model as a request.
fn is_about(answer: &ExplainRequest, request: &ExplainRequest) -> bool {
    let of = |request: &ExplainRequest| (request.generation, request.model, request.query, request.image);
    of(answer) == of(request) && answer.run == request.run
}

fn obstacle_ui(ui: &mut Ui, obstacle: ExplainObstacle, ctx: &mut PanelCtx<'_>) {
    match obstacle {
        ExplainObstacle::NoModel => {
            let text = "A trained model's score can be taken apart: what an image's own words, its picture and the \
                        pictures like it add.";
            let why_not = ctx.workspace().training_obstacle();
            if widgets::empty_start(ui, icons::WHY, "No model yet", text, why_not) {
                ctx.act(TrainingAction::Start);
            }
        }
        ExplainObstacle::InTraining => {
            let text = "Scores are taken apart once the run has ended.";
            widgets::empty_state(ui, icons::WHY, "A run is in training", text, None);
        }
        ExplainObstacle::NoImage => {
            let text = "Click an image in the graph or in a ranking to see why it is ranked where it is.";
            widgets::empty_state(ui, icons::WHY, "No image selected", text, None);
        }
    }
}
