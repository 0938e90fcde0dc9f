//! The encoder's settings: network, layer, preprocessing and projection.

use super::controls::progress_ui;
use super::encoders::encoders_ui;
use super::preprocess;
use crate::app::command::{Command, OpenAs};
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme;
use crate::app::kit::{icons, obstacle, widgets};
use crate::base::{sentence, some_of};
use crate::jobs::{Event, Slot};
use crate::vision::{self, Architecture, DeviceChoice, Feature, Pooling};
use crate::workspace::{EmbeddingAction, EncoderSettings, SettingsAction, Workspace};
use egui::{DragValue, RichText, ScrollArea, Ui};
use std::path::{Path, PathBuf};

/// Where the weights come from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Bundled,
    File,
    Hub,
}

impl Origin {
    fn of(encoder: &EncoderSettings) -> Self {
        match (&encoder.hub, &encoder.weights) {
            (Some(_), _) => Origin::Hub,
            (None, Some(_)) => Origin::File,
            (None, None) if bundled(encoder).is_some() => Origin::Bundled,
            (None, None) => Origin::File,
        }
    }

    fn apply(self, encoder: &mut EncoderSettings) {
        encoder.preprocess = None;
        (encoder.weights, encoder.hub) = match self {
            Origin::Bundled => (None, None),
            Origin::File => (Some(encoder.weights.take().unwrap_or_default()), None),
            Origin::Hub => (encoder.weights.take(), Some(String::new())),
        };
        if self != Origin::File {
            encoder.architecture = EncoderSettings::default().architecture;
        }
    }
}

/// The chosen network, if its weights are bundled.
fn bundled(encoder: &EncoderSettings) -> Option<Architecture> {
    encoder.architecture.parse().ok().filter(|architecture: &Architecture| architecture.is_bundled())
}

/// What the form remembers between frames.
#[derive(Default)]
pub struct EncoderForm {
    weights: String,
    /// The weights file that `weights` was last synchronised with.
    synced: Option<PathBuf>,
    editing: bool,
    devices: Vec<vision::DeviceInfo>,
    detection: Slot<(), Vec<vision::DeviceInfo>>,
}

impl EncoderForm {
    /// Detects devices on another thread, since opening one can take a while.
    fn find_devices(&mut self, workspace: &Workspace) {
        if self.devices.is_empty() && !self.detection.is_running() {
            self.detection.start("devices", workspace.wake(), |_| Ok(vision::available()));
        }
        if let Some(Event::Done(devices)) = self.detection.poll() {
            self.devices = devices;
        }
    }
}

/// Maximum width of the form.
const MAX_WIDTH: f32 = 560.0;

impl EncoderForm {
    /// Draws the form.
    pub fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let mut encoder = ctx.settings().encoder.clone();
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.set_max_width(ui.available_width().min(MAX_WIDTH));
            match ctx.workspace().searching().open() {
                Some(open) => {
                    encoders_ui(ui, open, ctx);
                    ui.add_space(theme::GRID);
                    widgets::folded(ui, "Another encoder", false, |ui| self.form_ui(ui, &mut encoder, true, ctx));
                }
                None => self.form_ui(ui, &mut encoder, false, ctx),
            }
        });
        if encoder != ctx.settings().encoder {
            ctx.act(SettingsAction::SetEncoder(Box::new(encoder)));
        }
    }

    fn form_ui(&mut self, ui: &mut Ui, encoder: &mut EncoderSettings, is_collection: bool, ctx: &mut PanelCtx<'_>) {
        self.network_ui(ui, encoder, ctx);
        layer_ui(ui, encoder, ctx);
        let described = ctx.workspace().embedding().described().and_then(|spec| spec.as_ref().ok());
        let own = described.map(|spec| &spec.preprocess);
        preprocess::preprocess_ui(ui, &mut self.editing, own, &mut encoder.preprocess);
        // A collection's vectors are as the network gives them.
        if !is_collection {
            projection_ui(ui, encoder);
        }
        self.compute_ui(ui, encoder, ctx);
    }

    fn network_ui(&mut self, ui: &mut Ui, encoder: &mut EncoderSettings, ctx: &mut PanelCtx<'_>) {
        widgets::section(ui, "Network");
        let mut origin = Origin::of(encoder);
        widgets::field(ui, "Weights", "Where the network's weights come from", |ui| {
            let choices = [
                (Origin::Bundled, "Bundled", "The two networks that come with Crossrank"),
                (
                    Origin::File,
                    "File",
                    "Safetensors, NumPy .npz or PyTorch, with tensor names of torchvision, timm or transformers",
                ),
                (Origin::Hub, "Hub", "A model on the Hugging Face hub"),
            ];
            if widgets::segmented(ui, &mut origin, &choices) {
                origin.apply(encoder);
            }
        });
        match origin {
            Origin::Bundled => bundled_ui(ui, encoder),
            Origin::File => self.weights_ui(ui, encoder, ctx),
            Origin::Hub => hub_ui(ui, encoder),
        }
        let described = ctx.workspace().embedding().described();
        if let (Some(Ok(spec)), true) = (described, origin != Origin::Bundled) {
            widgets::caption(ui, format!("{}, detected from its tensors.", spec.architecture));
            let ignored = ctx.workspace().embedding().ignored_tensors();
            if !ignored.is_empty() {
                widgets::caption(ui, format!("Not of the network and ignored: {}.", some_of(ignored)));
            }
        }
        let palette = theme::palette(ui.visuals());
        let blank = encoder.weights.as_deref().is_some_and(|path| path.as_os_str().is_empty());
        if let (Some(Err(reason)), false) = (described, origin == Origin::File && blank) {
            let colour = if origin == Origin::Hub { palette.weak } else { palette.warning };
            ui.add(egui::Label::new(RichText::new(sentence(&reason.to_string())).small().color(colour)).wrap());
        }
    }

    fn weights_ui(&mut self, ui: &mut Ui, encoder: &mut EncoderSettings, ctx: &mut PanelCtx<'_>) {
        // A file chosen in the dialog shows up here; from then on, the typed text counts.
        if self.synced != encoder.weights {
            self.weights = encoder.weights.as_deref().unwrap_or(Path::new("")).display().to_string();
        }
        widgets::field(ui, "File", "The file with the weights", |ui| {
            let width = (ui.available_width() - 40.0).max(60.0);
            let field = egui::TextEdit::singleline(&mut self.weights).hint_text("/path/to/model.safetensors");
            ui.add(field.desired_width(width)).accessible_name("Weights file");
            if widgets::icon_button(ui, icons::OPEN, "Choose weights file…").clicked() {
                ctx.command(Command::Ask(OpenAs::Weights));
            }
        });
        let typed = PathBuf::from(self.weights.trim());
        if typed.as_os_str() != encoder.weights.as_deref().unwrap_or(Path::new("")).as_os_str() {
            encoder.weights = Some(typed.clone());
        }
        self.synced.clone_from(&encoder.weights);
        if !typed.as_os_str().is_empty() && !typed.is_file() {
            let palette = theme::palette(ui.visuals());
            ui.label(RichText::new("No such file.").small().color(palette.warning));
        }
    }

    fn compute_ui(&mut self, ui: &mut Ui, encoder: &mut EncoderSettings, ctx: &mut PanelCtx<'_>) {
        let workspace = ctx.workspace();
        widgets::section(ui, "Compute");
        self.find_devices(workspace);
        self.device_ui(ui, encoder);
        ui.add_space(theme::GRID);
        if let Some(progress) = workspace.embedding().progress() {
            if progress_ui(ui, progress, "Cancel computing embeddings") {
                ctx.act(EmbeddingAction::Cancel);
            }
            return;
        }
        let collection = workspace.searching().open().map(|open| open.count);
        let pictures = workspace.session().map_or(0, |session| session.summary.pictures);
        let pictures = collection.unwrap_or(pictures);
        let obstacle = match (&encoder.hub, workspace.embedding().described()) {
            _ if pictures == 0 => Some("The data set has no pictures."),
            _ if collection.is_some() && workspace.searching().is_collecting() => {
                Some("The vectors of this collection are being computed.")
            }
            (Some(name), _) => name.trim().is_empty().then_some("Enter the name of a model on the hub."),
            (None, Some(Ok(_))) => None,
            (None, Some(Err(_))) => Some("The weights cannot be used: see above."),
            (None, None) => Some("The weights are being read."),
        };
        let text = format!("Compute embeddings of {} pictures", widgets::count(pictures));
        if widgets::primary_button(ui, obstacle, icons::CPU, &text).clicked() {
            ctx.act(EmbeddingAction::Compute);
        }
        if let Some(obstacle) = obstacle {
            obstacle::obstacle_line(ui, obstacle);
        }
        if let Some(last) = workspace.embedding().last().filter(|_| collection.is_none()) {
            let (embedded, cached, seconds) = (last.embedded, last.cached, last.seconds);
            widgets::caption(ui, format!("Last time: {embedded} computed, {cached} from the cache, {seconds:.1} s"));
        }
    }

    fn device_ui(&self, ui: &mut Ui, encoder: &mut EncoderSettings) {
        widgets::field(ui, "Device", "Where the network runs", |ui| {
            widgets::choices(ui, "Device", encoder.device.to_uppercase(), |ui| {
                for device in &self.devices {
                    let name = device.choice.to_string();
                    let hint = device.ready.as_ref().map_or_else(ToString::to_string, |()| device.name.clone());
                    let button = egui::Button::selectable(encoder.device == name, name.to_uppercase());
                    let obstacle = device.ready.is_err().then_some(hint.as_str());
                    if obstacle::add_unless(ui, obstacle, button).on_hover_text(&hint).clicked() {
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
}

/// The choice of a bundled network.
fn bundled_ui(ui: &mut Ui, encoder: &mut EncoderSettings) {
    let chosen = bundled(encoder);
    for architecture in Architecture::BUNDLED {
        let about = match architecture {
            Architecture::EfficientNetLite0 => "1280 numbers from a third of the operations; often better neighbours.",
            _ => "ResNet-50 of half width, 1024 numbers. The default.",
        };
        ui.horizontal_wrapped(|ui| {
            let button = ui.radio(chosen == Some(architecture), architecture.name());
            if button.on_hover_text(about).clicked() && chosen != Some(architecture) {
                encoder.architecture = architecture.name().to_owned();
                encoder.preprocess = None;
            }
            widgets::caption(ui, about);
        });
    }
}

fn hub_ui(ui: &mut Ui, encoder: &mut EncoderSettings) {
    let mut name = encoder.hub.clone().unwrap_or_default();
    widgets::field(ui, "Model", "A network on the hub, downloaded when embeddings are first computed", |ui| {
        let width = (ui.available_width() - 8.0).max(60.0);
        let field = egui::TextEdit::singleline(&mut name).hint_text("timm/resnet18.a1_in1k").desired_width(width);
        ui.add(field).accessible_name("Hub model");
    });
    encoder.hub = Some(name);
}

/// The network's architecture, if known: from its weights, else from its name.
fn architecture(workspace: &Workspace, encoder: &EncoderSettings) -> Option<Architecture> {
    let described = workspace.embedding().described().and_then(|spec| spec.as_ref().ok());
    let named = || encoder.architecture.parse().ok().filter(|_| encoder.hub.is_none());
    described.map(|spec| spec.architecture).or_else(named)
}

fn layer_ui(ui: &mut Ui, encoder: &mut EncoderSettings, ctx: &PanelCtx<'_>) {
    widgets::section(ui, "Layer");
    let known = architecture(ctx.workspace(), encoder);
    widgets::field(ui, "Stage", "The stage whose output becomes the vector; stage 4 feeds the classifier", |ui| {
        let hint = |stage: usize| known.map_or(String::new(), |known| format!("{} dimensions", known.dim(stage)));
        ui.spacing_mut().item_spacing.x = 2.0;
        for stage in 1..=Feature::STAGES {
            let chosen = encoder.stage == stage;
            let button = ui.selectable_label(chosen, stage.to_string()).on_hover_text(hint(stage));
            if button.accessible_name(format!("Stage {stage}")).clicked() {
                encoder.stage = stage;
            }
        }
        if let Some(known) = known {
            ui.add_space(theme::GRID);
            widgets::caption(ui, format!("{} dimensions", known.dim(encoder.stage)));
        }
    });
    widgets::field(ui, "Pooling", "How the stage's feature map becomes one vector", |ui| {
        let choices = [
            (Pooling::Mean, "Mean", "The mean over the picture, as the network was trained"),
            (
                Pooling::Gem,
                "GeM",
                "The generalised mean with exponent 3, between mean and maximum; common in retrieval",
            ),
        ];
        widgets::segmented(ui, &mut encoder.pooling, &choices);
    });
}

fn projection_ui(ui: &mut Ui, encoder: &mut EncoderSettings) {
    widgets::section(ui, "Projection");
    widgets::field(ui, "L2", "Divide every vector by its length; graphs compare by cosine either way", |ui| {
        ui.checkbox(&mut encoder.l2, "").accessible_name("L2 normalisation");
    });
    let hint = "Give the leading principal components equal variance; learned on this data set, without labels";
    widgets::field(ui, "Whitening", hint, |ui| {
        let mut on = encoder.whiten.is_some();
        ui.checkbox(&mut on, "").accessible_name("PCA whitening");
        let mut components = encoder.whiten.unwrap_or(128);
        let field = DragValue::new(&mut components).range(2..=512).speed(0.5);
        let obstacle = (!on).then_some("Whitening is off.");
        obstacle::add_unless(ui, obstacle, field).accessible_name("Whitened components");
        widgets::caption(ui, "components");
        encoder.whiten = on.then_some(components);
    });
}
