//! Stages in words.

use super::Played;
use crate::app::kit::widgets;
use crate::model::Part;
use crate::workspace::{Session, StageKind};

/// Ranks within which the largest rise is looked for: those an audience sees.
const SEEN: usize = 20;

/// A speed as a factor.
pub fn speed(speed: f32) -> String {
    format!("{speed}×")
}

/// A stage's name.
pub fn name(kind: StageKind) -> String {
    match kind {
        StageKind::Initial => "Initial order".to_owned(),
        StageKind::By(Part::Text) => "Own signals".to_owned(),
        StageKind::By(Part::Layer(layer)) => format!("Layer {layer}"),
        StageKind::By(Part::Hop(1)) => "Neighbours".to_owned(),
        StageKind::By(Part::Hop(steps)) => format!("{steps} steps away"),
        StageKind::By(Part::Feedback(1)) => "Feedback".to_owned(),
        StageKind::By(Part::Feedback(round)) => format!("Feedback {round}"),
    }
}

/// Where the player is, for screen readers and the graph's corner.
pub fn label(played: &Played<'_>) -> String {
    let stages = &played.stages.all;
    let at = played.head.nearest(stages.len());
    let name = stages.get(at).map_or_else(String::new, |stage| name(stage.kind));
    format!("stage {} of {}, {name}", at + 1, stages.len())
}

/// What happens at the place of the player, and who gains most by it.
pub fn sentence(session: &Session, played: &Played<'_>) -> String {
    let stages = &played.stages.all;
    let (from, to, along) = played.head.between(stages.len());
    let at = if along > 0.0 { to } else { from };
    let Some(stage) = stages.get(at) else { return String::new() };
    let what = match stage.kind {
        StageKind::Initial => "The order as the search engine gave it".to_owned(),
        StageKind::By(Part::Text) => "Each image by its own signals alone".to_owned(),
        StageKind::By(Part::Layer(_) | Part::Hop(1)) => {
            format!("Neighbours speak along the edges: {} messages", widgets::count(stage.messages))
        }
        StageKind::By(Part::Hop(steps)) => format!("What images {steps} steps away say arrives"),
        StageKind::By(Part::Feedback(_)) => {
            "All hear from the images ranked first, as far as they look alike".to_owned()
        }
    };
    match at.checked_sub(1).and_then(|before| played.stages.rises(before, at, SEEN)) {
        Some((candidate, before, after)) => {
            let image = session.image(session.query(), candidate).1;
            format!("“{}” rises from {} to {}  ·  {what}", image.name().trim_end_matches('.'), before + 1, after + 1)
        }
        None => what,
    }
}
