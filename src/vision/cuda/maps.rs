//! Feature maps on the card.

/// Feature maps `[count, side, side, channels]` on the card, without gaps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Maps {
    /// Where they start.
    pub(super) address: u64,
    pub(super) count: usize,
    pub(super) side: usize,
    pub(super) channels: usize,
    /// Numbers above it count as it: a bound that has not been applied yet.
    pub(super) limit: f32,
}

impl Maps {
    /// Numbers of all maps.
    pub(super) fn numbers(&self) -> usize {
        self.pixels() * self.channels
    }

    /// Pixels of all maps.
    pub(super) fn pixels(&self) -> usize {
        self.count * self.side * self.side
    }

    /// `count` of them from `first` on.
    pub(super) fn part(&self, first: usize, count: usize, bytes: usize) -> Self {
        let each = self.side * self.side * self.channels * bytes;
        Self { address: self.address + (first * each) as u64, count, ..*self }
    }
}
