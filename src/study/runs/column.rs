//! The columns of the run table and their names.

use super::facts::Objective;
use crate::base::{UnknownName, named};
use crate::dataset::Split;
use crate::eval::Measure;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A column of the run table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "see `explanation`")]
pub enum Column {
    Name,
    Model,
    Neighbours,
    Layers,
    Loss,
    LearningRate,
    Signals,
    Seed,
    Study,
    Fold,
    Split,
    Epochs,
    ValidationMap,
    ValidationPrecision,
    ValidationNdcg,
    TestMap,
    TestPrecision,
    TestNdcg,
    Gain,
    Seconds,
    #[default]
    Date,
    State,
}

named!(Column, "column":
    Name = "Name", Model = "Model", Neighbours = "k", Layers = "Layers", Loss = "Loss", LearningRate = "lr",
    Signals = "Signals", Seed = "Seed", Study = "Study", Fold = "Fold", Split = "Split", Epochs = "Epoch", ValidationMap = "Val MAP", ValidationPrecision = "Val P@20",
    ValidationNdcg = "Val nDCG@20", TestMap = "Test MAP", TestPrecision = "Test P@20", TestNdcg = "Test nDCG@20",
    Gain = "Δ to text", Seconds = "s/epoch", Date = "Date", State = "State",
);

impl Column {
    /// The column of this [id](Column::id) or heading, ignoring case and punctuation: `test_map`, `Test MAP` and
    /// `test.map` are the same.
    ///
    /// # Errors
    /// If there is none, with all ids.
    pub fn find(text: &str) -> Result<Self, UnknownName> {
        let plain = |name: &str| name.to_lowercase().replace(|letter: char| !letter.is_alphanumeric(), "");
        let wanted = plain(text);
        let named = |column: &Column| [plain(&column.id()), plain(column.name())].contains(&wanted);
        Self::ALL.into_iter().find(named).ok_or_else(|| {
            let ids = Self::ALL.map(Self::id);
            UnknownName::new("column", text, &ids.each_ref().map(String::as_str))
        })
    }

    /// The name in settings and JSON: `test_map`.
    pub fn id(self) -> String {
        match serde_json::to_value(self) {
            Ok(Value::String(id)) => id,
            _ => self.name().to_owned(),
        }
    }

    /// A short explanation.
    pub fn explanation(self) -> &'static str {
        match self {
            Column::Name => "The run's folder",
            Column::Model => "The network",
            Column::Neighbours => "Nearest neighbours of each image, excluding itself",
            Column::Layers => "Number of graph convolutions",
            Column::Loss => "The loss that training minimised",
            Column::LearningRate => "Learning rate",
            Column::Signals => "Signals among the network's inputs",
            Column::Seed => "Seed; for a group, its number of seeds",
            Column::Study => "The study it is a trial of",
            Column::Fold => "Fold of the study's cross-validation; for a group, the number of folds",
            Column::Split => {
                "Short name of the split into train, validation and test queries: measures of runs with \
                              different splits cannot be compared"
            }
            Column::Epochs => "The epoch whose weights were saved",
            Column::ValidationMap => "MAP on the validation queries",
            Column::ValidationPrecision => "P@20 on the validation queries",
            Column::ValidationNdcg => "nDCG@20 on the validation queries",
            Column::TestMap => "MAP on the test queries",
            Column::TestPrecision => "P@20 on the test queries",
            Column::TestNdcg => "nDCG@20 on the test queries",
            Column::Gain => "Test MAP minus that of the text signal alone",
            Column::Seconds => "Mean seconds per epoch",
            Column::Date => "When the run was started (UTC)",
            Column::State => "How the run ended",
        }
    }

    /// Whether its values are numbers, to be right-aligned.
    pub fn is_number(self) -> bool {
        let texts =
            [Column::Name, Column::Model, Column::Loss, Column::Study, Column::Split, Column::Date, Column::State];
        !texts.contains(&self)
    }

    /// The measure it shows, if any.
    pub fn objective(self) -> Option<Objective> {
        let of = |split, measure| Some(Objective { split, measure });
        match self {
            Column::ValidationMap => of(Split::Validation, Measure::Map),
            Column::ValidationPrecision => of(Split::Validation, Measure::PrecisionAt(20)),
            Column::ValidationNdcg => of(Split::Validation, Measure::NdcgAt(20)),
            Column::TestMap => of(Split::Test, Measure::Map),
            Column::TestPrecision => of(Split::Test, Measure::PrecisionAt(20)),
            Column::TestNdcg => of(Split::Test, Measure::NdcgAt(20)),
            _ => None,
        }
    }

    /// Whether it is a mean over the runs of a row, with a deviation if there are several.
    pub fn is_averaged(self) -> bool {
        self.objective().is_some() || matches!(self, Column::Gain | Column::Seconds | Column::Epochs)
    }

    /// Whether sorting by it is ascending by default: names from A, but measures best first and dates latest first.
    pub fn starts_ascending(self) -> bool {
        !self.is_number() && self != Column::Date
    }
}
