//! From one image of a ranking to the next.

use crate::workspace::{Action, Order, SelectionAction, Workspace};

/// Selects the next or previous image in the best ranking.
pub fn step_candidate(workspace: &Workspace, step: isize) -> Option<Action> {
    let session = workspace.session()?;
    let ranking = session.best_ranking().or(session.ranking(Order::Initial))?;
    let is_shown = |candidate: usize| workspace.passing().is_none_or(|passing| passing.is_shown[candidate]);
    let shown: Vec<usize> = ranking.order.iter().copied().filter(|&candidate| is_shown(candidate)).collect();
    let last = shown.len().checked_sub(1)?;
    let place = match session.candidate() {
        // A filtered image has a place between those that are shown.
        Some(candidate) => {
            let before = shown.partition_point(|&other| ranking.ranks[other] < ranking.ranks[candidate]);
            let is_between = step > 0 && !is_shown(candidate);
            before.saturating_add_signed(if is_between { step - 1 } else { step }).min(last)
        }
        None if step > 0 => 0,
        None => last,
    };
    Some(SelectionAction::Candidate(Some(shown[place])).into())
}
