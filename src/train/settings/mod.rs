//! The settings of an experiment as one table: what each is called in files, on the command line and in the window,
//! which values it takes, and when it matters.
//!
//! The command line makes its options from this table, the Tune panel its controls, and everything that reads settings
//! checks them by it. A new field of [`Experiment`](super::Experiment) needs one row here.

mod check;
mod graph;
mod network;
mod optimisation;
mod setting;
mod signals;
mod values;

pub use setting::{Control, Setting};
pub use values::{Choice, Values};

/// What a setting belongs to: a heading of the help, and a section of the Tune panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// The scale of the signals.
    Signals,
    /// The neighbour graph and the visual vectors.
    Graph,
    /// What ranks.
    Network,
    /// How it is trained.
    Optimisation,
}

impl Section {
    /// All sections.
    pub const ALL: [Section; 4] = [Section::Network, Section::Graph, Section::Signals, Section::Optimisation];

    /// The title of its part of the Tune panel.
    pub fn title(self) -> &'static str {
        match self {
            Section::Signals => "Signals",
            Section::Graph => "Graph",
            Section::Network => "Network",
            Section::Optimisation => "Optimisation",
        }
    }

    /// The heading of its options in the help.
    pub fn heading(self) -> &'static str {
        match self {
            Section::Signals | Section::Graph => "Graph and signals",
            other => other.title(),
        }
    }

    /// Its settings, in the order in which they are shown.
    pub fn settings(self) -> &'static [Setting] {
        match self {
            Section::Signals => signals::SETTINGS,
            Section::Graph => graph::SETTINGS,
            Section::Network => network::SETTINGS,
            Section::Optimisation => optimisation::SETTINGS,
        }
    }

    /// Its settings once each: those with an option.
    pub fn options(self) -> impl Iterator<Item = &'static Setting> {
        self.settings().iter().filter(|setting| !setting.option.is_empty())
    }
}

impl Setting {
    /// The setting with this path.
    pub fn find(path: &str) -> Option<&'static Setting> {
        Self::all().find(|setting| setting.path == path)
    }

    /// Whether it matters to an experiment, in any of its rows.
    pub fn matters(&self, experiment: &super::Experiment) -> bool {
        let mut rows = Section::ALL.into_iter().flat_map(Section::settings);
        rows.any(|row| row.path == self.path && (row.applies)(experiment))
    }

    /// Every setting once.
    pub fn all() -> impl Iterator<Item = &'static Setting> {
        Section::ALL.into_iter().flat_map(Section::options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::{Experiment, Preset};
    use serde_json::Value;

    /// Paths of the settings that have no row: lists are set in ways of their own.
    const WITHOUT_ROW: [&str; 2] = ["features", "choose"];

    fn leaves(tree: &Value, path: &str, found: &mut Vec<String>) {
        match tree {
            Value::Object(fields) => {
                let inner = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
                fields.iter().for_each(|(name, value)| leaves(value, &inner(name), found));
            }
            _ => found.push(path.to_owned()),
        }
    }

    #[test]
    fn every_field_of_an_experiment_has_a_row_and_every_row_a_field() {
        let mut fields = Vec::new();
        leaves(&serde_json::to_value(Experiment::default()).expect("plain values"), "", &mut fields);
        fields.retain(|path| !WITHOUT_ROW.contains(&path.as_str()));
        let mut rows: Vec<String> = Setting::all().map(|setting| setting.path.to_owned()).collect();
        fields.sort();
        rows.sort();
        assert_eq!(rows, fields);
        let worded = Section::ALL.into_iter().flat_map(Section::settings).filter(|setting| setting.option.is_empty());
        assert!(worded.clone().count() > 0);
        assert!(worded.clone().all(|setting| Setting::find(setting.path).is_some()));
    }

    #[test]
    fn options_are_unique_and_every_row_says_what_it_is() {
        let mut options: Vec<&str> = Setting::all().map(|setting| setting.option).collect();
        options.extend(Setting::all().filter_map(|setting| setting.alias));
        let count = options.len();
        options.sort_unstable();
        options.dedup();
        assert_eq!(options.len(), count);
        for setting in Section::ALL.into_iter().flat_map(Section::settings) {
            assert!(!setting.help.is_empty() && !setting.help.ends_with('.'), "{}", setting.path);
            assert!(!setting.name.is_empty() && !setting.row.is_empty(), "{}", setting.path);
        }
    }

    #[test]
    fn every_choice_can_be_read_and_the_presets_are_allowed() {
        for preset in Preset::ALL {
            let experiment = preset.experiment();
            experiment.check().expect("a preset can be run");
            let tree = serde_json::to_value(&experiment).expect("plain values");
            for setting in Setting::all() {
                let Values::Choice(choices) = setting.values else { continue };
                for choice in choices() {
                    let mut changed = tree.clone();
                    *setting.value_in(&mut changed).expect("its field") = choice.name.into();
                    let read = serde_json::from_value::<Experiment>(changed);
                    assert!(read.is_ok(), "{} = {}: {:?}", setting.path, choice.name, read.err());
                }
            }
        }
    }
}
