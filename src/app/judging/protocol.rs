//! The dialog for the data set's judging protocol.

mod grades;

use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::GRID;
use crate::app::kit::{obstacle, widgets};
use crate::dataset::LabelKind;
use crate::judge::{FILES, Grade, LabelChoice, Protocol, Scale};
use crate::workspace::{JudgingAction, Workspace};
use egui::{Align, Context, Id, Layout, Modal, RichText, ScrollArea, TextEdit, Ui, vec2};

/// The dialog's state.
#[derive(Default)]
pub struct ProtocolDialog {
    draft: Option<Draft>,
}

/// The protocol as it is typed.
struct Draft {
    protocol: Protocol,
    /// Whether the grades are those in use, whatever they are.
    is_in_use: bool,
    grades: Vec<Grade>,
}

impl Draft {
    /// The protocol, if its grades are a scale.
    fn protocol(&self) -> Result<Protocol, String> {
        let mut protocol = self.protocol.clone();
        protocol.scale = match self.is_in_use {
            true => None,
            false => Some(Scale::new(self.grades.clone()).map_err(|error| error.to_string())?),
        };
        protocol.guidelines = protocol.guidelines.trim().to_owned();
        Ok(protocol)
    }
}

impl ProtocolDialog {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.draft.is_some()
    }

    /// Opens it on the protocol as it is.
    pub fn open(&mut self, workspace: &Workspace) {
        let Some(session) = workspace.session() else { return };
        let protocol = workspace.judging().protocol().clone();
        let (is_in_use, grades) = (protocol.scale.is_none(), session.scale.grades().to_vec());
        self.draft = Some(Draft { protocol, is_in_use, grades });
    }

    /// Closes it without saving.
    pub fn close(&mut self) {
        self.draft = None;
    }

    /// Draws the dialog; Ctrl+Enter saves, Esc does not.
    pub fn show(&mut self, egui: &Context, ctx: &mut PanelCtx<'_>) {
        let Some(draft) = &mut self.draft else { return };
        let mut saved = None;
        let modal = Modal::new(Id::unique("judging protocol")).show(egui, |ui| {
            // The same size whatever it holds, so that nothing moves under the pointer.
            let size = vec2(560.0, (ui.ctx().content_rect().height() - 170.0).clamp(160.0, 480.0));
            ui.set_width(size.x);
            ui.label(RichText::new("Judging protocol").heading());
            widgets::caption(ui, "One for all judges of the data set, saved beside their journals.");
            ui.allocate_ui(size, |ui| {
                ui.set_min_size(size);
                ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                    grades::show(ui, &mut draft.is_in_use, &mut draft.grades, ctx);
                    labels_ui(ui, &mut draft.protocol.labels, ctx);
                    guidelines_ui(ui, &mut draft.protocol.guidelines);
                });
            });
            ui.add_space(GRID);
            saved = buttons_ui(ui, draft, ctx.workspace());
        });
        if let Some(protocol) = saved {
            ctx.act(JudgingAction::SetProtocol(Box::new(protocol)));
            self.draft = None;
        } else if modal.should_close() {
            self.draft = None;
        }
    }
}

/// What a choice of labels is called.
fn title(choice: &LabelChoice) -> String {
    match (choice.kind, &choice.judge) {
        (LabelKind::Own, _) => "Your own, else the files'".to_owned(),
        (LabelKind::Files, _) => "The files'".to_owned(),
        (LabelKind::Judge, judge) => format!("Only {}'s", judge.as_deref().unwrap_or_default()),
        (LabelKind::Majority, _) => "Majority".to_owned(),
        (LabelKind::Unanimous, _) => "Unanimous".to_owned(),
        (LabelKind::Adjudicated, _) => "Adjudicated, else unanimous".to_owned(),
        (LabelKind::DawidSkene, _) => "Dawid and Skene's estimate".to_owned(),
    }
}

fn explanation(kind: LabelKind) -> &'static str {
    match kind {
        LabelKind::Own => "The labels of whoever judges at this computer. Where nobody does, the files'.",
        LabelKind::Files => "The labels that came with the data set; judges' count for agreement only.",
        LabelKind::Judge => "This judge's labels, and nobody else's.",
        LabelKind::Majority => "The grade that most judges gave; undecided if two have as many votes.",
        LabelKind::Unanimous => "The grade that all gave who judged the image; undecided if they differ.",
        LabelKind::Adjudicated => "The adjudicator's grade; without one, that of all who judged the image.",
        LabelKind::DawidSkene => "The most probable grade, if each judge errs in a way of their own.",
    }
}

/// Whose labels can be chosen.
fn choices(workspace: &Workspace) -> Vec<LabelChoice> {
    let names = workspace.judging().judges().map(|judges| judges.names()).unwrap_or_default();
    let of_judge = |judge: &&str| LabelChoice { judge: Some((*judge).to_owned()), ..LabelChoice::of(LabelKind::Judge) };
    let judges: Vec<LabelChoice> = names.iter().filter(|judge| **judge != FILES).map(of_judge).collect();
    let kinds = LabelKind::ALL.into_iter();
    kinds.flat_map(|kind| if kind == LabelKind::Judge { judges.clone() } else { vec![LabelChoice::of(kind)] }).collect()
}

fn labels_ui(ui: &mut Ui, labels: &mut LabelChoice, ctx: &PanelCtx<'_>) {
    widgets::section(ui, "Whose labels count");
    ui.horizontal(|ui| {
        let chosen = title(labels);
        let list = |ui: &mut Ui| {
            for choice in choices(ctx.workspace()) {
                let is_chosen = (choice.kind, &choice.judge) == (labels.kind, &labels.judge);
                if ui.selectable_label(is_chosen, title(&choice)).clicked() {
                    (labels.kind, labels.judge) = (choice.kind, choice.judge);
                }
            }
        };
        egui::ComboBox::from_id_salt("labels that count")
            .selected_text(chosen)
            .width(220.0)
            .show_ui(ui, list)
            .response
            .accessible_name("Labels that count");
    });
    widgets::caption(ui, explanation(labels.kind));
    ui.add_enabled_ui(labels.kind != LabelKind::Files, |ui| {
        ui.checkbox(&mut labels.without_batch, "Leave out images judged several at once");
        ui.checkbox(&mut labels.without_revealed, "Leave out judgements after ranks or others' labels were shown");
    });
    widgets::caption(ui, "Training, measures and colours follow, here and on the command line; runs record it.");
}

fn guidelines_ui(ui: &mut Ui, guidelines: &mut String) {
    widgets::section(ui, "Guidelines");
    let field = TextEdit::multiline(guidelines)
        .hint_text("What counts as relevant, what to do with doubtful images: shown while judging")
        .desired_rows(5)
        .desired_width(f32::INFINITY);
    ui.add(field).accessible_name("Guidelines for judges");
}

/// Save and cancel; the protocol to save, if that was asked for.
fn buttons_ui(ui: &mut Ui, draft: &Draft, workspace: &Workspace) -> Option<Protocol> {
    let protocol = draft.protocol();
    let fault = protocol.as_ref().err().cloned().or_else(|| workspace.protocol_obstacle().map(str::to_owned));
    let entered = ui.input(|input| input.modifiers.command && input.key_pressed(egui::Key::Enter));
    let mut is_asked = false;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        is_asked = obstacle::add_unless(ui, fault.as_deref(), egui::Button::new("Save")).clicked() || entered;
        if ui.button("Cancel").clicked() {
            ui.close();
        }
        if let Some(fault) = &fault {
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| obstacle::obstacle_line(ui, fault));
        }
    });
    protocol.ok().filter(|_| is_asked && fault.is_none())
}
