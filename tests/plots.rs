//! Plots over many runs as files.

use crossrank::dataset::Split;
use crossrank::eval::{Measure, Measures, STANDARD};
use crossrank::export::chart::Theme;
use crossrank::export::chart::{
    Curve, Lines, curves_chart, differences_chart, heat_chart, matrix_chart, parallel_chart,
};
use crossrank::study::runs::{Objective, ParamValue, Pivot, RunFacts, SavedRun};
use crossrank::train::{Comparison, RunRecord};
use crossrank::workspace::{ExportAction, Store, Workspace};
use std::path::Path;
use std::time::{Duration, Instant};

/// Saves a plot and gives back the file.
fn saved(workspace: &mut Workspace, chart: crossrank::export::chart::Chart, path: &Path) -> Vec<u8> {
    let (chart, theme) = (Box::new(chart), Theme::Light);
    workspace.apply(ExportAction::SaveChart { chart, theme, path: path.to_owned() });
    let begun = Instant::now();
    while workspace.is_busy() {
        workspace.poll();
        assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", workspace.messages());
    }
    std::fs::read(path).unwrap_or_default()
}

fn run(k: usize, layers: usize, map: f64) -> RunFacts {
    let mut record = RunRecord::default();
    (record.experiment.graph.k, record.experiment.model.conv_layers) = (k, layers);
    record.test = Comparison { model: Measures::new(&STANDARD, [map; 5]), ..Comparison::default() };
    RunFacts::of(SavedRun { path: format!("/runs/{k}-{layers}").into(), record, ..SavedRun::default() })
}

#[test]
fn every_plot_is_saved_with_its_names_and_figures() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = Workspace::new(Store::at(home.path()));
    let line = vec![[1.0, 0.5], [2.0, 0.75]];
    let lines = Lines { raw: vec![line.clone()], smooth: line.clone(), mean: line };
    let curve = Curve { name: "a run".to_owned(), first: lines.clone(), second: lines };
    let runs = [run(5, 1, 0.612), run(10, 1, 0.7), run(10, 2, 0.8)];
    let objective = Objective { split: Split::Test, measure: Measure::Map };
    let pivot = Pivot::of(&runs, &[0, 1, 2], "", ["graph.k", "model.conv_layers"], objective);
    let values = [5.0, 10.0].map(|value| Some(ParamValue::Number(value)));
    let axes = [("k".to_owned(), &values[..]), ("test MAP".to_owned(), &values[..])];
    let charts = [
        (
            curves_chart("validation MAP", &[curve]),
            vec!["a run", "validation MAP", "Epoch", "Dashed: retrained on train + validation"],
        ),
        (heat_chart(&pivot, ["k", "layers"], "test MAP"), vec!["612", "layers", "test MAP"]),
        (parallel_chart(&axes), vec!["k", "test MAP"]),
        (
            differences_chart("this against that", "Δ MAP", &[("bird".to_owned(), 0.1)]),
            vec!["this against that", "bird"],
        ),
        (
            matrix_chart(vec!["without edges".to_owned()], vec!["MAP".to_owned()], vec![vec![Some(-0.184)]]),
            vec!["without edges", "184"],
        ),
    ];
    for (number, (chart, words)) in charts.into_iter().enumerate() {
        let text = saved(&mut workspace, chart.clone(), &home.path().join(format!("{number}.svg")));
        let text = String::from_utf8(text).expect("text");
        for word in words {
            assert!(text.contains(word), "plot {number} has no “{word}”");
        }
        let picture = saved(&mut workspace, chart, &home.path().join(format!("{number}.png")));
        assert!(picture.starts_with(b"\x89PNG"), "plot {number} is no PNG: {:?}", workspace.messages());
    }
}

#[test]
fn a_plot_that_cannot_be_written_is_told() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = Workspace::new(Store::at(home.path()));
    let path = home.path().join("no such folder").join("plot.svg");
    saved(&mut workspace, differences_chart("", "Δ", &[("q".to_owned(), 0.1)]), &path);
    assert!(workspace.messages()[0].text.contains("no such folder"), "{:?}", workspace.messages());
}
