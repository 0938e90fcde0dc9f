//! Values by measure, in memory and on disk.

use std::fmt;

use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::measure::{Measure, MeasureError, STANDARD};

/// One value per measure, in the order in which the measures were requested. On disk it is an object keyed by name:
/// `{"map": 0.61, "p@20": 0.55}`.
#[derive(Clone, Debug, PartialEq)]
pub struct ByMeasure<T>(Vec<(Measure, T)>);

/// The measures of a ranking, or their means over several.
///
/// A measure that is not defined for a query is NaN, and `null` on disk. Before measures were named on disk they were
/// an array of those of [`STANDARD`] in its order; that is read too.
pub type Measures = ByMeasure<f64>;

impl<T: Copy> ByMeasure<T> {
    /// The values in the order of `measures`.
    pub fn new(measures: &[Measure], values: impl IntoIterator<Item = T>) -> Self {
        measures.iter().copied().zip(values).collect()
    }

    /// The value of a measure, if there is one.
    pub fn get(&self, measure: Measure) -> Option<T> {
        self.iter().find(|(known, _)| *known == measure).map(|(_, value)| value)
    }

    /// Measures and values in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (Measure, T)> {
        self.0.iter().copied()
    }

    /// The measures in their order.
    pub fn measures(&self) -> impl ExactSizeIterator<Item = Measure> {
        self.iter().map(|(measure, _)| measure)
    }

    /// The values in their order.
    pub fn values(&self) -> impl ExactSizeIterator<Item = T> {
        self.iter().map(|(_, value)| value)
    }

    /// Maps each value.
    pub fn map<U>(&self, mut of: impl FnMut(T) -> U) -> ByMeasure<U> {
        self.iter().map(|(measure, value)| (measure, of(value))).collect()
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Measures {
    /// The mean of each measure over the rows; empty without rows.
    pub fn mean<'a>(rows: impl IntoIterator<Item = &'a Measures>) -> Measures {
        let (mut sums, mut count) = (Measures::default(), 0_usize);
        for row in rows {
            if count == 0 {
                sums = row.measures().map(|measure| (measure, 0.0)).collect();
            }
            for (measure, sum) in &mut sums.0 {
                *sum += row.get(*measure).unwrap_or(f64::NAN);
            }
            count += 1;
        }
        sums.0.iter_mut().for_each(|(_, sum)| *sum /= count as f64);
        sums
    }

    /// The same, if it has all of [`STANDARD`].
    ///
    /// # Errors
    /// [`MeasureError::Missing`] with the names of the missing ones.
    pub fn with_standard(self) -> Result<Self, MeasureError> {
        let missing = STANDARD.iter().filter(|measure| self.get(**measure).is_none());
        let missing: Vec<String> = missing.map(ToString::to_string).collect();
        if missing.is_empty() { Ok(self) } else { Err(MeasureError::Missing { names: missing.join(", ") }) }
    }
}

impl<T> Default for ByMeasure<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> FromIterator<(Measure, T)> for ByMeasure<T> {
    fn from_iter<I: IntoIterator<Item = (Measure, T)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl<T: Serialize> Serialize for ByMeasure<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(measure, value)| (measure, value)))
    }
}

impl<'de> Deserialize<'de> for Measures {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

/// Reads the object or the array.
struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Measures;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object by the names of measures, or {} numbers", STANDARD.len())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Measures, A::Error> {
        let mut values = Measures::default();
        while let Some((measure, value)) = map.next_entry::<Measure, Option<f64>>()? {
            if values.get(measure).is_some() {
                return Err(A::Error::custom(format_args!("duplicate measure {measure}")));
            }
            values.0.push((measure, value.unwrap_or(f64::NAN)));
        }
        Ok(values)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Measures, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        match values.len() {
            // A run that has not been measured yet.
            0 => Ok(Measures::default()),
            count if count == STANDARD.len() => Ok(Measures::new(&STANDARD, values)),
            count => Err(A::Error::invalid_length(count, &self)),
        }
    }
}
