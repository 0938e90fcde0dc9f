//! Simulates what a photo-sharing site would add to a set of photos: tags, views, comments, dates, and a text search's
//! results.
//!
//! The built-in sample has real photos, titles, descriptions and judgements, but no users. This generator draws what
//! users would have left there, from a table of what each photo shows (its *concepts*): tags that are often missing and
//! sometimes wrong, dates, views and comments, and per query the candidates of a first-stage text search over them.
//! Text becomes a weak signal of relevance with known rates of silence and of noise. Everything is a pure function of
//! its arguments; pictures are never read, so the visual side of the data is real.

mod first_stage;
mod photo;

use crate::base::Rng;
use first_stage::TextIndex;
pub use photo::{Drawn, Photo};

/// Something a photo can show, and the words users have for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concept {
    /// As in [`Photo::concepts`].
    pub name: String,
    /// The broad subject it belongs to; wrong tags mostly stay within it.
    pub theme: String,
    /// Words that a query for the concept uses.
    pub words: Vec<String>,
    /// Synonyms, which the query's words do not match.
    pub synonyms: Vec<String>,
}

/// How noisy the drawn data is; probabilities of the described events unless noted otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// That a true concept gets no tag in the query's words.
    pub drop: f64,
    /// That a true concept gets a tag in other words.
    pub synonym: f64,
    /// That a photo gets one tag of a concept it does not show.
    pub wrong: f64,
    /// That such a wrong concept comes from the photo's own theme.
    pub same_theme: f64,
    /// That a photo takes the tag that its album was given as a batch (a concept most of the album does not show).
    pub batch: f64,
    /// That a photo is stuffed with three tags of arbitrary concepts.
    pub spam: f64,
    /// That a photo gets one tag that says nothing (`photo`, `2011`, …).
    pub generic: f64,
    /// That a photo is shown on another page of its theme than its album's.
    pub moved: f64,
    /// Photos per page.
    pub page_size: usize,
    /// Candidates per query.
    pub candidates: usize,
}

impl Default for Rates {
    /// The rates of the built-in sample.
    fn default() -> Self {
        Self {
            drop: 0.5,
            synonym: 0.35,
            wrong: 0.4,
            same_theme: 0.7,
            batch: 0.25,
            spam: 0.05,
            generic: 0.4,
            moved: 0.15,
            page_size: 12,
            candidates: 100,
        }
    }
}

/// A whole drawn sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// One per photo, in the photos' order.
    pub photos: Vec<Drawn>,
    /// Per query the photos its text search returns, best first.
    pub candidates: Vec<Vec<usize>>,
}

/// Draws everything; the same arguments give the same sample.
///
/// `queries` are the texts of the searches. A concept that `concepts` does not list gives no tags.
pub fn generate(photos: &[Photo], concepts: &[Concept], queries: &[&str], rates: Rates, seed: u64) -> Sample {
    let mut rng = Rng::new(seed);
    let themes: Vec<Option<&str>> = photos.iter().map(|photo| theme_of(photo, concepts)).collect();
    let pages = draw_pages(photos.len(), &themes, rates, &mut rng);
    let tags = draw_tags(photos, &themes, concepts, rates, &mut rng);
    let page_count = pages.iter().max().map_or(0, |last| last + 1);
    let page_days: Vec<i64> = (0..page_count).map(|_| draw_day(&mut rng)).collect();
    let photos_drawn: Vec<Drawn> = photos
        .iter()
        .zip(tags)
        .zip(pages)
        .map(|((photo, tags), page)| draw_photo(photo, tags, page, page_days[page], &mut rng))
        .collect();
    let index = TextIndex::new(photos, &photos_drawn, &themes);
    let candidates = queries.iter().map(|query| index.search(query, rates.candidates, &mut rng)).collect();
    Sample { photos: photos_drawn, candidates }
}

/// A day since 1970-01-01 as `YYYY-MM-DD` (Hinnant, "chrono-compatible low-level date algorithms").
pub fn civil_date(day: i64) -> String {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day_of_month:02}")
}

fn theme_of<'a>(photo: &Photo, concepts: &'a [Concept]) -> Option<&'a str> {
    let main = photo.concepts.first()?;
    concepts.iter().find(|concept| concept.name == *main).map(|concept| concept.theme.as_str())
}

/// Consecutive photos share a page; some are moved to another page of their theme.
fn draw_pages(count: usize, themes: &[Option<&str>], rates: Rates, rng: &mut Rng) -> Vec<usize> {
    let home = |photo: usize| photo / rates.page_size.max(1);
    (0..count)
        .map(|photo| {
            if rng.uniform() >= rates.moved {
                return home(photo);
            }
            let same_theme: Vec<usize> = (0..count).filter(|&other| themes[other] == themes[photo]).collect();
            home(same_theme[rng.below(same_theme.len())])
        })
        .collect()
}

const GENERIC: [&str; 16] = [
    "photo",
    "picture",
    "nice",
    "best",
    "interesting",
    "closeup",
    "canon",
    "nikon",
    "holiday",
    "travel",
    "school",
    "kids",
    "favourite",
    "macro",
    "colour",
    "2011",
];

fn draw_tags(
    photos: &[Photo],
    themes: &[Option<&str>],
    concepts: &[Concept],
    rates: Rates,
    rng: &mut Rng,
) -> Vec<Vec<String>> {
    let mut batches: Vec<(&str, usize)> = Vec::new();
    let mut all = Vec::with_capacity(photos.len());
    for (photo, &theme) in photos.iter().zip(themes) {
        let batch = match batches.iter().find(|(album, _)| *album == photo.album) {
            Some(&(_, concept)) => concept,
            None => {
                let concept = draw_wrong(photo, theme, concepts, 1.0, rng);
                batches.push((&photo.album, concept));
                concept
            }
        };
        all.push(draw_tags_of(photo, theme, batch, concepts, rates, rng));
    }
    all
}

fn draw_tags_of(
    photo: &Photo,
    theme: Option<&str>,
    batch: usize,
    concepts: &[Concept],
    rates: Rates,
    rng: &mut Rng,
) -> Vec<String> {
    let mut tags = Vec::new();
    for concept in concepts.iter().filter(|concept| photo.concepts.contains(&concept.name)) {
        if rng.uniform() >= rates.drop {
            add_one_of(&concept.words, &mut tags, rng);
        }
        if rng.uniform() < rates.synonym {
            add_one_of(&concept.synonyms, &mut tags, rng);
        }
    }
    let mut wrong = Vec::new();
    if rng.uniform() < rates.wrong {
        wrong.push(draw_wrong(photo, theme, concepts, rates.same_theme, rng));
    }
    if rng.uniform() < rates.batch {
        wrong.push(batch);
    }
    if rng.uniform() < rates.spam {
        wrong.extend((0..3).map(|_| rng.below(concepts.len())));
    }
    for concept in wrong.into_iter().filter_map(|index| concepts.get(index)) {
        add_one_of(&concept.words, &mut tags, rng);
    }
    if rng.uniform() < rates.generic {
        tags.push(GENERIC[rng.below(GENERIC.len())].to_owned());
    }
    rng.shuffle(&mut tags);
    let mut seen = std::collections::BTreeSet::new();
    tags.retain(|tag| seen.insert(tag.clone()));
    tags
}

fn add_one_of(words: &[String], tags: &mut Vec<String>, rng: &mut Rng) {
    tags.extend(words.get(rng.below(words.len())).cloned());
}

/// A concept that the photo does not show, of its own theme with probability `same_theme` where there is one.
fn draw_wrong(photo: &Photo, theme: Option<&str>, concepts: &[Concept], same_theme: f64, rng: &mut Rng) -> usize {
    let others = |within: Option<&str>| -> Vec<usize> {
        let fits = |concept: &Concept| within.is_none_or(|theme| concept.theme == theme);
        (0..concepts.len()).filter(|&i| fits(&concepts[i]) && !photo.concepts.contains(&concepts[i].name)).collect()
    };
    let mut choice = others(if rng.uniform() < same_theme { theme } else { None });
    if choice.is_empty() {
        choice = others(None);
    }
    choice.get(rng.below(choice.len())).copied().unwrap_or(concepts.len())
}

/// A uniform day of the years 2006 to 2013.
fn draw_day(rng: &mut Rng) -> i64 {
    const FIRST: i64 = 13_149; // 2006-01-01
    const DAYS: usize = 2_922; // up to 2013-12-31
    FIRST + rng.below(DAYS) as i64
}

/// Views are log-normal and grow a little with what there is to see: a photo of three concepts is found more often.
/// Half of a page's photos share its day; the day says next to nothing about relevance.
fn draw_photo(photo: &Photo, tags: Vec<String>, page: usize, page_day: i64, rng: &mut Rng) -> Drawn {
    let shown = photo.concepts.len().min(3) as f64;
    let views = (3.8 + 0.3 * shown + 0.9 * rng.normal()).exp();
    let comments = (views / 60.0 * (0.6 * rng.normal()).exp()).floor();
    let day = if rng.uniform() < 0.5 { page_day } else { draw_day(rng) };
    Drawn { tags, day, views: views.round() as u64, comments: comments as u64, page }
}

#[cfg(test)]
mod tests;
