//! How far a long task is: a bar on a terminal, else one line for each stage.

use super::output::note;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal};

/// Tells on standard error how a task goes.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    stage: String,
}

impl Progress {
    /// A bar where standard error is a terminal and `json` is not asked for.
    pub fn new(json: bool) -> Self {
        let bar = (!json && io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            bar.set_style(style("{prefix} {spinner} {msg}"));
            bar
        });
        Self { bar, stage: String::new() }
    }

    /// A stage of which the length is not known.
    pub fn stage(&mut self, name: &str) {
        self.step(name, 0, 0, "");
    }

    /// `done` of `total` steps of a stage, and what else there is to tell.
    pub fn step(&mut self, stage: &str, done: usize, total: usize, more: &str) {
        if self.stage != stage {
            stage.clone_into(&mut self.stage);
            match &self.bar {
                Some(bar) => self.begin(bar, total),
                None => note(&if total > 1 { format!("{stage} ({total})") } else { stage.to_owned() }),
            }
        }
        if let Some(bar) = &self.bar {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
            bar.set_message(more.to_owned());
        }
    }

    /// Takes the bar away, so that other lines can follow.
    pub fn finish(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn begin(&self, bar: &ProgressBar, total: usize) {
        bar.reset();
        bar.set_style(style(match total {
            0 => "{prefix} {spinner} {msg}",
            _ => "{prefix} {bar:32} {pos}/{len} {msg}",
        }));
        bar.set_prefix(self.stage.clone());
        bar.tick();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

/// A template of our own; one that could not be read would give the plain bar.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
