//! What is being judged: a list whose members and order stay as they were when it was made.

use super::kind::QueueKind;
use crate::judge::queues::{Kind, Reason};
use std::collections::{BTreeSet, HashSet};

/// An image of a query, by their indices: the candidate's is its index in the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Item {
    /// The query.
    pub query: usize,
    /// The candidate.
    pub candidate: usize,
}

/// A list of images to judge, and where in it the judge is.
#[derive(Clone, Debug, PartialEq)]
pub struct Queue {
    kind: QueueKind,
    seed: Option<u64>,
    items: Vec<Item>,
    reasons: Vec<Reason>,
    focus: usize,
    /// What was judged in this queue.
    done: BTreeSet<usize>,
    later: BTreeSet<usize>,
    selected: BTreeSet<usize>,
    /// Where a selection with Shift starts.
    anchor: usize,
}

impl Queue {
    /// The images in this order, which a seed gave if it is at random.
    pub fn new(kind: QueueKind, items: Vec<(Item, Reason)>, seed: Option<u64>) -> Self {
        let (items, reasons) = items.into_iter().unzip();
        Self {
            kind,
            seed,
            items,
            reasons,
            focus: 0,
            done: BTreeSet::new(),
            later: BTreeSet::new(),
            selected: BTreeSet::new(),
            anchor: 0,
        }
    }

    /// Which images it has.
    pub fn kind(&self) -> QueueKind {
        self.kind
    }

    /// The seed of its order, if it is shuffled.
    pub fn seed(&self) -> Option<u64> {
        self.seed
    }

    /// Its images, in order.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Why an image is in the queue; `None` while that might sway the judgement.
    pub fn reason(&self, position: usize) -> Option<&Reason> {
        self.reasons.get(position).filter(|_| self.is_open(position))
    }

    /// Whether what was said of an image before may be seen: not in a queue of images to judge again, until it is.
    pub fn is_open(&self, position: usize) -> bool {
        (!self.kind.is_blind() && !self.is_repeat(position)) || self.done.contains(&position)
    }

    /// Whether an image was in the queue before and comes up again unannounced.
    pub fn is_repeat(&self, position: usize) -> bool {
        self.reasons.get(position) == Some(&Reason::Again)
    }

    /// Whether an image is judged although it has a label.
    pub fn is_again(&self, position: usize) -> bool {
        self.kind.is_again() || self.is_repeat(position)
    }

    /// What stands in the journal as the queue of an image, when it is judged now.
    pub fn name(&self, position: usize) -> &'static str {
        match self.reasons.get(position).filter(|_| !self.done.contains(&position)) {
            Some(Reason::Again) => Kind::Repeats.name(),
            Some(Reason::Control) => Kind::Controls.name(),
            _ => self.kind.name(),
        }
    }

    /// Whether an image was judged in this queue.
    pub fn is_done(&self, position: usize) -> bool {
        self.done.contains(&position)
    }

    /// How many images were judged in this queue.
    pub fn done_count(&self) -> usize {
        self.done.len()
    }

    /// The position of the image to judge next, from 0.
    pub fn focus(&self) -> usize {
        self.focus
    }

    /// The image to judge next.
    pub fn focused(&self) -> Option<Item> {
        self.items.get(self.focus).copied()
    }

    /// Whether an image is put off.
    pub fn is_later(&self, position: usize) -> bool {
        self.later.contains(&position)
    }

    /// How many images are put off.
    pub fn later(&self) -> usize {
        self.later.len()
    }

    /// The positions of the images that are judged together; none if it is the focused one alone.
    pub fn selected(&self) -> &BTreeSet<usize> {
        &self.selected
    }

    /// What a judgement is about: the selection, else the focused image.
    pub fn targets(&self) -> Vec<usize> {
        match self.selected.is_empty() {
            true => (self.focus < self.items.len()).then_some(self.focus).into_iter().collect(),
            false => self.selected.iter().copied().collect(),
        }
    }

    /// Moves to an image, which ends the selection.
    pub fn go_to(&mut self, position: usize) {
        self.focus = position.min(self.items.len().saturating_sub(1));
        self.anchor = self.focus;
        self.selected.clear();
    }

    /// Selects everything between here and where the selection started.
    pub fn extend_to(&mut self, position: usize) {
        let position = position.min(self.items.len().saturating_sub(1));
        let (first, last) = (self.anchor.min(position), self.anchor.max(position));
        self.selected = (first..=last).filter(|&position| position < self.items.len()).collect();
        self.focus = position;
    }

    /// Adds an image to the selection, or takes it out.
    pub fn toggle(&mut self, position: usize) {
        if position >= self.items.len() {
            return;
        }
        if !self.selected.remove(&position) {
            self.selected.insert(position);
        }
        self.focus = position;
        self.anchor = position;
    }

    /// Selects these images.
    pub fn select(&mut self, positions: impl IntoIterator<Item = usize>) {
        self.selected = positions.into_iter().filter(|&position| position < self.items.len()).collect();
        if let Some(&first) = self.selected.first() {
            self.focus = first;
            self.anchor = first;
        }
    }

    /// Moves the focus within the selection.
    pub fn focus_on(&mut self, position: usize) {
        self.focus = position.min(self.items.len().saturating_sub(1));
    }

    /// Puts images off until later.
    pub fn put_off(&mut self, positions: &[usize]) {
        self.later.extend(positions.iter().filter(|&&position| position < self.items.len()));
    }

    /// Images that were judged are not put off any more.
    pub fn done(&mut self, positions: &[usize]) {
        self.done.extend(positions);
        self.later.retain(|position| !positions.contains(position));
    }

    /// An image whose judgement was taken back or made again, and whether it still has one that was made here; where it
    /// is. Of an image that is here more than once, it is the last one that was judged, or the first that was not.
    pub fn travelled(&mut self, item: Item, is_done: bool) -> Option<usize> {
        let positions: Vec<usize> = (0..self.items.len()).filter(|&at| self.items[at] == item).collect();
        let was_done = |at: &&usize| self.done.contains(at);
        let found = match is_done {
            false => positions.iter().rev().find(was_done),
            true => positions.iter().find(|at| !was_done(at)),
        };
        let position = *found.or(positions.first())?;
        match is_done {
            false => self.done.remove(&position),
            true => self.done.insert(position),
        };
        Some(position)
    }

    /// Takes over what was judged and put off in the list that this one replaces, and the focus.
    pub fn carry_over(&mut self, before: &Queue) {
        let known = |positions: &BTreeSet<usize>| -> HashSet<(Item, bool)> {
            positions.iter().map(|&at| (before.items[at], before.is_repeat(at))).collect()
        };
        let (done, later) = (known(&before.done), known(&before.later));
        for position in 0..self.items.len() {
            let key = (self.items[position], self.is_repeat(position));
            if done.contains(&key) {
                self.done.insert(position);
            } else if later.contains(&key) {
                self.later.insert(position);
            }
        }
        if let Some(focus) = before.focused().and_then(|item| self.position(item)) {
            self.go_to(focus);
        }
    }

    /// The next image after the focused one for which `needs` holds and that is not put off. Never starts over.
    pub fn next(&self, needs: impl Fn(usize, Item) -> bool) -> Option<usize> {
        let from = self.selected.last().copied().unwrap_or(self.focus) + 1;
        (from..self.items.len()).find(|at| !self.later.contains(at) && needs(*at, self.items[*at]))
    }

    /// Moves to what [`Queue::next`] found; if that is nothing, the focus stays.
    pub fn go_on(&mut self, next: Option<usize>) {
        match next {
            Some(next) => self.go_to(next),
            None => self.selected.clear(),
        }
    }

    /// Moves to the first image that is put off, which it then no longer is; `false` if none is.
    pub fn take_up(&mut self) -> bool {
        let Some(first) = self.later.pop_first() else { return false };
        self.go_to(first);
        true
    }

    /// The position of an image.
    pub fn position(&self, item: Item) -> Option<usize> {
        self.items.iter().position(|known| *known == item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(count: usize) -> Queue {
        Queue::new(
            QueueKind::Query(0),
            (0..count).map(|candidate| (Item { query: 0, candidate }, Reason::Member)).collect(),
            None,
        )
    }

    /// Goes on to the next that needs it; whether there is one.
    fn advance(queue: &mut Queue, needs: impl Fn(usize, Item) -> bool) -> bool {
        let next = queue.next(needs);
        queue.go_on(next);
        next.is_some()
    }

    #[test]
    fn the_focus_goes_to_the_next_that_needs_it_and_never_starts_over() {
        let mut queue = queue(6);
        let unjudged = |_: usize, item: Item| item.candidate != 2;
        queue.put_off(&[1]);
        assert!(advance(&mut queue, unjudged));
        assert_eq!(queue.focus(), 3, "1 is put off, 2 is judged");
        queue.go_to(5);
        assert!(!advance(&mut queue, unjudged));
        assert_eq!(queue.focus(), 5, "it stays at the end");
        assert!(queue.take_up());
        assert_eq!((queue.focus(), queue.later()), (1, 0));
        assert!(!queue.take_up());
    }

    #[test]
    fn several_images_are_selected_with_shift_and_ctrl() {
        let mut queue = queue(9);
        queue.go_to(4);
        assert_eq!(queue.targets(), [4]);
        queue.extend_to(6);
        assert_eq!(queue.targets(), [4, 5, 6]);
        queue.extend_to(3);
        assert_eq!(queue.targets(), [3, 4], "the selection starts where it started");
        queue.toggle(8);
        queue.toggle(4);
        assert_eq!(queue.targets(), [3, 8]);
        advance(&mut queue, |_, _| true);
        assert_eq!(queue.targets(), [4], "nothing comes after 8, so the focus stays where it was");
    }

    #[test]
    fn what_is_judged_again_is_hidden_until_it_is() {
        let mut queue = queue(3);
        assert!(queue.is_open(1) && queue.reason(1).is_some());
        queue.kind = QueueKind::Suspicious;
        assert!(!queue.is_open(1) && queue.reason(1).is_none());
        queue.done(&[1]);
        assert!(queue.is_open(1) && queue.reason(1) == Some(&Reason::Member));
    }

    #[test]
    fn nothing_breaks_without_images() {
        let mut queue = queue(0);
        queue.go_to(3);
        queue.extend_to(4);
        queue.toggle(1);
        queue.put_off(&[0]);
        assert!(queue.targets().is_empty() && queue.focused().is_none() && !advance(&mut queue, |_, _| true));
        assert_eq!(queue.later(), 0);
    }
}
