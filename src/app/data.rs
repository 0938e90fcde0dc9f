//! What was loaded, which visual vectors are in use, and what is wrong with the files.

use super::theme;
use super::{attached, icons, widgets};
use crate::dataset::{Split, Warning, WarningKind};
use crate::jobs::{Event, Job};
use crate::vision::{self, Architecture, DeviceChoice};
use crate::workspace::{Action, EncoderSettings, Session, Workspace};
use egui::{Grid, RichText, ScrollArea, Ui, vec2};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What the panel remembers between frames.
#[derive(Default)]
pub struct DataPanel {
    kind: Option<WarningKind>,
    weights: String,
    seen: Option<PathBuf>,
    /// Set when a person wants to pick a weights file.
    pub wants_weights: bool,
    /// Set when a person wants to add a file of vectors.
    pub wants_vectors: bool,
    devices: Vec<vision::DeviceInfo>,
    asking: Option<Job<(), Vec<vision::DeviceInfo>>>,
}

impl DataPanel {
    /// Looks for devices in a thread of its own: opening one can take a while.
    fn find_devices(&mut self, workspace: &Workspace) {
        if self.devices.is_empty() && self.asking.is_none() {
            self.asking = Some(Job::spawn("devices", workspace.wake(), |_| Ok(vision::available())));
        }
        if let Some(Event::Done(devices)) = self.asking.as_mut().and_then(Job::poll) {
            self.devices = devices;
            self.asking = None;
        }
    }
}

/// Draws the panel.
pub fn data_ui(ui: &mut Ui, panel: &mut DataPanel, workspace: &Workspace, actions: &mut Vec<Action>) {
    let Some(session) = workspace.session() else {
        widgets::empty_state(ui, icons::INFO, "No data", "Open a data set to see what was found in it.", None);
        return;
    };
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        summary_ui(ui, session);
        vectors_ui(ui, workspace, session, actions);
        panel.wants_vectors |= attached::attached_ui(ui, workspace, session, actions);
        encoder_ui(ui, panel, workspace, actions);
        problems_ui(ui, panel, session);
    });
}

fn summary_ui(ui: &mut Ui, session: &Session) {
    let palette = theme::palette(ui.visuals());
    let summary = &session.summary;
    ui.label(widgets::strong_text(&session.dataset.name));
    widgets::caption(ui, format!("{}  ·  {}", session.dataset.format.name(), widgets::short_path(&session.path)));
    let parts: Vec<String> = Split::ALL
        .iter()
        .map(|split| (split, session.splits.iter().filter(|known| *known == split).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(split, count)| format!("{count} {}", split.name()))
        .collect();
    let grades: Vec<String> =
        summary.judgements.iter().map(|(grade, count)| format!("{count} of grade {grade}")).collect();
    let rows = [
        ("Queries", format!("{} ({})", session.dataset.queries.len(), parts.join(", "))),
        ("Images", format!("{}, {} with a picture", summary.images, summary.pictures)),
        ("Candidates", summary.candidates.to_string()),
        ("Judgements", if grades.is_empty() { "none".to_owned() } else { grades.join(", ") }),
        ("Not judged", summary.unjudged.to_string()),
        ("Signals", session.signals.infos.len().to_string()),
    ];
    Grid::new("summary").num_columns(2).spacing(vec2(12.0, 3.0)).show(ui, |ui| {
        for (name, value) in rows {
            ui.label(RichText::new(name).color(palette.weak));
            ui.add(egui::Label::new(value).wrap());
            ui.end_row();
        }
    });
}

fn vectors_ui(ui: &mut Ui, workspace: &Workspace, session: &Session, actions: &mut Vec<Action>) {
    widgets::section(ui, "Visual vectors");
    match &session.vectors {
        Some(vectors) => {
            let text = format!("In use: {}, {} numbers, {} images", vectors.name, vectors.dim, vectors.count());
            ui.add(egui::Label::new(text).wrap())
        }
        None => ui.label("None yet."),
    };
    if session.dataset.vectors.is_empty() {
        return;
    }
    widgets::caption(ui, "From the files; several are joined, each normalised first:");
    let mut names = workspace.loading().pending_vectors().unwrap_or(&session.vector_names).to_vec();
    names.retain(|name| session.dataset.vectors.iter().any(|source| source.name == *name));
    let mut changed = false;
    ui.horizontal_wrapped(|ui| {
        for source in &session.dataset.vectors {
            let mut on = names.contains(&source.name);
            let label = source.dim.map_or_else(|| source.name.clone(), |dim| format!("{} ({dim})", source.name));
            if ui.checkbox(&mut on, label).changed() {
                changed = true;
                names.retain(|name| *name != source.name);
                if on {
                    names.push(source.name.clone());
                }
            }
        }
    });
    if changed {
        actions.push(Action::ChooseVectors(names));
    }
}

fn encoder_ui(ui: &mut Ui, panel: &mut DataPanel, workspace: &Workspace, actions: &mut Vec<Action>) {
    widgets::section(ui, "Encoder");
    let palette = theme::palette(ui.visuals());
    let mut encoder = workspace.settings().encoder.clone();
    widgets::field(ui, "Network", "The network that turns pictures into vectors", |ui| {
        widgets::choices(ui, "Network", encoder.architecture.clone(), |ui| {
            for choice in Architecture::ALL {
                ui.selectable_value(&mut encoder.architecture, choice.to_string(), choice.to_string());
            }
        });
    });
    if encoder.architecture == EncoderSettings::default().architecture {
        encoder.weights = None;
        widgets::caption(ui, "Its weights come with the program.");
    } else {
        weights_ui(ui, panel, &mut encoder);
    }
    panel.find_devices(workspace);
    device_ui(ui, panel, &mut encoder);
    if encoder != workspace.settings().encoder {
        actions.push(Action::SetEncoder(encoder.clone()));
    }
    if let Some((progress, elapsed)) = workspace.embedding().progress() {
        let bar = egui::ProgressBar::new(progress.fraction().unwrap_or(0.0)).desired_height(6.0);
        ui.add(bar);
        widgets::caption(ui, widgets::progress_text(progress, elapsed));
        if ui.button("Cancel").clicked() {
            actions.push(Action::CancelEmbedding);
        }
        return;
    }
    let pictures = workspace.session().map_or(0, |session| session.summary.pictures);
    let missing = encoder.architecture != EncoderSettings::default().architecture && encoder.weights.is_none();
    let ready = pictures > 0 && !missing;
    let button = egui::Button::new(format!("{}  Compute embeddings of {pictures} pictures", icons::CPU));
    if ui
        .add_enabled(ready, button)
        .on_disabled_hover_text("Needs pictures, and a weights file for this network")
        .clicked()
    {
        actions.push(Action::Embed);
    }
    if let Some(last) = workspace.embedding().last() {
        let text =
            format!("Last time: {} computed, {} from the cache, {:.1} s", last.embedded, last.cached, last.seconds);
        ui.label(RichText::new(text).small().color(palette.weak));
    }
}

fn weights_ui(ui: &mut Ui, panel: &mut DataPanel, encoder: &mut EncoderSettings) {
    // A file picked elsewhere shows up here; what is typed here counts from then on.
    if panel.seen != encoder.weights {
        panel.weights = encoder.weights.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    }
    widgets::field(ui, "Weights", "A safetensors file with torchvision's or timm's names", |ui| {
        let width = (ui.available_width() - 40.0).max(60.0);
        let field = egui::TextEdit::singleline(&mut panel.weights).hint_text("/path/to/model.safetensors");
        ui.add(field.desired_width(width)).accessible_name("Weights file");
        panel.wants_weights |= widgets::icon_button(ui, icons::OPEN, "Choose a weights file…").clicked();
    });
    let typed = PathBuf::from(panel.weights.trim());
    encoder.weights = (!panel.weights.trim().is_empty()).then_some(typed);
    panel.seen.clone_from(&encoder.weights);
    if encoder.weights.as_ref().is_some_and(|path| !path.is_file()) {
        let palette = theme::palette(ui.visuals());
        ui.label(RichText::new("There is no such file.").small().color(palette.warning));
    }
}

fn device_ui(ui: &mut Ui, panel: &mut DataPanel, encoder: &mut EncoderSettings) {
    let devices = &panel.devices;
    widgets::field(ui, "Device", "Where the network runs", |ui| {
        widgets::choices(ui, "Device", encoder.device.to_uppercase(), |ui| {
            for device in devices.iter() {
                let name = device.choice.to_string();
                let hint = device.ready.as_ref().map_or_else(|reason| reason.clone(), |()| device.name.clone());
                let label = egui::Button::selectable(encoder.device == name, name.to_uppercase());
                let label = ui.add_enabled(device.ready.is_ok(), label);
                if label.on_hover_text(&hint).on_disabled_hover_text(&hint).clicked() {
                    encoder.device = name;
                }
            }
        });
    });
    let known: Result<DeviceChoice, _> = encoder.device.parse();
    if known.is_err() {
        encoder.device = DeviceChoice::Cpu.to_string();
    }
}

fn problems_ui(ui: &mut Ui, panel: &mut DataPanel, session: &Session) {
    widgets::section(ui, "Problems");
    let palette = theme::palette(ui.visuals());
    if session.warnings.is_empty() {
        ui.label(RichText::new(format!("{}  Nothing is wrong with the files.", icons::CHECK)).color(palette.relevant));
        return;
    }
    let mut counts: BTreeMap<WarningKind, usize> = BTreeMap::new();
    for warning in &session.warnings {
        *counts.entry(warning.kind).or_default() += 1;
    }
    ui.horizontal_wrapped(|ui| {
        for (&kind, count) in &counts {
            let chosen = panel.kind == Some(kind);
            if ui.selectable_label(chosen, format!("{} {count}", kind.name())).clicked() {
                panel.kind = if chosen { None } else { Some(kind) };
            }
        }
    });
    let shown: Vec<&Warning> =
        session.warnings.iter().filter(|warning| panel.kind.is_none_or(|kind| kind == warning.kind)).collect();
    const MOST: usize = 200;
    for warning in shown.iter().take(MOST) {
        let place = warning.line.map_or_else(
            || widgets::short_path(&warning.file),
            |line| format!("{}:{line}", widgets::short_path(&warning.file)),
        );
        ui.add(egui::Label::new(RichText::new(format!("{}  {}", icons::WARNING, warning.message)).size(12.0)).wrap());
        ui.add(egui::Label::new(RichText::new(place).small().color(palette.weak)).truncate());
    }
    if shown.len() > MOST {
        widgets::caption(ui, format!("… and {} more; `crossrank info` lists them all", shown.len() - MOST));
    }
}
