//! Judges: journals that lose nothing, agreement, aggregation, queues and the commands.

mod aggregation;
mod agreement;
mod commands;
mod journals;
mod killed;
mod labels;
mod names;
mod protocol;
mod queues;
mod steps;

use crossrank::dataset::Reach;
use crossrank::judge::{Judgement, Judges, Mark, Places};
use std::path::Path;

/// The journals of a data set in `folder`.
fn places(folder: &Path) -> Places {
    Places::new(folder, Reach::Folder, &folder.join("elsewhere"))
}

fn read(folder: &Path) -> Judges {
    Judges::read(places(folder)).expect("readable journals").0
}

fn mark(query: &str, image: &str, grade: i32) -> Mark {
    Mark { query: query.into(), image: image.into(), judgement: Judgement::blind(grade) }
}

/// A judge's grade of an image.
fn grade(judges: &Judges, judge: &str, query: &str, image: &str) -> Option<i32> {
    judges.label(judge, query, image).and_then(|judgement| judgement.grade)
}
