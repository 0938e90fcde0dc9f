//! The queries, and what share of each is judged.

use crate::app::command::Command;
use crate::app::ctx::PanelCtx;
use crate::app::kit::text;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, obstacle, widgets};
use crate::workspace::{Judging, JudgingAction, Queue, QueueKind, Session, SettingsAction};
use egui::PopupCloseBehavior;
use egui::accesskit::Role;
use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Align2, FontId, Margin, Rect, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

/// Height of a row.
const ROW: f32 = 40.0;

/// How deep unjudged images are pooled.
const DEPTH: usize = 20;

/// What was asked for beside a list of images.
pub enum Asked {
    /// How far the judges agree.
    Agreement,
    /// How sure the comparison of the rankings is.
    Comparison,
    /// A query that is not there yet.
    NewQuery,
    /// Another text, narrative or split of a query, or no such query.
    EditQuery(usize),
}

/// Draws the list; a click judges the query's images.
pub fn show(ui: &mut Ui, session: &Session, judging: &Judging, judge: &str, ctx: &mut PanelCtx<'_>) -> Option<Asked> {
    let palette = theme::palette(ui.visuals());
    let frame = egui::Frame::new().fill(palette.panel).inner_margin(Margin::same(8));
    let width = (0.17 * ui.available_width()).clamp(150.0, 240.0);
    let panel = egui::Panel::left("judging queries").frame(frame).resizable(false).exact_size(width);
    let mut asked = None;
    panel.show_separator_line(false).show(ui, |ui| {
        let kind = judging.queue().map(Queue::kind);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(GRID, GRID);
            across_ui(ui, judging, ctx);
            asked = about_ui(ui, judging, ctx);
        });
        ui.add_space(GRID);
        ui.horizontal(|ui| {
            let obstacle = ctx.workspace().training().is_running().then_some("A run is in training.");
            if obstacle::add_unless(ui, obstacle, egui::Button::new("New query…")).clicked() {
                asked = Some(Asked::NewQuery);
            }
            let query = session.query();
            if obstacle::add_unless(ui, obstacle, egui::Button::new("Edit…")).accessible_name("Edit query…").clicked()
            {
                asked = Some(Asked::EditQuery(query));
            }
        });
        ui.add_space(GRID);
        let queries = &session.data.dataset.queries;
        ScrollArea::vertical().auto_shrink([false, false]).show_rows(ui, ROW, queries.len(), |ui, rows| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for query in rows {
                let is_open = kind == Some(QueueKind::Query(query));
                row_ui(ui, session, judging, judge, (query, is_open), ctx);
            }
        });
    });
    asked
}

/// What concerns the judges and their labels as a whole.
fn about_ui(ui: &mut Ui, judging: &Judging, ctx: &mut PanelCtx<'_>) -> Option<Asked> {
    let names = judging.judges().map_or(0, |judges| judges.names().len());
    let mut asked = None;
    let (button, _) = MenuButton::new(format!("Judges  {}", icons::DOWN)).ui(ui, |ui| {
        let obstacle = (names < 2).then_some("Agreement needs labels of two judges.");
        if obstacle::add_unless(ui, obstacle, egui::Button::new("Agreement…")).clicked() {
            asked = Some(Asked::Agreement);
        }
        let obstacle = (names < 1).then_some("A comparison needs labels of a judge.");
        let comparison = obstacle::add_unless(ui, obstacle, egui::Button::new("Comparison…"));
        if comparison.on_hover_text("The rankings by each judge's labels").clicked() {
            asked = Some(Asked::Comparison);
        }
        let protocol = ui.button("Protocol…").on_hover_text("Grades, whose labels count, guidelines");
        if protocol.clicked() {
            ctx.command(Command::EditProtocol);
        }
    });
    button.accessible_name("Judges");
    asked
}

/// Lists of images of all queries.
const ACROSS: [(QueueKind, &str); 7] = [
    (
        QueueKind::Unjudged { depth: DEPTH },
        "Images of every query that you have not judged, in the top 20 of any ranking",
    ),
    (QueueKind::Uncertain, "Images that you have not judged, near the boundary between relevant and not"),
    (QueueKind::Suspicious, "Judged images whose label their neighbours and the ranking contradict: judge them again"),
    (QueueKind::Disagreements, "Images that judges graded differently: judge them again, then see the grades"),
    (
        QueueKind::Adjudication { chosen: false },
        "The same images with all labels and notes in sight, to give each its final grade",
    ),
    (QueueKind::NearDuplicates, "Nearly equal images with different labels: judge them again"),
    (QueueKind::Audit, "A random sample of what you have judged: judge it again, to see how consistent you are"),
];

/// What a list is called.
pub fn title(kind: QueueKind) -> String {
    match kind {
        QueueKind::Query(_) => "Images of a query".to_owned(),
        QueueKind::Unjudged { depth } => format!("Not judged in the top {depth}"),
        QueueKind::Disagreements => "Disagreements".to_owned(),
        QueueKind::Adjudication { .. } => "Adjudication".to_owned(),
        QueueKind::Suspicious => "Suspicious labels".to_owned(),
        QueueKind::Uncertain => "Uncertain images".to_owned(),
        QueueKind::NearDuplicates => "Near-duplicates".to_owned(),
        QueueKind::Audit => "Audit".to_owned(),
    }
}

fn across_ui(ui: &mut Ui, judging: &Judging, ctx: &mut PanelCtx<'_>) {
    let kind = judging.queue().map(Queue::kind);
    let open = kind.filter(|kind| !matches!(kind, QueueKind::Query(_)));
    let text = open.map_or_else(|| "All queries".to_owned(), title);
    let menu = MenuButton::new(format!("{text}  {}", icons::DOWN));
    menu.config(MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside)).ui(ui, |ui| {
        ui.set_min_width(200.0);
        for (kind, hint) in ACROSS {
            if ui.selectable_label(open == Some(kind), title(kind)).on_hover_text(hint).clicked() {
                ctx.act(JudgingAction::Open(kind));
                ui.close();
            }
        }
        ui.separator();
        checks_ui(ui, judging, ctx);
    });
}

/// Images that check the judge, unannounced among those of a list.
fn checks_ui(ui: &mut Ui, judging: &Judging, ctx: &mut PanelCtx<'_>) {
    let mut settings = ctx.settings().judging.clone();
    widgets::caption(ui, "Unannounced in the next list");
    ui.spacing_mut().slider_width = 90.0;
    let percent = |ui: &mut Ui, value: &mut usize, name: &str, hint: &str| {
        let slider = egui::Slider::new(value, 0..=20).suffix(" %").text(name);
        ui.add(slider).on_hover_text(hint).accessible_name(name);
    };
    let hint = "Share of images that come up again, to see how consistent a judge is";
    percent(ui, &mut settings.repeats, "repeats", hint);
    let hint =
        "Share of images added to lists across queries because their grade is known, to see how well a judge does";
    percent(ui, &mut settings.controls, "controls", hint);
    if settings.controls > 0 {
        let names = judging.judges().map(|judges| judges.names()).unwrap_or_default();
        ui.horizontal(|ui| {
            widgets::caption(ui, "Known grades of");
            let known = settings.truth.clone();
            widgets::choices(ui, "Judge of the controls", known, |ui| {
                for name in names {
                    ui.selectable_value(&mut settings.truth, name.to_owned(), name);
                }
            });
        });
    }
    if settings != ctx.settings().judging {
        ctx.act(SettingsAction::SetJudging(Box::new(settings)));
    }
}

fn row_ui(
    ui: &mut Ui,
    session: &Session,
    judging: &Judging,
    judge: &str,
    (query, is_open): (usize, bool),
    ctx: &mut PanelCtx<'_>,
) {
    let known = &session.data.dataset.queries[query];
    let record = judging.judges().and_then(|judges| judges.record(judge));
    let judged = record.map_or(0, |record| record.of_query(known.id.as_str()).count()).min(known.candidates.len());
    let count = known.candidates.len();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let palette = theme::palette(ui.visuals());
    if is_open || response.hovered() {
        let fill = if is_open { palette.selected } else { palette.hovered };
        ui.painter().rect_filled(rect.shrink2(vec2(0.0, 1.0)), theme::RADIUS, fill);
    }
    let inner = rect.shrink2(vec2(6.0, 5.0));
    let font = FontId::proportional(theme::BODY);
    let galley = text::line(ui.painter(), &known.text, font, palette.text, inner.width());
    ui.painter().galley(inner.left_top(), galley, palette.text);
    let facts = format!("{judged}/{count}");
    let small = FontId::proportional(theme::SMALL);
    ui.painter().text(inner.right_bottom(), Align2::RIGHT_BOTTOM, &facts, small, palette.weak);
    let bar =
        Rect::from_min_max(pos2(inner.left(), inner.bottom() - 8.0), pos2(inner.right() - 58.0, inner.bottom() - 4.0));
    ui.painter().rect_filled(bar, 2, palette.raised);
    let share = judged as f32 / count.max(1) as f32;
    let filled = Rect::from_min_size(bar.min, vec2(bar.width() * share, bar.height()));
    ui.painter().rect_filled(filled, 2, palette.accent);
    let name = format!("Judge {}: {judged} of {count} judged", known.text);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    if response.on_hover_text(&name).clicked() {
        ctx.act(JudgingAction::Open(QueueKind::Query(query)));
    }
}
