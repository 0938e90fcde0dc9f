//! Searches of collections: `cargo bench --bench search [-- COUNT…]` (10,000 and 100,000 pictures without a number; 1000000
//! takes many minutes, 6 GB of disk and 4 GB of memory).
//!
//! Prints `pictures<TAB>name<TAB>value<TAB>unit<TAB>goal<TAB>met or missed`. The words are synthetic: titles, tags and
//! captions from a vocabulary of 50,000 words with Zipf's frequencies, as a photo site's have roughly. Queries are one to
//! three of them, asked for as while typing and when finished.
//!
//! The vectors, of 512 numbers, are synthetic as well: each album has a centre in a space of 48 directions, its pictures lie
//! around it, and there is noise in every direction. The initial list is the 300 best by words, filled up with neighbours;
//! the re-ranked one has gone through DCMM-PRF with its graph. The recall is that of the ten nearest against the exact ones.

use crossrank::base::Rng;
use crossrank::dataset::Reach;
use crossrank::index::text::{FieldWeights, TextIndex, TextQuery};
use crossrank::index::{Asked, Collection, Picture, Stamp, VectorSet, Words};
use crossrank::train::Untrained;
use crossrank::vision::{Architecture, EncoderSpec};
use crossrank::workspace::Ranker;
use std::ops::ControlFlow;
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
    let pictures = home.join("pictures");
    std::fs::create_dir(&pictures).expect("a folder");
    let collection = Collection::create(&home.join("own"), &pictures, Reach::Folder).expect("a collection");
    let index = collection.text();
    let start = Instant::now();
    let mut writer = index.writer().expect("a writer");
    for number in 0..count {
        writer.add(&picture(number, &mut rng)).expect("added");
    }
    writer.finish().expect("on disk");
    // Listing and reading the pictures comes on top: `crossrank collect` has 20 s for all at 100,000.
    report(count, "index", start.elapsed().as_secs_f64(), "s", None);
    report(count, "size on disk", megabytes(&home.join("own/text")), "MB", None);
    let queries = words(index, count, &mut rng);
    looks(&collection, count, &queries);
}

/// Times text searches alone; the queries.
fn words(index: &TextIndex, count: usize, rng: &mut Rng) -> Vec<String> {
    let queries: Vec<String> =
        (0..QUERIES).map(|_| (0..1 + rng.below(3)).map(|_| word(rng)).collect::<Vec<_>>().join(" ")).collect();
    for (name, is_open) in [("finished", false), ("being typed", true)] {
        // While typing, the last word has two or three letters.
        let typed = |query: &str| {
            let last = query.rfind(' ').map_or(0, |space| space + 1);
            query[..query.len().min(last + 2 + query.len() % 2)].to_owned()
        };
        let ask = |query: &String| timed(index, &if is_open { typed(query) } else { query.clone() }, is_open);
        let goal = (count <= 100_000).then_some(50.0);
        report_times(count, &format!("query {name}"), queries.iter().map(ask).collect(), goal);
    }
    queries
}

/// Times everything that looks at vectors.
fn looks(collection: &Collection, count: usize, queries: &[String]) {
    let mut encoder = EncoderSpec::find(Some(Architecture::Resnet50Thin), None).expect("bundled");
    encoder.feature.stage = 3;
    let dim = encoder.dim();
    let start = Instant::now();
    let mut vectors = vectors(count, dim);
    collection.take_vectors(&encoder, &mut vectors, &mut |_| ControlFlow::Continue(())).expect("taken");
    report(count, "vectors and index of neighbours", start.elapsed().as_secs_f64(), "s", None);
    report(count, "their size on disk", megabytes(&collection.folder().join("vectors")), "MB", None);
    let set = collection.vectors_of(&encoder).expect("there");
    if let Some(recall) = set.info().recall() {
        println!(
            "{count}\trecall@10\t{:.4}\t\t0.98\t{}",
            recall.share,
            if recall.share >= 0.98 { "met" } else { "missed" }
        );
    }
    let queries = &queries[..queries.len() / 4];
    let times = queries.iter().map(|words| initial(collection, &set, words)).collect();
    report_times(count, "initial list", times, Some(50.0));
    let goal = if count <= 100_000 { 200.0 } else { 400.0 };
    report_times(
        count,
        "re-ranked list",
        queries.iter().map(|words| reranked(collection, &set, words)).collect(),
        Some(goal),
    );
    let like = |number: usize| {
        let path = path(number * (count / 100));
        let vector = set.get(&path).expect("read").expect("there");
        let start = Instant::now();
        assert_eq!(set.nearest(&[vector], MOST).expect("found")[0].len(), MOST.min(count));
        start.elapsed().as_secs_f64() * 1e3
    };
    report_times(count, "300 nearest of a picture", (0..100).map(like).collect(), Some(50.0));
    if let Some(peak) = peak_memory() {
        report(count, "peak memory", peak, "MB", None);
    }
}

/// Milliseconds until the initial list is there.
fn initial(collection: &Collection, set: &VectorSet, words: &str) -> f64 {
    let start = Instant::now();
    let found = collection.candidates(&Asked::words(words), Some(set)).expect("found");
    assert!(found.list.len() <= MOST);
    start.elapsed().as_secs_f64() * 1e3
}

/// Milliseconds from the words to the list re-ranked over its graph.
fn reranked(collection: &Collection, set: &VectorSet, words: &str) -> f64 {
    let start = Instant::now();
    let found = collection.candidates(&Asked::words(words), Some(set)).expect("found");
    let query = collection.query(words, words, None, &found);
    let gathered =
        collection.gather(collection.without_queries().expect("empty"), &query, Some(set)).expect("gathered");
    let (scores, _) = Ranker::Untrained(Untrained::Prf).rank(gathered, 1 << 30).expect("ranked");
    assert_eq!(scores.len(), found.list.len());
    start.elapsed().as_secs_f64() * 1e3
}

/// A vector for each picture.
fn vectors(count: usize, dim: usize) -> impl Iterator<Item = (String, Vec<f32>)> {
    const DIRECTIONS: usize = 48;
    let mut rng = Rng::new(11);
    let directions: Vec<f32> = (0..DIRECTIONS * dim).map(|_| rng.normal() as f32).collect();
    (0..count).map(move |number| {
        let mut centre = Rng::new(1000 + (number / 200) as u64);
        let mut vector: Vec<f32> = (0..dim).map(|_| 2.0 * rng.normal() as f32).collect();
        for direction in directions.chunks_exact(dim) {
            let along = (centre.normal() + 0.7 * rng.normal()) as f32;
            vector.iter_mut().zip(direction).for_each(|(x, d)| *x += along * d);
        }
        (path(number), vector)
    })
}

fn path(number: usize) -> String {
    format!("album {}/{number}.jpg", number / 200)
}

/// The size of a folder's files in MB.
fn megabytes(folder: &Path) -> f64 {
    let size = |entry: std::fs::DirEntry| match entry.path() {
        path if path.is_dir() => megabytes(&path),
        path => path.metadata().map_or(0.0, |file| file.len() as f64 / 1e6),
    };
    std::fs::read_dir(folder).expect("files").flatten().map(size).sum()
}

/// The most memory that this process has had, in MB, where the system says so.
fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok().map(|kilobytes| kilobytes / 1e3)
}

fn report_times(count: usize, name: &str, mut times: Vec<f64>, goal: Option<f64>) {
    times.sort_by(f64::total_cmp);
    report(count, &format!("{name}, median"), times[times.len() / 2], "ms", None);
    report(count, &format!("{name}, 99th percentile"), times[times.len() * 99 / 100], "ms", goal);
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
    Picture { path: path(number), stamp: Stamp::default(), part: None, words }
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
