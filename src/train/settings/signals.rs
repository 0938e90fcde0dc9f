//! The scale of the signals.

use super::{Setting, Values};
use crate::signals::Normalisation;

/// In the order in which they are shown.
pub(super) const SETTINGS: &[Setting] = &[Setting {
    path: "normalisation",
    option: "normalisation",
    help: "How signals are scaled within a query",
    values: Values::Choice(|| Values::choices(Normalisation::ALL, Normalisation::name, Normalisation::label, |_| "")),
    name: "Normalisation",
    row: "Normalisation",
    ..Setting::PLAIN
}];
