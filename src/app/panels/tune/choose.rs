//! The settings that each run chooses on its own queries, and the values it chooses from.

use crate::app::kit::{icons, theme, widgets};
use crate::study::plain;
use crate::train::{Alternatives, Experiment, Section, Setting};
use egui::{RichText, TextEdit, Ui};

/// Values that are being typed and cannot be read yet, by the path of their setting.
#[derive(Default)]
pub(super) struct Drafts(Vec<(&'static str, String)>);

impl Drafts {
    /// The part of the panel that lists what is chosen.
    pub(super) fn show(&mut self, ui: &mut Ui, experiment: &mut Experiment) {
        let is_open = !experiment.choose.is_empty();
        widgets::folded(ui, "Chosen in each run", is_open, |ui| {
            widgets::caption(
                ui,
                "Before training, a run compares these values on its train and validation queries, one setting after \
                 another. The first value stays unless another is clearly better.",
            );
            for setting in self.listed(experiment) {
                self.row_ui(ui, setting, experiment);
            }
            self.add_ui(ui, experiment);
        });
    }

    fn listed(&self, experiment: &Experiment) -> Vec<&'static Setting> {
        let chosen = experiment.choose.iter().filter_map(|text| Setting::find(Alternatives::path(text)));
        let mut listed: Vec<&'static Setting> = chosen.collect();
        for (path, _) in &self.0 {
            if let Some(setting) = Setting::find(path).filter(|new| listed.iter().all(|one| one.path != new.path)) {
                listed.push(setting);
            }
        }
        listed
    }

    fn row_ui(&mut self, ui: &mut Ui, setting: &'static Setting, experiment: &mut Experiment) {
        let draft = self.0.iter().find(|(path, _)| *path == setting.path).map(|(_, text)| text.clone());
        let before = draft.unwrap_or_else(|| values_of(experiment, setting.path));
        let mut text = before.clone();
        widgets::field(ui, setting.row, setting.help, |ui| {
            let edit = TextEdit::singleline(&mut text).desired_width(ui.available_width() - 32.0);
            ui.add(edit).accessible_name(format!("Values of {}", setting.name));
            if widgets::icon_button(ui, icons::CROSS, &format!("Do not choose {}", setting.name)).clicked() {
                self.forget(setting.path);
                experiment.fix(setting.path);
            }
        });
        let entry = format!("{}={text}", setting.path);
        if text != before {
            self.forget(setting.path);
            match Alternatives::parse(&entry) {
                Ok(_) => put(experiment, setting.path, entry),
                Err(_) => self.0.push((setting.path, text)),
            }
        } else if let Err(error) = Alternatives::parse(&entry) {
            let palette = theme::palette(ui.visuals());
            ui.label(RichText::new(error.to_string()).small().color(palette.warning));
        }
    }

    fn add_ui(&mut self, ui: &mut Ui, experiment: &Experiment) {
        let listed = self.listed(experiment);
        let can_add = |setting: &&&'static Setting| {
            let is_new = listed.iter().all(|one| one.path != setting.path);
            is_new && (setting.applies)(experiment) && Alternatives::allows(setting)
        };
        widgets::choices(ui, "Choose another setting", "Choose another setting…", |ui| {
            for section in Section::ALL {
                for setting in section.options().collect::<Vec<_>>().iter().filter(can_add) {
                    if ui.selectable_label(false, setting.name).on_hover_text(setting.help).clicked() {
                        self.0.push((setting.path, current(experiment, setting)));
                    }
                }
            }
        });
    }

    fn forget(&mut self, path: &str) {
        self.0.retain(|(own, _)| *own != path);
    }
}

/// In place of the control of a setting that is chosen: the values, and a way to set it by hand again.
pub(super) fn chosen_ui(ui: &mut Ui, setting: &Setting, experiment: &mut Experiment) {
    let values = values_of(experiment, setting.path).replace(',', " or ");
    ui.label(values).on_hover_text("Chosen in each run, on its train and validation queries");
    if ui.small_button("Set").on_hover_text("Set it here instead").clicked() {
        experiment.fix(setting.path);
    }
}

fn values_of(experiment: &Experiment, path: &str) -> String {
    let entry = experiment.choose.iter().find(|text| Alternatives::path(text) == path);
    entry.and_then(|text| text.split_once('=')).map(|(_, values)| values.to_owned()).unwrap_or_default()
}

/// Replaces a setting's entry where it is, or adds it.
fn put(experiment: &mut Experiment, path: &str, entry: String) {
    match experiment.choose.iter().position(|text| Alternatives::path(text) == path) {
        Some(at) => experiment.choose[at] = entry,
        None => experiment.choose.push(entry),
    }
}

fn current(experiment: &Experiment, setting: &Setting) -> String {
    let mut tree = serde_json::to_value(experiment).unwrap_or_default();
    setting.value_in(&mut tree).map(|value| plain(value)).unwrap_or_default()
}
