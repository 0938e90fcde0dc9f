//! The data set's protocol: its grades, whose labels count, and the guidelines.

use crate::jobs::JobError;
use crate::judge::{Protocol, Scale};
use crate::workspace::{Message, Workspace};

impl Workspace {
    /// Why the protocol cannot be changed now, if it cannot.
    pub fn protocol_obstacle(&self) -> Option<&str> {
        if self.judging.judges.is_none() {
            return Some("Judgements are still being read.");
        }
        self.judging.protocol_fault.as_deref()
    }

    /// Sets the protocol, and saves it.
    pub(super) fn set_protocol(&mut self, protocol: Protocol) {
        if let Some(obstacle) = self.protocol_obstacle() {
            let text = format!("The judging protocol stays as it is. {obstacle}");
            return self.tell(Message::warning(text));
        }
        let Some(judges) = &self.judging.judges else { return };
        let (places, saved) = (judges.places().clone(), protocol.clone());
        self.judging.saving.retire();
        self.judging.saving.start("protocol", self.wake(), move |_| {
            saved.write(&places).map_err(|error| JobError::Failed(error.to_string()))
        });
        self.change_protocol(protocol);
    }

    /// Lets a protocol that was read take effect, but for whose labels count.
    pub(super) fn use_protocol(&mut self, protocol: Protocol) {
        self.judging.protocol = protocol;
        if let Some(session) = &mut self.session {
            let in_use = || Scale::up_to(self.judging.highest);
            session.scale = self.judging.protocol.scale.clone().unwrap_or_else(in_use);
        }
    }

    fn change_protocol(&mut self, protocol: Protocol) {
        let is_other_choice = protocol.labels != self.judging.protocol.labels;
        self.use_protocol(protocol);
        if is_other_choice {
            self.refresh_labels();
        }
    }

    /// Reads the protocol again, which another program may have changed.
    pub(super) fn look_at_protocol(&mut self) {
        let Some(judges) = &self.judging.judges else { return };
        if self.judging.saving.is_running() {
            return;
        }
        match Protocol::read(judges.places()) {
            Ok(protocol) => {
                self.judging.protocol_fault = None;
                if protocol != self.judging.protocol {
                    self.change_protocol(protocol);
                }
            }
            Err(error) => {
                let fault = error.to_string();
                if self.judging.protocol_fault.as_ref() != Some(&fault) {
                    self.tell(Message::warning(format!("The judging protocol cannot be read: {fault}")));
                    self.judging.protocol_fault = Some(fault);
                }
            }
        }
    }

    /// Takes in what became of a protocol that was being saved.
    pub(super) fn poll_protocol(&mut self) -> bool {
        let Some(ended) = self.judging.saving.ended() else { return false };
        match ended {
            Ok(path) => {
                let folder = self.judging.judges.as_ref().map(|judges| judges.places().folder().to_owned());
                if folder.is_some_and(|folder| !path.starts_with(folder)) {
                    let text = format!("The judging protocol is saved in {}.", path.display());
                    self.tell(Message::notice(text));
                }
            }
            Err(error) => {
                self.tell(Message::warning(format!("The judging protocol is not saved: {error}")));
            }
        }
        true
    }
}
