//! Which pictures are on screen, and since when.

use crate::workspace::Item;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// The pictures on screen. A judgement belongs to what was painted when its key was pressed.
#[derive(Debug, Default)]
pub struct Painted {
    now: HashMap<Item, Instant>,
    before: HashMap<Item, Instant>,
}

impl Painted {
    /// Starts a frame.
    pub fn start(&mut self) {
        self.before = std::mem::take(&mut self.now);
    }

    /// A picture was painted, or the sign that there is none.
    pub fn add(&mut self, item: Item) {
        let since = self.before.get(&item).copied().unwrap_or_else(Instant::now);
        self.now.insert(item, since);
    }

    /// Whether it is on screen.
    pub fn has(&self, item: Item) -> bool {
        self.now.contains_key(&item)
    }

    /// Whether it was on screen in the last frame, while this one is being drawn.
    pub fn was(&self, item: Item) -> bool {
        self.before.contains_key(&item)
    }

    /// How long it has been on screen.
    pub fn time(&self, item: Item) -> Option<Duration> {
        self.now.get(&item).map(Instant::elapsed)
    }

    /// Nothing is on screen any more.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[test]
fn a_picture_is_on_screen_from_its_first_frame_to_its_last() {
    let (a, b) = (Item { query: 0, candidate: 0 }, Item { query: 0, candidate: 1 });
    let mut painted = Painted::default();
    painted.start();
    painted.add(a);
    let first = painted.now[&a];
    painted.start();
    painted.add(a);
    painted.add(b);
    assert!(painted.has(b) && painted.was(a) && !painted.was(b) && painted.now[&a] == first);
    painted.start();
    painted.add(b);
    assert!(!painted.has(a) && painted.time(a).is_none());
}
