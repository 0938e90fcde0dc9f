//! An experiment's settings as options, made from the table of settings.

use crate::study::{self, Change};
use crate::train::{Experiment, Section, Setting, Values};
use anyhow::Result;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Arg, ArgMatches, Command, FromArgMatches, error};
use serde_json::Value;

/// The settings that were typed, in the order of the table.
#[derive(Clone, Debug, Default)]
pub(super) struct TypedSettings(Vec<(&'static Setting, Value)>);

impl TypedSettings {
    /// An experiment with what was typed put in its place.
    ///
    /// # Errors
    /// If the experiment does not take a value, which would be a fault of the table.
    pub fn apply(&self, start: &Experiment) -> Result<Experiment> {
        let changes: Vec<Change> =
            self.0.iter().map(|(setting, value)| Change::new(setting.path, value.clone())).collect();
        Ok(study::apply(start, &changes)?)
    }

    /// The paths of what was typed.
    pub fn paths(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(setting, _)| setting.path)
    }

    /// What was typed but does not matter to an experiment.
    pub fn without_effect(&self, experiment: &Experiment) -> impl Iterator<Item = &'static Setting> {
        self.0.iter().map(|(setting, _)| *setting).filter(|setting| !setting.matters(experiment))
    }

    /// A whole number that was typed.
    pub fn count(&self, path: &str) -> Option<usize> {
        let (_, value) = self.0.iter().find(|(setting, _)| setting.path == path)?;
        value.as_u64().and_then(|count| usize::try_from(count).ok())
    }
}

/// The option of a setting.
fn option(setting: &'static Setting) -> Arg {
    let arg = Arg::new(setting.path).long(setting.option).help(setting.help);
    let arg = match setting.alias {
        Some(alias) => arg.alias(alias),
        None => arg,
    };
    let parse = move |text: &str| setting.parse(text);
    match setting.values {
        Values::Flag => arg.value_name("YES").num_args(0..=1).default_missing_value("true").value_parser(parse),
        Values::Choice(choices) => {
            let names = choices().into_iter().map(|choice| PossibleValue::new(choice.name));
            arg.value_name("NAME")
                .value_parser(PossibleValuesParser::new(names).try_map(move |text| setting.parse(&text)))
        }
        Values::Count(..) => arg.value_name("N").allow_negative_numbers(true).value_parser(parse),
        Values::Measure => arg.value_name("MEASURE").value_parser(parse),
        Values::Name => arg.value_name("NAME").value_parser(parse),
        Values::Number(..) | Values::Above(..) | Values::Below(..) => {
            arg.value_name("X").allow_negative_numbers(true).value_parser(parse)
        }
    }
}

impl clap::Args for TypedSettings {
    fn augment_args(command: Command) -> Command {
        Section::ALL.into_iter().fold(command, |command, section| {
            command.args(section.options().map(|setting| option(setting).help_heading(section.heading())))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for TypedSettings {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, error::Error> {
        let typed = |setting: &'static Setting| Some((setting, matches.get_one::<Value>(setting.path)?.clone()));
        Ok(Self(Setting::all().filter_map(typed).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), error::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
