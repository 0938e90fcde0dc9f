//! Text search in collections: `cargo bench --bench search [-- COUNT…]` (10,000 and 100,000 pictures without a number;
//! 1000000 takes minutes).
//!
//! Prints `pictures<TAB>name<TAB>value<TAB>unit<TAB>goal<TAB>met or missed`. The words are synthetic: titles, tags and
//! captions from a vocabulary of 50,000 words with Zipf's frequencies, as a photo site's have roughly. Queries are one to
//! three of them, asked for as while typing and when finished.

use crossrank::base::Rng;
use crossrank::index::text::{FieldWeights, TextIndex, TextQuery};
use crossrank::index::{Picture, Stamp, Words};
use std::path::Path;
use std::time::Instant;

/// Pictures of a list, as the window asks for.
const MOST: usize = 300;

/// Queries that are timed.
const QUERIES: usize = 400;

/// Words there are.
const VOCABULARY: usize = 50_000;

fn main() {
    let mut counts: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    if counts.is_empty() {
        counts = vec![10_000, 100_000];
    }
    for count in counts {
        let home = tempfile::tempdir().expect("a folder");
        case(home.path(), count);
    }
}

fn case(home: &Path, count: usize) {
    let mut rng = Rng::new(7);
    let index = TextIndex::open(home).expect("an index");
    let start = Instant::now();
    let mut writer = index.writer().expect("a writer");
    for number in 0..count {
        writer.add(&picture(number, &mut rng)).expect("added");
    }
    writer.finish().expect("on disk");
    // Listing and reading the pictures comes on top: `crossrank collect` has 20 s for all at 100,000.
    report(count, "index", start.elapsed().as_secs_f64(), "s", None);
    let bytes: u64 =
        std::fs::read_dir(home).expect("files").flatten().map(|file| file.metadata().map_or(0, |m| m.len())).sum();
    report(count, "size on disk", bytes as f64 / 1e6, "MB", None);
    let queries: Vec<String> =
        (0..QUERIES).map(|_| (0..1 + rng.below(3)).map(|_| word(&mut rng)).collect::<Vec<_>>().join(" ")).collect();
    for (name, is_open) in [("finished", false), ("being typed", true)] {
        // While typing, the last word has two or three letters.
        let typed = |query: &str| {
            let last = query.rfind(' ').map_or(0, |space| space + 1);
            query[..query.len().min(last + 2 + query.len() % 2)].to_owned()
        };
        let ask = |query: &String| timed(&index, &if is_open { typed(query) } else { query.clone() }, is_open);
        let mut times: Vec<f64> = queries.iter().map(ask).collect();
        times.sort_by(f64::total_cmp);
        let goal = (count <= 100_000).then_some(50.0);
        report(count, &format!("query {name}, median"), times[times.len() / 2], "ms", None);
        report(count, &format!("query {name}, 99th percentile"), times[times.len() * 99 / 100], "ms", goal);
    }
}

/// Milliseconds of one query.
fn timed(index: &TextIndex, query: &str, is_open: bool) -> f64 {
    let query = TextQuery { text: query, weights: FieldWeights::default(), most: MOST, is_open };
    let start = Instant::now();
    let found = index.search(&query).expect("found");
    assert!(found.count >= found.hits.len());
    start.elapsed().as_secs_f64() * 1e3
}

fn picture(number: usize, rng: &mut Rng) -> Picture {
    let mut text = |least: usize, most: usize| {
        (0..least + rng.below(most - least + 1)).map(|_| word(rng)).collect::<Vec<_>>().join(" ")
    };
    let words = Words {
        title: text(1, 4),
        captions: vec![text(8, 14), text(8, 14)],
        tags: (0..4).map(|_| text(1, 1)).collect(),
        folders: vec![format!("album {}", number / 200)],
        ..Words::default()
    };
    Picture { path: format!("album {}/{number}.jpg", number / 200), stamp: Stamp::default(), part: None, words }
}

/// A word by Zipf's law: its rank's logarithm is uniform.
fn word(rng: &mut Rng) -> String {
    let rank = (VOCABULARY as f64).powf(rng.uniform()) as usize;
    // Words of four to eight letters that no stemmer shortens.
    let letters = b"bdfgklmnprtvz";
    let mut rest = rank.wrapping_mul(2_654_435_761) % 815_730_721;
    let mut word = String::new();
    while rest > 0 {
        word.push(char::from(letters[rest % letters.len()]));
        word.push(['a', 'o', 'u'][rest % 3]);
        rest /= letters.len() * 5;
    }
    word
}

fn report(count: usize, name: &str, value: f64, unit: &str, goal: Option<f64>) {
    let verdict =
        goal.map_or_else(String::new, |goal| format!("{goal}\t{}", if value <= goal { "met" } else { "missed" }));
    println!("{count}\t{name}\t{value:.2}\t{unit}\t{verdict}");
}
