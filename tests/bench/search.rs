//! Searches of collections: `cargo bench --bench search [-- COUNT… [--home FOLDER] [--peer PROGRAM ARGUMENT…]]`, of 10,000 and
//! 100,000 pictures without a number. 1000000 takes most of an hour, 8 GB of disk and 6 GB of memory.
//!
//! Prints `pictures<TAB>name<TAB>value<TAB>unit<TAB>goal<TAB>met or missed`. Making and asking are processes of their own, each
//! with its own peak of memory, files mapped into it included.
//!
//! The words are synthetic: titles, tags and captions from a vocabulary of 50,000 words with Zipf's frequencies, as a photo
//! site's have roughly. Queries are one to three of them, asked for as while typing and when finished. The vectors, of 512
//! numbers, are synthetic as well: each album has a centre in a space of 48 directions, its pictures lie around it, and there
//! is noise in every direction.
//!
//! The initial list is the 300 best by words, filled up with neighbours; the re-ranked one has gone through DCMM-PRF with its
//! graph; “in the window” is from the action until both rankings and the graph that is drawn are there. The recall is that of
//! the ten nearest against the exact ones, for vectors of no picture. Times are those of one search at a time, on a system
//! whose cache holds the files.
//!
//! `--peer python3 tests/bench/search/peer.py` searches the same texts by others, over one field with the same parameters
//! ([`peer`]). `--home FOLDER` keeps what is made; then only what is missing is made.

#[path = "search/peer.rs"]
mod peer;
#[path = "search/report.rs"]
mod report;
#[path = "search/synthetic.rs"]
mod synthetic;

use crossrank::base::limit_memory_pools;
use crossrank::dataset::Reach;
use crossrank::index::text::{FieldWeights, TextQuery};
use crossrank::index::{Asked, Collection, VectorSet};
use crossrank::train::Untrained;
use crossrank::vision::{Architecture, EncoderSpec};
use crossrank::workspace::{DataAction, Order, Ranker, SearchAction, Store, Workspace};
use report::Times;
use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use synthetic::{ALBUM, Vectors};

/// Pictures of a list, as the window asks for.
const MOST: usize = 300;
/// Queries that are timed: by words alone, and with vectors.
const QUERIES: usize = 400;
const WITH_VECTORS: usize = 100;
/// How many nearest the recall is of.
const NEAREST: usize = 10;
/// Larger numbers of candidates, each asked for once; the last is the whole collection, up to so many pictures.
const LARGER: [usize; 3] = [2_000, 20_000, 100_000];

struct Options {
    counts: Vec<usize>,
    home: Option<PathBuf>,
    peer: Option<Vec<String>>,
    /// What a child process is to do.
    part: Option<String>,
}

fn options() -> Options {
    let mut options = Options { counts: Vec::new(), home: None, peer: None, part: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--home" => options.home = arguments.next().map(PathBuf::from),
            "--part" => options.part = arguments.next(),
            "--peer" => options.peer = Some(arguments.by_ref().filter(|argument| argument != "--bench").collect()),
            _ => options.counts.extend(argument.parse::<usize>()),
        }
    }
    if options.counts.is_empty() {
        options.counts = vec![10_000, 100_000];
    }
    options
}

fn main() {
    // As the program does.
    limit_memory_pools();
    let Options { counts, home, peer, part } = options();
    for count in counts {
        let temporary = tempfile::tempdir().expect("a folder");
        let base = home.as_deref().unwrap_or(temporary.path());
        let home = base.join(count.to_string());
        match part.as_deref() {
            Some("make") => make(&home, count),
            Some(_) => ask(&home, count),
            None => {
                std::fs::create_dir_all(home.join("pictures")).expect("a folder");
                let parts = if home.join("own/made").exists() { &["ask"][..] } else { &["make", "ask"] };
                parts.iter().for_each(|part| child(base, count, part));
                let one = home.join("one field");
                let _ = std::fs::remove_dir_all(&one);
                std::fs::create_dir_all(&one).expect("a folder");
                peer::compare(count, &one, &synthetic::queries(QUERIES), peer.as_deref());
            }
        }
    }
}

/// Does a part in a process of its own.
fn child(base: &Path, count: usize, part: &str) {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.arg(count.to_string()).args(["--part", part, "--home"]).arg(base);
    assert!(command.status().expect("it runs").success(), "{part} of {count}");
}

fn encoder() -> EncoderSpec {
    let mut encoder = EncoderSpec::find(Some(Architecture::Resnet50Thin), None).expect("bundled");
    encoder.feature.stage = 3;
    encoder
}

fn go_on<T>(_: T) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn make(home: &Path, count: usize) {
    let own = home.join("own");
    let collection = Collection::create(&own, &home.join("pictures"), Reach::Folder).expect("a collection");
    let start = Instant::now();
    let mut writer = collection.text().writer().expect("a writer");
    (0..count).for_each(|number| writer.add(&synthetic::picture(number)).expect("added"));
    writer.finish().expect("on disk");
    // Listing and reading the pictures comes on top.
    report::value(count, "words: index", start.elapsed().as_secs_f64(), "s", None);
    report::value(count, "words: size on disk", report::megabytes(&own.join("text")), "MB", None);
    report_memory(count, "words: peak memory, making");
    let collection = Collection::open(&own).expect("opened");
    let start = Instant::now();
    let made = Vectors::new(encoder().dim());
    let mut rows = (0..count).map(|number| (synthetic::path(number), made.of_picture(number)));
    collection.take_vectors(&encoder(), &mut rows, &mut go_on).expect("taken");
    report::value(count, "vectors: rows and index", start.elapsed().as_secs_f64(), "s", None);
    report::value(count, "vectors: size on disk", report::megabytes(&own.join("vectors")), "MB", None);
    report_memory(count, "vectors: peak memory, making");
    std::fs::write(own.join("made"), "").expect("written");
}

fn report_memory(count: usize, name: &str) {
    if let Some(peak) = report::peak_memory() {
        report::value(count, name, peak, "MB", None);
    }
}

fn ask(home: &Path, count: usize) {
    let start = Instant::now();
    let collection = Collection::open(&home.join("own")).expect("opened");
    let set = collection.vectors_of(&encoder()).expect("there");
    report::value(count, "open", start.elapsed().as_secs_f64() * 1e3, "ms", None);
    let queries = synthetic::queries(QUERIES);
    words(&collection, count, &queries);
    looks(&set, count);
    // Those that anything matches, as there is no list of the others.
    let matches = |query: &&String| collection.search(query, 1).expect("found").count > 0;
    let queries: Vec<&String> = queries.iter().filter(matches).take(WITH_VECTORS).collect();
    lists(&collection, &set, count, &queries);
    window(home, count, &queries);
    report_memory(count, "peak memory, asking");
    for most in LARGER.map(|most| most.min(count)).into_iter().collect::<std::collections::BTreeSet<_>>() {
        let start = Instant::now();
        let found = reranked(&collection, &set, queries[0], most);
        assert_eq!(found, most);
        let name = format!("re-ranked list of {most} candidates");
        report::value(count, &name, start.elapsed().as_secs_f64(), "s", None);
    }
    report_memory(count, "peak memory, with these");
}

/// Searches by words alone.
fn words(collection: &Collection, count: usize, queries: &[String]) {
    for (name, is_open) in [("finished", false), ("being typed", true)] {
        let mut times = Times::default();
        for query in queries {
            // While typing, the last word has two or three letters.
            let last = query.rfind(' ').map_or(0, |space| space + 1);
            let typed = &query[..query.len().min(last + 2 + query.len() % 2)];
            let text = if is_open { typed } else { query };
            let query = TextQuery { text, weights: FieldWeights::default(), most: MOST, is_open };
            let found = times.time(|| collection.text().search(&query).expect("found"));
            assert!(found.count >= found.hits.len());
        }
        times.report(count, &format!("words: query {name}"), Some(50.0));
    }
}

/// The nearest by the index, or by comparing all, of vectors that are no picture's.
fn looks(set: &VectorSet, count: usize) {
    if let Some(recall) = set.info().recall() {
        report::share(count, "vectors: recall@10 for pictures of the set", recall.share, 0.98);
    }
    let made = Vectors::new(set.info().dim);
    let (mut near, mut many, mut exact) = (Times::default(), Times::default(), Times::default());
    let (mut found, mut all) = (0, 0);
    for number in 0..100 {
        let vectors = [made.of(number * (count / 100) / ALBUM, 9_000_000 + number as u64)];
        let by_index = near.time(|| set.nearest(&vectors, NEAREST).expect("found"));
        let truth = exact.time(|| set.nearest_exactly(&vectors, NEAREST).expect("found"));
        many.time(|| set.nearest(&vectors, MOST).expect("found"));
        let by_index: HashSet<&str> = by_index[0].iter().map(|near| near.path.as_str()).collect();
        found += truth[0].iter().filter(|near| by_index.contains(near.path.as_str())).count();
        all += truth[0].len();
    }
    report::share(count, "vectors: recall@10 for other pictures", found as f64 / f64::from(all as u32), 0.98);
    near.report(count, "vectors: ten nearest", Some(50.0));
    many.report(count, "vectors: 300 nearest", Some(50.0));
    exact.report(count, "vectors: ten nearest, comparing all", None);
}

fn lists(collection: &Collection, set: &VectorSet, count: usize, queries: &[&String]) {
    let (mut initial, mut full) = (Times::default(), Times::default());
    for query in queries {
        let found = initial.time(|| collection.candidates(&Asked::words(query), Some(set)).expect("found"));
        assert!(found.list.len() == MOST.min(count));
        full.time(|| reranked(collection, set, query, MOST));
    }
    initial.report(count, "initial list", Some(50.0));
    full.report(count, "re-ranked list", Some(goal(count)));
}

/// Milliseconds to the re-ranked list.
fn goal(count: usize) -> f64 {
    if count <= 100_000 { 200.0 } else { 400.0 }
}

/// From the words to the list re-ranked over its graph; how long it is.
fn reranked(collection: &Collection, set: &VectorSet, words: &str, most: usize) -> usize {
    let asked = Asked { most, ..Asked::words(words) };
    let found = collection.candidates(&asked, Some(set)).expect("found");
    let query = collection.query(words, words, None, &found);
    let onto = collection.without_queries().expect("empty");
    let gathered = collection.gather(onto, &query, Some(set)).expect("gathered");
    let ranker = Ranker::Untrained(Untrained::Prf);
    let at = gathered.query;
    let data = ranker.data(gathered, 1 << 30);
    let (scores, _) = ranker.rank(&data, at, Some(set), &mut |_, _| go_on(())).expect("ranked");
    assert_eq!(scores.len(), found.list.len());
    scores.len()
}

/// From an action of the window until its result is there to be drawn.
fn window(home: &Path, count: usize, queries: &[&String]) {
    let wait = |workspace: &mut Workspace, is_there: &dyn Fn(&Workspace) -> bool| {
        let start = Instant::now();
        while !is_there(workspace) {
            workspace.poll();
            assert!(start.elapsed() < Duration::from_secs(120), "{:?}", workspace.messages());
            std::thread::sleep(Duration::from_micros(100));
        }
    };
    let is_quiet = |workspace: &Workspace| workspace.session().is_some() && !workspace.is_busy();
    let mut workspace = Workspace::new(Store::at(&home.join("store")));
    workspace.apply(DataAction::Open(home.join("own")));
    wait(&mut workspace, &is_quiet);
    let (mut typed, mut asked) = (Times::default(), Times::default());
    for &query in queries {
        let words = Asked { is_open: true, ..Asked::words(query) };
        typed.time(|| {
            workspace.apply(SearchAction::Find(Box::new(words)));
            wait(&mut workspace, &|now| now.searching().found().is_some_and(|found| found.asked.text == *query));
        });
        asked.time(|| {
            workspace.apply(SearchAction::Ask(Box::new(Asked::words(query))));
            wait(&mut workspace, &|now| {
                now.session().is_some_and(|session| {
                    session.data.dataset.queries[session.query()].text == *query
                        && session.ranking(Order::Feedback).is_some()
                        && session.ranking(Order::Untrained).is_some()
                        && session.view().is_some()
                })
            });
        });
        wait(&mut workspace, &is_quiet);
    }
    typed.report(count, "in the window: list while typing", Some(50.0));
    asked.report(count, "in the window: re-ranked lists and graph", Some(goal(count)));
}
