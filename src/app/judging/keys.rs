//! What the keys do while judging.

use super::painted::Painted;
use crate::judge::{CANT_TELL, Scale};
use crate::workspace::Action;
use crate::workspace::{
    JudgingAction, JudgingSettings, JudgingView, Queue, QueueKind, SettingsAction, Verdict, Workspace,
};
use egui::{Key, Modifiers};

/// A key that was pressed.
#[derive(Clone, Copy, Debug)]
pub struct Press {
    /// The key by its label.
    pub key: Key,
    /// The key by its place on the keyboard, where the system says.
    pub physical: Option<Key>,
    /// What was held with it.
    pub modifiers: Modifiers,
    /// Whether it is held down.
    pub is_repeat: bool,
}

/// What a key asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// A change of the state.
    Act(Action),
    /// Write a note on the focused image.
    Note,
    /// Add a query.
    NewQuery,
    /// The panels again.
    Close,
    /// Nothing: the key is for judging, but does nothing now.
    Nothing,
}

const DIGITS: [Key; 10] =
    [Key::Num0, Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];

/// Keys and what they do, for the hints and the manual.
pub const HINTS: [(&str, &str); 12] = [
    ("X", "can't tell"),
    ("Shift + grade", "unsure"),
    ("L", "later"),
    ("D", "select near-duplicates"),
    ("Backspace", "take off"),
    ("N", "note"),
    ("Space", "full size"),
    ("R", "reveal"),
    ("PgDn", "next query"),
    ("Q", "new query"),
    ("Ctrl+Z", "undo"),
    ("Esc", "panels"),
];

/// What a key asks for; `None` if it is not for judging.
pub fn asked(press: Press, workspace: &Workspace, painted: &Painted) -> Option<Asked> {
    let judging = workspace.judging();
    let Some(queue) = judging.queue() else {
        return (press.key == Key::Escape).then_some(Asked::Close);
    };
    if press.modifiers.command && press.key == Key::A && !press.modifiers.shift {
        return Some(act(JudgingAction::Select((0..queue.items().len()).collect())));
    }
    if press.modifiers.command || press.modifiers.alt {
        return None;
    }
    if let Some(moved) = moved(press, queue, &workspace.settings().judging) {
        return Some(moved);
    }
    // A held key judges once.
    let is_letter = !matches!(press.key, Key::F1 | Key::Tab);
    if press.is_repeat {
        return is_letter.then_some(Asked::Nothing);
    }
    if let Some(grade) = workspace.session().and_then(|session| grade(press, &session.scale)) {
        return Some(judged(Some(grade), press.modifiers.shift, queue, painted));
    }
    let settings = &workspace.settings().judging;
    Some(match press.key {
        Key::X => judged(Some(CANT_TELL), press.modifiers.shift, queue, painted),
        Key::Backspace | Key::Delete => judged(None, false, queue, painted),
        Key::L if press.modifiers.shift => act(JudgingAction::TakeUp),
        Key::L => act(JudgingAction::Later(queue.targets())),
        Key::N if is_unsettled(workspace, queue) => {
            act(JudgingAction::Tell("Give the final grade first; then N adds the reason.".to_owned()))
        }
        Key::N => Asked::Note,
        Key::D => act(JudgingAction::SelectAlike),
        Key::Q => new_query(workspace),
        Key::PageDown => beside(workspace, queue, 1),
        Key::PageUp => beside(workspace, queue, -1),
        Key::R => act(JudgingAction::Reveal(!judging.is_revealed())),
        Key::A => set(settings, |settings| settings.advance = !settings.advance),
        Key::G => set(settings, |settings| settings.view = JudgingView::Grid),
        Key::O => set(settings, |settings| settings.view = JudgingView::One),
        Key::B => set(settings, |settings| settings.view = JudgingView::Side),
        Key::Space | Key::Enter => set(settings, |settings| {
            settings.view = if settings.view == JudgingView::Grid { JudgingView::One } else { JudgingView::Grid };
        }),
        Key::Plus | Key::Equals => set(settings, |settings| settings.columns = settings.columns.saturating_sub(1)),
        Key::Minus => set(settings, |settings| settings.columns += 1),
        Key::Escape if !queue.selected().is_empty() => act(JudgingAction::GoTo(queue.focus())),
        Key::Escape => Asked::Close,
        Key::F1 | Key::Tab | Key::F => return None,
        // Other letters have meanings in the panels, which are not in sight.
        _ => Asked::Nothing,
    })
}

/// Whether the focused image is one whose conflict is still to be settled: a reason without a grade is none.
fn is_unsettled(workspace: &Workspace, queue: &Queue) -> bool {
    let label = workspace
        .session()
        .zip(queue.focused())
        .and_then(|(session, item)| workspace.judging().said(session, queue, &workspace.judge_name(), item));
    queue.kind().is_adjudication() && label.is_none()
}

fn new_query(workspace: &Workspace) -> Asked {
    match workspace.training().is_running() {
        true => act(JudgingAction::Tell("A run is in training: queries can be added when it has ended.".to_owned())),
        false => Asked::NewQuery,
    }
}

/// The images of the query before or after the one that is judged.
fn beside(workspace: &Workspace, queue: &Queue, by: isize) -> Asked {
    let Some(session) = workspace.session() else { return Asked::Nothing };
    let now = match queue.kind() {
        QueueKind::Query(query) => query,
        _ => session.query(),
    };
    let other = now.checked_add_signed(by).filter(|&query| query < session.data.dataset.queries.len());
    match other {
        Some(query) => act(JudgingAction::Open(QueueKind::Query(query))),
        None => act(JudgingAction::Tell(format!("This is the {} query.", if by > 0 { "last" } else { "first" }))),
    }
}

fn act(action: JudgingAction) -> Asked {
    Asked::Act(action.into())
}

fn set(settings: &JudgingSettings, change: impl FnOnce(&mut JudgingSettings)) -> Asked {
    let mut settings = settings.clone();
    change(&mut settings);
    Asked::Act(SettingsAction::SetJudging(Box::new(settings.in_range())).into())
}

/// The grade of a key. A digit is known by its place on the keyboard, since Shift changes its label.
fn grade(press: Press, scale: &Scale) -> Option<i32> {
    let digit = press.physical.filter(|key| DIGITS.contains(key));
    scale.by_key(digit.unwrap_or(press.key).name()).map(|grade| grade.grade)
}

/// A judgement of the selection or the focused image, unless its picture is not on screen yet.
pub fn judged(grade: Option<i32>, unsure: bool, queue: &Queue, painted: &Painted) -> Asked {
    let positions = queue.targets();
    let mut ms = None;
    if let ([position], Some(_)) = (&positions[..], grade) {
        let item = queue.items()[*position];
        if !painted.has(item) {
            return act(JudgingAction::Tell("Not judged: its picture was not on screen yet.".to_owned()));
        }
        ms = painted.time(item).and_then(|time| u32::try_from(time.as_millis()).ok());
    }
    act(JudgingAction::Judge(Verdict { positions, grade, unsure, ms }))
}

/// Where a key moves the focus.
fn moved(press: Press, queue: &Queue, settings: &JudgingSettings) -> Option<Asked> {
    let row = match settings.view {
        JudgingView::Grid => settings.columns as isize,
        JudgingView::One | JudgingView::Side => 1,
    };
    let last = queue.items().len().saturating_sub(1);
    let to = |by: isize| queue.focus().saturating_add_signed(by).min(last);
    let target = match press.key {
        Key::ArrowRight => to(1),
        Key::ArrowLeft => to(-1),
        Key::ArrowDown => to(row),
        Key::ArrowUp => to(-row),
        Key::Home => 0,
        Key::End => last,
        _ => return None,
    };
    Some(act(match press.modifiers.shift {
        true => JudgingAction::ExtendTo(target),
        false => JudgingAction::GoTo(target),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::DESK_KEYS;
    use crate::workspace::{DataAction, QueueKind, Store};

    /// A grade could take any key of the desk that the table lacks.
    #[test]
    fn the_table_of_keys_names_every_letter_that_the_desk_uses() {
        let home = std::env::temp_dir().join(format!("crossrank-keys-{}", std::process::id()));
        let mut workspace = Workspace::new(Store::at(&home));
        workspace.apply(DataAction::Open(crate::dataset::demo_sample()));
        while workspace.is_busy() {
            workspace.poll();
        }
        workspace.apply(JudgingAction::Open(QueueKind::Query(0)));
        for letter in 'A'..='Z' {
            let name = letter.to_string();
            let key = Key::from_name(&name).expect("a letter");
            let press = Press { key, physical: None, modifiers: Modifiers::NONE, is_repeat: false };
            let is_used = asked(press, &workspace, &Painted::default()) != Some(Asked::Nothing);
            assert_eq!(DESK_KEYS.iter().any(|(known, _)| *known == name), is_used, "{letter}");
        }
        for (name, _) in DESK_KEYS {
            assert!(Key::from_name(name).is_some(), "{name}");
        }
        drop(workspace);
        let _ = std::fs::remove_dir_all(home);
    }
}
