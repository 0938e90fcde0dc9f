//! Which network, which of its layers, and what becomes of the vectors.

use super::controls::{progress_ui, sentence};
use super::preprocess;
use crate::app::command::{Command, OpenAs};
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme;
use crate::app::kit::{icons, widgets};
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
            (None, None) if encoder.architecture != EncoderSettings::default().architecture => Origin::File,
            (None, None) => Origin::Bundled,
        }
    }

    fn put(self, encoder: &mut EncoderSettings) {
        let usual = EncoderSettings::default();
        encoder.preprocess = None;
        (encoder.weights, encoder.hub) = match self {
            Origin::Bundled => (None, None),
            Origin::File => (Some(encoder.weights.take().unwrap_or_default()), None),
            Origin::Hub => (encoder.weights.take(), Some(String::new())),
        };
        if self != Origin::File {
            encoder.architecture = usual.architecture;
        }
    }
}

/// What the form remembers between frames.
#[derive(Default)]
pub struct EncoderForm {
    weights: String,
    seen: Option<PathBuf>,
    editing: bool,
    devices: Vec<vision::DeviceInfo>,
    asking: Slot<(), Vec<vision::DeviceInfo>>,
}

impl EncoderForm {
    /// Looks for devices in a thread of its own: opening one can take a while.
    fn find_devices(&mut self, workspace: &Workspace) {
        if self.devices.is_empty() && !self.asking.is_running() {
            self.asking.start("devices", workspace.wake(), |_| Ok(vision::available()));
        }
        if let Some(Event::Done(devices)) = self.asking.poll() {
            self.devices = devices;
        }
    }
}

/// Width beyond which the form grows no more.
const WIDEST: f32 = 560.0;

impl EncoderForm {
    /// Draws the form.
    pub fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let mut encoder = ctx.settings().encoder.clone();
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.set_max_width(ui.available_width().min(WIDEST));
            self.network_ui(ui, &mut encoder, ctx);
            layer_ui(ui, &mut encoder, ctx);
            let described = ctx.workspace().embedding().described().and_then(|spec| spec.as_ref().ok());
            let own = described.map(|spec| &spec.preprocess);
            preprocess::preprocess_ui(ui, &mut self.editing, own, &mut encoder.preprocess);
            projection_ui(ui, &mut encoder);
            self.compute_ui(ui, &mut encoder, ctx);
        });
        if encoder != ctx.settings().encoder {
            ctx.act(SettingsAction::SetEncoder(Box::new(encoder)));
        }
    }

    fn network_ui(&mut self, ui: &mut Ui, encoder: &mut EncoderSettings, ctx: &mut PanelCtx<'_>) {
        widgets::section(ui, "Network");
        let mut origin = Origin::of(encoder);
        widgets::field(ui, "Weights", "Where the network's weights come from", |ui| {
            let choices = [
                (Origin::Bundled, "Bundled", "The small ResNet-50 that comes with the program"),
                (
                    Origin::File,
                    "File",
                    "Safetensors, NumPy .npz or PyTorch, by torchvision's, timm's or transformers' names",
                ),
                (Origin::Hub, "Hub", "A model of the Hugging Face hub by its name"),
            ];
            if widgets::segmented(ui, &mut origin, &choices) {
                origin.put(encoder);
            }
        });
        match origin {
            Origin::Bundled => {
                widgets::caption(ui, format!("{} comes with the program.", encoder.architecture));
            }
            Origin::File => self.weights_ui(ui, encoder, ctx),
            Origin::Hub => hub_ui(ui, encoder),
        }
        let described = ctx.workspace().embedding().described();
        if let (Some(Ok(spec)), true) = (described, origin != Origin::Bundled) {
            widgets::caption(ui, format!("{}, recognised by its tensors.", spec.architecture));
        }
        let palette = theme::palette(ui.visuals());
        let blank = encoder.weights.as_deref().is_some_and(|path| path.as_os_str().is_empty());
        if let (Some(Err(reason)), false) = (described, origin == Origin::File && blank) {
            let colour = if origin == Origin::Hub { palette.weak } else { palette.warning };
            ui.add(egui::Label::new(RichText::new(sentence(&reason.to_string())).small().color(colour)).wrap());
        }
    }

    fn weights_ui(&mut self, ui: &mut Ui, encoder: &mut EncoderSettings, ctx: &mut PanelCtx<'_>) {
        // A file picked elsewhere shows up here; what is typed here counts from then on.
        if self.seen != encoder.weights {
            self.weights = encoder.weights.as_deref().unwrap_or(Path::new("")).display().to_string();
        }
        widgets::field(ui, "File", "The file with the weights", |ui| {
            let width = (ui.available_width() - 40.0).max(60.0);
            let field = egui::TextEdit::singleline(&mut self.weights).hint_text("/path/to/model.safetensors");
            ui.add(field.desired_width(width)).accessible_name("Weights file");
            if widgets::icon_button(ui, icons::OPEN, "Choose a weights file…").clicked() {
                ctx.command(Command::Ask(OpenAs::Weights));
            }
        });
        let typed = PathBuf::from(self.weights.trim());
        if typed.as_os_str() != encoder.weights.as_deref().unwrap_or(Path::new("")).as_os_str() {
            encoder.weights = Some(typed.clone());
        }
        self.seen.clone_from(&encoder.weights);
        if !typed.as_os_str().is_empty() && !typed.is_file() {
            let palette = theme::palette(ui.visuals());
            ui.label(RichText::new("There is no such file.").small().color(palette.warning));
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
        let pictures = workspace.session().map_or(0, |session| session.summary.pictures);
        let known = match &encoder.hub {
            Some(name) => !name.trim().is_empty(),
            None => workspace.embedding().described().is_some_and(Result::is_ok),
        };
        let text = format!("Compute embeddings of {} pictures", widgets::count(pictures));
        let button = widgets::primary_button(ui, pictures > 0 && known, icons::CPU, &text);
        if button.on_disabled_hover_text("Needs pictures, and weights for the network").clicked() {
            ctx.act(EmbeddingAction::Compute);
        }
        if let Some(last) = workspace.embedding().last() {
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
}

fn hub_ui(ui: &mut Ui, encoder: &mut EncoderSettings) {
    let mut name = encoder.hub.clone().unwrap_or_default();
    widgets::field(ui, "Model", "A residual network of the hub; fetched once, when embeddings are computed", |ui| {
        let width = (ui.available_width() - 8.0).max(60.0);
        let field = egui::TextEdit::singleline(&mut name).hint_text("timm/resnet18.a1_in1k").desired_width(width);
        ui.add(field).accessible_name("Model of the hub");
    });
    encoder.hub = Some(name);
}

/// The network as far as it is known: by its weights, else by its name.
fn architecture(workspace: &Workspace, encoder: &EncoderSettings) -> Option<Architecture> {
    let described = workspace.embedding().described().and_then(|spec| spec.as_ref().ok());
    let named = || encoder.architecture.parse().ok().filter(|_| encoder.hub.is_none());
    described.map(|spec| spec.architecture).or_else(named)
}

fn layer_ui(ui: &mut Ui, encoder: &mut EncoderSettings, ctx: &PanelCtx<'_>) {
    widgets::section(ui, "Layer");
    let known = architecture(ctx.workspace(), encoder);
    widgets::field(ui, "Stage", "Behind which residual stage the vector is taken; 4 is what a classifier sees", |ui| {
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
    widgets::field(ui, "Pooling", "How the places of that stage become one vector", |ui| {
        let choices = [
            (Pooling::Mean, "Mean", "The mean over the picture: what the network was trained with"),
            (Pooling::Gem, "GeM", "The generalised mean with exponent 3: between mean and maximum, usual in retrieval"),
        ];
        widgets::segmented(ui, &mut encoder.pooling, &choices);
    });
}

fn projection_ui(ui: &mut Ui, encoder: &mut EncoderSettings) {
    widgets::section(ui, "Projection");
    widgets::field(ui, "L2", "Divide every vector by its length; graphs compare by cosine with or without it", |ui| {
        ui.checkbox(&mut encoder.l2, "").accessible_name("L2 normalisation");
    });
    let hint = "Bring the strongest principal components to one scale, learned on this data set without labels";
    widgets::field(ui, "Whitening", hint, |ui| {
        let mut on = encoder.whiten.is_some();
        ui.checkbox(&mut on, "").accessible_name("PCA whitening");
        let mut kept = encoder.whiten.unwrap_or(128);
        ui.add_enabled(on, DragValue::new(&mut kept).range(2..=512).speed(0.5)).accessible_name("Whitened components");
        widgets::caption(ui, "components");
        encoder.whiten = on.then_some(kept);
    });
}
