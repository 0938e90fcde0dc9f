//! Where a player is, and how it goes on.

use std::time::Duration;

/// Time from one stage to the next at speed 1, in seconds.
const STAGE: f32 = 2.4;

/// Longest time that is made up for at once: after a pause of the window the player goes on where it was.
const MOST: f32 = 0.1;

/// The speeds on offer.
pub const SPEEDS: [f32; 4] = [0.25, 0.5, 1.0, 2.0];

/// Where a player is.
#[derive(Clone, Debug, PartialEq)]
pub struct Playhead {
    /// 0 at the first stage, 1 at the second; a fraction is on the way.
    pub at: f32,
    /// Whether it is moving.
    pub is_playing: bool,
    /// Whether it starts again at the end.
    pub is_looping: bool,
    /// Its speed as a multiple of the usual one.
    pub speed: f32,
}

impl Default for Playhead {
    fn default() -> Self {
        Self { at: 0.0, is_playing: false, is_looping: false, speed: 1.0 }
    }
}

impl Playhead {
    /// Goes on for some time towards the last of `stages` stages; `true` if it was moving.
    pub(super) fn advance(&mut self, time: Duration, stages: usize) -> bool {
        // Without stages it waits for them.
        if !self.is_playing || stages == 0 {
            return false;
        }
        let end = stages.saturating_sub(1) as f32;
        self.at += time.as_secs_f32().min(MOST) * self.speed / STAGE;
        // A looping player rests at the end for as long as a stage takes.
        let rest = if self.is_looping { 1.0 } else { 0.0 };
        if self.at >= end + rest {
            self.at = if self.is_looping { 0.0 } else { end };
            self.is_playing = self.is_looping && end > 0.0;
        }
        true
    }

    /// Plays, from the start if it has ended; or pauses.
    pub(super) fn play(&mut self, play: bool, stages: usize) {
        self.at = self.at.min(stages.saturating_sub(1) as f32);
        if play && self.at >= stages.saturating_sub(1) as f32 {
            self.at = 0.0;
        }
        self.is_playing = play && stages > 1;
    }

    /// Goes to a place.
    pub(super) fn seek(&mut self, at: f32, stages: usize) {
        let end = stages.saturating_sub(1) as f32;
        self.at = if at.is_finite() { at.clamp(0.0, end) } else { end };
    }

    /// Goes so many stages on or back, from between two of them to the next one, and pauses.
    pub(super) fn step(&mut self, by: isize, stages: usize) {
        let from = if by > 0 { self.at.floor() } else { self.at.ceil() };
        self.seek(from + by as f32, stages);
        self.is_playing = false;
    }

    /// The stage it has left, the one it is going to, and how far it is on the way, from 0 to 1.
    pub fn between(&self, stages: usize) -> (usize, usize, f32) {
        let last = stages.saturating_sub(1);
        let from = (self.at.max(0.0) as usize).min(last);
        let to = (from + 1).min(last);
        (from, to, if from == to { 0.0 } else { self.at - from as f32 })
    }

    /// The stage it is nearest to.
    pub fn nearest(&self, stages: usize) -> usize {
        (self.at.round().max(0.0) as usize).min(stages.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Duration = Duration::from_millis(50);

    #[test]
    fn it_plays_to_the_end_and_then_from_the_start() {
        let mut head = Playhead::default();
        head.play(true, 3);
        let frames = (1..).take_while(|_| head.is_playing && head.advance(FRAME, 3)).count();
        assert!((95..=97).contains(&frames), "two stages of 2.4 s: {frames}");
        assert_eq!((head.at, head.is_playing, head.advance(FRAME, 3)), (2.0, false, false));
        head.play(true, 3);
        assert_eq!(head.at, 0.0);
    }

    #[test]
    fn a_looping_player_rests_at_the_end_and_goes_on() {
        let mut head = Playhead { is_looping: true, ..Playhead::default() };
        head.play(true, 2);
        let mut seen = Vec::new();
        for _ in 0..200 {
            head.advance(FRAME, 2);
            seen.push(head.between(2));
        }
        assert!(head.is_playing);
        assert!(seen.iter().filter(|(from, _, _)| *from == 1).count() > 40, "it rests");
        assert!(seen.windows(2).any(|pair| pair[0].0 == 1 && pair[1].0 == 0), "it starts again");
    }

    #[test]
    fn steps_go_to_whole_stages_and_stay_within() {
        let mut head = Playhead { at: 0.4, is_playing: true, ..Playhead::default() };
        head.step(1, 3);
        assert_eq!((head.at, head.is_playing), (1.0, false));
        head.at = 1.6;
        head.step(-1, 3);
        assert_eq!(head.at, 1.0);
        head.step(9, 3);
        assert_eq!(head.between(3), (2, 2, 0.0));
        head.step(-9, 3);
        assert_eq!(head.between(3), (0, 1, 0.0));
        head.seek(f32::NAN, 3);
        assert_eq!(head.at, 2.0);
        head.play(true, 0);
        assert_eq!((head.is_playing, head.between(0)), (false, (0, 0, 0.0)));
    }

    #[test]
    fn a_long_frame_does_not_jump() {
        let mut head = Playhead::default();
        head.play(true, 5);
        head.advance(Duration::from_secs(60), 5);
        assert!(head.at < 0.05, "{}", head.at);
    }
}
