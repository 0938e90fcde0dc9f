//! What a panel gets while it is drawn: the state to read, the pictures, and one way back.

use super::command::Command;
use super::kit::thumbnails::Thumbnails;
use crate::workspace::{Action, SelectionAction, Session, Settings, Workspace};
use std::collections::VecDeque;

/// Something that a panel, a bar or a dialog asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Changes the state.
    Act(Action),
    /// Concerns only the window.
    Command(Command),
}

/// Everything asked for and not yet done, in order.
#[derive(Default)]
pub struct Outbox(VecDeque<Request>);

impl Outbox {
    /// Asks for something.
    pub fn push(&mut self, request: Request) {
        self.0.push_back(request);
    }

    /// Asks for a change of the state.
    pub fn act(&mut self, action: impl Into<Action>) {
        self.push(Request::Act(action.into()));
    }

    /// Takes out what was asked for first.
    pub fn take_first(&mut self) -> Option<Request> {
        self.0.pop_front()
    }

    /// Whether nothing was asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Of everything said in this frame about the image pointed at, the last word counts; silence means none. What
    /// `hovered` already says is not asked for again.
    pub fn settle_hover(&mut self, hovered: Option<usize>) {
        let mut pointed = None;
        self.0.retain(|request| match request {
            Request::Act(Action::Selection(SelectionAction::Hover(candidate))) => {
                pointed = *candidate;
                false
            }
            _ => true,
        });
        if pointed != hovered {
            self.act(SelectionAction::Hover(pointed));
        }
    }
}

/// What a panel gets while it is drawn. What it reads outlives the borrow of the context, so that a panel can hold on to
/// the session and still ask for something.
pub struct PanelCtx<'a> {
    workspace: &'a Workspace,
    outbox: &'a mut Outbox,
    /// The pictures of the open data set.
    pub pictures: &'a mut Thumbnails,
}

impl<'a> PanelCtx<'a> {
    /// For one frame.
    pub fn new(workspace: &'a Workspace, pictures: &'a mut Thumbnails, outbox: &'a mut Outbox) -> Self {
        Self { workspace, outbox, pictures }
    }

    /// The state.
    pub fn workspace(&self) -> &'a Workspace {
        self.workspace
    }

    /// What persists.
    pub fn settings(&self) -> &'a Settings {
        self.workspace.settings()
    }

    /// The open data set.
    pub fn session(&self) -> Option<&'a Session> {
        self.workspace.session()
    }

    /// Asks for a change of the state.
    pub fn act(&mut self, action: impl Into<Action>) {
        self.outbox.act(action);
    }

    /// Asks for something that concerns only the window.
    pub fn command(&mut self, command: Command) {
        self.outbox.push(Request::Command(command));
    }
}
