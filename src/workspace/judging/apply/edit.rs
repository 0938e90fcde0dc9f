//! Adding, changing and deleting queries.

use crate::dataset::QueryEdit;
use crate::jobs::JobError;
use crate::judge::{edit_queries, is_sample};
use crate::workspace::{Message, Workspace};

impl Workspace {
    /// Saves a change to a query beside the data set's files, and opens the data set again with it.
    pub(super) fn edit_query(&mut self, edit: QueryEdit) {
        let Some(session) = &self.session else { return };
        let (root, reach) = (session.data.dataset.root.clone(), session.data.dataset.reach);
        if is_sample(&root) {
            let text = "The built-in sample stays as it is. Open a copy of it to change its queries.";
            return self.tell(Message::notice(text));
        }
        let id = edit.query.clone();
        self.judging.editing.retire();
        self.judging.editing.start("query", self.wake(), move |_| {
            edit_queries(&root, reach, &[edit]).map_err(|error| JobError::Failed(error.to_string()))?;
            Ok(id)
        });
    }

    /// Takes in changes that were saved since the last call.
    pub(super) fn poll_edit(&mut self) -> bool {
        let Some(ended) = self.judging.editing.ended() else { return false };
        match ended {
            Ok(id) => {
                self.change(|settings| settings.last_query = Some(id));
                if let Some(path) = self.session.as_ref().map(|session| session.path.clone()) {
                    self.open_with(path);
                }
            }
            Err(error) => self.tell(Message::warning(format!("Could not save the query: {error}"))),
        }
        true
    }
}
