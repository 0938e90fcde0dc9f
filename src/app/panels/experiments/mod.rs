//! Many runs at once: the table, and what people see of the runs in it.

mod compare;
mod heat;
mod overlay;
mod parallel;
mod scale;
mod table;

pub use table::paint_text;

use crate::app::kit::theme::{self, GRID};
use crate::app::kit::thumbnails::Thumbnails;
use crate::app::kit::{icons, widgets};
use crate::dataset::Split;
use crate::eval::STANDARD;
use crate::export::chart::Chart;
use crate::workspace::{Action, Column, Objective, RunTable, Workspace, csv};
use egui::{Panel, RichText, Ui};

/// What is shown below the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Nothing: the table has all the room.
    Table,
    /// Curves of the chosen runs over one another.
    #[default]
    Curves,
    /// Parallel coordinates.
    Parameters,
    /// Two parameters against each other.
    HeatMap,
    /// One run against another.
    Compare,
}

const VIEWS: [(View, &str, &str); 5] = [
    (View::Table, "Table", "The table alone"),
    (View::Curves, "Curves", "Curves of the chosen runs over one another"),
    (View::Parameters, "Parameters", "Every run as a line through its parameters, coloured by what it reached"),
    (View::HeatMap, "Heat map", "Two parameters against each other"),
    (View::Compare, "Compare", "One run against another, query by query"),
];

/// A plot that a person wants to keep.
pub struct Plotted {
    /// The file's name to begin with, without an ending.
    pub name: &'static str,
    /// The plot.
    pub chart: Chart,
}

impl Plotted {
    pub fn new(name: &'static str, chart: Chart) -> Self {
        Self { name, chart }
    }
}

/// Whether a person wants to keep the plot; at the right end of a row.
pub fn save_button(ui: &mut Ui) -> bool {
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    ui.with_layout(layout, |ui| widgets::icon_button(ui, icons::SAVE, "Save the plot…").clicked()).inner
}

/// What the panel remembers between frames.
#[derive(Default)]
pub struct ExperimentsPanel {
    /// Set when a person wants the panel over the whole window, or the others back.
    pub wants_wide: bool,
    /// The plot that a person wants to keep.
    pub keeps: Option<Plotted>,
    view: View,
    table: table::TableState,
    overlay: overlay::Overlay,
    parallel: parallel::Parallel,
    heat: heat::Heat,
    compare: compare::Compare,
}

impl ExperimentsPanel {
    /// Shows one of the plots, by its name.
    pub fn show(&mut self, name: &str) -> bool {
        let found = VIEWS.iter().find(|(_, known, _)| known.eq_ignore_ascii_case(name));
        if let Some((view, ..)) = found {
            self.view = *view;
        }
        found.is_some()
    }
}

/// Room that a plot needs below the table.
const LEAST_PLOT: f32 = 190.0;

/// Draws the panel.
pub fn experiments_ui(
    ui: &mut Ui,
    panel: &mut ExperimentsPanel,
    workspace: &Workspace,
    pictures: &mut Thumbnails,
    actions: &mut Vec<Action>,
) {
    let experiments = workspace.experiments();
    if experiments.runs().is_empty() {
        let text = "Every training run is listed here with its parameters and figures. Train a few, with other settings \
                    or other seeds, and see them side by side.";
        let next = workspace.can_train().then_some("Start training");
        if widgets::empty_state(ui, icons::TABLE, "No runs yet", text, next) {
            actions.push(Action::Train);
        }
        return;
    }
    let mut wanted = workspace.settings().run_table.clone();
    controls_ui(ui, workspace, &mut wanted);
    views_ui(ui, panel, workspace, &mut wanted, actions);
    let room = ui.available_height();
    let view = panel.view;
    if view != View::Table {
        let most = (room - 120.0).max(LEAST_PLOT * 0.5);
        let start = (room * 0.56).clamp(LEAST_PLOT.min(most), most);
        let frame = egui::Frame::new().inner_margin(egui::Margin { top: 8, ..egui::Margin::ZERO });
        Panel::bottom("plots over runs")
            .resizable(true)
            .default_size(start)
            .size_range(LEAST_PLOT.min(most)..=most)
            .frame(frame)
            .show(ui, |ui| {
                // Whatever is drawn, the panel keeps the height a person gave it.
                ui.set_min_size(ui.available_size());
                let plotted = match view {
                    View::Curves => overlay::overlay_ui(ui, &mut panel.overlay, workspace, &wanted, actions),
                    View::Parameters => parallel::parallel_ui(ui, &mut panel.parallel, workspace, &mut wanted, actions),
                    View::HeatMap => heat::heat_ui(ui, &mut panel.heat, workspace, &mut wanted),
                    View::Compare => compare::compare_ui(ui, &mut panel.compare, workspace, pictures, actions),
                    View::Table => None,
                };
                panel.keeps = plotted.or(panel.keeps.take());
            });
    }
    table::table_ui(ui, &mut panel.table, workspace, &mut wanted, actions);
    if wanted != workspace.settings().run_table {
        actions.push(Action::SetRunTable(Box::new(wanted)));
    }
}

fn controls_ui(ui: &mut Ui, workspace: &Workspace, wanted: &mut RunTable) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(icons::SEARCH).color(theme::palette(ui.visuals()).weak));
        let width = (ui.available_width() - 380.0).clamp(110.0, 460.0);
        ui.add(
            egui::TextEdit::singleline(&mut wanted.filter)
                .hint_text("Filter: words, k=10, lr<1e-3, test.map>.7")
                .desired_width(width),
        )
        .on_hover_text(
            "Words look in names and settings. Terms compare a setting or a figure: k=10, k=5,10, k=5..20, loss!=bpr, \
             lr<=1e-3, val.map>.7. All must hold.",
        )
        .accessible_name("Filter runs");
        if !wanted.filter.is_empty() && widgets::icon_button(ui, icons::CROSS, "Show all runs").clicked() {
            wanted.filter.clear();
        }
        ui.checkbox(&mut wanted.grouped, "Group seeds")
            .on_hover_text("Runs that differ in nothing but the seed make one row: mean ± deviation");
        ui.checkbox(&mut wanted.all_data, "All data sets").on_hover_text("Also list runs of other data sets");
        columns_menu(ui, wanted);
        if widgets::icon_button(ui, icons::COPY, "Copy the table as CSV").clicked() {
            let experiments = workspace.experiments();
            ui.ctx().copy_text(csv(experiments.runs(), experiments.entries(), &wanted.columns()));
        }
    });
}

fn columns_menu(ui: &mut Ui, wanted: &mut RunTable) {
    let menu = ui.menu_button(format!("{}  Columns", icons::COLUMNS), |ui| {
        for column in Column::ALL.into_iter().filter(|column| *column != Column::Name) {
            let mut shown = !wanted.hidden.contains(&column);
            if ui.checkbox(&mut shown, column.title()).on_hover_text(column.explanation()).changed() {
                wanted.hidden.retain(|hidden| *hidden != column);
                if !shown {
                    wanted.hidden.push(column);
                }
            }
        }
    });
    menu.response.accessible_name("Columns");
}

fn views_ui(
    ui: &mut Ui,
    panel: &mut ExperimentsPanel,
    workspace: &Workspace,
    wanted: &mut RunTable,
    actions: &mut Vec<Action>,
) {
    let experiments = workspace.experiments();
    ui.horizontal(|ui| {
        widgets::segmented(ui, &mut panel.view, &VIEWS);
        let shown: usize = experiments.entries().iter().map(|entry| entry.runs.len()).sum();
        let chosen = experiments.chosen().len();
        ui.add_space(GRID);
        widgets::caption(ui, format!("{shown} of {} runs  ·  {chosen} chosen", experiments.scope().len()));
        if chosen > 0 && ui.small_button("Choose none").clicked() {
            actions.push(Action::ChooseRuns(Vec::new()));
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            panel.wants_wide |= widgets::icon_button(ui, icons::WIDE, "Whole window, or back (Ctrl+M)").clicked();
            if matches!(panel.view, View::Parameters | View::HeatMap) {
                objective_ui(ui, &mut wanted.objective);
            }
        });
    });
}

/// The measure and the part that plots over runs are coloured by; laid out from the right.
fn objective_ui(ui: &mut Ui, objective: &mut Objective) {
    measure_ui(ui, "Measure", &mut objective.measure);
    let parts = [
        (Split::Test, "Test", "On the test queries: to report, not to choose by"),
        (Split::Validation, "Validation", "On the validation queries"),
    ];
    widgets::segmented(ui, &mut objective.split, &parts);
}

fn measure_ui(ui: &mut Ui, name: &str, measure: &mut crate::eval::Measure) {
    ui.scope(|ui| {
        ui.set_max_width(110.0);
        widgets::choices(ui, name, measure.label(), |ui| {
            for choice in STANDARD {
                ui.selectable_value(measure, choice, choice.label()).on_hover_text(choice.explanation());
            }
        });
    });
}

/// Adds a row's runs to the chosen ones, or takes them away.
fn toggle(workspace: &Workspace, entry: &crate::workspace::Entry, actions: &mut Vec<Action>) {
    let experiments = workspace.experiments();
    let was = experiments.is_chosen(entry);
    let paths = entry.facts(experiments.runs()).into_iter().map(|run| run.saved.path.clone());
    let mut chosen = experiments.chosen().to_vec();
    for path in paths {
        chosen.retain(|known| *known != path);
        if !was {
            chosen.push(path);
        }
    }
    actions.push(Action::ChooseRuns(chosen));
}
