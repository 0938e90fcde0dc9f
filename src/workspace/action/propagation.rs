//! Actions on the propagation player.

/// Watching how the scores of the current query come about.
#[derive(Clone, Debug, PartialEq)]
pub enum PropagationAction {
    /// Open the player, or close it.
    Show(bool),
    /// Play, from the start if it has ended; or pause.
    Play(bool),
    /// Go to a place: 0 is the first stage, 1 the second; a fraction is on the way.
    Seek(f32),
    /// Go so many stages on, or back, and pause.
    Step(isize),
    /// Start again at the end, or not.
    Loop(bool),
    /// Set the speed, 1 for the usual one.
    Speed(f32),
}
