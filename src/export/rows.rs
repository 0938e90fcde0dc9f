//! A run's measures as CSV.

use crate::base::csv_line;
use crate::eval::{Measures, STANDARD};
use crate::train::{EpochReport, QueryMeasures};

/// Every query's measures as CSV: query, split, one column per measure.
pub fn queries_csv(measures: &QueryMeasures) -> String {
    let head = ["query".to_owned(), "split".to_owned()];
    let mut text =
        csv_line(&[&head[..], &measures.measures().iter().map(ToString::to_string).collect::<Vec<_>>()].concat());
    for row in &measures.queries {
        let names = [row.id.clone(), row.split.name().to_owned()];
        text += &csv_line(&[&names[..], &row.measures.values().map(number).collect::<Vec<_>>()].concat());
    }
    text
}

/// Every epoch's values as CSV: losses, measures on validation and test queries, seconds, and the phase. While
/// `retraining`, validation queries are trained on.
pub fn history_csv(history: &[EpochReport]) -> String {
    let mut head: Vec<String> = ["epoch", "train loss", "validation loss"].map(str::to_owned).to_vec();
    for split in ["validation", "test"] {
        head.extend(STANDARD.iter().map(|measure| format!("{split} {measure}")));
    }
    head.extend(["seconds", "phase"].map(str::to_owned));
    let mut text = csv_line(&head);
    for report in history {
        let mut line = vec![report.epoch.to_string(), number(report.train_loss), number(report.validation_loss)];
        let cells = |of: &Measures| STANDARD.map(|measure| of.get(measure).map_or_else(String::new, number));
        line.extend(cells(&report.validation));
        line.extend(cells(&report.test.clone().unwrap_or_default()));
        line.extend([number(report.seconds), report.phase().to_owned()]);
        text += &csv_line(&line);
    }
    text
}

fn number(value: f64) -> String {
    if value.is_finite() { value.to_string() } else { String::new() }
}
