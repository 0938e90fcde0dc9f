//! The columns of the run table and their names.

use super::facts::Objective;
use super::parameters::short_name;
use crate::base::UnknownName;
use crate::dataset::Split;
use crate::eval::Measure;
use crate::train::{Setting, Values};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Makes the columns from one table: id in settings and JSON, heading, explanation.
macro_rules! columns {
    ($($column:ident = ($id:literal, $name:literal, $explanation:literal)),+ $(,)?) => {
        /// A column of the run table.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "see `explanation`")]
        pub enum Column {
            $($column,)+
            /// A setting by its path, such as `model.dropout`, that has no column above.
            Setting(&'static str),
            #[default]
            Date,
            State,
            Tags,
            Note,
        }

        impl Column {
            /// The columns that every table has.
            pub const ALL: [Column; [$($id),+].len() + 4] =
                [$(Column::$column,)+ Column::Date, Column::State, Column::Tags, Column::Note];

            /// Its id, heading and explanation.
            fn texts(self) -> (&'static str, &'static str, &'static str) {
                match self {
                    $(Column::$column => ($id, $name, $explanation),)+
                    Column::Date => ("date", "Date", "When the run was started (UTC)"),
                    Column::State => ("state", "State", "How the run ended"),
                    Column::Tags => ("tags", "Tags", "Your own tags"),
                    Column::Note => ("note", "Note", "Your own note"),
                    Column::Setting(path) => {
                        Setting::find(path).map_or((path, path, ""), |setting| (path, setting.name, setting.help))
                    }
                }
            }
        }
    };
}

columns! {
    Name = ("name", "Name", "The run's name, else its folder"),
    Model = ("model", "Model", "The network"),
    Neighbours = ("neighbours", "k", "Nearest neighbours of each image, excluding itself"),
    Layers = ("layers", "Layers", "Number of graph convolutions"),
    Loss = ("loss", "Loss", "The loss that training minimised"),
    LearningRate = ("learning_rate", "lr", "Learning rate"),
    Signals = ("signals", "Signals", "Signals among the network's inputs"),
    Seed = ("seed", "Seed", "Seed; for a group, its number of seeds"),
    Study = ("study", "Study", "The study it is a trial of"),
    Fold = ("fold", "Fold", "Fold of the study's cross-validation; for a group, the number of folds"),
    Split = (
        "split", "Split",
        "Short name of the split into train, validation and test queries: measures of runs with different splits \
         cannot be compared"
    ),
    Labels = ("labels", "Labels", "Whose labels the run was trained on and measured by"),
    Epochs = ("epochs", "Epoch", "The epoch whose weights were saved"),
    ValidationMap = ("validation_map", "Val MAP", "MAP on the validation queries"),
    ValidationPrecision = ("validation_precision", "Val P@20", "P@20 on the validation queries"),
    ValidationNdcg = ("validation_ndcg", "Val nDCG@20", "nDCG@20 on the validation queries"),
    TestMap = ("test_map", "Test MAP", "MAP on the test queries"),
    TestPrecision = ("test_precision", "Test P@20", "P@20 on the test queries"),
    TestNdcg = ("test_ndcg", "Test nDCG@20", "nDCG@20 on the test queries"),
    Gain = ("gain", "Δ to text", "Test MAP minus that of the text signal alone"),
    Seconds = ("seconds", "s/epoch", "Mean seconds per epoch"),
}

/// Settings that a fixed column shows.
const FIXED: [(&str, Column); 6] = [
    ("model.kind", Column::Model),
    ("graph.k", Column::Neighbours),
    ("model.conv_layers", Column::Layers),
    ("training.loss", Column::Loss),
    ("training.learning_rate", Column::LearningRate),
    ("training.seed", Column::Seed),
];

impl Column {
    /// Columns for all other settings, in the order of the table of settings.
    pub fn settings() -> impl Iterator<Item = Column> {
        let others = Setting::all().filter(|setting| FIXED.iter().all(|(path, _)| *path != setting.path));
        others.map(|setting| Column::Setting(setting.path))
    }

    /// The column of this [id](Column::id) or heading, ignoring case and punctuation: `test_map`, `Test MAP` and
    /// `test.map` are the same. Settings can be named in full or by their last part.
    ///
    /// # Errors
    /// If there is none, with all ids.
    pub fn find(text: &str) -> Result<Self, UnknownName> {
        let plain = |name: &str| name.to_lowercase().replace(|letter: char| !letter.is_alphanumeric(), "");
        let wanted = plain(text);
        let named = |column: &Column| {
            [column.texts().0, column.name(), short_name(column.texts().0)].map(plain).contains(&wanted)
        };
        let fixed = Self::ALL.into_iter().find(named);
        fixed.or_else(|| Self::settings().find(named)).ok_or_else(|| {
            let ids: Vec<&str> = Self::ALL.into_iter().chain(Self::settings()).map(|column| column.texts().0).collect();
            UnknownName::new("column", text, &ids)
        })
    }

    /// The name in settings and JSON: `test_map`.
    pub fn id(self) -> String {
        self.texts().0.to_owned()
    }

    /// The heading.
    pub fn name(self) -> &'static str {
        self.texts().1
    }

    /// A short explanation.
    pub fn explanation(self) -> &'static str {
        self.texts().2
    }

    /// Whether it names the run or one of its settings, rather than a result.
    pub(super) fn is_about_settings(self) -> bool {
        self == Column::Name || self == Column::Signals || FIXED[..5].iter().any(|(_, column)| *column == self)
    }

    /// Whether its values are numbers, to be right-aligned.
    pub fn is_number(self) -> bool {
        match self {
            Column::Setting(path) => Setting::find(path).is_some_and(|setting| {
                !matches!(setting.values, Values::Flag | Values::Choice(_) | Values::Measure | Values::Name)
            }),
            Column::Study | Column::Split | Column::Labels | Column::Tags | Column::Note => false,
            _ => !matches!(self, Column::Name | Column::Model | Column::Loss | Column::Date | Column::State),
        }
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

impl Serialize for Column {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.texts().0)
    }
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Column::find(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
