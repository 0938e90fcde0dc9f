//! One column per signal: what it is, and its values.

/// The source of a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignalGroup {
    /// Words of the query in the image's title, description and tags.
    Text,
    /// The rank in the search engine's list.
    Rank,
    /// Views, clicks, comments.
    Popularity,
    /// The date.
    Time,
    /// The location.
    Place,
    /// A numeric column of the data set's files, unchanged.
    Given,
}

impl SignalGroup {
    /// A short heading.
    pub fn name(self) -> &'static str {
        match self {
            SignalGroup::Text => "Text",
            SignalGroup::Rank => "Rank",
            SignalGroup::Popularity => "Popularity",
            SignalGroup::Time => "Time",
            SignalGroup::Place => "Place",
            SignalGroup::Given => "From the files",
        }
    }
}

/// One signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignalInfo {
    /// Unique within [`Signals`]: `bm25`, `rank`, …, or the heading of a column of the files.
    pub name: String,
    /// A description in one sentence.
    pub description: String,
    /// Its source.
    pub group: SignalGroup,
}

/// The raw signals of every candidate.
///
/// # Shapes
/// `queries[q]` is row-major, `candidates × infos.len()`; a value is finite, or NaN if it is missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Signals {
    /// The columns.
    pub infos: Vec<SignalInfo>,
    /// One table per query.
    pub queries: Vec<Vec<f32>>,
}

impl Signals {
    /// Position of a signal by its name.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.infos.iter().position(|info| info.name == name)
    }

    /// The same with every signal of these names, and the names of those that were not there: they have no value, which
    /// [`super::table`] makes 0 throughout.
    pub fn with_all(&self, names: &[String]) -> (Self, Vec<String>) {
        let missing: Vec<String> = names.iter().filter(|name| self.index(name).is_none()).cloned().collect();
        let width = self.infos.len();
        let info = |name: &String| SignalInfo {
            name: name.clone(),
            description: "A signal that this data set does not have".to_owned(),
            group: SignalGroup::Given,
        };
        let widened = |values: &Vec<f32>| {
            let nothing = std::iter::repeat_n(f32::NAN, missing.len());
            values.chunks(width.max(1)).flat_map(|row| row.iter().copied().chain(nothing.clone())).collect()
        };
        let infos = self.infos.iter().cloned().chain(missing.iter().map(info)).collect();
        (Self { infos, queries: self.queries.iter().map(widened).collect() }, missing)
    }

    /// The values of one signal for one query's candidates; empty if there is no such query or signal.
    pub fn column(&self, query: usize, signal: usize) -> impl Iterator<Item = f32> + '_ {
        let values = self.queries.get(query).filter(|_| signal < self.infos.len());
        values.into_iter().flat_map(move |values| values.iter().skip(signal).step_by(self.infos.len()).copied())
    }
}

/// A signal before uninformative ones are dropped: a value per candidate, query by query.
pub(super) struct Column {
    pub(super) info: SignalInfo,
    pub(super) queries: Vec<Vec<f32>>,
}

impl Column {
    pub(super) fn new(name: &str, group: SignalGroup, description: &str, queries: Vec<Vec<f32>>) -> Column {
        let info = SignalInfo { name: name.to_owned(), description: description.to_owned(), group };
        // Adding 0 makes −0, which an empty sum gives, plain 0.
        let finite = |value: f32| if value.is_finite() { value + 0.0 } else { f32::NAN };
        Column { info, queries: queries.into_iter().map(|row| row.into_iter().map(finite).collect()).collect() }
    }

    /// Whether it differs between any two candidates of a query.
    pub(super) fn is_informative(&self) -> bool {
        self.queries.iter().any(|values| {
            let mut present = values.iter().filter(|value| !value.is_nan());
            present.next().is_some_and(|first| present.any(|other| other != first))
        })
    }
}
