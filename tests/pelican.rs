//! The manual's page on one rise: every number in its tables is computed again.

use crossrank::dataset::demo_sample;
use crossrank::model::Part;
use crossrank::signals;
use crossrank::train::{Changes, PartKind, Preset, Quiet, RunRecord, SavedRun, open, run};
use crossrank::workspace::Ranking;
use std::collections::BTreeSet;
use std::sync::Arc;

const PAGE: &str = include_str!("../assets/manual/pelican.md");
const PELICAN: &str = "stamp-animals-birds-pelican";
const CRANE: &str = "stamp-animals-birds-crowned-crane";

/// How far a number of the page may be from the computed one: other processors round otherwise.
const NEAR: f64 = 0.02;

/// The numbers of a row of the page's tables, by the text in its first cell.
fn row(name: &str) -> Vec<f64> {
    let cells = |line: &'static str| line.split('|').map(str::trim).collect::<Vec<_>>();
    let found = PAGE.lines().map(cells).find(|cells| cells.get(1) == Some(&name));
    let cells = found.unwrap_or_else(|| panic!("the page has no row “{name}”"));
    cells[2..].iter().filter_map(|cell| cell.replace('−', "-").replace('+', "").parse().ok()).collect()
}

/// Rows that say something else than what is computed.
#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn check(&mut self, name: &str, expected: &[f64]) {
        let written = row(name);
        let is_near = |(a, b): (&f64, &f64)| (a - b).abs() < NEAR;
        if written.len() != expected.len() || !written.iter().zip(expected).all(is_near) {
            self.0.push(format!("{name}: the page says {written:?}, it is {expected:.3?}"));
        }
    }
}

#[test]
fn the_page_on_the_pelican_has_the_numbers_of_the_preset_on_the_sample() {
    let home = tempfile::tempdir().expect("a folder");
    let data = open(&demo_sample(), &[]).expect("the sample").data;
    let folder = home.path().join("run");
    run(&data, &Preset::Best.experiment(), RunRecord::default(), Some(&folder), &mut Quiet).expect("trained");
    let saved = Arc::new(SavedRun::open(&folder).expect("saved"));
    let query = data.dataset.query_index("bird").expect("the query");
    let candidate = |id: &str| {
        let candidates = &data.dataset.queries[query].candidates;
        candidates.iter().position(|one| data.dataset.images[one.image].id.as_str() == id).expect("a candidate")
    };
    let (pelican, crane) = (candidate(PELICAN), candidate(CRANE));
    let mut faults = Faults::default();
    let rank = |scores: &[f32]| Ranking::new(&data, query, scores.to_vec()).ranks[pelican] as f64 + 1.0;

    faults.check("initial order", &[rank(&signals::initial_order(&data.dataset, query))]);
    let trace = saved.trace(&data, query).expect("traced").expect("it has a graph").trace;
    for step in &trace.steps {
        let name = match step.part {
            Part::Text => "own signals",
            Part::Hop(_) | Part::Layer(_) => "what the neighbours say",
            Part::Feedback(1) => "feedback from the first images",
            Part::Feedback(_) => "feedback once more",
        };
        faults.check(name, &[rank(&step.scores), f64::from(step.scores[pelican])]);
    }

    let explainer = saved.explainer(&data, query).expect("explained");
    let proceed = &mut || std::ops::ControlFlow::Continue(());
    let explanation = explainer.explain(&[pelican], proceed).expect("explained").remove(0);
    assert!(explanation.exact && explanation.completeness_error.abs() < 1e-4);
    for (kind, name) in [
        (PartKind::Feature, "its own signals"),
        (PartKind::Neighbour, "its neighbours"),
        (PartKind::Feedback, "feedback"),
        (PartKind::Bias, "bias"),
    ] {
        faults.check(name, &[explanation.sum(kind).expect("there are some")]);
    }
    faults.check("score", &[explanation.score]);
    let strongest = explanation.parts.iter().filter(|part| part.kind == PartKind::Neighbour).take(4);
    for (part, name) in strongest.zip(["a crowned crane", "a toucan", "a great blue heron", "spoonbills"]) {
        faults.check(name, &[part.value]);
    }

    let with = |changes: Changes| {
        let place = explainer.place_with(pelican, &changes).expect("possible");
        [place.rank as f64, place.average_precision.expect("judged")]
    };
    let own = explainer.place(pelican);
    faults.check("as it is", &[own.rank as f64, own.average_precision.expect("judged")]);
    let only_crane = BTreeSet::from([crane]);
    faults.check("without the crowned crane", &with(Changes { images: only_crane.clone(), ..Changes::default() }));
    faults.check("without the edge to it", &with(Changes { edges: only_crane, ..Changes::default() }));
    for k in [5, 20] {
        faults.check(&format!("with {k} neighbours"), &with(Changes { neighbours: Some(k), ..Changes::default() }));
    }
    assert!(faults.0.is_empty(), "{}", faults.0.join("\n"));
}
