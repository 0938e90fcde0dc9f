//! Keys pressed in the window, outside of fields.

use super::App;
use super::command::Command;
use super::ctx::PanelCtx;
use super::judging::keys::Asked;
use super::shell::pressed;
use egui::Context;

impl App {
    /// Carries out the shortcuts pressed in this frame, each on what the one before left: no press is lost.
    pub(super) fn take_shortcuts(&mut self, egui: &Context) {
        // An open dialog takes all keyboard input.
        let dialogs = [self.dialogs.is_open(), self.open.is_open(), self.save.is_open(), self.filter.is_open()];
        let dialogs = dialogs.into_iter().chain([self.first_query.is_open()]);
        let others = [self.manual.is_open(), self.label.is_open(), self.export.is_open(), self.judging.is_typing()];
        let others =
            others.into_iter().chain([self.protocol.is_open(), self.exchange.is_open(), self.collect.is_open()]);
        let others = others.chain([self.relink.is_open(), self.pack.is_open()]);
        if dialogs.into_iter().chain(others).any(|is_open| is_open) {
            return;
        }
        if self.judging.is_open() {
            self.take_judgements(egui);
        } else {
            self.paste.take(egui, &mut PanelCtx::new(&self.workspace, &mut self.pictures, &mut self.outbox));
        }
        for command in pressed::take_pressed(egui, &self.workspace) {
            command.ask(egui, &mut PanelCtx::new(&self.workspace, &mut self.pictures, &mut self.outbox));
            self.carry_out_requests(egui);
        }
    }

    /// Carries out the keys pressed at the judge's desk in this frame, each on what the one before left.
    fn take_judgements(&mut self, egui: &Context) {
        for press in self.judging.take_presses(egui) {
            let Some(asked) = self.judging.asked(press, &self.workspace) else { continue };
            egui.input_mut(|input| {
                let is_press = |event: &egui::Event| {
                    matches!(event, egui::Event::Key { key, pressed: true, .. } if *key == press.key)
                };
                if let Some(at) = input.events.iter().position(is_press) {
                    input.events.remove(at);
                }
            });
            match asked {
                Asked::Act(action) => self.workspace.apply(action),
                Asked::Note => self.judging.note(&self.workspace),
                Asked::NewQuery => self.judging.add_query(),
                Asked::Close => self.carry_out(Command::ToggleJudging, egui),
                Asked::Nothing => {}
            }
            if self.judging.is_typing() || !self.judging.is_open() {
                return;
            }
        }
    }
}
