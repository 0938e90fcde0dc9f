//! A run's figures line by line.

use super::csv::csv_line;
use crate::eval::STANDARD;
use crate::train::{EpochReport, QueryFigures};

/// Every query's figures as CSV: query, part of the protocol, one column per measure.
pub fn queries_csv(figures: &QueryFigures) -> String {
    let head = ["query".to_owned(), "split".to_owned()];
    let mut text =
        csv_line(&[&head[..], &figures.measures.iter().map(ToString::to_string).collect::<Vec<_>>()].concat());
    for row in &figures.queries {
        let names = [row.id.clone(), row.split.name().to_owned()];
        text += &csv_line(&[&names[..], &row.values.iter().copied().map(number).collect::<Vec<_>>()].concat());
    }
    text
}

/// Every epoch's figures as CSV: losses, measures on validation and test queries, seconds.
pub fn history_csv(history: &[EpochReport]) -> String {
    let mut head: Vec<String> = ["epoch", "train loss", "validation loss"].map(str::to_owned).to_vec();
    for split in ["validation", "test"] {
        head.extend(STANDARD.iter().map(|measure| format!("{split} {measure}")));
    }
    head.push("seconds".to_owned());
    let mut text = csv_line(&head);
    for report in history {
        let mut line = vec![report.epoch.to_string(), number(report.train_loss), number(report.validation_loss)];
        line.extend(report.validation.iter().copied().map(number));
        match &report.test {
            Some(test) => line.extend(test.iter().copied().map(number)),
            None => line.extend(STANDARD.map(|_| String::new())),
        }
        line.push(number(report.seconds));
        text += &csv_line(&line);
    }
    text
}

fn number(value: f64) -> String {
    if value.is_finite() { value.to_string() } else { String::new() }
}
