//! What the parts of the panel share.

use crate::app::kit::theme::{self, Palette};
use crate::train::{NamedPart, PartKind};
use crate::workspace::{ExplainRequest, Explained, Session};
use egui::{Color32, RichText, Ui};

/// What is drawn in one frame.
pub(super) struct Shown<'a> {
    pub(super) session: &'a Session,
    pub(super) found: &'a Explained,
    /// What is asked for now; the answer may be to an earlier request about the same image.
    pub(super) request: &'a ExplainRequest,
}

impl Shown<'_> {
    /// The index of a candidate's image in the data set, and its name.
    pub(super) fn image(&self, candidate: usize) -> (usize, &str) {
        let (index, image) = self.session.image(self.request.query, candidate);
        (index, image.name())
    }

    /// Whether no edge leads to an image that the score hears of all the same.
    pub(super) fn is_reached_through_others(&self, image: usize) -> bool {
        self.found.compared.is_none() && !self.found.neighbours.contains(&image)
    }

    /// What a part is called on screen.
    pub(super) fn name<'b>(&'b self, part: &'b NamedPart) -> &'b str {
        part.image().map_or(part.name.as_str(), |image| self.image(image).1)
    }
}

/// The colour of a kind of part, in the bar and everywhere else.
pub(super) fn colour(kind: PartKind, palette: &Palette) -> Color32 {
    match kind {
        PartKind::Feature => palette.series[0],
        PartKind::Component => palette.series[3],
        PartKind::Neighbour => palette.series[1],
        PartKind::Feedback => palette.series[5],
        PartKind::Bias => palette.series[7],
    }
}

/// One word for a kind of part.
pub(super) fn kind_name(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Feature => "signal",
        PartKind::Component => "picture",
        PartKind::Neighbour => "neighbour",
        PartKind::Feedback => "feedback",
        PartKind::Bias => "bias",
    }
}

/// A number with as many decimals as the largest of its kind needs for two digits.
pub(super) fn number(value: f64, largest: f64) -> String {
    let text = format!("{:.*}", decimals(largest), value.abs());
    let is_zero = text.chars().all(|c| matches!(c, '0' | '.'));
    if value < 0.0 && !is_zero { format!("−{text}") } else { text }
}

/// The same with a sign in any case.
pub(super) fn change(value: f64, largest: f64) -> String {
    let text = number(value, largest);
    if value > 0.0 { format!("+{text}") } else { text }
}

fn decimals(largest: f64) -> usize {
    let digits = -largest.abs().max(1e-9).log10().floor();
    (digits + 1.0).clamp(2.0, 6.0) as usize
}

/// A line of weak, small text.
pub(super) fn weak(ui: &Ui, text: impl Into<String>) -> RichText {
    RichText::new(text).small().color(theme::palette(ui.visuals()).weak)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_as_many_decimals_as_the_largest_needs() {
        assert_eq!(number(1.834, 1.834), "1.83");
        assert_eq!(number(-0.0214, 1.8), "−0.02");
        assert_eq!(number(-0.0004, 1.8), "0.00");
        assert_eq!(number(0.00213, 0.00213), "0.0021");
        assert_eq!([0.25, -0.25, 0.0].map(|value| change(value, 1.0)), ["+0.25", "−0.25", "0.00"]);
    }
}
