//! The dialogs that import and export judgements.

use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, obstacle, widgets};
use crate::app::shell::system_dialog::SystemDialog;
use crate::judge::aggregate::Method;
use crate::judge::check_name;
use crate::judge::exchange::Form;
use crate::workspace::{Exported, JudgingAction, Workspace};
use egui::{Align, Context, Id, Layout, Modal, RichText, TextEdit, Ui};
use std::path::{Path, PathBuf};

/// The state of both dialogs.
#[derive(Default)]
pub struct ExchangeDialog {
    shown: Option<Way>,
    typed: String,
    /// Whose the imported judgements are.
    judge: String,
    /// What is exported.
    what: Option<Exported>,
    system: SystemDialog,
    /// Whether the path has yet to be given the keyboard.
    is_new: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Import,
    Export,
}

impl ExchangeDialog {
    /// Whether one is open.
    pub fn is_open(&self) -> bool {
        self.shown.is_some()
    }

    /// Asks for a file to import.
    pub fn import(&mut self) {
        (self.shown, self.typed, self.judge) = (Some(Way::Import), String::new(), String::new());
        self.is_new = true;
    }

    /// Asks for a file to export to.
    pub fn export(&mut self, workspace: &Workspace) {
        let method = workspace.label_choice().method();
        self.what = Some(method.map_or_else(|| Exported::Judge(workspace.judge_name()), Exported::Together));
        let folder = workspace.store().runs().with_file_name("exports");
        self.typed = folder.join("judgements.qrels").display().to_string();
        (self.shown, self.is_new) = (Some(Way::Export), true);
    }

    /// Draws the dialog that is open.
    pub fn show(&mut self, egui: &Context, ctx: &mut PanelCtx<'_>) {
        if let Some(path) = self.system.poll() {
            self.typed = path.display().to_string();
        }
        let Some(way) = self.shown else { return };
        let mut asked = None;
        let modal = Modal::new(Id::unique("judgements")).show(egui, |ui| {
            ui.set_width(520.0);
            let (title, forms) = match way {
                Way::Import => (
                    "Import judgements",
                    "A journal (.jsonl), a table (.csv, .tsv), MediaEval's rGT files, or TREC qrels.",
                ),
                Way::Export => (
                    "Export judgements",
                    "By the name: .txt or .qrels, .csv, .jsonl, or a folder of MediaEval's rGT files.",
                ),
            };
            ui.label(RichText::new(title).heading());
            widgets::caption(ui, forms);
            ui.add_space(GRID);
            let name = if way == Way::Import { "File to import" } else { "File to export to" };
            let field = TextEdit::singleline(&mut self.typed).hint_text("/path/to/a/file").desired_width(f32::INFINITY);
            let field = ui.add(field).accessible_name(name);
            if std::mem::take(&mut self.is_new) {
                field.request_focus();
            }
            self.browse_ui(ui, way, ctx);
            match way {
                Way::Import => judge_ui(ui, &mut self.judge, ctx.workspace()),
                Way::Export => what_ui(ui, &mut self.what, ctx.workspace()),
            }
            ui.add_space(GRID);
            asked = self.buttons_ui(ui, way);
        });
        if let Some(action) = asked {
            ctx.act(action);
            self.shown = None;
        } else if modal.should_close() {
            self.shown = None;
        }
    }

    fn browse_ui(&mut self, ui: &mut Ui, way: Way, ctx: &PanelCtx<'_>) {
        let waiting = self.system.is_open().then_some("The file dialog is open.");
        ui.horizontal(|ui| {
            let button = egui::Button::new(format!("{}  Choose a file…", icons::OPEN));
            if obstacle::add_unless(ui, waiting, button).clicked() {
                self.system.ask(
                    ctx.workspace().wake(),
                    match way {
                        Way::Import => rfd::FileDialog::pick_file,
                        Way::Export => rfd::FileDialog::save_file,
                    },
                );
            }
            let button = egui::Button::new(format!("{}  Choose a folder…", icons::OPEN));
            if obstacle::add_unless(ui, waiting, button).clicked() {
                self.system.ask(ctx.workspace().wake(), rfd::FileDialog::pick_folder);
            }
        });
    }

    /// Why nothing can be done with what is typed, if nothing can.
    fn problem(&self, way: Way) -> Option<String> {
        let path = Path::new(self.typed.trim());
        if self.typed.trim().is_empty() {
            return Some("Type a path, or choose one.".to_owned());
        }
        match way {
            Way::Import if !path.exists() => Some("No such file or folder.".to_owned()),
            Way::Import => check_name(self.judge.trim()).err().map(|error| error.to_string()),
            Way::Export => {
                Form::of(path).is_none().then(|| "The name must end in .txt, .qrels, .csv or .jsonl.".to_owned())
            }
        }
    }

    /// The action that was asked for.
    fn buttons_ui(&self, ui: &mut Ui, way: Way) -> Option<JudgingAction> {
        let problem = self.problem(way);
        let palette = theme::palette(ui.visuals());
        let exists = way == Way::Export && Path::new(self.typed.trim()).is_file();
        let note = problem.as_deref().unwrap_or(if exists { "The file will be replaced." } else { " " });
        ui.label(RichText::new(note).small().color(palette.warning));
        let mut is_asked = false;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let name = if way == Way::Import { "Import" } else { "Export" };
            is_asked = obstacle::add_unless(ui, problem.as_deref(), egui::Button::new(name)).clicked();
            if ui.button("Cancel").clicked() {
                ui.close();
            }
        });
        let path = PathBuf::from(self.typed.trim());
        is_asked.then(|| match way {
            Way::Import => JudgingAction::Import { path, judge: self.judge.trim().to_owned() },
            Way::Export => {
                JudgingAction::Export { path, what: self.what.clone().unwrap_or(Exported::Together(Method::Majority)) }
            }
        })
    }
}

fn judge_ui(ui: &mut Ui, judge: &mut String, workspace: &Workspace) {
    widgets::field(ui, "Judge", "Whose judgements these are", |ui| {
        ui.add(TextEdit::singleline(judge).desired_width(200.0)).accessible_name("Judge of the judgements");
    });
    let known = workspace.judging().judges().map(|judges| judges.names()).unwrap_or_default();
    if known.contains(&judge.trim()) {
        widgets::caption(ui, "This judge has labels already: those of the file are added, and the last one counts.");
    }
}

fn what_ui(ui: &mut Ui, what: &mut Option<Exported>, workspace: &Workspace) {
    let known = workspace.judging().judges().map(|judges| judges.names()).unwrap_or_default();
    widgets::field(ui, "What", "Whose labels, or how those of all judges become one", |ui| {
        let chosen = what.as_ref().map(ToString::to_string).unwrap_or_default();
        widgets::choices(ui, "Judgements to export", chosen, |ui| {
            let judges = known.iter().map(|judge| Exported::Judge((*judge).to_owned()));
            let all = Method::ALL.into_iter().map(Exported::Together).chain(judges).chain([Exported::Everything]);
            for one in all {
                let name = one.to_string();
                ui.selectable_value(what, Some(one), name);
            }
        });
    });
}
