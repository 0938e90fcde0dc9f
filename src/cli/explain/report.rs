//! Explanations as text and as JSON.

use super::find::named;
use crate::cli::table::aligned;
use crate::dataset::Dataset;
use crate::train::{Changes, Explainer, NamedExplanation, NamedPart, PartKind, Place, RunRecord, score_terms};
use anyhow::Result;
use serde_json::{Value, json};

/// Parts that are printed, unless all are asked for.
const SHOWN: usize = 20;

/// Why one image is above another, or below.
pub(super) struct Above {
    pub image: usize,
    pub place: Place,
    pub score: f64,
    /// The difference of the scores, part by part.
    pub parts: Vec<NamedPart>,
}

/// All that is said about one image.
pub(super) struct Report<'a> {
    pub run: &'a RunRecord,
    pub dataset: &'a Dataset,
    pub query: usize,
    pub image: usize,
    pub explanation: &'a NamedExplanation,
    pub place: Place,
    pub changes: &'a Changes,
    pub changed: Option<Place>,
    pub above: Option<Above>,
    pub explainer: &'a Explainer,
}

impl Report<'_> {
    /// One object; its parts sum to the score.
    ///
    /// # Errors
    /// If a number cannot be written.
    pub fn json(&self) -> Result<Value> {
        let mut object = json!({
            "run": self.run.name,
            "model": self.explainer.kind().name(),
            "query": self.dataset.queries[self.query].id.as_str(),
            "image": self.id(self.image),
            "score": self.explanation.score,
            "exact": self.explanation.exact,
            "completeness_error": self.explanation.completeness_error,
            "rank": self.place.rank,
            "of": self.place.of,
            "average_precision": self.place.average_precision,
            "parts": serde_json::to_value(&self.explanation.parts)?,
        });
        if let Some(changed) = &self.changed {
            let ids = |images: &mut dyn Iterator<Item = &usize>| images.map(|&at| self.id(at)).collect::<Vec<_>>();
            object["changed"] = json!({
                "without_images": ids(&mut self.changes.images.iter()),
                "without_edges": ids(&mut self.changes.edges.iter()),
                "without_features":
                    self.changes.inputs.iter().map(|&source| self.explainer.name(source)).collect::<Vec<_>>(),
                "k": self.changes.neighbours,
                "rank": changed.rank,
                "of": changed.of,
                "score": changed.score,
                "average_precision": changed.average_precision,
            });
        }
        if let Some(above) = &self.above {
            object["above"] = json!({
                "image": self.id(above.image),
                "score": above.score,
                "rank": above.place.rank,
                "difference": self.explanation.score - above.score,
                "parts": serde_json::to_value(&above.parts)?,
            });
        }
        Ok(object)
    }

    /// Tables to read; without `all` only the parts that matter most.
    pub fn text(&self, all: bool) -> String {
        let query = &self.dataset.queries[self.query];
        let mut text = format!(
            "{} is {} of {} for {} by {} ({})\n{}\n",
            self.name(self.image),
            self.place.rank,
            self.place.of,
            named((query.id.as_str(), &query.text)),
            self.run.name,
            self.explainer.kind().label(),
            formula(self.explanation),
        );
        if !self.explanation.exact {
            let missed = self.explanation.completeness_error;
            text +=
                &format!("The parts are an approximation (integrated gradients); their sum misses {missed:+.1e}.\n");
        }
        text += &format!("\n{}", self.table(&self.explanation.parts, all));
        if let Some(changed) = &self.changed {
            text += &format!("\n{}\n", self.change(changed));
        }
        if let Some(above) = &self.above {
            let by = self.explanation.score - above.score;
            let where_to = if self.place.rank < above.place.rank { "above" } else { "below" };
            let other = self.name(above.image);
            text +=
                &format!("\nWhy {where_to} {other} (rank {}, score {:.4}): {by:+.4}\n", above.place.rank, above.score);
            text += &self.table(&above.parts, all);
        }
        text
    }

    /// What a change would do.
    fn change(&self, changed: &Place) -> String {
        let mut what: Vec<String> = self.changes.images.iter().map(|&at| format!("without {}", self.id(at))).collect();
        what.extend(self.changes.edges.iter().map(|&at| format!("without the edge to {}", self.id(at))));
        what.extend(self.changes.inputs.iter().map(|&source| format!("without {}", self.explainer.name(source))));
        what.extend(self.changes.neighbours.map(|k| format!("with k = {k}")));
        let mut text = what.join(", ");
        if let Some(first) = text.get(..1).map(str::to_uppercase) {
            text.replace_range(..1, &first);
        }
        let (now, then) = (&self.place, changed);
        text +=
            &format!(": rank {} → {} of {}, score {:.4} → {:.4}", now.rank, then.rank, then.of, now.score, then.score);
        if let (Some(now), Some(then)) = (now.average_precision, then.average_precision) {
            text += &format!(", average precision {now:.4} → {then:.4}");
        }
        text
    }

    /// Parts as rows, those left out added up.
    fn table(&self, parts: &[NamedPart], all: bool) -> String {
        let shown = if all || parts.len() <= SHOWN + 1 { parts.len() } else { SHOWN };
        let row = |part: &NamedPart| {
            let name = part.image().map_or_else(|| part.name.clone(), |image| self.name(image));
            let name = if part.kind == PartKind::Bias { String::new() } else { name };
            vec![kind(part.kind).to_owned(), name, format!("{:+.4}", part.value)]
        };
        let mut rows: Vec<Vec<String>> = parts[..shown].iter().map(row).collect();
        if shown < parts.len() {
            let rest: f64 = parts[shown..].iter().map(|part| part.value).sum();
            rows.push(vec![format!("{} more", parts.len() - shown), String::new(), format!("{rest:+.4}")]);
        }
        aligned(&rows, &[true, true, false])
    }

    fn id(&self, image: usize) -> &str {
        let candidate = &self.dataset.queries[self.query].candidates[image];
        self.dataset.images[candidate.image].id.as_str()
    }

    fn name(&self, image: usize) -> String {
        let candidate = &self.dataset.queries[self.query].candidates[image];
        named((self.id(image), &self.dataset.images[candidate.image].title))
    }
}

/// One word for a part.
fn kind(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Feature => "signal",
        PartKind::Component => "component",
        PartKind::Neighbour => "neighbour",
        PartKind::Feedback => "feedback",
        PartKind::Bias => "bias",
    }
}

/// `score 1.83 = signals 0.92 + neighbours 0.81 + feedback 0.10`.
fn formula(explanation: &NamedExplanation) -> String {
    let mut text = format!("score {:.4}", explanation.score);
    // A terminal's table has the plain sign, as its numbers do.
    for (at, (kind, value)) in score_terms(&explanation.parts).into_iter().enumerate() {
        let sign = match (at, value < 0.0) {
            (0, false) => " = ",
            (0, true) => " = -",
            (_, false) => " + ",
            (_, true) => " - ",
        };
        text += &format!("{sign}{} {:.4}", kind.term(), value.abs());
    }
    text
}
