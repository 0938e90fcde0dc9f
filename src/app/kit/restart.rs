//! Scroll positions end with the list they belong to.

use egui::{ScrollArea, Vec2};

/// What a scrolled list shows.
#[derive(Debug)]
pub struct Listed<K>(Option<K>);

impl<K> Default for Listed<K> {
    fn default() -> Self {
        Self(None)
    }
}

impl<K: PartialEq> Listed<K> {
    /// Whether it now shows something else than before.
    pub fn changes_to(&mut self, key: K) -> bool {
        let is_other = self.0.as_ref() != Some(&key);
        self.0 = Some(key);
        is_other
    }

    /// The area, at its start if it now shows something else than before.
    pub fn scrolled(&mut self, area: ScrollArea, key: K) -> ScrollArea {
        if self.changes_to(key) { at_start(area) } else { area }
    }
}

/// The area, scrolled to its start.
pub fn at_start(area: ScrollArea) -> ScrollArea {
    area.scroll_offset(Vec2::ZERO)
}

#[test]
fn a_list_starts_anew_once_for_each_change() {
    let mut list = Listed::default();
    assert_eq!([1, 1, 2, 2, 1].map(|key| list.changes_to(key)), [true, false, true, false, true]);
}
