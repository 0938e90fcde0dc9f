//! The comparison of two runs or groups of seeds, query by query, with a query's two rankings side by side.

use super::controls::{measure_ui, save_button};
use crate::app::command::Command;
use crate::app::ctx::PanelCtx;
use crate::app::kit::restart::{self, Listed};
use crate::app::kit::text::paint_text;
use crate::app::kit::theme::{self, GRID, ROW};
use crate::app::kit::{icons, widgets};
use crate::app::panels::ranking::{Reveal, ShownRanking};
use crate::dataset::Split;
use crate::eval::Measure;
use crate::eval::significance::Interval;
use crate::export::chart::Chart;
use crate::export::chart::differences_chart;
use crate::study::comparison::{PairMeasures, QueryDelta};
use crate::study::runs::Entry;
use crate::workspace::{Pair, Ranking, Readable, RunsAction, SelectionAction, Session, Side, Workspace};
use egui::{FontId, Rect, RichText, ScrollArea, Sense, Stroke, Ui, vec2};

/// What the view remembers between frames.
#[derive(Default)]
pub struct Compare {
    reveal: Reveal,
    shown: Option<usize>,
    /// The two sides, and the query.
    listed: Listed<(Side, Side, usize)>,
}

impl Compare {
    /// Draws the view.
    pub fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let workspace = ctx.workspace();
        let experiments = workspace.experiments();
        let Some(session) = workspace.session() else {
            let text = "Open the runs' data set to compare them query by query.";
            widgets::empty_state(ui, icons::SWAP, "No data set open", text, None);
            return;
        };
        let Some(pair) = experiments.pair() else {
            let text = "Tick one run in the table to compare it with the text signal, or two to compare them. With \
                        seeds grouped, a row stands for all its runs.";
            widgets::empty_state(ui, icons::SWAP, "Nothing to compare yet", text, None);
            return;
        };
        sides_ui(ui, pair, ctx);
        let comparison = match experiments.figures() {
            None => {
                ui.spinner();
                return;
            }
            Some(Err(message)) => {
                let message = message.clone();
                widgets::empty_state(ui, icons::WARNING, "Cannot compare these", &message, None);
                return;
            }
            Some(Ok(comparison)) => comparison,
        };
        if summary_ui(ui, comparison) {
            let chart = Box::new(chart(workspace, session, pair, comparison));
            ctx.command(Command::SaveChart { name: "queries", chart });
        }
        let bars = (ui.available_width() * 0.34).clamp(200.0, 420.0);
        let height = ui.available_height();
        ui.horizontal_top(|ui| {
            ui.allocate_ui(vec2(bars, height), |ui| {
                ui.vertical(|ui| self.bars_ui(ui, session, comparison, ctx));
            });
            ui.add_space(GRID);
            ui.vertical(|ui| self.rankings_ui(ui, session, pair, ctx));
        });
    }

    fn bars_ui(&mut self, ui: &mut Ui, session: &Session, comparison: &PairMeasures, ctx: &mut PanelCtx<'_>) {
        let largest = comparison.queries.iter().map(|query| query.delta().abs()).fold(1e-6, f64::max);
        ui.spacing_mut().item_spacing.y = 0.0;
        let current = comparison.queries.iter().position(|query| query.query == Some(session.query()));
        let mut area = ScrollArea::vertical().auto_shrink([false, false]).id_salt("bars");
        if let Some(row) = current.filter(|_| self.shown != Some(session.query())) {
            area = area.vertical_scroll_offset((row as f32 * ROW - ui.available_height() * 0.5).max(0.0));
        }
        self.shown = Some(session.query());
        area.show_rows(ui, ROW, comparison.queries.len(), |ui, range| {
            for index in range {
                let bar = Bar { query: &comparison.queries[index], largest, current: current == Some(index) };
                bar.show(ui, session, ctx);
            }
        });
    }

    fn rankings_ui(&mut self, ui: &mut Ui, session: &Session, pair: &Pair, ctx: &mut PanelCtx<'_>) {
        let workspace = ctx.workspace();
        let reveal = self.reveal.next(session);
        let is_new = self.listed.changes_to((pair.a.clone(), pair.b.clone(), session.query()));
        let known = &session.data.dataset.queries[session.query()];
        let title = if known.text.is_empty() { known.id.as_str() } else { &known.text };
        widgets::one_line(ui, widgets::strong_text(title));
        // The left side is the reference; the right side shows movements against it.
        let [a, b] = workspace.experiments().rankings();
        let ready = |side: &Option<Readable<Ranking>>| match side {
            Some(Ok(ranking)) => Some(ranking.clone()),
            _ => None,
        };
        let sides = [(&pair.b, b, None), (&pair.a, a, ready(b))];
        let gap = 2.0 * GRID;
        let size = vec2(((ui.available_width() - gap) * 0.5).floor(), ui.available_height());
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            for (number, (side, ranking, before)) in sides.into_iter().enumerate() {
                ui.allocate_ui(size, |ui| {
                    ui.push_id(number, |ui| {
                        ui.set_width(size.x);
                        ui.vertical(|ui| {
                            let name = name(workspace, side);
                            side_name_ui(ui, &name, side);
                            precision_ui(ui, ranking.as_ref(), before.as_ref());
                            if let Some(Ok(ranking)) = ranking {
                                let label = format!("{} side, {name}", if number == 0 { "Left" } else { "Right" });
                                let before = before.as_ref();
                                let passing = workspace.passing();
                                let shown = ShownRanking {
                                    session,
                                    name: &label,
                                    ranking,
                                    before,
                                    reveal,
                                    passing,
                                    cut_off: None,
                                };
                                let area = ScrollArea::vertical().auto_shrink([false, false]);
                                let area = if is_new { restart::at_start(area) } else { area };
                                area.show(ui, |ui| shown.grid_ui(ui, ctx));
                            }
                        });
                    });
                });
            }
        });
    }
}

/// The comparison query by query, as a chart.
fn chart(workspace: &Workspace, session: &Session, pair: &Pair, comparison: &PairMeasures) -> Chart {
    let title = format!("{} against {}", name(workspace, &pair.a), name(workspace, &pair.b));
    let named = |query: &QueryDelta| (query_title(session, query).to_owned(), query.delta());
    let queries: Vec<_> = comparison.queries.iter().map(named).collect();
    differences_chart(&title, &format!("Δ {}", pair.measure.label()), &queries)
}

fn name(workspace: &Workspace, side: &Side) -> String {
    let experiments = workspace.experiments();
    match side {
        Side::Text => "Text only".to_owned(),
        Side::Initial => "Initial order".to_owned(),
        Side::Runs(paths) => {
            let runs = experiments.runs();
            let at = |path: &std::path::PathBuf| runs.iter().position(|run| run.saved.path == *path);
            experiments.name(&Entry { runs: paths.iter().filter_map(at).collect() })
        }
    }
}

fn sides_ui(ui: &mut Ui, pair: &Pair, ctx: &mut PanelCtx<'_>) {
    let workspace = ctx.workspace();
    let mut wanted = pair.clone();
    ui.horizontal_wrapped(|ui| {
        side_ui(ui, workspace, "First run", &mut wanted.a);
        widgets::caption(ui, "against");
        side_ui(ui, workspace, "Second run", &mut wanted.b);
        if widgets::icon_button(ui, icons::SWAP, "Swap sides").clicked() {
            std::mem::swap(&mut wanted.a, &mut wanted.b);
        }
        measure_ui(ui, "Measure compared", &mut wanted.measure);
        let splits = [
            (Some(Split::Test), "Test", "The test queries"),
            (Some(Split::Validation), "Validation", "The validation queries"),
            (None, "All", "Every judged query, including those trained on"),
        ];
        widgets::segmented(ui, &mut wanted.split, &splits);
    });
    if wanted != *pair {
        ctx.act(RunsAction::Compare(Some(Box::new(wanted))));
    }
}

/// A list of the selected rows, or of all rows if fewer than two are selected, and the two baselines.
fn side_ui(ui: &mut Ui, workspace: &Workspace, label: &str, current: &mut Side) {
    let experiments = workspace.experiments();
    let grouped = workspace.settings().run_table.grouped;
    let mut choices: Vec<Side> =
        experiments.chosen_entries(grouped).iter().map(|entry| experiments.side(entry)).collect();
    if choices.len() < 2 {
        choices = experiments.entries().iter().map(|entry| experiments.side(entry)).collect();
    }
    choices.extend(workspace.baseline_sides());
    let shown = name(workspace, current);
    let width = (ui.max_rect().width() * 0.28).clamp(110.0, 230.0);
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    ui.allocate_ui_with_layout(vec2(width, ROW), layout, |ui| {
        let combo = egui::ComboBox::from_id_salt(label).selected_text(RichText::new(&shown)).width(width).truncate();
        let list = combo.show_ui(ui, |ui| {
            for choice in choices {
                if ui.selectable_label(*current == choice, name(workspace, &choice)).clicked() {
                    *current = choice;
                }
            }
        });
        list.response.on_hover_text(shown).accessible_name(label);
    });
}

/// The result in one line; `true` once the save button is clicked.
fn summary_ui(ui: &mut Ui, comparison: &PairMeasures) -> bool {
    let palette = theme::palette(ui.visuals());
    let delta = comparison.a - comparison.b;
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(format!(
            "{} against {}",
            widgets::decimal(comparison.a),
            widgets::decimal(comparison.b)
        )));
        ui.label(RichText::new(widgets::change(delta)).font(theme::strong(theme::BODY)).color(palette.change(delta)));
        let test = &comparison.test;
        if let Some(Interval { low, high }) = test.interval {
            widgets::caption(ui, format!("95 % interval {} to {}", widgets::change(low), widgets::change(high)));
        }
        if let Some(p) = test.p {
            widgets::caption(ui, widgets::probability(p)).on_hover_text("Two-sided paired t-test over queries");
        }
        let counts = format!(
            "{} better  ·  {} equal  ·  {} worse  ·  {} queries",
            test.wins,
            test.ties,
            test.losses,
            comparison.queries.len()
        );
        widgets::caption(ui, counts);
        save_button(ui)
    })
    .inner
}

fn query_title<'a>(session: &'a Session, query: &'a QueryDelta) -> &'a str {
    let known = query.query.and_then(|query| session.data.dataset.queries.get(query));
    known.map(|known| known.text.as_str()).filter(|text| !text.is_empty()).unwrap_or(&query.id)
}

/// A query's difference as a bar.
struct Bar<'a> {
    query: &'a QueryDelta,
    /// The largest difference over all queries, which takes half the width.
    largest: f64,
    /// Whether it is the current query.
    current: bool,
}

impl Bar<'_> {
    fn show(&self, ui: &mut Ui, session: &Session, ctx: &mut PanelCtx<'_>) {
        let Self { query, largest, current } = *self;
        let palette = theme::palette(ui.visuals());
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width() - 10.0, ROW), Sense::click());
        if current || response.hovered() || response.has_focus() {
            let fill = if current { palette.selected } else { palette.raised };
            ui.painter().rect_filled(rect.shrink2(vec2(0.0, 1.0)), theme::RADIUS, fill);
        }
        let title = query_title(session, query);
        let names = rect.width() * 0.42;
        let name = Rect::from_min_size(rect.min + vec2(6.0, 0.0), vec2(names - 12.0, ROW));
        paint_text(ui.painter(), name, title, FontId::proportional(12.0), palette.text, false);
        let number = rect.with_min_x(rect.right() - 44.0).with_max_x(rect.right() - 4.0);
        let delta = query.delta();
        let colour = palette.change(delta);
        paint_text(ui.painter(), number, &widgets::change(delta), FontId::proportional(theme::SMALL), colour, true);
        let lane = Rect::from_x_y_ranges(rect.left() + names..=rect.right() - 50.0, rect.y_range());
        let middle = lane.center().x;
        let end = middle + (delta / largest) as f32 * lane.width() * 0.5;
        let bar =
            Rect::from_x_y_ranges(middle.min(end)..=middle.max(end), rect.center().y - 5.0..=rect.center().y + 5.0);
        ui.painter().rect_filled(bar, 2, colour);
        ui.painter().vline(middle, rect.y_range(), Stroke::new(1.0, palette.unjudged.gamma_multiply(0.6)));
        let label = format!(
            "Query {title}: {}, from {} to {}",
            widgets::change(delta),
            widgets::decimal(query.b),
            widgets::decimal(query.a)
        );
        response
            .widget_info(|| egui::WidgetInfo::selected(egui::accesskit::Role::ListBoxOption, true, current, &label));
        if let (true, Some(query)) = (response.clicked(), query.query) {
            ctx.act(SelectionAction::Query(query));
        }
        response.on_hover_text(label);
    }
}

/// A side's name, and how several runs are merged into one ranking.
fn side_name_ui(ui: &mut Ui, name: &str, side: &Side) {
    let palette = theme::palette(ui.visuals());
    let hint = match side.paths().len() {
        0 | 1 => name.to_owned(),
        n => format!("{name}: images ordered by mean rank over {n} runs"),
    };
    widgets::one_line(ui, RichText::new(name).small().color(palette.weak)).on_hover_text(hint);
}

/// A side's average precision, and its change against the reference.
fn precision_ui(ui: &mut Ui, ranking: Option<&Readable<Ranking>>, before: Option<&Ranking>) {
    let palette = theme::palette(ui.visuals());
    match ranking {
        None => widgets::caption(ui, "Reading…"),
        Some(Err(message)) => ui.add(egui::Label::new(RichText::new(message).small().color(palette.warning)).wrap()),
        Some(Ok(ranking)) => {
            let precision = |ranking: &Ranking| ranking.measures.get(Measure::Map).unwrap_or(0.0);
            let mut text = format!("AP {}", widgets::decimal(precision(ranking)));
            if let Some(before) = before {
                text += &format!("  {}", widgets::change(precision(ranking) - precision(before)));
            }
            widgets::caption(ui, text)
        }
    };
}
