//! The run table: one row per run or configuration; only visible rows are drawn.

use super::controls::toggle;
use crate::app::ctx::PanelCtx;
use crate::app::kit::restart::Listed;
use crate::app::kit::text::paint_text;
use crate::app::kit::theme::{self, GRID, Palette, ROW};
use crate::app::kit::{icons, widgets};
use crate::app::panels::run_menu::run_menu_ui;
use crate::study::runs::{Cell, Column, Entry, RunFacts, RunTable, best};
use crate::workspace::{RunsAction, Workspace};
use egui::{
    Align2, EventFilter, FontId, Key, Painter, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, pos2, vec2,
};
use egui_extras::{Column as TableColumn, TableBuilder, TableRow};

/// What the table remembers between frames.
#[derive(Default)]
pub struct TableState {
    cursor: usize,
    reveal: bool,
    /// Filter, sorting and direction.
    listed: Listed<(String, Column, bool)>,
}

/// Space for the checkbox before the first column.
const CHECK: f32 = 26.0;

/// Gap between columns.
const GAP: f32 = 10.0;

/// Initial width of a column, in points.
fn width(column: Column, grouped: bool) -> f32 {
    let spread = if grouped { 42.0 } else { 0.0 };
    match column {
        // Groups are named by the few parameters that vary.
        Column::Name if grouped => 168.0,
        Column::Name => 208.0,
        Column::Model => 76.0,
        // Text columns after numbers need more space.
        Column::Loss | Column::State | Column::Study => 76.0,
        Column::Fold => 34.0 + if grouped { 14.0 } else { 0.0 },
        Column::Split => 68.0,
        Column::Labels | Column::Tags => 110.0,
        Column::Note => 160.0,
        // As wide as its heading.
        Column::Setting(_) => 14.0 + 6.2 * column.name().chars().count() as f32,
        Column::Date => 122.0,
        Column::Neighbours => 26.0,
        Column::Layers | Column::Signals => 42.0,
        Column::LearningRate => 34.0,
        Column::Seed => 34.0 + if grouped { 14.0 } else { 0.0 },
        Column::Epochs => 38.0 + if grouped { 20.0 } else { 0.0 },
        Column::ValidationNdcg => 76.0 + spread * 0.4,
        Column::TestNdcg => 80.0 + spread * 0.4,
        Column::Seconds => 46.0 + spread,
        _ => 56.0 + spread * 0.8,
    }
}

/// What all rows of the table share.
struct Shape {
    columns: Vec<Column>,
    widths: Vec<f32>,
    /// For each column, whether each row is the best of those with its splits.
    best: Vec<Vec<bool>>,
}

impl Shape {
    fn of(wanted: &RunTable, workspace: &Workspace, available: f32) -> Self {
        let mut columns = wanted.columns();
        let experiments = workspace.experiments();
        let runs = || experiments.entries().iter().flat_map(|entry| entry.facts(experiments.runs()));
        // Only trials have a study and a fold, and only some runs a tag, a note or other labels than those of the files.
        columns.retain(|column| match column {
            Column::Study | Column::Fold => runs().any(|run| run.study.is_some()),
            Column::Labels => {
                runs().filter_map(|run| run.saved.record.labels.as_ref()).any(|labels| !labels.is_files())
            }
            Column::Tags => runs().any(|run| !run.saved.label.tags.is_empty()),
            Column::Note => runs().any(|run| !run.saved.label.note.is_empty()),
            _ => true,
        });
        let mut widths: Vec<f32> = columns.iter().map(|column| width(*column, wanted.grouped)).collect();
        let needed = CHECK + widths.iter().map(|width| width + GAP).sum::<f32>();
        // The name takes the remaining space, up to a limit.
        if let Some(name) = columns.iter().position(|column| *column == Column::Name) {
            widths[name] += (available - needed).clamp(0.0, 220.0);
        }
        let best = columns.iter().map(|column| best(experiments.runs(), experiments.entries(), *column)).collect();
        Self { columns, widths, best }
    }
}

/// The part of a cell that holds its text.
fn lane(cell: Rect, column: Column) -> Rect {
    let is_text = matches!(column, Column::State | Column::Tags | Column::Note);
    if is_text || matches!(column, Column::Loss | Column::Study | Column::Split | Column::Labels | Column::Date) {
        cell.with_min_x(cell.left() + 2.0 * GRID)
    } else {
        cell
    }
}

impl TableState {
    /// Draws the table into the available space.
    pub fn show(&mut self, ui: &mut Ui, wanted: &mut RunTable, ctx: &mut PanelCtx<'_>) {
        let entries = ctx.workspace().experiments().entries();
        if entries.is_empty() {
            empty_ui(ui, wanted, ctx);
            return;
        }
        self.cursor = self.cursor.min(entries.len() - 1);
        let shape = Shape::of(wanted, ctx.workspace(), ui.available_width());
        let area = ui.available_rect_before_wrap();
        let focus = ui.interact(area, ui.scope_id().with("run table"), Sense::click());
        focus.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Table, true, "Runs"));
        self.take_keys(ui, &focus, ctx);
        ScrollArea::horizontal().auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(GAP, 0.0);
            // Column borders are visible only on hover.
            ui.visuals_mut().widgets.noninteractive.bg_stroke = Stroke::NONE;
            // Resized widths persist as long as the columns stay the same.
            let mut table = TableBuilder::new(ui)
                .id_salt((&shape.columns.iter().map(|column| column.name()).collect::<Vec<_>>(), wanted.grouped))
                .sense(Sense::CLICK | Sense::HOVER)
                .auto_shrink([false, false])
                .min_scrolled_height(0.0)
                .max_scroll_height(f32::INFINITY)
                .column(TableColumn::exact(CHECK - GAP));
            if self.listed.changes_to((wanted.filter.clone(), wanted.sort, wanted.ascending)) {
                table = table.vertical_scroll_offset(0.0);
            }
            if std::mem::take(&mut self.reveal) {
                table = table.scroll_to_row(self.cursor, None);
            }
            for &width in &shape.widths {
                table = table.column(TableColumn::initial(width).at_least(24.0).clip(true).resizable(true));
            }
            let table = table.header(ROW, |mut row| {
                row.col(|_| {});
                for &column in &shape.columns {
                    row.col(|ui| heading_ui(ui, column, wanted));
                }
            });
            table.body(|body| {
                body.rows(ROW, entries.len(), |row| self.row_ui(row, entries, &shape, &focus, ctx));
            });
        });
        if focus.has_focus() {
            let stroke = Stroke::new(1.0, theme::palette(ui.visuals()).accent);
            ui.painter().rect_stroke(area, theme::RADIUS, stroke, StrokeKind::Inside);
        }
    }

    /// Up and Down move the cursor, Space selects, Enter opens, while the table has keyboard focus.
    fn take_keys(&mut self, ui: &mut Ui, focus: &egui::Response, ctx: &mut PanelCtx<'_>) {
        if !focus.has_focus() {
            return;
        }
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(focus.id, filter));
        let entries = ctx.workspace().experiments().entries();
        let pressed = |key: Key| ui.input(|input| input.key_pressed(key));
        let before = self.cursor;
        if pressed(Key::ArrowDown) {
            self.cursor = (self.cursor + 1).min(entries.len() - 1);
        }
        if pressed(Key::ArrowUp) {
            self.cursor = self.cursor.saturating_sub(1);
        }
        if pressed(Key::Home) {
            self.cursor = 0;
        }
        if pressed(Key::End) {
            self.cursor = entries.len() - 1;
        }
        self.reveal = before != self.cursor;
        if pressed(Key::Space) {
            toggle(&entries[self.cursor], ctx);
        }
        if pressed(Key::Enter) {
            open(&entries[self.cursor], ctx);
        }
    }

    fn row_ui(
        &mut self,
        mut row: TableRow<'_, '_>,
        entries: &[Entry],
        shape: &Shape,
        focus: &egui::Response,
        ctx: &mut PanelCtx<'_>,
    ) {
        let index = row.index();
        let entry = &entries[index];
        let experiments = ctx.workspace().experiments();
        let facts = entry.facts(experiments.runs());
        let open_run = ctx.workspace().training().run().map(|run| &run.path);
        let is_current = self.cursor == index;
        row.set_selected(facts.iter().any(|run| open_run == Some(&run.saved.path)));
        if is_current && focus.has_focus() {
            row.set_hovered(true);
        }
        let name = experiments.name(entry);
        let mut chosen = experiments.is_chosen(entry);
        row.col(|ui| {
            let check = ui.add(egui::Checkbox::without_text(&mut chosen)).accessible_name(format!("Select {name}"));
            if check.changed() {
                toggle(entry, ctx);
            }
        });
        for (&column, best) in shape.columns.iter().zip(&shape.best) {
            let cell = match column {
                Column::Name => Cell { text: name.clone(), beside: String::new() },
                _ => column.cell(&facts),
            };
            let is_best = best.get(index).is_some_and(|best| *best);
            row.col(|ui| {
                let palette = theme::palette(ui.visuals());
                paint_cell(ui.painter(), lane(ui.max_rect(), column), column, &cell, is_best, palette);
            });
        }
        let response = row.response();
        let label = format!("Run {name}, {}", summary(&facts));
        response.widget_info(|| egui::WidgetInfo::selected(egui::accesskit::Role::Row, true, is_current, &label));
        if response.clicked() {
            self.cursor = index;
            focus.request_focus();
        }
        if response.double_clicked() {
            open(entry, ctx);
        }
        response.context_menu(|ui| menu_ui(ui, entry, ctx));
        if response.hovered() {
            response.on_hover_ui_at_pointer(|ui| hover_ui(ui, &name, &facts));
        }
    }
}

fn empty_ui(ui: &mut Ui, wanted: &mut RunTable, ctx: &mut PanelCtx<'_>) {
    let hidden = !wanted.all_data && ctx.workspace().experiments().scope().is_empty();
    let (title, text, next) = if hidden {
        ("No runs on this data set", "Train on it, or show the runs of all data sets.", "Show all data sets")
    } else {
        ("No runs match the filter", "Runs must match every term. Remove one, or clear the filter.", "Clear filter")
    };
    if widgets::empty_state(ui, icons::SEARCH, title, text, Some(next)) {
        wanted.filter.clear();
        wanted.all_data |= hidden;
    }
}

fn open(entry: &Entry, ctx: &mut PanelCtx<'_>) {
    if let Some(run) = entry.facts(ctx.workspace().experiments().runs()).first() {
        ctx.act(RunsAction::Open(run.saved.path.clone()));
    }
}

fn heading_ui(ui: &mut Ui, column: Column, wanted: &mut RunTable) {
    let palette = theme::palette(ui.visuals());
    let cell = lane(ui.max_rect(), column);
    let response = ui.interact(ui.max_rect(), ui.scope_id().with(column.name()), Sense::click());
    let sorted = wanted.sort == column;
    let colour = if sorted || response.hovered() || response.has_focus() { palette.text } else { palette.weak };
    let arrow = match (sorted, wanted.ascending) {
        (false, _) => "",
        (true, true) => " ▲",
        (true, false) => " ▼",
    };
    let text = format!("{}{arrow}", column.name());
    paint_text(ui.painter(), cell, &text, FontId::proportional(theme::SMALL), colour, column.is_number());
    let label = format!("Sort by {}", column.name());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, &label));
    if response.clicked() {
        wanted.ascending = if sorted { !wanted.ascending } else { column.starts_ascending() };
        wanted.sort = column;
    }
    let bold = if column.objective().is_some() { "\nBold: the best of the runs with the same split" } else { "" };
    response.on_hover_text(format!("{}{bold}", column.explanation()));
}

fn summary(facts: &[&RunFacts]) -> String {
    let map = Column::TestMap.cell(facts).text;
    format!("test MAP {}, {}", if map.is_empty() { "unknown" } else { &map }, Column::State.cell(facts).text)
}

fn menu_ui(ui: &mut Ui, entry: &Entry, ctx: &mut PanelCtx<'_>) {
    let experiments = ctx.workspace().experiments();
    if ui.button(if experiments.is_chosen(entry) { "Deselect" } else { "Select" }).clicked() {
        toggle(entry, ctx);
        ui.close();
    }
    if let [run] = entry.facts(experiments.runs())[..] {
        ui.separator();
        run_menu_ui(ui, &run.saved, ctx);
    }
}

fn hover_ui(ui: &mut Ui, name: &str, facts: &[&RunFacts]) {
    let palette = theme::palette(ui.visuals());
    ui.label(widgets::strong_text(name));
    if let Some(run) = facts.first() {
        let record = &run.saved.record;
        ui.label(RichText::new(format!("{}  ·  {}", record.dataset, record.vectors)).small().color(palette.weak));
        ui.label(RichText::new(record.features.join(", ")).small().color(palette.weak));
        if !run.saved.label.note.is_empty() {
            ui.label(&run.saved.label.note);
        }
    }
    widgets::caption(ui, "Double-click or press Enter to open the run, right-click for its menu.");
}

fn paint_cell(painter: &Painter, lane: Rect, column: Column, cell: &Cell, best: bool, palette: &Palette) {
    let font = if best { theme::strong(12.5) } else { FontId::proportional(12.5) };
    let colour = match column {
        Column::Gain if cell.text.starts_with('+') && cell.text != "+.000" => palette.relevant,
        Column::Gain if cell.text.starts_with('−') && cell.text != "−.000" => palette.irrelevant,
        Column::Date | Column::State | Column::Tags | Column::Note => palette.weak,
        _ => palette.text,
    };
    if cell.beside.is_empty() {
        paint_text(painter, lane, &cell.text, font, colour, column.is_number());
        return;
    }
    let small = FontId::proportional(theme::SMALL);
    if column.is_number() {
        let beside = painter.layout_no_wrap(cell.beside.clone(), small, palette.weak);
        // Deviations share one width, so that the means before them line up.
        let width = if cell.text.is_empty() { beside.size().x } else { beside.size().x.max(34.0) };
        let at = pos2(lane.right() - beside.size().x, lane.center().y - beside.size().y * 0.5);
        painter.galley(at, beside, palette.weak);
        let left = Rect::from_min_max(lane.min, pos2(lane.right() - width - 4.0, lane.bottom()));
        paint_text(painter, left, &cell.text, font, colour, true);
    } else {
        let end = paint_text(painter, lane.with_max_x(lane.right() - 34.0), &cell.text, font, colour, false);
        painter.text(pos2(end + 6.0, lane.center().y), Align2::LEFT_CENTER, &cell.beside, small, palette.weak);
    }
}
