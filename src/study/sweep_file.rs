//! Sweep files in TOML.
//!
//! ```toml
//! dataset = "stamps-and-places"     # relative to this file
//! vectors = ["embeddings"]
//! preset = "reference"
//! objective = "map"                 # its mean over the validation queries
//! folds = 5                         # or "files"
//! seeds = 3                         # 1, 2, 3; or a list
//! method = "random"                 # "grid", "halving"
//! samples = 20
//!
//! [base]                            # shared by all
//! training.epochs = 20
//!
//! [parameters]
//! graph.k = [5, 10, 20]
//! training.learning_rate = { log = [1e-4, 1e-2] }
//! ```

use serde_json::Value;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::space::{Axis, Values};
use super::sweep::check_objective;
use super::{Change, Folds, MOST_FOLDS, MOST_SEEDS, Method, StudyError, SweepPlan, named, nearest, set};
use crate::base::{FileError, read_text_file};
use crate::dataset::SPLIT_SEED;
use crate::eval::Measure;
use crate::train::{Experiment, read_run_record};

/// Top-level keys of a file.
const KEYS: [&str; 17] = [
    "dataset",
    "vectors",
    "preset",
    "run",
    "objective",
    "folds",
    "fold_seed",
    "seeds",
    "method",
    "samples",
    "sample_seed",
    "eta",
    "min_epochs",
    "max_epochs",
    "base",
    "parameters",
    "description",
];

type Item<'a, 'i> = &'a Spanned<DeValue<'i>>;

/// An error and its location in the text.
struct Fault(String, Range<usize>);

type Found<T> = Result<T, Fault>;

impl SweepPlan {
    /// Reads a sweep file.
    ///
    /// # Errors
    /// If it cannot be read or is invalid, with the line.
    pub fn read(path: &Path) -> Result<Self, StudyError> {
        let text = read_text_file(path)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::parse(&text, folder).map_err(|Fault(message, span)| {
            let line = text.as_bytes().iter().take(span.start).filter(|byte| **byte == b'\n').count() + 1;
            let message = message.replace('\n', " ");
            FileError::Malformed { message, path: path.to_owned(), line: Some(line) }.into()
        })
    }

    fn parse(text: &str, folder: &Path) -> Found<Self> {
        let table = DeTable::parse(text)
            .map_err(|error| Fault(error.message().to_owned(), error.span().unwrap_or_default()))?;
        let file = File(table.get_ref());
        file.check_keys()?;
        let plan = Self {
            base: file.base(folder)?,
            axes: Vec::new(),
            method: file.method()?,
            folds: file.folds()?,
            seeds: file.seeds()?,
            objective: file.objective()?,
            dataset: file.text("dataset")?.map(|name| folder.join(name)),
            vectors: file.vectors()?,
        };
        let axes = file.axes(&plan.base, plan.method)?;
        Ok(Self { axes, ..plan })
    }
}

/// The top level of a file.
struct File<'a, 'i>(&'a DeTable<'i>);

impl<'a, 'i> File<'a, 'i> {
    fn check_keys(&self) -> Found<()> {
        match self.0.keys().find(|key| !KEYS.contains(&key.get_ref().as_ref())) {
            Some(key) => {
                let near = nearest(&KEYS, key.get_ref()).unwrap_or_default();
                let message =
                    format!("no key is called “{}”; did you mean “{near}”? Known: {}", key.get_ref(), KEYS.join(", "));
                Err(Fault(message, key.span()))
            }
            None => Ok(()),
        }
    }

    fn get(&self, key: &str) -> Option<Item<'a, 'i>> {
        self.0.get(key)
    }

    fn text(&self, key: &str) -> Found<Option<&'a str>> {
        let Some(item) = self.get(key) else { return Ok(None) };
        item.get_ref().as_str().map(Some).ok_or_else(|| Fault(format!("“{key}” must be text in quotes"), item.span()))
    }

    fn count(&self, key: &str) -> Found<Option<usize>> {
        let Some(item) = self.get(key) else { return Ok(None) };
        let number = json(item)?.as_u64().and_then(|number| usize::try_from(number).ok());
        number.map(Some).ok_or_else(|| Fault(format!("“{key}” must be a whole number"), item.span()))
    }

    fn vectors(&self) -> Found<Option<Vec<String>>> {
        let Some(item) = self.get("vectors") else { return Ok(None) };
        let names = match json(item)? {
            Value::String(name) => Some(vec![name]),
            Value::Array(names) => names.into_iter().map(|name| name.as_str().map(str::to_owned)).collect(),
            _ => None,
        };
        names.map(Some).ok_or_else(|| Fault("“vectors” must be a name or a list of names".to_owned(), item.span()))
    }

    fn objective(&self) -> Found<Measure> {
        let Some(item) = self.get("objective") else { return Ok(Measure::Map) };
        let name = self.text("objective")?.unwrap_or_default();
        let measure: Measure = name.parse().map_err(|error| Fault(format!("{error}"), item.span()))?;
        check_objective(measure).map_err(|error| Fault(error.to_string(), item.span()))?;
        Ok(measure)
    }

    fn folds(&self) -> Found<Folds> {
        let seed = self.count("fold_seed")?.map_or(SPLIT_SEED, |seed| seed as u64);
        let Some(item) = self.get("folds") else { return Ok(Folds::Cross { count: 5, seed }) };
        if item.get_ref().as_str() == Some("files") {
            return Ok(Folds::Files);
        }
        match json(item)?.as_u64().and_then(|count| usize::try_from(count).ok()) {
            Some(count) if (2..=MOST_FOLDS).contains(&count) => Ok(Folds::Cross { count, seed }),
            _ => {
                let message = format!("“folds” must be a whole number from 2 to {MOST_FOLDS}, or \"files\"");
                Err(Fault(message, item.span()))
            }
        }
    }

    fn seeds(&self) -> Found<Vec<u64>> {
        let Some(item) = self.get("seeds") else { return Ok(vec![1]) };
        let seeds = match json(item)? {
            Value::Array(seeds) => seeds.iter().map(Value::as_u64).collect(),
            number => number.as_u64().filter(|count| *count <= MOST_SEEDS as u64).map(|count| (1..=count).collect()),
        };
        let seeds = seeds.filter(|seeds: &Vec<u64>| !seeds.is_empty());
        seeds.ok_or_else(|| {
            let message = format!("“seeds” must be a count from 1 to {MOST_SEEDS}, or a list of whole numbers");
            Fault(message, item.span())
        })
    }

    fn method(&self) -> Found<Method> {
        let sample_seed = self.count("sample_seed")?.unwrap_or(1) as u64;
        let samples = self.count("samples")?;
        let name = self.text("method")?.unwrap_or("grid");
        let span = || self.get("method").map(Spanned::span).unwrap_or_default();
        match name {
            "grid" => Ok(Method::Grid),
            "random" => match samples {
                Some(samples) => Ok(Method::Random { samples, sample_seed }),
                None => Err(Fault("a random sweep needs a number of “samples”".to_owned(), span())),
            },
            "halving" => Ok(Method::Halving {
                eta: self.count("eta")?.unwrap_or(3),
                min_epochs: self.count("min_epochs")?.unwrap_or(5),
                max_epochs: self.count("max_epochs")?.unwrap_or(45),
                samples,
                sample_seed,
            }),
            other => Err(Fault(format!("“method” must be grid, random or halving, not “{other}”"), span())),
        }
    }

    /// The preset, or the experiment of a saved run, with the changes of `[base]`.
    fn base(&self, folder: &Path) -> Found<Experiment> {
        let mut base = Experiment::default();
        if let (Some(item), Some(name)) = (self.get("preset"), self.text("preset")?) {
            base = named(name).map_err(|error| Fault(error.to_string(), item.span()))?;
        }
        if let (Some(item), Some(run)) = (self.get("run"), self.text("run")?) {
            base =
                read_run_record(&folder.join(run)).map_err(|error| Fault(error.to_string(), item.span()))?.experiment;
        }
        for Entry { parameter, item, key } in self.entries("base")? {
            let change = Change { parameter, value: json(item)? };
            base = set(&base, &change).map_err(|error| Fault(error.to_string(), key))?;
        }
        let span = || self.get("base").map(Spanned::span).unwrap_or_default();
        base.check().map_err(|error| Fault(error.to_string(), span()))?;
        Ok(base)
    }

    /// The parameters in file order, with each of their values checked against the base.
    fn axes(&self, base: &Experiment, method: Method) -> Found<Vec<Axis>> {
        let mut axes = Vec::new();
        for Entry { parameter, item, key } in self.entries("parameters")? {
            let values = values(item)?;
            values.check().map_err(|message| Fault(format!("“{parameter}”: {message}"), key.clone()))?;
            let examples = match &values {
                Values::List(values) => values.clone(),
                _ if method == Method::Grid => {
                    let message = format!("“{parameter}” has a range, which a grid cannot enumerate: list its values");
                    return Err(Fault(message, key));
                }
                Values::Uniform(low, high) | Values::Log(low, high) => vec![(*low).into(), (*high).into()],
                Values::Int(low, high) => vec![(*low).into(), (*high).into()],
            };
            for value in examples {
                let change = Change { parameter: parameter.clone(), value };
                set(base, &change).map_err(|error| Fault(error.to_string(), key.clone()))?;
            }
            axes.push(Axis { parameter, values });
        }
        Ok(axes)
    }

    /// The leaves of a table with their dotted names, in file order.
    fn entries(&self, key: &str) -> Found<Vec<Entry<'a, 'i>>> {
        let Some(item) = self.get(key) else { return Ok(Vec::new()) };
        let table = item.get_ref().as_table();
        let table = table.ok_or_else(|| Fault(format!("“{key}” must be a table: [{key}]"), item.span()))?;
        let mut entries = Vec::new();
        leaves(table, "", &mut entries);
        entries.sort_by_key(|entry| entry.key.start);
        Ok(entries)
    }
}

/// A parameter as written in a file.
struct Entry<'a, 'i> {
    parameter: String,
    item: Item<'a, 'i>,
    key: Range<usize>,
}

/// Alternatives to a plain list.
const RANGES: [&str; 4] = ["uniform", "log", "int", "choice"];

fn range_name<'a>(table: &'a DeTable<'_>) -> Option<&'a str> {
    let mut keys = table.keys().map(|key| key.get_ref().as_ref());
    keys.next().filter(|key| table.len() == 1 && RANGES.contains(key))
}

fn leaves<'a, 'i>(table: &'a DeTable<'i>, path: &str, entries: &mut Vec<Entry<'a, 'i>>) {
    for (key, item) in table {
        let name = key.get_ref();
        let parameter = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
        match item.get_ref().as_table() {
            Some(inner) if range_name(inner).is_none() => leaves(inner, &parameter, entries),
            _ => entries.push(Entry { parameter, item, key: key.span() }),
        }
    }
}

/// A list, a single value, or one of [`RANGES`].
fn values(item: Item<'_, '_>) -> Found<Values> {
    let Some(table) = item.get_ref().as_table() else {
        return Ok(match json(item)? {
            Value::Array(values) => Values::List(values),
            single => Values::List(vec![single]),
        });
    };
    let (name, ends) = match (range_name(table), table.values().next()) {
        (Some(name), Some(ends)) => (name, json(ends)?),
        _ => return Err(Fault("must be a list, or one of uniform, log, int and choice".to_owned(), item.span())),
    };
    let pair = |ends: &Value| match ends.as_array().map(Vec::as_slice) {
        Some([low, high]) => Some((low.clone(), high.clone())),
        _ => None,
    };
    let numbers = || pair(&ends).and_then(|(low, high)| Some((low.as_f64()?, high.as_f64()?)));
    let found = match name {
        "uniform" => numbers().map(|(low, high)| Values::Uniform(low, high)),
        "log" => numbers().map(|(low, high)| Values::Log(low, high)),
        "int" => pair(&ends).and_then(|(low, high)| Some(Values::Int(low.as_i64()?, high.as_i64()?))),
        _ => ends.as_array().cloned().map(Values::List),
    };
    found.ok_or_else(|| Fault(format!("“{name}” needs a list: two numbers, or the values for choice"), item.span()))
}

/// A value of the file as JSON.
fn json(item: Item<'_, '_>) -> Found<Value> {
    let fault = |what: &str| Fault(format!("{what} cannot be used here"), item.span());
    match item.get_ref() {
        DeValue::String(text) => Ok(Value::String(text.to_string())),
        DeValue::Boolean(value) => Ok(Value::Bool(*value)),
        DeValue::Integer(number) => {
            let read = i64::from_str_radix(number.as_str(), number.radix());
            read.map(Value::from).map_err(|_| fault("so large a number"))
        }
        DeValue::Float(number) => {
            let read: Result<f64, _> = number.as_str().parse();
            let finite = read.ok().and_then(serde_json::Number::from_f64);
            finite.map(Value::Number).ok_or_else(|| fault("a number that is not finite"))
        }
        DeValue::Array(items) => items.iter().map(json).collect::<Found<Vec<_>>>().map(Value::Array),
        DeValue::Table(_) => Err(fault("a table")),
        DeValue::Datetime(_) => Err(fault("a date")),
    }
}
