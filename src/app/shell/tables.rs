//! The dialog that shows what the columns of tables are taken to mean, and lets it be changed.

use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, obstacle, widgets};
use crate::index::{Column, ColumnPreview, Mapping, Role, TableKind, TableMapping, TablePreview};
use crate::workspace::{SearchAction, SeenTables, WantedTables, Workspace};
use egui::{Align, ComboBox, Context, Grid, Id, Layout, Modal, RichText, ScrollArea, Ui, vec2};

/// Width and greatest height of the table of columns.
const SIZE: [f32; 2] = [780.0, 320.0];
/// Columns of a table that are listed.
const MOST_COLUMNS: usize = 200;
/// Height of the list of roles: all of them.
const ROLES: f32 = 460.0;
/// Values of a column that are shown, and the width they have.
const VALUES: usize = 3;
const VALUES_WIDTH: f32 = 470.0;

/// What came of the dialog.
pub enum Answer {
    /// It is still open.
    Open,
    /// It was closed without a choice.
    Closed,
    /// What columns mean.
    Chosen(Box<Mapping>),
}

/// The dialog's state.
#[derive(Default)]
pub struct TablesDialog {
    asked: Option<WantedTables>,
    /// The table that is looked at.
    table: usize,
}

impl TablesDialog {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.asked.is_some()
    }

    /// Opens it.
    pub fn open(&mut self, wanted: WantedTables, ctx: &mut PanelCtx<'_>) {
        self.table = 0;
        self.ask(wanted, ctx);
    }

    fn ask(&mut self, wanted: WantedTables, ctx: &mut PanelCtx<'_>) {
        self.asked = Some(wanted.clone());
        ctx.act(SearchAction::LookAtTables(Box::new(wanted)));
    }

    /// Draws the dialog, with `doing` as the name of the button that takes the choice.
    pub fn show(&mut self, egui: &Context, doing: &str, ctx: &mut PanelCtx<'_>) -> Answer {
        let Some(asked) = self.asked.clone() else { return Answer::Closed };
        let workspace = ctx.workspace();
        let searching = workspace.searching();
        // While it is looked at anew after a change, what was seen before stays.
        let seen = searching.tables().filter(|seen| seen.wanted.pictures == asked.pictures);
        // What is shown while it is looked at anew is not what would be taken.
        let is_current = seen.is_some_and(|seen| seen.wanted == asked) && searching.tables_failure().is_none();
        let mut answer = Answer::Open;
        let mut change = None;
        let modal = Modal::new(Id::unique("tables")).show(egui, |ui| {
            ui.set_width(SIZE[0]);
            ui.label(RichText::new("What columns mean").heading());
            widgets::caption(
                ui,
                "Tables in the folder say more about the pictures. What each column holds is guessed; change what is wrong.",
            );
            ui.add_space(GRID);
            match (seen, searching.tables_failure()) {
                (_, Some(failure)) => {
                    ui.label(RichText::new(failure).color(theme::palette(ui.visuals()).warning));
                }
                (None, None) => waiting_ui(ui, workspace),
                (Some(seen), None) if seen.tables.is_empty() => {
                    let pictures = widgets::count(seen.pictures);
                    ui.label(format!("No table speaks of the {pictures} pictures in this folder."));
                }
                (Some(seen), None) => {
                    ui.add_enabled_ui(is_current, |ui| change = self.tables_ui(ui, seen));
                }
            }
            ui.add_space(GRID);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let why = match seen {
                    Some(seen) if is_current => seen.tables.is_empty().then_some("There is no table."),
                    _ => Some("The tables are still being looked at."),
                };
                if obstacle::add_unless(ui, why, egui::Button::new(doing)).clicked()
                    && let Some(seen) = seen
                {
                    answer = Answer::Chosen(Box::new(seen.mapping.clone()));
                }
                if ui.button("Cancel").clicked() {
                    ui.close();
                }
            });
        });
        if let Some(mapping) = change {
            self.ask(WantedTables { mapping: Some(mapping), ..asked }, ctx);
        }
        if modal.should_close() {
            answer = Answer::Closed;
        }
        if !matches!(answer, Answer::Open) {
            self.asked = None;
        }
        answer
    }

    /// Draws the tables; what columns are to mean, if that was changed.
    fn tables_ui(&mut self, ui: &mut Ui, seen: &SeenTables) -> Option<Mapping> {
        self.table = self.table.min(seen.tables.len() - 1);
        ui.horizontal(|ui| {
            let name = |table: &TablePreview| format!("{}  ·  {}", table.path, named(table));
            let chosen = &seen.tables[self.table];
            let list =
                ComboBox::from_id_salt("table").width(SIZE[0] - 4.0 * GRID).selected_text(name(chosen)).truncate();
            let list = list.show_ui(ui, |ui| {
                for (at, table) in seen.tables.iter().enumerate() {
                    ui.selectable_value(&mut self.table, at, name(table));
                }
            });
            list.response.accessible_name("Table");
        });
        let table = &seen.tables[self.table];
        let mut change = None;
        if let Some(problem) = &table.problem {
            ui.label(RichText::new(problem).color(theme::palette(ui.visuals()).warning));
        }
        ui.horizontal(|ui| {
            if table.kind == TableKind::Delimited {
                let mut has_headings = table.has_headings;
                if ui.checkbox(&mut has_headings, "The first row holds headings").changed() {
                    // The columns have other names now.
                    let entry =
                        TableMapping { path: table.path.clone(), has_headings, columns: Vec::new(), guessed: None };
                    change = Some(with(&seen.mapping, entry));
                }
            }
            let why = table.is_guessed.then_some("It is as guessed.");
            let button = egui::Button::new("Guess again").small();
            if obstacle::add_unless(ui, why, button).on_hover_text("Forget what was changed of this table").clicked() {
                change = Some(without(&seen.mapping, &table.path));
            }
        });
        ui.add_space(GRID);
        let changed = columns_ui(ui, table);
        change = change.or(changed.map(|entry| with(&seen.mapping, entry)));
        change
    }
}

fn waiting_ui(ui: &mut Ui, workspace: &Workspace) {
    let progress = workspace.searching().looking_at_tables();
    let text = progress.map_or_else(
        || "Looking at the folder…".to_owned(),
        |(progress, elapsed)| widgets::progress_text(progress, elapsed),
    );
    ui.horizontal(|ui| {
        ui.spinner();
        widgets::caption(ui, text);
    });
}

/// How many rows name a picture.
fn named(table: &TablePreview) -> String {
    let [rows, named] = [table.rows, table.named].map(widgets::count);
    let first = if table.is_whole { "" } else { "first " };
    let several = match table.ambiguous {
        0 => String::new(),
        count => format!(", {} one of several", widgets::count(count)),
    };
    format!("{named} of {first}{rows} rows name a picture{several}")
}

/// Draws the columns of a table; the table's new entry, if one was changed.
fn columns_ui(ui: &mut Ui, table: &TablePreview) -> Option<TableMapping> {
    let palette = theme::palette(ui.visuals());
    let mut changed = None;
    ScrollArea::vertical().id_salt(&table.path).max_height(SIZE[1]).auto_shrink([false, true]).show(ui, |ui| {
        Grid::new("columns").num_columns(3).spacing(vec2(2.0 * GRID, 4.0)).striped(true).show(ui, |ui| {
            for heading in ["Column", "Holds", "First values"] {
                ui.label(RichText::new(heading).small().color(palette.weak));
            }
            ui.end_row();
            for (at, column) in table.columns.iter().take(MOST_COLUMNS).enumerate() {
                heading_ui(ui, column);
                let mut role = column.role;
                role_ui(ui, at, column, &mut role);
                if role != column.role {
                    changed = Some(entry(table, at, role));
                }
                let values: Vec<String> = column.values.iter().take(VALUES).map(|value| line(value)).collect();
                ui.scope(|ui| {
                    ui.set_width(VALUES_WIDTH);
                    widgets::one_line(ui, RichText::new(values.join("  ·  ")).small().color(palette.weak));
                });
                ui.end_row();
            }
        });
    });
    if table.columns.len() > MOST_COLUMNS {
        widgets::caption(ui, format!("And {} more columns.", widgets::count(table.columns.len() - MOST_COLUMNS)));
    }
    changed
}

fn heading_ui(ui: &mut Ui, column: &ColumnPreview) {
    ui.scope(|ui| {
        ui.set_width(150.0);
        widgets::one_line(ui, RichText::new(&column.heading));
    });
}

fn role_ui(ui: &mut Ui, at: usize, column: &ColumnPreview, role: &mut Role) {
    let palette = theme::palette(ui.visuals());
    let colour = if *role == Role::Ignored { palette.weak } else { palette.text };
    let name = RichText::new(role.name()).color(colour);
    let list = ComboBox::from_id_salt(("role", at)).width(118.0).height(ROLES).selected_text(name).show_ui(ui, |ui| {
        // All roles at once, without scrolling.
        (ui.spacing_mut().interact_size.y, ui.spacing_mut().item_spacing.y) = (22.0, 0.0);
        for one in Role::ALL {
            ui.selectable_value(role, one, one.name()).on_hover_text(hint(one));
        }
    });
    list.response.accessible_name(format!("What {} holds", column.heading));
}

/// What a role is good for.
fn hint(role: Role) -> &'static str {
    match role {
        Role::Picture => "Names the picture that the row speaks of: a path, a name with or without ending, a link",
        Role::Title => "A short name",
        Role::Description => "A longer text",
        Role::Caption => "One of several texts about the picture",
        Role::Tag => "One keyword",
        Role::Tags => "Keywords, separated by ; , or spaces",
        Role::Place => "The name of where it was taken",
        Role::Date => "When it was taken",
        Role::Latitude | Role::Longitude => "Where it was taken, in degrees",
        Role::Author => "Who made it",
        Role::License => "Licence or copyright",
        Role::Facet => "A value to search and narrow by, as in album:rome",
        Role::Ignored => "Left out",
    }
}

/// A table's entry with another role of one column. Only one column names pictures.
fn entry(table: &TablePreview, at: usize, role: Role) -> TableMapping {
    let mut entry = table.mapping();
    let heading = &table.columns[at].heading;
    if role == Role::Picture {
        let others = entry.columns.iter_mut().filter(|column| column.role == Role::Picture);
        others.for_each(|column| column.role = Role::Ignored);
    }
    match entry.columns.iter_mut().find(|column| column.heading == *heading) {
        Some(column) => column.role = role,
        None => entry.columns.push(Column { heading: heading.clone(), role }),
    }
    entry
}

/// What columns mean, with a table's entry in place of what was known of it.
fn with(mapping: &Mapping, entry: TableMapping) -> Mapping {
    let mut mapping = without(mapping, &entry.path);
    mapping.tables.push(entry);
    mapping.tables.sort_by(|one, other| one.path.cmp(&other.path));
    mapping
}

/// What columns mean, without what is known of a table.
fn without(mapping: &Mapping, path: &str) -> Mapping {
    let mut mapping = mapping.clone();
    mapping.tables.retain(|table| table.path != path);
    mapping
}

/// A value in one line.
fn line(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The button that opens the dialog for a folder.
pub fn button_ui(ui: &mut Ui, why: Option<&str>) -> bool {
    let button = egui::Button::new(format!("{}  What columns mean…", icons::TABLE));
    let hint = "Tables in the folder, such as CSV files with captions: what each column is taken to hold";
    obstacle::add_unless(ui, why, button).on_hover_text(hint).clicked()
}
