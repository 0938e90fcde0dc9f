//! Keeping the cut-offs of the current query up to date.

use super::calibrate::{Ingredients, scored_query};
use super::{CutOff, Judged, Looked};
use crate::eval::calibration::{Calibration, ScoredQuery};
use crate::jobs::Event;
use crate::workspace::{Order, Session, Workspace};
use std::sync::Arc;
use std::time::Duration;

/// Between two calibrations, as each judgement asks for another.
const PAUSE: Duration = Duration::from_secs(2);

impl Workspace {
    /// Where the rankings of the current query are likely to end.
    pub fn cut_offs(&self) -> &super::CutOffs {
        &self.cut_offs
    }

    /// Brings calibrations and cut-offs up to date; `true` if they changed.
    pub(in crate::workspace) fn poll_cut_offs(&mut self) -> bool {
        let mut changed = false;
        while let Some(event) = self.cut_offs.job.poll() {
            if let Event::Done(calibrated) = event {
                changed = true;
                self.cut_offs.count += 1;
                self.cut_offs.scores = Arc::new(calibrated.scores);
                self.cut_offs.found = Default::default();
                for (order, found) in calibrated.found {
                    self.cut_offs.found[order as usize] = Some(found);
                }
            }
        }
        self.calibrate();
        changed | self.look_for_ends()
    }

    /// Starts calibrating if something has changed since the last time.
    fn calibrate(&mut self) {
        let Some(session) = &self.session else {
            self.cut_offs = super::CutOffs::default();
            return;
        };
        let judged = Judged {
            generation: session.generation,
            judgements: session.data.judgements.version(),
            model: session.model_version(),
            vectors: Arc::as_ptr(&session.data.vectors) as usize,
        };
        let before = self.cut_offs.asked;
        let is_other = |before: Judged| before.generation != judged.generation || before.vectors != judged.vectors;
        if before.is_some_and(is_other) {
            let count = self.cut_offs.count;
            self.cut_offs = super::CutOffs { count: count + 1, ..super::CutOffs::default() };
        }
        if !self.settings.cut_off.shown || self.training.is_running() {
            return;
        }
        let is_early = self.cut_offs.since.is_some_and(|since| since.elapsed() < PAUSE)
            && before.is_some_and(|before| before.model == judged.model);
        self.cut_offs.is_waiting = before != Some(judged) && is_early;
        if before == Some(judged) || self.cut_offs.job.is_running() || is_early {
            return;
        }
        self.cut_offs.asked = Some(judged);
        self.cut_offs.since = Some(std::time::Instant::now());
        let ingredients = Ingredients::of(session, self.cut_offs.scores.clone());
        let wake = self.wake();
        self.cut_offs.job.start("cut-off", wake, move |worker| ingredients.calibrate(worker));
    }

    /// Finds where the current query's rankings end; `true` if that was looked for anew.
    fn look_for_ends(&mut self) -> bool {
        let Some(session) = &self.session else { return false };
        let settings = self.settings.cut_off;
        let looked = Looked {
            calibrated: self.cut_offs.count,
            query: session.query(),
            judgements: session.data.judgements.version_of(session.query()),
            rankings: session.rankings_version(),
            precision: if settings.shown { settings.precision } else { 0.0 },
        };
        if self.cut_offs.looked == Some(looked) {
            return false;
        }
        // The scores of a network in training are not those that were calibrated.
        let is_known = |order: Order| settings.shown && (order != Order::Model || !self.training.is_running());
        let cut_off = |order: Order| {
            let calibration = self.cut_offs.calibration(order)?.ok()?;
            is_known(order).then(|| cut_off(session, order, calibration, settings.precision))?
        };
        self.cut_offs.current = Order::ALL.map(cut_off);
        self.cut_offs.looked = Some(looked);
        true
    }
}

fn cut_off(session: &Session, order: Order, calibration: &Calibration, precision: f64) -> Option<CutOff> {
    let ranking = session.ranking(order)?;
    let grades = session.data.judgements.of(session.query());
    let own = scored_query(&ranking.scores, grades);
    // In a data set the judgements of a query measure what is promised of it; in a collection they are what is known.
    let is_own = session.is_collection();
    let known = if is_own { own.is_relevant.clone() } else { vec![None; own.scores.len()] };
    let query = ScoredQuery { is_relevant: known, ..own };
    let probabilities = calibration.probabilities(&query);
    let looked_up = calibration.known_probabilities(&query);
    Some(CutOff {
        end: Calibration::end(&ranking.order, &looked_up, precision),
        is_sure: calibration.promise(precision).is_some_and(|promise| promise.holds()),
        probabilities,
    })
}
