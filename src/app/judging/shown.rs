//! What the parts of the desk are drawn from.

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
