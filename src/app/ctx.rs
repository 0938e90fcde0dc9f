//! What a panel gets while it is drawn: the state to read, the pictures, and an outbox for requests.

use super::command::Command;
use super::kit::thumbnails::Thumbnails;
use crate::workspace::{Action, SelectionAction, Session, Settings, Workspace};
use std::collections::VecDeque;

/// A request from a panel, a bar or a dialog.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Changes the state.
    Act(Action),
    /// Affects only the window.
    Command(Command),
}

/// Pending requests, in order.
#[derive(Default)]
pub struct Outbox(VecDeque<Request>);

impl Outbox {
    /// Adds a request.
    pub fn push(&mut self, request: Request) {
        self.0.push_back(request);
    }

    /// Requests a change of the state.
    pub fn act(&mut self, action: impl Into<Action>) {
        self.push(Request::Act(action.into()));
    }

    /// Removes the oldest request.
    pub fn take_first(&mut self) -> Option<Request> {
        self.0.pop_front()
    }

    /// Whether there are no requests.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reduces this frame's hover requests to the last one; without any, nothing is hovered. A request that matches
    /// `hovered` is dropped.
    pub fn settle_hover(&mut self, hovered: Option<usize>) {
        let mut latest = None;
        self.0.retain(|request| match request {
            Request::Act(Action::Selection(SelectionAction::Hover(candidate))) => {
                latest = *candidate;
                false
            }
            _ => true,
        });
        if latest != hovered {
            self.act(SelectionAction::Hover(latest));
        }
    }
}

/// What a panel gets while it is drawn. References it hands out outlive the borrow of the context, so a panel can hold
/// on to the session and still make requests.
pub struct PanelCtx<'a> {
    workspace: &'a Workspace,
    outbox: &'a mut Outbox,
    /// The pictures of the open data set.
    pub pictures: &'a mut Thumbnails,
}

impl<'a> PanelCtx<'a> {
    /// The context of one frame.
    pub fn new(workspace: &'a Workspace, pictures: &'a mut Thumbnails, outbox: &'a mut Outbox) -> Self {
        Self { workspace, outbox, pictures }
    }

    /// The state.
    pub fn workspace(&self) -> &'a Workspace {
        self.workspace
    }

    /// The persistent settings.
    pub fn settings(&self) -> &'a Settings {
        self.workspace.settings()
    }

    /// The open data set.
    pub fn session(&self) -> Option<&'a Session> {
        self.workspace.session()
    }

    /// Requests a change of the state.
    pub fn act(&mut self, action: impl Into<Action>) {
        self.outbox.act(action);
    }

    /// Requests a change of the window.
    pub fn command(&mut self, command: Command) {
        self.outbox.push(Request::Command(command));
    }
}
