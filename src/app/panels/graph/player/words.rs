//! Stages in words.

use super::Played;
use crate::app::kit::widgets;
use crate::model::Part;
use crate::workspace::{Session, Told};

/// Ranks within which the largest rise is looked for: those an audience sees.
const SEEN: usize = 20;

/// A speed as a factor.
pub fn speed(speed: f32) -> String {
    format!("{speed}×")
}

/// A stage's name.
pub fn name(told: Told) -> String {
    match told {
        Told::Initial => "Initial order".to_owned(),
        Told::By(Part::Text) => "Own signals".to_owned(),
        Told::By(Part::Layer(layer)) => format!("Layer {layer}"),
        Told::By(Part::Hop(1)) => "Neighbours".to_owned(),
        Told::By(Part::Hop(steps)) => format!("{steps} steps away"),
        Told::By(Part::Feedback(1)) => "Feedback".to_owned(),
        Told::By(Part::Feedback(round)) => format!("Feedback {round}"),
    }
}

/// What happens at the place of the player, and who gains most by it.
pub fn sentence(session: &Session, played: &Played<'_>) -> String {
    let stages = &played.stages.all;
    let (from, to, along) = played.head.between(stages.len());
    let at = if along > 0.0 { to } else { from };
    let Some(stage) = stages.get(at) else { return String::new() };
    let count = widgets::count(stage.messages);
    let what = match stage.told {
        Told::Initial => "The order as the search engine gave it.".to_owned(),
        Told::By(Part::Text) => "Every image is scored by its own signals alone.".to_owned(),
        Told::By(Part::Layer(_)) => format!("Neighbours speak along the edges, {count} messages."),
        Told::By(Part::Hop(1)) => format!("Neighbours speak along the edges, {count} messages."),
        Told::By(Part::Hop(steps)) => format!("What images {steps} steps away say arrives through the neighbours."),
        Told::By(Part::Feedback(_)) => "All images hear from those ranked first, as far as they look alike.".to_owned(),
    };
    let rise = at.checked_sub(1).and_then(|before| played.stages.rises(before, at, SEEN));
    match rise {
        Some((candidate, before, after)) => {
            let image = session.image(session.query(), candidate).1;
            format!("{what} “{}” rises from {} to {}.", image.name(), before + 1, after + 1)
        }
        None => what,
    }
}
