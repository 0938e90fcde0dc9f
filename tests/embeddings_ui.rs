//! The embeddings panel, driven by accessible names, and drawn for the README.

use crate::embedding_sessions::sample_with_two;
use crate::encoder_golden::weights::sparse;
use crossrank::app::{App, Panel, Shot, headless, settle};
use crossrank::vision::{Architecture, Pooling};
use crossrank::workspace::{EncoderSettings, MapMethod, MapScope, SettingsAction, Store, ThemeChoice};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn panel(home: &Path, dataset: &Path, theme: ThemeChoice) -> Harness<'static, App> {
    let shot = Shot { panel: Some(Panel::Embeddings), size: [1200.0, 720.0], theme, ..Shot::of(dataset) };
    let mut harness = headless(&shot, Store::at(home));
    settle(&mut harness).expect("the data set opens");
    harness
}

fn click(harness: &mut Harness<'_, App>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(2);
    settle(harness).expect("at rest");
}

/// Waits for what the panel requests by itself, which it does a frame later.
fn rest(harness: &mut Harness<'_, App>) {
    for _ in 0..3 {
        harness.run_steps(2);
        settle(harness).expect("at rest");
    }
}

#[test]
fn layer_preprocessing_and_projection_can_be_chosen() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = panel(home.path(), &Path::new(ROOT).join("datasets/stamps-and-places"), ThemeChoice::Dark);
    rest(&mut harness);
    harness.check_accessibility();
    let encoder = |harness: &Harness<'_, App>| harness.state().workspace().settings().encoder.clone();
    for label in ["Stage 3", "GeM", "L2 normalisation", "PCA whitening", "Edit preprocessing", "Bicubic"] {
        click(&mut harness, label);
    }
    let chosen = encoder(&harness);
    assert_eq!((chosen.stage, chosen.pooling, chosen.l2, chosen.whiten), (3, Pooling::Gem, true, Some(128)));
    assert!(chosen.preprocess.is_some_and(|preprocess| preprocess.crop == 224 && preprocess.bgr));
    harness.check_accessibility();
    click(&mut harness, "Reset preprocessing");
    assert_eq!(encoder(&harness).preprocess, None);

    click(&mut harness, "Hub");
    harness.get_by_label("Hub model").focus();
    harness.step();
    harness.get_by_label("Hub model").type_text("timm/resnet18.a1_in1k");
    rest(&mut harness);
    assert_eq!(encoder(&harness).hub.as_deref(), Some("timm/resnet18.a1_in1k"));
    click(&mut harness, "Bundled");
    assert_eq!((encoder(&harness).hub, encoder(&harness).weights), (None, None));
    assert!(harness.state().workspace().embedding().described().is_some_and(Result::is_ok));
}

#[test]
fn tensors_beside_the_network_of_a_weights_file_are_named() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("wrapped.safetensors");
    let mut tensors = Architecture::Resnet18.tensors();
    tensors.iter_mut().for_each(|(name, _)| *name = format!("encoder.model.{name}"));
    tensors.push(("head.weight".to_owned(), vec![2, 2]));
    sparse(&file, &tensors, &[]);
    let mut harness = panel(home.path(), &Path::new(ROOT).join("datasets/stamps-and-places"), ThemeChoice::Dark);
    assert!(harness.query_by_label_contains("ignored").is_none());
    let workspace = harness.state_mut().workspace_mut();
    let encoder = EncoderSettings { weights: Some(file), ..workspace.settings().encoder.clone() };
    workspace.apply(SettingsAction::SetEncoder(Box::new(encoder)));
    rest(&mut harness);
    assert!(harness.query_by_label("resnet18, detected from its tensors.").is_some());
    assert!(harness.query_by_label("Not of the network and ignored: head.weight.").is_some());
}

#[test]
fn two_embeddings_are_compared_in_measures_and_graphs() {
    let home = tempfile::tempdir().expect("a folder");
    let set = sample_with_two(home.path());
    let mut harness = panel(home.path(), &set, ThemeChoice::Dark);
    click(&mut harness, "Compare");
    rest(&mut harness);
    let comparison = |harness: &Harness<'_, App>| {
        let comparison = harness.state().workspace().embedding().comparison();
        comparison.result().map(|result| result.tables.each_ref().map(|table| table.name.clone()))
    };
    let names = ["embeddings", "embeddings-b"].map(str::to_owned);
    assert_eq!(comparison(&harness), Some(names.clone()), "the source that differs from the one in use is proposed");
    assert!(harness.query_by_label("Overlap@10").is_some() && harness.query_by_label("Gain over chance").is_some());
    harness.check_accessibility();
    click(&mut harness, "Swap A and B");
    rest(&mut harness);
    let [a, b] = names;
    assert_eq!(comparison(&harness), Some([b, a]));
    click(&mut harness, "Sort queries by Query");
    click(&mut harness, "Sort queries by Query");
    harness.get_by_label_contains("Comparison of windmill").click();
    rest(&mut harness);
    let text = |harness: &Harness<'_, App>| {
        let session = harness.state().workspace().session().expect("a session");
        session.data.dataset.queries[session.query()].text.clone()
    };
    assert_eq!(text(&harness), "windmill");

    click(&mut harness, "Two graphs");
    rest(&mut harness);
    let canvases: Vec<egui::Rect> =
        harness.get_all_by_label_contains("Graph of “windmill” by").map(|node| node.rect()).collect();
    assert_eq!(canvases.len(), 2);
    assert!((canvases[0].width() - canvases[1].width()).abs() < 2.0 && canvases[0].right() < canvases[1].left());
    harness.check_accessibility();
    let hovered =
        |harness: &Harness<'_, App>| harness.state().workspace().session().and_then(|session| session.hovered());
    let session = harness.state().workspace().session().expect("a session");
    let first = harness.state().workspace().embedding().comparison().graphs()[0].expect("a graph");
    assert_eq!(first.n(), session.data.dataset.queries[session.query()].candidates.len());
    // Somewhere on a grid over the first canvas is a picture to point at.
    let found = (0..400).any(|step| {
        let (x, y) = ((step % 20) as f32 + 0.5, (step / 20) as f32 + 0.5);
        harness.hover_at(canvases[0].min + egui::vec2(x, y) / 20.0 * canvases[0].size());
        harness.run_steps(2);
        hovered(&harness).is_some()
    });
    assert!(found, "pointing at a picture of A marks it in both");
}

#[test]
fn the_sample_compares_both_bundled_encoders_at_the_first_start() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = panel(home.path(), &Path::new(ROOT).join("datasets/stamps-and-places"), ThemeChoice::Light);
    click(&mut harness, "Compare");
    rest(&mut harness);
    let comparison = harness.state().workspace().embedding().comparison();
    let result = comparison.result().expect("a comparison");
    let tables = result.tables.each_ref().map(|table| (table.name.as_str(), table.dim));
    assert_eq!(tables, [("embeddings", 1024), ("embeddings-efficientnet-lite0", 1280)]);
    let [resnet, efficientnet] = result.mean.both(10).expect("figures");
    assert!(efficientnet.lift() > resnet.lift(), "{resnet:?} {efficientnet:?}");
}

#[test]
fn both_bundled_networks_are_offered_by_name_and_chosen_with_a_click() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = panel(home.path(), &Path::new(ROOT).join("datasets/stamps-and-places"), ThemeChoice::Light);
    rest(&mut harness);
    let spec = |harness: &Harness<'_, App>| {
        let described = harness.state().workspace().embedding().described();
        described.and_then(|spec| spec.as_ref().ok()).map(|spec| spec.name())
    };
    assert_eq!(spec(&harness).as_deref(), Some("resnet50-thin"));
    for name in ["efficientnet-lite0", "resnet50-thin", "efficientnet-lite0"] {
        click(&mut harness, name);
        rest(&mut harness);
        assert_eq!(harness.state().workspace().settings().encoder.architecture, name);
        assert_eq!(spec(&harness).as_deref(), Some(name));
        harness.check_accessibility();
    }
    assert!(harness.query_by_label_contains("1280 dimensions").is_some());
    // A detour over a file leads back to the default.
    click(&mut harness, "File");
    click(&mut harness, "Bundled");
    assert_eq!(harness.state().workspace().settings().encoder.architecture, "resnet50-thin");
}

#[test]
fn a_query_and_all_images_are_mapped_and_an_image_is_selected() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = panel(home.path(), &Path::new(ROOT).join("datasets/stamps-and-places"), ThemeChoice::Dark);
    click(&mut harness, "Map");
    rest(&mut harness);
    let canvas = harness.get_by_label_contains("Map of embeddings: 100 images").rect();
    harness.check_accessibility();
    click(&mut harness, "t-SNE");
    rest(&mut harness);
    let request = |harness: &Harness<'_, App>| harness.state().workspace().embedding().map().request().cloned();
    let current = request(&harness).expect("a request");
    assert_eq!((current.scope, current.method), (MapScope::Query(0), MapMethod::Tsne { perplexity: 30.0 }));
    click(&mut harness, "PCA");
    click(&mut harness, "All images");
    rest(&mut harness);
    assert!(harness.query_by_label_contains("Map of embeddings: 598 images").is_some());
    assert_eq!(request(&harness).map(|request| request.scope), Some(MapScope::All));
    harness.check_accessibility();

    let selected =
        |harness: &Harness<'_, App>| harness.state().workspace().session().and_then(|session| session.candidate());
    assert_eq!(selected(&harness), None);
    let found = (0..400).any(|step| {
        let (x, y) = ((step % 20) as f32 + 0.5, (step / 20) as f32 + 0.5);
        let position = canvas.min + egui::vec2(x, y) / 20.0 * canvas.size();
        harness.hover_at(position);
        harness.drag_at(position);
        harness.drop_at(position);
        harness.run_steps(2);
        selected(&harness).is_some()
    });
    assert!(found, "a click on a picture selects it");
}

#[test]
fn a_layout_of_an_earlier_version_gets_the_panel_too() {
    let home = tempfile::tempdir().expect("a folder");
    let shot = Shot::of(Path::new(ROOT).join("datasets/stamps-and-places"));
    {
        let mut harness = headless(&shot, Store::at(home.path()));
        settle(&mut harness).expect("the data set opens");
        // Three tabs as the first version saved them.
        let saved = serde_json::json!({
            "root": 4, "id": 1,
            "tiles": { "next_tile_id": 5, "tiles": {
                "1": { "Pane": "queries" }, "2": { "Pane": "graph" }, "3": { "Pane": "data" },
                "4": { "Container": { "Tabs": { "children": [1, 2, 3], "active": 2 } } }
            }, "invisible": [] },
            "height": 100.0, "width": 100.0
        });
        let workspace = harness.state_mut().workspace_mut();
        workspace.apply(SettingsAction::SetPanels(Some(saved)));
        workspace.save();
    }
    let mut harness = headless(&shot, Store::at(home.path()));
    settle(&mut harness).expect("the data set opens");
    assert!(harness.query_by_label("Embeddings").is_some());
}

#[test]
fn every_view_is_drawn_dark_and_light() {
    let home = tempfile::tempdir().expect("a folder");
    let set = sample_with_two(home.path());
    let pictures = [("Encoder", "encoder"), ("Compare", "compare"), ("Two graphs", "two-graphs"), ("Map", "map")];
    // The README shows these; the others are only drawn.
    let shown = ["encoder-dark", "compare-dark", "two-graphs-dark", "map-light"];
    let drawn = std::env::var_os("CROSSRANK_PICTURES").map(PathBuf::from);
    for (theme, name) in [(ThemeChoice::Dark, "dark"), (ThemeChoice::Light, "light")] {
        let mut harness = panel(&home.path().join(name), &set, theme);
        for (view, file) in pictures {
            click(&mut harness, view);
            rest(&mut harness);
            if view == "Map" {
                click(&mut harness, "t-SNE");
                rest(&mut harness);
            }
            harness.event(egui::Event::PointerGone);
            harness.run_steps(2);
            let picture = harness.render().expect("a picture");
            let colours: HashSet<_> = picture.pixels().map(|pixel| pixel.0).collect();
            assert!(colours.len() > 50, "{view} has only {} colours", colours.len());
            let file = format!("{file}-{name}");
            let readme = shown.contains(&file.as_str()).then(|| Path::new(ROOT).join("screenshots"));
            for folder in readme.into_iter().chain(drawn.clone()) {
                picture.save(folder.join(format!("embeddings-{file}.png"))).expect("the picture is written");
            }
        }
    }
}
