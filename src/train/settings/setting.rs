//! One setting.

use super::Values;
use crate::train::Experiment;
use serde_json::Value;

/// How a window sets a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Control {
    /// By what its values are: a checkbox, a number to drag, a row or a list of choices.
    Plain,
    /// A number to drag, with so much for each point and so many decimals at most.
    Drag(f64, usize),
    /// A slider over the range that is usual.
    Slider {
        /// Its ends.
        range: (f64, f64),
        /// Whether equal steps multiply instead of adding.
        logarithmic: bool,
        /// What its lower end means, where that is not a number.
        lowest: Option<&'static str>,
    },
    /// A list of choices with the chosen one's explanation below.
    Explained,
}

/// One setting of an [`Experiment`].
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its path in a serialised experiment: `model.conv_layers`.
    pub path: &'static str,
    /// Its option without dashes; empty for a row that only words a setting differently in the window.
    pub option: &'static str,
    /// Another name of the option.
    pub alias: Option<&'static str>,
    /// What it does, without a full stop.
    pub help: &'static str,
    /// Which values it takes.
    pub values: Values,
    /// Where it may be absent (`none`), the value that it takes when it is switched on in the window.
    pub optional: Option<f64>,
    /// What a screen reader calls its control.
    pub name: &'static str,
    /// Its row in the window; neighbouring settings of one row stand side by side.
    pub row: &'static str,
    /// Words before and after its control.
    pub words: (&'static str, &'static str),
    /// Its control.
    pub control: Control,
    /// Whether it matters, given the others.
    pub applies: fn(&Experiment) -> bool,
}

impl Setting {
    /// What rows leave out.
    pub(super) const PLAIN: Setting = Setting {
        path: "",
        option: "",
        alias: None,
        help: "",
        values: Values::Flag,
        optional: None,
        name: "",
        row: "",
        words: ("", ""),
        control: Control::Plain,
        applies: |_| true,
    };

    /// Its value in a serialised experiment.
    pub fn value_in<'a>(&self, tree: &'a mut Value) -> Option<&'a mut Value> {
        tree.pointer_mut(&pointer(self.path))
    }

    /// The value that a text stands for, as it is typed on the command line.
    ///
    /// # Errors
    /// What the setting takes instead.
    pub fn parse(&self, text: &str) -> Result<Value, String> {
        if self.optional.is_some() && text == "none" {
            return Ok(Value::Null);
        }
        let value = self.values.parse(text).ok_or_else(|| self.expected())?;
        if self.allows(&value) { Ok(value) } else { Err(self.expected()) }
    }

    /// Whether it may take a value.
    pub fn allows(&self, value: &Value) -> bool {
        (value.is_null() && self.optional.is_some()) || self.values.allow(value)
    }

    /// Whether an experiment's value is one that it may take.
    pub fn holds(&self, experiment: &Experiment) -> bool {
        let tree = serde_json::to_value(experiment).unwrap_or_default();
        tree.pointer(&pointer(self.path)).is_some_and(|value| self.allows(value))
    }

    /// What it must be: `must be a whole number from 1 to 64`.
    pub fn expected(&self) -> String {
        let or_none = if self.optional.is_some() { ", or none" } else { "" };
        format!("must be {}{or_none}", self.values.expected())
    }
}

pub(super) fn pointer(path: &str) -> String {
    format!("/{}", path.replace('.', "/"))
}
