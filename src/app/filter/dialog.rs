//! The dialog that sets the filter. What is set counts at once, so that one sees what it does.

use super::chips::counts;
use crate::app::ctx::PanelCtx;
use crate::app::kit::obstacle;
use crate::app::kit::theme::GRID;
use crate::app::kit::widgets;
use crate::base::range;
use crate::workspace::{Between, ByJudge, Chosen, Filter, FilterAction, InColumn, Queue, Ranks, Session, Workspace};
use egui::{Context, DragValue, Grid, Id, Modal, RichText, TextEdit, Ui, vec2};
use std::collections::BTreeSet;

/// Width of the fields, in points.
const WIDTH: f32 = 300.0;

/// The dialog.
#[derive(Default)]
pub struct FilterDialog {
    is_open: bool,
    /// Whether it was not drawn yet: the first field then gets the keys.
    is_new: bool,
    /// The columns of the current query's images, listed when it is opened.
    columns: Vec<String>,
}

impl FilterDialog {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Opens or closes it.
    pub fn toggle(&mut self, workspace: &Workspace) {
        self.is_open = !self.is_open && workspace.session().is_some();
        self.is_new = self.is_open;
        self.columns = workspace.session().map(columns).unwrap_or_default();
    }

    /// Draws it, if it is open; `at_desk` says whether images are picked out at the judge's desk.
    pub fn show(&mut self, egui: &Context, at_desk: bool, ctx: &mut PanelCtx<'_>) {
        let Some(session) = ctx.session().filter(|_| self.is_open) else { return };
        let mut filter = ctx.workspace().filter().clone();
        let modal = Modal::new(Id::unique("filter")).show(egui, |ui| {
            ui.label(RichText::new("Filter images").heading());
            widgets::caption(ui, "In the graph, in the rankings and while judging: images that meet all conditions.");
            ui.add_space(GRID);
            Grid::new("conditions").num_columns(2).spacing(vec2(16.0, 6.0)).show(ui, |ui| {
                text_ui(ui, &mut filter, std::mem::take(&mut self.is_new));
                grades_ui(ui, &mut filter, session);
                judge_ui(ui, &mut filter, ctx.workspace());
                signal_ui(ui, &mut filter, session);
                column_ui(ui, &mut filter, &self.columns);
                ranks_ui(ui, &mut filter, session);
                chosen_ui(ui, &mut filter, ctx.workspace(), at_desk);
            });
            ui.add_space(GRID);
            ui.horizontal(|ui| {
                if ui.add_enabled(!filter.is_empty(), egui::Button::new("Clear all")).clicked() {
                    filter = Filter::default();
                }
                if ui.button("Close").clicked() {
                    ui.close();
                }
                if let Some(counts) = counts(ctx.workspace(), at_desk) {
                    let query = &session.data.dataset.queries[session.query()].text;
                    let [count, all] = counts.map(widgets::count);
                    let of = if at_desk { "of the list".to_owned() } else { format!("of “{query}”") };
                    widgets::caption(ui, format!("{count} of {all} images {of}"));
                }
            });
            let judge = ctx.workspace().judge_name();
            if at_desk && !filter.reveals(&judge).is_empty() {
                widgets::caption(ui, "This shows the judge more than the pictures, and that is recorded.");
            }
        });
        if filter != *ctx.workspace().filter() {
            ctx.act(FilterAction::Set(Box::new(filter)));
        }
        if modal.should_close() {
            self.is_open = false;
        }
    }
}

/// The columns of the current query's images that are neither titles, texts nor signals.
fn columns(session: &Session) -> Vec<String> {
    let query = session.query();
    let candidates = 0..session.data.dataset.queries[query].candidates.len();
    let names: BTreeSet<&String> =
        candidates.flat_map(|candidate| session.image(query, candidate).1.columns.keys()).collect();
    names.into_iter().cloned().collect()
}

fn text_ui(ui: &mut Ui, filter: &mut Filter, is_new: bool) {
    ui.label("Text");
    let field = TextEdit::singleline(&mut filter.text).hint_text("words of title, text, tags or id");
    let field = ui.add(field.desired_width(WIDTH)).accessible_name("Text of the images");
    if is_new {
        field.request_focus();
    }
    ui.end_row();
}

fn grades_ui(ui: &mut Ui, filter: &mut Filter, session: &Session) {
    ui.label("Grade");
    ui.horizontal_wrapped(|ui| {
        ui.set_max_width(WIDTH);
        let graded = session.scale.grades().iter().map(|grade| (Some(grade.grade), grade.name.as_str()));
        for (grade, name) in std::iter::once((None, "Not judged")).chain(graded) {
            let is_on = filter.grades.contains(&grade);
            if ui.selectable_label(is_on, name).clicked() && !filter.grades.remove(&grade) {
                filter.grades.insert(grade);
            }
        }
    });
    ui.end_row();
}

fn judge_ui(ui: &mut Ui, filter: &mut Filter, workspace: &Workspace) {
    ui.label("Judge");
    let names = workspace.judging().judges().map(|judges| judges.names()).unwrap_or_default();
    ui.horizontal(|ui| {
        let chosen = filter.judge.as_ref().map(|by| by.name.as_str());
        let offered = names.into_iter().map(|name| (name, ""));
        if let Some(new) = any_or_one(ui, "Judged by", "Anyone or nobody", chosen, offered) {
            filter.judge = new.map(|name| ByJudge { name: name.to_owned(), is_judged: true });
        }
        if let Some(by) = &mut filter.judge {
            ui.selectable_value(&mut by.is_judged, true, "has judged");
            ui.selectable_value(&mut by.is_judged, false, "has not");
        }
    });
    ui.end_row();
}

fn signal_ui(ui: &mut Ui, filter: &mut Filter, session: &Session) {
    ui.label("Signal");
    let signals = &session.data.signals;
    ui.horizontal(|ui| {
        let range_of = |signal: &str| {
            signals.index(signal).and_then(|index| range(signals.column(session.query(), index))).unwrap_or_default()
        };
        let chosen = filter.between.as_ref().map(|between| between.signal.as_str());
        let offered = signals.infos.iter().map(|info| (info.name.as_str(), info.description.as_str()));
        if let Some(new) = any_or_one(ui, "Signal", "Any", chosen, offered) {
            filter.between = new.map(|signal| {
                let (low, high) = range_of(signal);
                Between { signal: signal.to_owned(), low, high }
            });
        }
        if let Some(between) = &mut filter.between {
            let (low, high) = range_of(&between.signal);
            let speed = f64::from((high - low).max(1e-3)) / 200.0;
            ui.add(DragValue::new(&mut between.low).speed(speed).max_decimals(3)).accessible_name("Lowest value");
            ui.label("to");
            ui.add(DragValue::new(&mut between.high).speed(speed).max_decimals(3)).accessible_name("Highest value");
        }
    });
    ui.end_row();
}

/// A choice of any, or of one by its name and explanation; what was chosen, if that is new.
fn any_or_one<'a>(
    ui: &mut Ui,
    label: &str,
    any: &str,
    chosen: Option<&str>,
    offered: impl Iterator<Item = (&'a str, &'a str)>,
) -> Option<Option<&'a str>> {
    let mut new = None;
    widgets::choices(ui, label, chosen.unwrap_or(any), |ui| {
        if ui.selectable_label(chosen.is_none(), any).clicked() {
            new = Some(None);
        }
        for (name, explanation) in offered {
            let mut label = ui.selectable_label(chosen == Some(name), name);
            if !explanation.is_empty() {
                label = label.on_hover_text(explanation);
            }
            if label.clicked() && chosen != Some(name) {
                new = Some(Some(name));
            }
        }
    });
    new
}

fn column_ui(ui: &mut Ui, filter: &mut Filter, columns: &[String]) {
    if columns.is_empty() {
        return;
    }
    ui.label("Column");
    ui.horizontal(|ui| {
        let chosen = filter.column.as_ref().map(|column| column.column.as_str());
        let offered = columns.iter().map(|name| (name.as_str(), ""));
        if let Some(new) = any_or_one(ui, "Column", "Any", chosen, offered) {
            filter.column = new.map(|name| InColumn { column: name.to_owned(), text: String::new() });
        }
        if let Some(column) = &mut filter.column {
            let field = TextEdit::singleline(&mut column.text).hint_text("words").desired_width(140.0);
            ui.add(field).accessible_name("Words in the column");
        }
    });
    ui.end_row();
}

fn ranks_ui(ui: &mut Ui, filter: &mut Filter, session: &Session) {
    let Some((order, ranking)) = session.best() else { return };
    ui.label("Ranks");
    ui.horizontal(|ui| {
        let mut is_on = filter.ranks.is_some();
        if ui.checkbox(&mut is_on, order.name()).changed() {
            filter.ranks = is_on.then_some(Ranks { first: 1, last: 20 });
        }
        if let Some(ranks) = &mut filter.ranks {
            let last = ranking.order.len().max(1);
            ui.add(DragValue::new(&mut ranks.first).range(1..=last)).accessible_name("First rank");
            ui.label("to");
            ui.add(DragValue::new(&mut ranks.last).range(1..=last)).accessible_name("Last rank");
        }
    });
    ui.end_row();
}

fn chosen_ui(ui: &mut Ui, filter: &mut Filter, workspace: &Workspace, at_desk: bool) {
    ui.label("Selection");
    let chosen = if at_desk { selected(workspace) } else { near(workspace) };
    let text = if at_desk { "Only the selected images" } else { "Only the selected image and its neighbours" };
    let is_on = filter.chosen.is_some();
    let obstacle = (chosen.is_none() && !is_on).then_some("No image is selected.");
    if obstacle::add_unless(ui, obstacle, egui::Button::selectable(is_on, text)).clicked() {
        filter.chosen = if is_on { None } else { chosen };
    }
    ui.end_row();
}

/// The images of the current query that are selected at the desk.
fn selected(workspace: &Workspace) -> Option<Chosen> {
    let query = workspace.session()?.query();
    let queue: &Queue = workspace.judging().queue()?;
    let items = queue.selected().iter().map(|&position| queue.items()[position]);
    let candidates: BTreeSet<usize> = items.filter(|item| item.query == query).map(|item| item.candidate).collect();
    (!candidates.is_empty()).then_some(Chosen { query, candidates })
}

/// The selected image and, where there is a graph, its neighbours.
fn near(workspace: &Workspace) -> Option<Chosen> {
    let session = workspace.session()?;
    let candidate = session.candidate()?;
    let hops = session.view().map(|view| view.graph().hops(candidate, 1)).unwrap_or_default();
    let neighbours = hops.iter().enumerate().filter(|(_, hops)| hops.is_some()).map(|(index, _)| index);
    let candidates = neighbours.chain([candidate]).collect();
    Some(Chosen { query: session.query(), candidates })
}
