//! Carrying out what a judge does.

mod agreement;
mod comparison;
mod counting;
mod edit;
mod exchange;
mod fresh;
mod journals;
mod protocol;
mod queues;

use super::located::Located;
use super::{Item, Queue, ids};
use crate::judge::{Judgement, Line, Mark};
use crate::workspace::{JudgingAction, JudgingSettings, Message, Session, Verdict, Workspace};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Workspace {
    pub(in crate::workspace) fn apply_judging(&mut self, action: JudgingAction) {
        if !matches!(action, JudgingAction::Tell(_)) {
            self.judging.notice = None;
        }
        match action {
            JudgingAction::Open(kind) => self.open_queue(kind),
            JudgingAction::Adjudicate(units) => self.open_adjudication(&units),
            JudgingAction::Refresh => self.refresh_queue(),
            JudgingAction::SelectAlike => self.select_alike(),
            JudgingAction::Judge(verdict) => self.judge(&verdict),
            JudgingAction::Note(position, note) => self.note(position, &note),
            JudgingAction::Later(positions) => self.put_off(&positions),
            JudgingAction::TakeUp => self.take_up(),
            JudgingAction::GoTo(position) => self.in_queue(|queue| queue.go_to(position)),
            JudgingAction::ExtendTo(position) => self.in_queue(|queue| queue.extend_to(position)),
            JudgingAction::Toggle(position) => self.in_queue(|queue| queue.toggle(position)),
            JudgingAction::Select(positions) => self.in_queue(|queue| queue.select(positions)),
            JudgingAction::SetProtocol(protocol) => self.set_protocol(*protocol),
            JudgingAction::Reveal(reveal) => self.judging.is_revealed = reveal,
            JudgingAction::ShowMeasures(show) => self.show_measures(show),
            JudgingAction::EditQuery(edit) => self.edit_query(*edit),
            JudgingAction::MeasureAgreement => self.measure_agreement(),
            JudgingAction::Import { path, judge } => self.import_judgements(path, judge),
            JudgingAction::Export { path, what } => self.export_judgements(path, what),
            JudgingAction::MeasureComparison => self.measure_comparison(),
            JudgingAction::Tell(text) => self.judging.notice = Some(text),
            JudgingAction::Undo(_) => self.travel_journal(true),
            JudgingAction::Redo(_) => self.travel_journal(false),
        }
    }

    /// The judge's name.
    pub fn judge_name(&self) -> String {
        self.settings.judging.judge_name()
    }

    pub(in crate::workspace) fn set_judging(&mut self, judging: JudgingSettings) {
        let judge = self.judge_name();
        let order = |settings: &JudgingSettings| (settings.shuffled, settings.seed);
        let is_other_order = order(&judging) != order(&self.settings.judging);
        self.change(|settings| settings.judging = judging.in_range());
        if self.judge_name() != judge {
            self.judging.writer = None;
            self.refresh_labels();
        }
        let kind = self.judging.queue.as_ref().map(Queue::kind);
        if let Some(kind) = kind.filter(|kind| is_other_order && kind.is_arranged()) {
            self.open_queue(kind);
        }
    }

    fn in_queue(&mut self, change: impl FnOnce(&mut Queue)) {
        if let Some(queue) = &mut self.judging.queue {
            change(queue);
        }
        self.select_focused();
    }

    /// Shows the focused image elsewhere in the window, too.
    fn select_focused(&mut self) {
        let Some(item) = self.judging.queue.as_ref().and_then(Queue::focused) else { return };
        if let Some(session) = &mut self.session
            && session.query() == item.query
        {
            session.candidate = Some(item.candidate);
        }
    }

    fn judge(&mut self, verdict: &Verdict) {
        let is_on_scale = |grade: i32| self.session.as_ref().is_some_and(|session| session.scale.has(grade));
        if verdict.grade.is_some_and(|grade| grade >= 0 && !is_on_scale(grade)) {
            return;
        }
        let template =
            Judgement { grade: verdict.grade, unsure: verdict.unsure, ms: verdict.ms, ..Judgement::default() };
        let name = self.verdict_name(verdict);
        if !self.is_confirmed(verdict) && !self.record_marks(&verdict.positions, &template, name) {
            return;
        }
        let Some(queue) = &mut self.judging.queue else { return };
        // The reason is seen before the focus goes on; another press goes on.
        let is_shown = !queue.kind().is_again() || verdict.positions.iter().all(|&position| queue.is_done(position));
        queue.done(&verdict.positions);
        if self.settings.judging.advance && is_shown && verdict.grade.is_some() {
            self.go_on();
        }
        self.select_focused();
    }

    /// Moves to the next image that is still to be judged, or says what is left.
    fn go_on(&mut self) {
        let judge = self.judge_name();
        let (Some(session), Some(queue)) = (&self.session, &self.judging.queue) else { return };
        let needs = |at: usize, item: Item| self.judging.needs(session, &judge, queue, (at, item));
        let next = queue.next(needs);
        if next.is_none() {
            self.judging.notice = Some(end_notice(queue, needs));
        }
        self.in_queue(|queue| queue.go_on(next));
    }

    /// Whether a judgement only says once more what was said in this queue, now that the reason is known.
    fn is_confirmed(&self, verdict: &Verdict) -> bool {
        let (Some(session), Some(queue)) = (&self.session, &self.judging.queue) else { return false };
        let judge = self.judge_name();
        let is_same = |&position: &usize| {
            let label = queue.items().get(position).and_then(|item| self.judging.said(session, queue, &judge, *item));
            let same = |label: &Judgement| (label.grade, label.unsure) == (verdict.grade, verdict.unsure);
            queue.is_done(position) && label.is_some_and(same)
        };
        queue.kind().is_again() && verdict.positions.iter().all(is_same)
    }

    /// What a judgement is called where it can be undone.
    fn verdict_name(&self, verdict: &Verdict) -> String {
        let what = match verdict.grade {
            Some(grade) => {
                self.session.as_ref().map_or_else(String::new, |session| session.scale.name(grade)).to_lowercase()
            }
            None => "no judgement".to_owned(),
        };
        match verdict.positions.len() {
            1 => what,
            count => format!("{what}, {count} images"),
        }
    }

    /// A judgement of the image at a position, with what was known of it; `None` if there is nothing to record.
    fn mark(&self, session: &Session, queue: &Queue, position: usize, template: &Judgement) -> Option<Mark> {
        let judge = self.judge_name();
        let item = *queue.items().get(position)?;
        let (query, image) = ids(session, item)?;
        let before = self.judging.said(session, queue, &judge, item);
        if queue.kind().is_adjudication() && template.grade.is_none() {
            return before.map(|_| self.judging.unsettled(&judge, query, image));
        }
        let note = template.note.clone().or_else(|| before.and_then(|before| before.note.clone()));
        // Who judges a second time has seen why the image is in the queue.
        let has_reason = queue.kind().is_again() && queue.is_open(position);
        let shown = [
            (self.judging.is_revealed, "ranks"),
            (self.judging.is_revealed || has_reason, "labels"),
            // A measure that moved says how the system ranked the image.
            (self.judging.is_measured, "measures"),
        ];
        let shown = shown.into_iter().filter(|(is_shown, _)| *is_shown).map(|(_, what)| what);
        let known: BTreeSet<&str> = shown.chain(self.filter().reveals(&judge)).collect();
        let judgement = Judgement {
            blind: Some(known.is_empty()),
            revealed: known.into_iter().map(str::to_owned).collect(),
            queue: Some(queue.name(position).into()),
            seed: queue.seed(),
            position: u32::try_from(position + 1).ok(),
            note,
            ..template.clone()
        };
        Some(Mark { query: query.into(), image: image.into(), judgement })
    }

    /// Records a judgement of these images as one step; whether there was anything to record.
    fn record_marks(&mut self, positions: &[usize], template: &Judgement, name: String) -> bool {
        self.look_at_moves();
        let judge = self.judge_name();
        let (Some(session), Some(queue)) = (&self.session, &self.judging.queue) else { return false };
        let mark = |&position: &usize| self.mark(session, queue, position, template);
        let marks: Vec<Mark> = positions.iter().filter_map(mark).collect();
        let items: Vec<Item> = positions.iter().filter_map(|&at| queue.items().get(at).copied()).collect();
        if marks.is_empty() {
            return false;
        }
        let Some(judges) = &mut self.judging.judges else {
            self.judging.notice = Some("Judgements are still being read: one moment.".to_owned());
            return false;
        };
        match judges.record_mut(&judge) {
            Ok(record) => {
                let lines = record.judge(marks);
                self.save_lines(lines);
            }
            Err(error) => {
                self.tell(Message::warning(error.to_string()));
                return false;
            }
        }
        self.count_labels(&items);
        self.record_apart(JudgingAction::Undo(name.clone()).into(), JudgingAction::Redo(name).into());
        true
    }

    fn note(&mut self, position: usize, note: &str) {
        let judge = self.judge_name();
        let (Some(session), Some(queue)) = (&self.session, &self.judging.queue) else { return };
        let Some(item) = queue.items().get(position) else { return };
        let before = self.judging.said(session, queue, &judge, *item).cloned().unwrap_or_default();
        let note: Option<Arc<str>> = Some(note.trim().into());
        if before.note.as_deref().unwrap_or_default() == note.as_deref().unwrap_or_default() {
            return;
        }
        let template = Judgement { grade: before.grade, unsure: before.unsure, note, ..Judgement::default() };
        self.record_marks(&[position], &template, "note".to_owned());
    }

    fn put_off(&mut self, positions: &[usize]) {
        if let Some(queue) = &mut self.judging.queue {
            queue.put_off(positions);
            self.go_on();
        }
    }

    fn take_up(&mut self) {
        let is_there = self.judging.queue.as_mut().is_some_and(Queue::take_up);
        if !is_there {
            self.judging.notice = Some("Nothing is put off.".to_owned());
        }
        self.select_focused();
    }

    /// Takes back the last step of the judge's journal, or does it again, and goes there.
    pub(in crate::workspace) fn travel_journal(&mut self, back: bool) {
        let judge = self.judge_name();
        let Some(Ok(record)) = self.judging.judges.as_mut().map(|judges| judges.record_mut(&judge)) else { return };
        let lines = if back { record.undo() } else { record.redo() };
        if lines.is_empty() {
            return;
        }
        let items = self.items_of(&lines);
        self.save_lines(lines);
        self.count_labels(&items);
        let Some(queue) = &self.judging.queue else { return };
        let is_here = |judgement: &Judgement| judgement.queue.as_deref() == Some(queue.kind().name());
        let is_done = |item: &Item| {
            let label = self.session.as_ref().and_then(|session| self.judging.label(session, &judge, *item));
            !back || (queue.kind().is_again() && label.is_some_and(is_here))
        };
        let states: Vec<(Item, bool)> = items.iter().map(|item| (*item, is_done(item))).collect();
        let Some(queue) = &mut self.judging.queue else { return };
        let positions: Vec<_> = states.into_iter().map(|(item, is_done)| queue.travelled(item, is_done)).collect();
        if let Some(position) = positions.into_iter().flatten().next() {
            self.in_queue(|queue| queue.go_to(position));
        }
    }

    /// The images of some lines, as far as the data set has them.
    fn items_of(&self, lines: &[Line]) -> Vec<Item> {
        let Some(session) = &self.session else { return Vec::new() };
        Located::new(&session.data.dataset).items(lines.iter().map(|line| (&*line.query, &*line.image)))
    }

    /// Whether the last step of the judge's journal can be taken back, and whether one can be done again: also those of
    /// earlier sessions.
    pub fn journal_depth(&self) -> (usize, usize) {
        let record = self.judging.judges.as_ref().and_then(|judges| judges.record(&self.judge_name()));
        record.map_or((0, 0), |record| record.depth())
    }
}

/// What to say where no image is left after the focused one.
fn end_notice(queue: &Queue, needs: impl Fn(usize, Item) -> bool) -> String {
    let open = queue.items().iter().enumerate().filter(|(at, item)| needs(*at, **item)).count();
    match (open, queue.later()) {
        (0, _) => format!("Done: all {} judged.", queue.items().len()),
        (open, later) if open == later => format!("Done but for {later} put off until later."),
        (open, 0) => format!("This is the end; {open} before it are not judged."),
        (open, later) => format!("This is the end; {open} are not judged, {later} of them put off until later."),
    }
}
