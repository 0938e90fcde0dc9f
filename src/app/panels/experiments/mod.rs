//! Many runs at once: a table, and plots of the runs in it.

mod compare;
mod controls;
mod heat;
mod overlay;
mod parallel;
mod scale;
mod table;
pub mod view;

pub use controls::save_button;
pub use view::RunsView;

use super::PanelView;
use super::folders::folders_ui;
use crate::app::command::Command;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, widgets};
use crate::dataset::Split;
use crate::export::run_table;
use crate::study::runs::{Column, Objective, RunTable};
use crate::workspace::{RunsAction, SettingsAction, TrainingAction};
use controls::measure_ui;
use egui::{Panel, RichText, Ui};
use view::VIEWS;

/// What the panel remembers between frames.
#[derive(Default)]
pub struct ExperimentsPanel {
    view: RunsView,
    table: table::TableState,
    overlay: overlay::Overlay,
    parallel: parallel::Parallel,
    heat: heat::Heat,
    compare: compare::Compare,
}

/// Minimum height of a plot below the table.
const MIN_PLOT: f32 = 190.0;

impl PanelView for ExperimentsPanel {
    fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        if ctx.workspace().experiments().runs().is_empty() {
            let text = "Every training run is listed here with its parameters and measures. Train a few with different \
                        settings or seeds to compare them.";
            folders_ui(ui, ctx);
            let next = ctx.workspace().can_train().then_some("Start training");
            if widgets::empty_state(ui, icons::TABLE, "No runs yet", text, next) {
                ctx.act(TrainingAction::Start);
            }
            return;
        }
        let mut wanted = ctx.settings().run_table.clone();
        controls_ui(ui, &mut wanted, ctx);
        self.views_ui(ui, &mut wanted, ctx);
        if self.view != RunsView::Table {
            self.plots_ui(ui, &mut wanted, ctx);
        }
        self.table.show(ui, &mut wanted, ctx);
        if wanted != ctx.settings().run_table {
            ctx.act(SettingsAction::SetRunTable(Box::new(wanted)));
        }
    }
}

impl ExperimentsPanel {
    /// Switches to a view.
    pub fn show_as(&mut self, view: RunsView) {
        self.view = view;
    }

    fn plots_ui(&mut self, ui: &mut Ui, wanted: &mut RunTable, ctx: &mut PanelCtx<'_>) {
        let available = ui.available_height();
        let max = (available - 120.0).max(MIN_PLOT * 0.5);
        let start = (available * 0.56).clamp(MIN_PLOT.min(max), max);
        let frame = egui::Frame::new().inner_margin(egui::Margin { top: 8, ..egui::Margin::ZERO });
        Panel::bottom("plots over runs")
            .resizable(true)
            .default_size(start)
            .size_range(MIN_PLOT.min(max)..=max)
            .frame(frame)
            .show(ui, |ui| {
                // Keeps the height that the user chose, whatever is drawn.
                ui.set_min_size(ui.available_size());
                match self.view {
                    RunsView::Table => {}
                    RunsView::Curves => self.overlay.show(ui, wanted, ctx),
                    RunsView::Parameters => self.parallel.show(ui, wanted, ctx),
                    RunsView::HeatMap => self.heat.show(ui, wanted, ctx),
                    RunsView::Compare => self.compare.show(ui, ctx),
                }
            });
    }

    fn views_ui(&mut self, ui: &mut Ui, wanted: &mut RunTable, ctx: &mut PanelCtx<'_>) {
        let experiments = ctx.workspace().experiments();
        ui.horizontal(|ui| {
            widgets::segmented(ui, &mut self.view, &VIEWS);
            let shown: usize = experiments.entries().iter().map(|entry| entry.runs.len()).sum();
            let chosen = experiments.chosen().len();
            ui.add_space(GRID);
            widgets::caption(
                ui,
                format!(
                    "{} of {} runs  ·  {} selected",
                    widgets::count(shown),
                    widgets::count(experiments.scope().len()),
                    widgets::count(chosen)
                ),
            );
            if chosen > 0 && ui.small_button("Clear selection").clicked() {
                ctx.act(RunsAction::Choose(Vec::new()));
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if widgets::icon_button(ui, icons::WIDE, "Maximise or restore (Ctrl+M)").clicked() {
                    ctx.command(Command::ToggleWide);
                }
                if matches!(self.view, RunsView::Parameters | RunsView::HeatMap) {
                    objective_ui(ui, &mut wanted.objective);
                }
            });
        });
    }
}

fn controls_ui(ui: &mut Ui, wanted: &mut RunTable, ctx: &mut PanelCtx<'_>) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(icons::SEARCH).color(theme::palette(ui.visuals()).weak));
        let width = (ui.available_width() - 420.0).clamp(110.0, 460.0);
        ui.add(
            egui::TextEdit::singleline(&mut wanted.filter)
                .hint_text("Filter: words, k=10, lr<1e-3, test.map>.7")
                .desired_width(width),
        )
        .on_hover_text(
            "Words search names and settings. Terms compare a setting or a measure: k=10, k=5,10, k=5..20, loss!=bpr, \
             lr<=1e-3, val.map>.7. Runs must match all of them.",
        )
        .accessible_name("Filter runs");
        if !wanted.filter.is_empty() && widgets::icon_button(ui, icons::CROSS, "Clear filter").clicked() {
            wanted.filter.clear();
        }
        ui.checkbox(&mut wanted.grouped, "Group seeds")
            .on_hover_text("Merge runs that differ only in their seed into one row: mean ± standard deviation");
        ui.checkbox(&mut wanted.all_data, "All data sets").on_hover_text("Also list runs of other data sets");
        columns_menu_ui(ui, wanted);
        let folders = ui.menu_button(icons::OPEN, |ui| folders_ui(ui, ctx));
        folders.response.accessible_name("Folders");
        if widgets::icon_button(ui, icons::COPY, "Copy the table as CSV").clicked() {
            let experiments = ctx.workspace().experiments();
            ui.ctx().copy_text(run_table(experiments.runs(), experiments.entries(), &wanted.columns()).csv());
        }
    });
}

fn columns_menu_ui(ui: &mut Ui, wanted: &mut RunTable) {
    let menu = ui.menu_button(format!("{}  Columns", icons::COLUMNS), |ui| {
        for column in Column::ALL.into_iter().filter(|column| *column != Column::Name) {
            let mut shown = !wanted.hidden.contains(&column);
            if ui.checkbox(&mut shown, column.name()).on_hover_text(column.explanation()).changed() {
                wanted.hidden.retain(|hidden| *hidden != column);
                if !shown {
                    wanted.hidden.push(column);
                }
            }
        }
    });
    menu.response.accessible_name("Columns");
}

/// The measure and the split that plots over runs are coloured by; laid out right to left.
fn objective_ui(ui: &mut Ui, objective: &mut Objective) {
    measure_ui(ui, "Measure", &mut objective.measure);
    let splits = [
        (Split::Test, "Test", "On the test queries: for reporting, not for selection"),
        (Split::Validation, "Validation", "On the validation queries"),
    ];
    widgets::segmented(ui, &mut objective.split, &splits);
}
