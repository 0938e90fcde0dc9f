//! The parameters of one run among many.

use super::shared::Shared;
use super::value::ParamValue;
use std::collections::BTreeMap;
use std::sync::Arc;

/// All parameters of a run by their full names (`graph.k`, `training.loss`), in alphabetical order.
///
/// Of many runs most have the same names and texts, so these can be shared.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    names: Arc<[Arc<str>]>,
    /// As many.
    values: Arc<[ParamValue]>,
}

impl Parameters {
    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ParamValue)> {
        self.names().zip(self.values.iter())
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    /// The values, in the order of the names.
    pub fn values(&self) -> impl Iterator<Item = &ParamValue> {
        self.values.iter()
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&ParamValue> {
        let at = self.names.binary_search_by(|known| (**known).cmp(name)).ok()?;
        self.values.get(at)
    }

    /// The same with further parameters.
    pub fn with<'a>(&self, others: impl IntoIterator<Item = (&'a str, ParamValue)>) -> Self {
        let own = self.iter().map(|(name, value)| (name.to_owned(), value.clone()));
        own.chain(others.into_iter().map(|(name, value)| (name.to_owned(), value))).collect()
    }

    /// Offers its names and texts to other runs.
    pub(super) fn share(&self, shared: &mut Shared) {
        shared.names(self.names.clone());
        self.values().for_each(|value| {
            if let ParamValue::Text(text) = value {
                shared.offer(text);
            }
        });
    }

    /// The same, with one copy of what other runs have too.
    pub(super) fn sharing(self, shared: &mut Shared) -> Self {
        let value = |value: &ParamValue, shared: &mut Shared| match value {
            ParamValue::Text(text) => ParamValue::Text(shared.text(text)),
            ParamValue::Number(number) => ParamValue::Number(*number),
        };
        let values = self.values.iter().map(|one| value(one, shared)).collect();
        Self { names: shared.names(self.names), values }
    }
}

impl FromIterator<(String, ParamValue)> for Parameters {
    fn from_iter<I: IntoIterator<Item = (String, ParamValue)>>(parameters: I) -> Self {
        let sorted: BTreeMap<String, ParamValue> = parameters.into_iter().collect();
        let (names, values): (Vec<Arc<str>>, Vec<_>) =
            sorted.into_iter().map(|(name, value)| (name.into(), value)).unzip();
        Self { names: names.into(), values: values.into() }
    }
}
