//! Progress of a long task: a bar on a terminal, else one line per stage, epoch or trial.

use super::output::{note, warning_lines};
use crate::base::size_text;
use crate::dataset::Warning;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal};

/// Shows a task's progress on standard error.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    stage: String,
}

impl Progress {
    /// A bar if standard error is a terminal and `json` is off.
    pub fn new(json: bool) -> Self {
        let bar = (!json && io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            bar.set_style(style("{prefix} {spinner} {msg}"));
            bar
        });
        Self { bar, stage: String::new() }
    }

    /// A stage of unknown length.
    pub fn stage(&mut self, name: &str) {
        self.step(name, 0, 0, "");
    }

    /// `done` of `total` steps of a stage, with further detail.
    pub fn step(&mut self, stage: &str, done: usize, total: usize, detail: &str) {
        let line = if total > 1 { format!("{stage} ({total})") } else { stage.to_owned() };
        let template = if total == 0 { "{prefix} {spinner} {msg}" } else { "{prefix} {bar:32} {pos}/{len} {msg}" };
        self.show(stage, (done as u64, total as u64), (&line, template), detail.to_owned());
    }

    /// `done` of `total` bytes of a stage.
    pub fn bytes(&mut self, stage: &str, done: u64, total: u64) {
        let line = format!("{stage} ({})", size_text(total));
        let message = format!("{} of {}", size_text(done), size_text(total));
        self.show(stage, (done, total), (&line, "{prefix} {bar:32} {msg}"), message);
    }

    /// A line of its own where there is no bar, such as for each epoch.
    pub fn line(&mut self, text: &str) {
        if self.bar.is_none() {
            note(text);
        }
    }

    /// Updates the bar; without one, prints the line when the stage changes.
    fn show(&mut self, stage: &str, (done, total): (u64, u64), (line, template): (&str, &str), message: String) {
        if self.stage != stage {
            stage.clone_into(&mut self.stage);
            match &self.bar {
                Some(bar) => self.begin(bar, template),
                None => note(line),
            }
        }
        if let Some(bar) = &self.bar {
            bar.set_length(total);
            bar.set_position(done);
            bar.set_message(message);
        }
    }

    /// Removes the bar, so that other lines can follow.
    pub fn finish(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// Writes warnings to standard error, a few lines of each kind.
    pub fn warn(&mut self, warnings: &[Warning]) {
        if !warnings.is_empty() {
            self.finish();
            warning_lines(warnings).iter().for_each(|line| note(line));
        }
    }

    fn begin(&self, bar: &ProgressBar, template: &str) {
        bar.reset();
        bar.set_style(style(template));
        bar.set_prefix(self.stage.clone());
        bar.tick();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

/// The style of a template; an invalid one would give the default bar.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
