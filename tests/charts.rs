//! Charts as files. With `CROSSRANK_CHARTS=FOLDER` they are also written there for inspection.

use crate::comparison::{configuration, three};
use crate::export::history;
use crossrank::dataset::Split;
use crossrank::eval::{Measure, Measures};
use crossrank::export::chart::{
    Axis, Chart, HeatMap, Panel, Parallel, Plot, Point, Series, Theme, render_png, render_svg,
};
use crossrank::study::comparison::{RunComparison, compare};
use crossrank::train::{QueryMeasures, QueryRow};
use std::fs;
use std::path::PathBuf;

fn heat_map() -> HeatMap {
    let value = |row: usize, column: usize| {
        let (l, k) = (row as f64, column as f64);
        (row + column != 7).then_some(0.83 - 0.004 * (k - 1.5).powi(2) - 0.003 * (l - 1.3).powi(2) - 0.0025 * k * l)
    };
    HeatMap {
        title: "MAP by layers and neighbours".into(),
        x_label: "Neighbours k".into(),
        y_label: "Layers".into(),
        value_label: "MAP".into(),
        columns: ["5", "10", "20", "50", "100", "all"].map(str::to_owned).to_vec(),
        rows: ["1", "2", "3", "4"].map(str::to_owned).to_vec(),
        values: (0..4).map(|row| (0..6).map(|column| value(row, column)).collect()).collect(),
        decimals: 3,
        diverging: false,
    }
}

fn parallel() -> Parallel {
    let axis = |label: &str| Axis { label: label.into(), ..Axis::default() };
    let line = |i: usize| {
        let (k, rate) = ([5.0, 10.0, 20.0, 50.0][i % 4], [1e-4, 3e-4, 1e-3, 3e-3][(i / 4) % 4]);
        let (model, hidden) = ((i % 3) as f64, [16.0, 32.0, 64.0][(i / 2) % 3]);
        let map = 0.72 + 0.02 * model + 0.015 * (i as f64 * 2.3).sin() - 0.0004 * (k - 12.0_f64).abs();
        vec![Some(model), (!i.is_multiple_of(11)).then_some(k), Some(rate), Some(hidden), Some(map)]
    };
    Parallel {
        title: "48 runs".into(),
        axes: vec![
            Axis { names: ["mlp", "dcmm-cos", "dcmm-edge"].map(str::to_owned).to_vec(), ..axis("Model") },
            axis("k"),
            Axis { logarithmic: true, ..axis("Learning rate") },
            axis("Hidden"),
            axis("MAP"),
        ],
        lines: (0..48).map(line).collect(),
    }
}

fn many() -> RunComparison {
    let of = |shift: f64| QueryMeasures {
        queries: (0..33)
            .map(|i| QueryRow {
                id: format!("place {i} of the list"),
                split: Split::Test,
                measures: Measures::new(
                    &[Measure::Map],
                    [0.6 + 0.2 * f64::from(i).sin() + shift * (0.4 + (f64::from(i) * 1.3).cos())],
                ),
            })
            .collect(),
        ..QueryMeasures::default()
    };
    let all = [("Text only", 0.0), ("DCMM-cos", 0.1), ("DCMM-edge", 0.06)].map(|(n, s)| configuration(n, vec![of(s)]));
    compare(&all, 0, &[Measure::Map], Some(Split::Test)).expect("they share 33 queries")
}

fn intervals() -> Chart {
    let series = |name: &str, shift: f64| Series {
        name: name.into(),
        points: (0..5)
            .map(|i| {
                let (x, y) = (f64::from(1 << i), 0.75 + shift + 0.02 * f64::from(i) - 0.004 * f64::from(i * i));
                Point { interval: Some((y - 0.012, y + 0.012)), ..Point::new(x, y) }
            })
            .collect(),
        ..Series::default()
    };
    let plot = Plot {
        x: Axis { label: "Neighbours k".into(), logarithmic: true, ..Axis::default() },
        y: Axis { label: "MAP".into(), ..Axis::default() },
        series: vec![
            series("1 layer", 0.0),
            series("2 layers", 0.02),
            series("3 layers", 0.035),
            series("4 layers", -0.02),
        ],
        ..Plot::default()
    };
    Chart { title: "Layers against neighbours".into(), panels: vec![Panel::Plot(plot)], size: (560, 360) }
}

fn examples() -> Vec<(&'static str, Chart)> {
    let diverging = HeatMap {
        title: "Δ MAP without …".into(),
        value_label: "Δ MAP".into(),
        columns: ["MAP", "P@20", "nDCG@20"].map(str::to_owned).to_vec(),
        rows: ["text signals", "popularity", "edges", "second layer"].map(str::to_owned).to_vec(),
        values: (0..4)
            .map(|r| (0..3).map(|c| Some(0.012 - 0.015 * f64::from(r) + 0.004 * f64::from(c))).collect())
            .collect(),
        decimals: 3,
        diverging: true,
        ..HeatMap::default()
    };
    vec![
        ("curves", Chart::curves("DCMM-edge, k = 10", &history(40))),
        ("bars", Chart::query_differences(&many(), 1, Measure::Map).expect("it was compared")),
        ("bars-few", Chart::query_differences(&three(), 2, Measure::Map).expect("it was compared")),
        ("means", Chart::means(&many(), Measure::Map).expect("it was compared")),
        ("heat", Chart::heat_map(heat_map())),
        ("heat-diverging", Chart::heat_map(diverging)),
        ("parallel", Chart::parallel(parallel())),
        ("intervals", intervals()),
    ]
}

fn decoded(png: &[u8]) -> image::RgbImage {
    image::load_from_memory(png).expect("a picture").into_rgb8()
}

#[test]
fn every_chart_is_drawn_in_both_formats_and_both_themes() {
    let folder = std::env::var_os("CROSSRANK_CHARTS").map(PathBuf::from);
    for (name, chart) in examples() {
        for (theme, suffix) in [(Theme::Light, ""), (Theme::Dark, "-dark")] {
            let svg = render_svg(&chart, theme).expect(name);
            assert!(svg.contains(&format!("<svg width=\"{}\" height=\"{}\"", chart.size.0, chart.size.1)), "{name}");
            assert!(svg.trim_end().ends_with("</svg>") && !svg.contains("dy="), "{name}");
            check_xml(&svg);
            let png = render_png(&chart, theme, 2).expect(name);
            let picture = decoded(&png);
            if let Some(folder) = &folder {
                fs::create_dir_all(folder).expect("a folder");
                fs::write(folder.join(format!("{name}{suffix}.png")), &png).expect("written");
                fs::write(folder.join(format!("{name}{suffix}.svg")), &svg).expect("written");
            }
            assert_eq!(picture.dimensions(), (chart.size.0 * 2, chart.size.1 * 2), "{name}");
            let background = *picture.get_pixel(0, 0);
            assert_eq!(background.0[0] > 128, theme == Theme::Light, "{name}");
            let inked = picture.pixels().filter(|pixel| **pixel != background).count();
            assert!(inked > 3_000, "{name}: only {inked} pixels are drawn");
            let (right, bottom) = (picture.width() - 1, picture.height() - 1);
            let edge =
                (0..=right).flat_map(|x| [(x, 0), (x, bottom)]).chain((0..=bottom).flat_map(|y| [(0, y), (right, y)]));
            assert!(
                edge.into_iter().all(|(x, y)| *picture.get_pixel(x, y) == background),
                "{name}: the edge stays empty"
            );
        }
    }
}

/// Checks that the XML is well-formed.
fn check_xml(svg: &str) {
    let mut reader = quick_xml::Reader::from_str(svg);
    reader.config_mut().check_end_names = true;
    while reader.read_event().expect("well-formed XML") != quick_xml::events::Event::Eof {}
}

#[test]
fn text_stays_text_in_svg_and_is_escaped() {
    let chart = Chart { title: "a < b & “c”".into(), ..Chart::curves("", &history(5)) };
    let svg = render_svg(&chart, Theme::Light).expect("it is drawn");
    check_xml(&svg);
    assert!(svg.contains("a &lt; b &amp; “c”") && svg.contains("Inter, Helvetica"), "{svg}");
    assert!(svg.contains("nDCG@20"));
}

#[test]
fn charts_without_finite_data_are_drawn_empty() {
    let empty = |panel| Chart { title: String::new(), panels: vec![panel], size: (200, 150) };
    let broken =
        Series { points: vec![Point::new(f64::NAN, 1.0), Point::new(1.0, f64::INFINITY)], ..Series::default() };
    let single = Series { points: vec![Point::new(3.0, 0.0)], ..Series::default() };
    for chart in [
        empty(Panel::Plot(Plot::default())),
        empty(Panel::Plot(Plot { series: vec![broken], ..Plot::default() })),
        empty(Panel::Plot(Plot { series: vec![single], ..Plot::default() })),
        empty(Panel::Heat(HeatMap::default())),
        empty(Panel::Heat(HeatMap { columns: vec!["a".into()], rows: vec!["b".into()], ..HeatMap::default() })),
        empty(Panel::Parallel(Parallel::default())),
        empty(Panel::Parallel(Parallel {
            lines: vec![vec![None]],
            axes: vec![Axis::default()],
            ..Parallel::default()
        })),
        Chart::curves("", &[]),
        Chart::curves("one epoch", &history(1)),
    ] {
        assert!(render_svg(&chart, Theme::Light).is_ok() && render_png(&chart, Theme::Dark, 1).is_ok(), "{chart:?}");
    }
}

#[test]
fn an_invalid_size_is_rejected() {
    let sized = |size| Chart { size, ..Chart::curves("", &history(2)) };
    for size in [(0, 10), (10, 0), (1_000_000, 10), (u32::MAX, u32::MAX)] {
        assert!(render_svg(&sized(size), Theme::Light).is_err(), "{size:?}");
        assert!(render_png(&sized(size), Theme::Light, 2).is_err(), "{size:?}");
    }
    assert!(render_png(&sized((100, 100)), Theme::Light, 0).is_err());
}
