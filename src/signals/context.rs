//! Signals that use no text: rank, popularity, time, location, and the columns of the files.

use super::column::{Column, SignalGroup};
use crate::dataset::{Candidate, Dataset, Image, Query};

/// Mean radius of the Earth (IUGG), in kilometres.
const EARTH_RADIUS: f64 = 6371.0088;
/// A Julian year, in seconds.
const YEAR: f64 = 365.25 * 86_400.0;

/// Rank, popularity, comments, freshness and distance.
pub(super) fn columns(dataset: &Dataset) -> Vec<Column> {
    let newest = dataset.images.iter().filter_map(|image| image.date).max().unwrap_or_default();
    vec![
        column(
            dataset,
            "rank",
            SignalGroup::Rank,
            "−ln of the rank in the search engine's list",
            |_, candidate, _| candidate.rank.map(|rank| -f64::from(rank.max(1)).ln()),
        ),
        column(dataset, "popularity", SignalGroup::Popularity, "ln(1 + x) of the views or clicks", |_, _, image| {
            image.popularity.and_then(log_count)
        }),
        column(dataset, "comments", SignalGroup::Popularity, "ln(1 + x) of the number of comments", |_, _, image| {
            image.comments.and_then(log_count)
        }),
        column(
            dataset,
            "freshness",
            SignalGroup::Time,
            "Years before the newest date of the data set, negated",
            |_, _, image| image.date.map(|date| (date as f64 - newest as f64) / YEAR),
        ),
        column(
            dataset,
            "distance",
            SignalGroup::Place,
            "−ln(1 + kilometres to the query's location)",
            |query, _, image| Some(-kilometres(query.location?, image.location?)?.ln_1p()),
        ),
    ]
}

/// The numeric columns of the files, unchanged.
pub(super) fn given(dataset: &Dataset) -> Vec<Column> {
    let names = dataset.feature_names.iter().enumerate();
    names
        .map(|(place, name)| {
            column(
                dataset,
                name,
                SignalGroup::Given,
                &format!("The column “{name}” of the data set's files"),
                |_, candidate, _| candidate.features.get(place).copied().map(f64::from),
            )
        })
        .collect()
}

/// The position in the files as a rank, for a data set without any other informative signal.
pub(super) fn position(dataset: &Dataset) -> Column {
    let places = |query: &Query| (1..=query.candidates.len()).map(|place| -(place as f32).ln()).collect();
    let queries = dataset.queries.iter().map(places).collect();
    Column::new("rank", SignalGroup::Rank, "−ln of the position in the files", queries)
}

fn column(
    dataset: &Dataset,
    name: &str,
    group: SignalGroup,
    description: &str,
    value: impl Fn(&Query, &Candidate, &Image) -> Option<f64>,
) -> Column {
    let of_candidate = |query: &Query, candidate: &Candidate| {
        let image = dataset.images.get(candidate.image)?;
        value(query, candidate, image)
    };
    let of_query = |query: &Query| {
        let candidates = query.candidates.iter();
        candidates.map(|candidate| of_candidate(query, candidate).unwrap_or(f64::NAN) as f32).collect()
    };
    Column::new(name, group, description, dataset.queries.iter().map(of_query).collect())
}

/// ln(1 + x) of a count; `None` for an invalid one.
fn log_count(count: f64) -> Option<f64> {
    (count.is_finite() && count >= 0.0).then(|| count.ln_1p())
}

/// Great-circle distance of two points given as latitude and longitude in degrees, by the haversine formula.
fn kilometres(from: (f64, f64), to: (f64, f64)) -> Option<f64> {
    let on_earth = |(latitude, longitude): (f64, f64)| latitude.abs() <= 90.0 && longitude.abs() <= 360.0;
    if !on_earth(from) || !on_earth(to) {
        return None;
    }
    let half_sine = |a: f64, b: f64| ((b - a).to_radians() / 2.0).sin().powi(2);
    let along = from.0.to_radians().cos() * to.0.to_radians().cos();
    let haversine = half_sine(from.0, to.0) + along * half_sine(from.1, to.1);
    Some(2.0 * EARTH_RADIUS * haversine.clamp(0.0, 1.0).sqrt().asin())
}
