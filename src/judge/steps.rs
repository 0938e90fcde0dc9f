//! Undo and redo, as they follow from the lines of a journal.
//!
//! A step is what one key did: one judgement, or one of many images. An ordinary step can be undone; a step that undoes
//! one makes it redoable, one that redoes it makes it undoable again, and an ordinary step forgets what could be
//! redone. All of it is in the lines, so undo goes on after a restart, and in another window.

use std::collections::HashMap;
use std::sync::Arc;

use super::Link;

/// The steps of a journal, and which can be undone and redone.
#[derive(Debug, Default)]
pub(super) struct Steps {
    all: Vec<Step>,
    by_name: HashMap<Arc<str>, u32>,
    undo: Vec<u32>,
    redo: Vec<u32>,
}

/// One step.
#[derive(Debug)]
pub(super) struct Step {
    /// Its name.
    pub name: Arc<str>,
    /// Its first entry.
    pub first: u32,
    /// Its last entry; those between may belong to other steps.
    pub last: u32,
}

/// What a line changed, to take it back.
#[derive(Debug)]
pub(super) enum Change {
    /// The step went on; its last entry was this one before.
    Continued(u32),
    /// A step that can be undone, and what could be redone until then.
    Done(Vec<u32>),
    /// A step that undid the one at this position of the stack.
    Undone(usize),
    /// A step that redid the one at this position of the stack.
    Redone(usize),
    /// A step that undid or redid nothing known.
    Ignored,
}

impl Steps {
    /// Adds an entry; the number of its step and what changed.
    pub fn add(&mut self, entry: u32, name: &Arc<str>, link: Option<&Link>) -> (u32, Change) {
        if let Some(&step) = self.by_name.get(name) {
            let before = std::mem::replace(&mut self.all[step as usize].last, entry);
            return (step, Change::Continued(before));
        }
        let step = self.all.len() as u32;
        self.all.push(Step { name: name.clone(), first: entry, last: entry });
        self.by_name.insert(name.clone(), step);
        let change = match link {
            None => {
                self.undo.push(step);
                Change::Done(std::mem::take(&mut self.redo))
            }
            Some(Link::Undoes(name)) => {
                self.moved(name, |steps| (&mut steps.undo, &mut steps.redo)).map_or(Change::Ignored, Change::Undone)
            }
            Some(Link::Redoes(name)) => {
                self.moved(name, |steps| (&mut steps.redo, &mut steps.undo)).map_or(Change::Ignored, Change::Redone)
            }
        };
        (step, change)
    }

    /// Moves a step from one stack to the other; where it was.
    fn moved(
        &mut self,
        name: &Arc<str>,
        stacks: impl FnOnce(&mut Self) -> (&mut Vec<u32>, &mut Vec<u32>),
    ) -> Option<usize> {
        let step = *self.by_name.get(name)?;
        let (from, to) = stacks(self);
        let at = from.iter().rposition(|&other| other == step)?;
        from.remove(at);
        to.push(step);
        Some(at)
    }

    /// Takes back the last [`Steps::add`] that was not taken back yet, which returned this.
    pub fn take_back(&mut self, step: u32, change: Change) {
        let mut back = |at: usize, is_undo: bool| {
            let (from, to) = if is_undo { (&mut self.redo, &mut self.undo) } else { (&mut self.undo, &mut self.redo) };
            if let Some(moved) = from.pop() {
                to.insert(at.min(to.len()), moved);
            }
        };
        match change {
            Change::Continued(before) => {
                self.all[step as usize].last = before;
                return;
            }
            Change::Done(redo) => {
                self.undo.pop();
                self.redo = redo;
            }
            Change::Undone(at) => back(at, true),
            Change::Redone(at) => back(at, false),
            Change::Ignored => {}
        }
        if let Some(step) = self.all.pop() {
            self.by_name.remove(&step.name);
        }
    }

    /// How many steps can be undone, and redone.
    pub fn depth(&self) -> (usize, usize) {
        (self.undo.len(), self.redo.len())
    }

    /// The step to undo next.
    pub fn next_undo(&self) -> Option<(u32, &Step)> {
        self.undo.last().map(|&step| (step, &self.all[step as usize]))
    }

    /// The step to redo next.
    pub fn next_redo(&self) -> Option<(u32, &Step)> {
        self.redo.last().map(|&step| (step, &self.all[step as usize]))
    }
}
