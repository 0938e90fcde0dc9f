//! What the parts of the desk are drawn from.

use crate::judge::Judgement;
use crate::workspace::{Judging, Queue, Session};

/// What the parts of the desk are drawn from.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The open data set.
    pub session: &'a Session,
    /// Every judge's labels, the scale, what is revealed.
    pub judging: &'a Judging,
    /// What is being judged.
    pub queue: &'a Queue,
    /// Who judges.
    pub judge: &'a str,
}

impl<'a> Shown<'a> {
    /// What the judge said of the image at a position, if that may be seen.
    pub fn label(&self, position: usize) -> Option<&'a Judgement> {
        let item = *self.queue.items().get(position).filter(|_| self.queue.is_open(position))?;
        self.judging.said(self.session, self.queue, self.judge, item)
    }
}
