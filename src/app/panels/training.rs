//! The curves of the current run, one small plot per measure.

use super::{PanelView, epoch};
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, Palette};
use crate::app::kit::{icons, plot, widgets};
use crate::base::sentence;
use crate::eval::{Measure, Measures, STANDARD};
use crate::train::{EpochReport, RunState, phases};
use crate::workspace::{LiveRun, NoEpochs, Session, TrainingAction, Workspace};
use egui::{Color32, CursorIcon, RichText, Ui, WidgetInfo};
use egui_plot::{HLine, Line, LineStyle, PlotPoints, VLine};

/// What the panel remembers between frames.
#[derive(Default)]
pub struct TrainingPanel {
    /// The plot that fills the panel.
    maximised: Option<Curve>,
}

/// What a plot shows, epoch by epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Curve {
    Loss,
    Of(Measure),
}

impl Curve {
    fn name(self) -> String {
        match self {
            Curve::Loss => "Loss".to_owned(),
            Curve::Of(measure) => measure.label(),
        }
    }
}

/// A run and the baselines drawn with its curves.
struct Shown<'a> {
    run: &'a LiveRun,
    /// The epoch that is looked at, if it is not the run itself.
    chosen: Option<usize>,
    /// The same, or the run's own.
    epoch: Option<usize>,
    /// Means of the initial order and of the text signal.
    baselines: [Measures; 2],
}

impl PanelView for TrainingPanel {
    fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let workspace = ctx.workspace();
        let (Some(session), Some(run)) = (workspace.session(), workspace.training().run()) else {
            let text = "Training fits the graph network to the training queries. Curves and rankings update after \
                        every epoch.";
            if widgets::empty_start(ui, icons::PLAY, "No run yet", text, workspace.training_obstacle()) {
                ctx.act(TrainingAction::Start);
            }
            return;
        };
        heading_ui(ui, run, ctx);
        let baselines = [&session.baselines.initial, &session.baselines.text].map(|of| session.baseline_means(of));
        let (chosen, epoch) = (workspace.epochs().chosen(), workspace.shown_epoch());
        let shown = Shown { run, chosen, epoch, baselines };
        match self.maximised {
            Some(curve) => {
                let size = ui.available_size();
                self.plot_ui(ui, curve, &shown, size, ctx);
            }
            None => {
                let area = egui::ScrollArea::vertical().auto_shrink([false, false]);
                // In a low panel the plots scroll.
                let height = ui.available_height() - 1.0;
                area.show(ui, |ui| self.plots_ui(ui, &shown, height, ctx));
            }
        }
    }
}

impl TrainingPanel {
    fn plots_ui(&mut self, ui: &mut Ui, shown: &Shown<'_>, height: f32, ctx: &mut PanelCtx<'_>) {
        let all: Vec<Curve> = [Curve::Loss].into_iter().chain(STANDARD.map(Curve::Of)).collect();
        plot::side_by_side(ui, all.len(), height, |ui, at, size| self.plot_ui(ui, all[at], shown, size, ctx));
    }

    fn plot_ui(&mut self, ui: &mut Ui, curve: Curve, shown: &Shown<'_>, size: egui::Vec2, ctx: &mut PanelCtx<'_>) {
        let palette = theme::palette(ui.visuals());
        ui.vertical(|ui| {
            ui.set_width(size.x);
            ui.spacing_mut().item_spacing.y = 2.0;
            self.title_ui(ui, curve, shown);
            let plot = plot::small(("curve", curve), "epoch", palette)
                .height((size.y - 18.0).max(60.0))
                .width(size.x)
                .allow_drag(self.maximised.is_some())
                // The other button chooses an epoch.
                .pan_pointer_button(egui::PointerButton::Middle)
                .allow_zoom(self.maximised.is_some())
                .include_x(1.0);
            plot::small_text(ui);
            let drawn = plot.show(ui, |plot| curves(plot, curve, shown, palette));
            if ctx.workspace().epochs().obstacle().is_none() {
                let response = drawn.response.on_hover_cursor(CursorIcon::ResizeHorizontal);
                let value = shown.epoch.unwrap_or(0) as f64;
                let name = format!("Epoch, {}", curve.name());
                response.widget_info(|| WidgetInfo::slider(true, value, &name));
                epoch::choose(ui, &response, &drawn.transform, ctx);
            }
        });
    }

    fn title_ui(&mut self, ui: &mut Ui, curve: Curve, shown: &Shown<'_>) {
        let palette = theme::palette(ui.visuals());
        let name = curve.name();
        let hint = match curve {
            Curve::Loss => "Mean loss over the train and the validation queries; lower is better.".to_owned(),
            Curve::Of(measure) => measure.explanation(),
        };
        let is_current = |report: &&EpochReport| match shown.chosen {
            Some(epoch) => report.epoch == epoch,
            None => !report.retraining || curve == Curve::Loss,
        };
        let now = shown
            .run
            .history
            .iter()
            .rfind(is_current)
            .and_then(|report| current(report, curve))
            .map_or_else(String::new, widgets::decimal);
        let title = RichText::new(format!("{name}  {now}")).small().color(palette.text);
        let action = if self.maximised.is_some() { "Click to see all plots." } else { "Click to maximise." };
        let heading =
            ui.add(egui::Label::new(title).sense(egui::Sense::click())).on_hover_text(format!("{hint}\n{action}"));
        if heading.clicked() {
            self.maximised = if self.maximised.is_some() { None } else { Some(curve) };
        }
    }
}

fn heading_ui(ui: &mut Ui, run: &LiveRun, ctx: &mut PanelCtx<'_>) {
    let workspace = ctx.workspace();
    let palette = theme::palette(ui.visuals());
    ui.horizontal(|ui| {
        let width = (0.5 * ui.available_width()).max(60.0);
        ui.scope(|ui| {
            ui.set_max_width(width);
            widgets::one_line(ui, widgets::strong_text(&run.record.name));
        });
        epoch::chip_ui(ui, ctx);
        let state = match (workspace.training().is_running(), workspace.training().is_paused(), run.record.state) {
            (true, true, _) => "paused",
            (true, false, _) => "training",
            (false, _, RunState::Finished) => "finished",
            (false, _, RunState::EarlyStopped) => "stopped early",
            (false, _, RunState::Interrupted) => "stopped",
            (false, _, RunState::Running) => "interrupted",
        };
        ui.label(RichText::new(state).small().color(palette.weak));
        if let Some(last) = run.history.last() {
            let text = format!(
                "epoch {}, best {}  ·  {} parameters",
                last.epoch, run.record.best_epoch, run.record.parameters
            );
            let text = if run.record.parameters == 0 {
                format!("epoch {}, best {}", last.epoch, run.record.best_epoch)
            } else {
                text
            };
            widgets::one_line(ui, RichText::new(text).small().color(palette.weak));
        }
    });
    let has_text = workspace.session().is_some_and(Session::has_text);
    let is_retrained = run.history.last().is_some_and(|report| report.retraining);
    ui.horizontal_wrapped(|ui| {
        legend_ui(ui, has_text, palette);
        if is_retrained {
            let why = "On the shaded epochs a new network learns from the validation queries too, for as many epochs as \
                       the best of the first training. Curves jump because it starts from new weights; on validation \
                       they only show how well it learned.";
            widgets::caption(ui, "shaded: retraining").on_hover_text(why);
        }
        if let Some((text, hint)) = epochs_hint(workspace) {
            widgets::caption(ui, text).on_hover_text(hint);
        }
    });
}

/// What can be done with the run's epochs, or why nothing can.
fn epochs_hint(workspace: &Workspace) -> Option<(String, String)> {
    let epochs = workspace.epochs();
    let how =
        "Click or drag along a curve, or use the arrow keys: graph, rankings and measures are those after that epoch.";
    match epochs.obstacle() {
        Some(NoEpochs::NoRun) => None,
        Some(NoEpochs::Reading) => Some(("reading epochs…".to_owned(), how.to_owned())),
        Some(NoEpochs::NoneKept) => Some((
            "no epochs were kept in this run".to_owned(),
            "Runs keep the weights and rankings of their epochs; trials of studies, runs of earlier versions, and runs on \
             more than about 330,000 candidates do not."
                .to_owned(),
        )),
        Some(NoEpochs::Failed(reason)) => Some(("its epochs cannot be shown".to_owned(), sentence(&reason))),
        // The chip says it then.
        None if epochs.chosen().is_some() => None,
        None if epochs.stride() == 1 => Some(("drag for epochs".to_owned(), how.to_owned())),
        None => {
            let every = if epochs.stride() == 2 { "2nd".to_owned() } else { format!("{}th", epochs.stride()) };
            let hint = format!("{how} Every {every} was kept, with the best and the last.");
            Some((format!("drag for every {every} epoch"), hint))
        }
    }
}

fn legend_ui(ui: &mut Ui, has_text: bool, palette: &Palette) {
    for (name, colour, dash) in [
        ("train (loss)", palette.curves[2], false),
        ("validation", palette.curves[0], false),
        ("test", palette.curves[1], true),
        ("text only", palette.curves[3], true),
        ("initial order", palette.weak, true),
    ] {
        if name == "text only" && !has_text {
            continue;
        }
        plot::key_ui(ui, name, colour, dash, palette);
    }
}

fn current(report: &EpochReport, curve: Curve) -> Option<f64> {
    match curve {
        Curve::Loss => Some(report.train_loss),
        Curve::Of(measure) => report.validation.get(measure),
    }
}

fn curves<'a>(plot: &mut egui_plot::PlotUi<'a>, curve: Curve, shown: &Shown<'_>, palette: &Palette) {
    let Shown { run, baselines, .. } = shown;
    let [first, second] = phases(&run.history);
    if let (Some(from), Some(to)) = (second.first(), second.last()) {
        plot.add(plot::retrained([from.epoch as f64, to.epoch as f64], palette.weak));
    }
    let mut line = |name: &str, value: &dyn Fn(&EpochReport) -> Option<f64>, colour: Color32, dashed: bool| {
        let points = |reports: &[EpochReport]| -> PlotPoints<'a> {
            reports.iter().filter_map(|report| Some([report.epoch as f64, value(report)?])).collect()
        };
        let style = if dashed { LineStyle::dashed_loose() } else { LineStyle::Solid };
        plot.line(Line::new(name, points(first)).color(colour).width(1.8).style(style));
        if !second.is_empty() {
            let again = Line::new(format!("{name}, {}", plot::RETRAINED), points(second));
            plot.line(again.color(colour.gamma_multiply(0.8)).width(1.4).style(LineStyle::dashed_dense()));
        }
    };
    match curve {
        Curve::Loss => {
            line("train", &|report| Some(report.train_loss), palette.curves[2], false);
            line("validation", &|report| Some(report.validation_loss), palette.curves[0], false);
        }
        Curve::Of(measure) => {
            line("validation", &|report| report.validation.get(measure), palette.curves[0], false);
            line("test", &|report| report.test.as_ref()?.get(measure), palette.curves[1], true);
            for (name, means, colour) in
                [("initial order", &baselines[0], palette.weak), ("text only", &baselines[1], palette.curves[3])]
            {
                let Some(mean) = means.get(measure) else { continue };
                plot.hline(HLine::new(name, mean).color(colour).width(1.2).style(LineStyle::dashed_dense()));
            }
        }
    }
    if run.record.best_epoch > 0 {
        let colour = palette.accent.gamma_multiply(0.6);
        plot.vline(VLine::new("best epoch", run.record.best_epoch as f64).color(colour).width(1.0));
    }
    if let Some(epoch) = shown.chosen {
        plot.vline(VLine::new("epoch looked at", epoch as f64).color(palette.text).width(1.6));
    }
}
