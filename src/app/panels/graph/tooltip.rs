//! The tooltip of an image: the whole picture and its facts.

use crate::app::kit::card;
use crate::app::kit::theme;
use crate::app::kit::thumbnails::Thumbnails;
use crate::app::kit::widgets;
use crate::workspace::{Order, QueryView, Session};
use egui::{Response, RichText, Ui};

/// Shows the image under the pointer, within the canvas.
pub fn tooltip(
    ui: &Ui,
    canvas: &Response,
    (session, view): (&Session, &QueryView),
    candidate: usize,
    pictures: &mut Thumbnails,
) {
    let query = &session.data.dataset.queries[session.query()];
    let Some(index) = query.candidates.get(candidate).map(|candidate| candidate.image) else { return };
    let image = &session.data.dataset.images[index];
    let picture = pictures.large(index, image.file.as_deref());
    card::show(ui, canvas.id.with("card"), canvas.rect, |ui| {
        let palette = theme::palette(ui.visuals());
        let (rect, _) = ui.allocate_exact_size(card::picture_size(ui, canvas.rect), egui::Sense::hover());
        widgets::paint_contain(ui.painter(), rect, picture, palette);
        ui.label(widgets::strong_text(image.name()));
        let mut facts = vec![session.scale.judged(session.relevance(candidate))];
        for order in session.orders() {
            if let Some(ranking) = session.ranking(order) {
                facts.push(format!("{} {}", short(order), ranking.ranks[candidate] + 1));
            }
        }
        facts.push(format!("{} neighbours", view.graph().neighbours(candidate).count()));
        facts.extend(distance_from_selection(session, view, candidate));
        ui.label(RichText::new(facts.join("  ·  ")).small().color(palette.weak));
    });
}

/// The distance in edges between the selected image and this one.
fn distance_from_selection(session: &Session, view: &QueryView, candidate: usize) -> Option<String> {
    let selected = session.candidate().filter(|&selected| selected != candidate)?;
    Some(match view.graph().path(selected, candidate)?.steps() {
        1 => "next to the selected image".to_owned(),
        steps => format!("{steps} steps from the selected image"),
    })
}

fn short(order: Order) -> &'static str {
    match order {
        Order::Initial => "initial",
        Order::Text => "text",
        Order::Feedback => "feedback",
        Order::Untrained => "untrained",
        Order::Model => "network",
    }
}
