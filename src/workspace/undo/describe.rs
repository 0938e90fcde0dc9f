//! What a step of undo is called, and which steps are of one kind.

use crate::study::runs::{ParamValue, Parameters, RunTable, flat, short_name};
use crate::workspace::{Action, DataAction, RunsAction, SettingsAction, StudiesAction, ThemeChoice};
use std::path::Path;

/// What a step did.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// In a few words: `12 neighbours`.
    pub name: String,
    /// What it changed; steps of the same kind can be one.
    pub kind: Vec<String>,
}

/// Describes a step by the action that takes it back and the one that does it.
pub fn describe(back: &Action, forth: &Action) -> Description {
    match (back, forth) {
        (Action::Settings(back), Action::Settings(forth)) => settings(back, forth),
        (_, Action::Data(DataAction::ChooseVectors(names))) => of("vectors", format!("vectors {}", names.join(" + "))),
        (_, Action::Runs(RunsAction::Delete(path)) | Action::Studies(StudiesAction::Delete(path))) => {
            of("deletion", format!("deletion of {}", name(path)))
        }
        _ => of("other", "a change".to_owned()),
    }
}

fn of(kind: &str, name: String) -> Description {
    Description { name, kind: vec![kind.to_owned()] }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn settings(back: &SettingsAction, forth: &SettingsAction) -> Description {
    use SettingsAction::{SetEncoder, SetExperiment, SetGraphLook, SetQuerySort, SetRunTable, SetTheme};
    match (back, forth) {
        (SetExperiment(back), SetExperiment(forth)) => changed("", "settings", &flat(back), &flat(forth)),
        (SetEncoder(back), SetEncoder(forth)) => changed("encoder: ", "settings", &flat(back), &flat(forth)),
        (SetRunTable(back), SetRunTable(forth)) => changed("runs: ", "settings", &of_table(back), &of_table(forth)),
        (SetGraphLook(back), SetGraphLook(forth)) => changed("graph: ", "settings", &flat(back), &flat(forth)),
        (_, SetTheme(theme)) => of(
            "theme",
            match theme {
                ThemeChoice::System => "the system's theme".to_owned(),
                ThemeChoice::Dark => "dark theme".to_owned(),
                ThemeChoice::Light => "light theme".to_owned(),
            },
        ),
        (_, SetQuerySort(sort)) => of("query order", format!("queries by {}", sort.name().to_lowercase())),
        _ => of("settings", "settings".to_owned()),
    }
}

/// The table's settings with the filter, which is not saved with the others.
fn of_table(table: &RunTable) -> Parameters {
    let mut parameters = flat(table);
    parameters.insert("filter".to_owned(), ParamValue::Text(table.filter.clone()));
    parameters
}

/// Names what differs between two lists of settings; `area` tells settings of one name in two lists apart.
fn changed(area: &str, several: &str, back: &Parameters, forth: &Parameters) -> Description {
    let mut kind: Vec<String> = back.keys().chain(forth.keys()).cloned().collect();
    kind.retain(|name| back.get(name) != forth.get(name));
    kind.sort();
    kind.dedup();
    let name = match &kind[..] {
        [name] => setting(name, forth.get(name)),
        // A click on a column's title sets the column and the direction.
        [ascending, sort] if ascending == "ascending" && sort == "sort" => setting(sort, forth.get(sort)),
        names => format!("{} {several}", names.len()),
    };
    let kind = kind.into_iter().map(|name| format!("{area}{name}")).collect();
    Description { name: format!("{area}{name}"), kind }
}

/// `12 neighbours`, `dropout 0.2`, `residual off`.
fn setting(name: &str, value: Option<&ParamValue>) -> String {
    let label = short_name(name).replace('_', " ");
    match (name, value.map(ToString::to_string).as_deref()) {
        ("graph.k", Some("1")) => "1 neighbour".to_owned(),
        ("graph.k", Some(k)) => format!("{k} neighbours"),
        (_, Some("yes")) => format!("{label} on"),
        (_, None | Some("no" | "none" | "")) => format!("{label} off"),
        ("features", _) => "choice of signals".to_owned(),
        ("hidden", _) => "choice of columns".to_owned(),
        (_, Some(value)) => format!("{label} {value}"),
    }
}
