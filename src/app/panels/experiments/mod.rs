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
            if widgets::empty_start(ui, icons::TABLE, "No runs yet", text, ctx.workspace().training_obstacle()) {
                ctx.act(TrainingAction::Start);
            }
            return;
        }
        let mut wanted = ctx.settings().run_table.clone();
        controls_ui(ui, &mut wanted, ctx);
        self.views_ui(ui, &mut wanted, ctx);
        let is_low = ui.available_height() < 2.0 * MIN_PLOT;
        match self.view {
            RunsView::Table => self.table.show(ui, &mut wanted, ctx),
            // Without room for both, the plot is alone; the table is one click away.
            _ if is_low => self.plot_ui(ui, &mut wanted, ctx),
            _ => {
                self.plots_ui(ui, &mut wanted, ctx);
                self.table.show(ui, &mut wanted, ctx);
            }
        }
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
                self.plot_ui(ui, wanted, ctx);
            });
    }

    fn plot_ui(&mut self, ui: &mut Ui, wanted: &mut RunTable, ctx: &mut PanelCtx<'_>) {
        match self.view {
            RunsView::Table => {}
            RunsView::Curves => self.overlay.show(ui, wanted, ctx),
            RunsView::Parameters => self.parallel.show(ui, wanted, ctx),
            RunsView::HeatMap => self.heat.show(ui, wanted, ctx),
            RunsView::Compare => self.compare.show(ui, ctx),
        }
    }

    fn views_ui(&mut self, ui: &mut Ui, wanted: &mut RunTable, ctx: &mut PanelCtx<'_>) {
        let experiments = ctx.workspace().experiments();
        ui.horizontal_wrapped(|ui| {
            widgets::segmented(ui, &mut self.view, &VIEWS);
            if widgets::icon_button(ui, icons::WIDE, "Maximise or restore (Ctrl+M)").clicked() {
                ctx.command(Command::ToggleWide);
            }
            if matches!(self.view, RunsView::Parameters | RunsView::HeatMap) {
                objective_ui(ui, &mut wanted.objective);
            }
            let shown: usize = experiments.entries().iter().map(|entry| entry.runs.len()).sum();
            let chosen = experiments.chosen().len();
            let scope = widgets::count(experiments.scope().len());
            let text = format!("{} of {scope} runs  ·  {} selected", widgets::count(shown), widgets::count(chosen));
            // On one line, so that it moves to the next one as a whole.
            ui.add(egui::Label::new(RichText::new(text).small().color(theme::palette(ui.visuals()).weak)).extend());
            if chosen > 0 && ui.small_button("Clear selection").clicked() {
                ctx.act(RunsAction::Choose(Vec::new()));
            }
        });
    }
}

fn controls_ui(ui: &mut Ui, wanted: &mut RunTable, ctx: &mut PanelCtx<'_>) {
    ui.horizontal_wrapped(|ui| {
        let clear = if wanted.filter.is_empty() { 0.0 } else { theme::ROW + 2.0 * GRID };
        ui.label(RichText::new(icons::SEARCH).color(theme::palette(ui.visuals()).weak));
        let free = ui.available_size_before_wrap().x - clear - 4.0 * GRID;
        let width = if free < 580.0 { free } else { (free - 410.0).clamp(160.0, 460.0) };
        ui.add(
            egui::TextEdit::singleline(&mut wanted.filter)
                .hint_text("Filter: words, k=10, lr<1e-3, test.map>.7")
                .desired_width(width),
        )
        .on_hover_text(
            "Words search names, notes and settings. Terms compare a setting or a measure: k=10, k=5,10, k=5..20, \
             loss!=bpr, lr<=1e-3, val.map>.7, tag=paper. Runs must match all of them.",
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
        // Longer than some windows are high.
        let height = (ui.ctx().content_rect().height() - 120.0).max(160.0);
        egui::ScrollArea::vertical().max_height(height).show(ui, |ui| {
            for column in Column::ALL.into_iter().filter(|column| *column != Column::Name) {
                let is_shown = !wanted.hidden.contains(&column);
                column_ui(ui, column, is_shown, false, &mut wanted.hidden);
            }
            widgets::section(ui, "Other settings");
            for column in Column::settings() {
                let is_shown = wanted.shown.contains(&column);
                column_ui(ui, column, is_shown, true, &mut wanted.shown);
            }
        });
    });
    menu.response.accessible_name("Columns");
}

/// A column's checkbox. `list` holds the columns that are shown, if `lists_shown`, else those that are hidden.
fn column_ui(ui: &mut Ui, column: Column, mut is_shown: bool, lists_shown: bool, list: &mut Vec<Column>) {
    if ui.checkbox(&mut is_shown, column.name()).on_hover_text(column.explanation()).changed() {
        list.retain(|known| *known != column);
        if is_shown == lists_shown {
            list.push(column);
        }
    }
}

/// The measure and the split that plots over runs are coloured by.
fn objective_ui(ui: &mut Ui, objective: &mut Objective) {
    let splits = [
        (Split::Validation, "Validation", "On the validation queries"),
        (Split::Test, "Test", "On the test queries: for reporting, not for selection"),
    ];
    measure_ui(ui, "Measure", &mut objective.measure);
    widgets::segmented(ui, &mut objective.split, &splits);
}
