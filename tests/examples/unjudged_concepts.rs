//! How well words that nobody judged are answered: every concept of the built-in sample with five photos or more that is not
//! one of its queries, typed into a collection of its photos.
//!
//! `cargo run --release --example unjudged_concepts`
//!
//! The words are those of the sample's table of images; the model is trained on the sample's 33 queries, kept in the collection
//! and judged by its `qrels.txt`. `concepts.tsv` only names the concepts and measures: it gives no word and no label.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::ops::ControlFlow;

use crossrank::base::Spread;
use crossrank::dataset::{self, Image, Judgements, Qrels, Reach, Run, VectorTable, add_query, demo_sample};
use crossrank::eval::{Averaging, Conventions, Measure, evaluate};
use crossrank::index::{Asked, Candidates, Collection, Picture, Stamp, VectorSet, Words};
use crossrank::signals;
use crossrank::train::{self, Experiment, Preset, Quiet, RunData, RunRecord, SavedRun, Untrained, rank_untrained};
use crossrank::vision::EncoderSpec;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Fewest photos of a concept.
const FEWEST: usize = 5;
const SEEDS: u64 = 3;
const MEMORY: usize = 1 << 30;

fn main() -> Outcome<()> {
    let home = std::env::temp_dir().join(format!("crossrank-concepts-{}", std::process::id()));
    let outcome = measure(&home);
    // What is left of a failed attempt is of no use.
    let _ = std::fs::remove_dir_all(&home);
    outcome
}

fn measure(home: &std::path::Path) -> Outcome<()> {
    let loaded = dataset::open(&demo_sample())?;
    let collection = collection(home, &loaded.dataset)?;
    let set = collection.vectors_of(&EncoderSpec::bundled())?;
    let find = |words: &str| collection.candidates(&Asked::words(words), Some(&set));
    let queries: BTreeSet<&str> = loaded.dataset.queries.iter().map(|query| query.id.as_str()).collect();
    let truth = concepts(&queries)?;
    println!("{} concepts that are no queries: {}", truth.len(), truth.keys().cloned().collect::<Vec<_>>().join(", "));
    let mut found: BTreeMap<&str, Candidates> = BTreeMap::new();
    for concept in truth.keys() {
        found.insert(concept, find(&concept.replace('-', " "))?);
    }
    // All queries in one data set, so that a signal means the same in training and later.
    let mut all = collection.without_queries()?;
    for query in &loaded.dataset.queries {
        add_query(&mut all, &collection.query(query.id.as_str(), &query.text, query.split, &find(&query.text)?));
    }
    let judged = all.dataset.queries.len();
    judge(&mut all.judgements, &all.dataset, &loaded);
    let to_train = data(&collection, all.clone(), &set)?;
    for (concept, candidates) in &found {
        add_query(&mut all, &collection.query(concept, &concept.replace('-', " "), None, candidates));
    }
    let data = data(&collection, all, &set)?;
    let asked: Vec<usize> = (judged..data.dataset.queries.len()).collect();
    let text = data.signals.index("text").ok_or("the collection's text has no score")?;
    let initial = asked.iter().map(|&query| signals::initial_order(&data.dataset, query)).collect();
    println!("{:24} MAP {:.4}", "text, then looks", map(&truth, &data, &asked, initial));
    for by in Untrained::ALL {
        let scores =
            asked.iter().map(|&query| rank_untrained(&data, by, text, query)).collect::<Result<Vec<_>, _>>()?;
        println!("{:24} MAP {:.4}", by.name(), map(&truth, &data, &asked, scores));
    }
    for (name, features) in [("trained", None), ("trained, text alone", Some(vec!["text".to_owned()]))] {
        let (mut maps, mut validation) = (Vec::new(), Vec::new());
        for seed in 1..=SEEDS {
            let mut experiment = Experiment { features: features.clone(), ..Preset::Best.experiment() };
            experiment.training.seed = seed;
            let folder = home.join(format!("{name} {seed}"));
            let done = train::run(&to_train, &experiment, RunRecord::default(), Some(&folder), &mut Quiet)?;
            validation
                .extend(done.history.iter().filter_map(|epoch| epoch.validation.get(Measure::Map)).reduce(f64::max));
            let applied = SavedRun::open(&folder)?.apply(&data, &asked, &mut Quiet)?;
            maps.push(map(&truth, &data, &asked, applied.scores));
        }
        let of = |maps: &[f64]| Spread::of(maps.iter().copied()).ok_or("no seed");
        let (asked, best) = (of(&maps)?, of(&validation)?);
        println!("{name:24} MAP {:.4} ± {:.4}; validation {:.4}", asked.mean, asked.deviation, best.mean);
    }
    Ok(())
}

/// A collection of the sample's photos, with the words of its table and its vectors.
fn collection(home: &std::path::Path, sample: &dataset::Dataset) -> Outcome<Collection> {
    let photos = demo_sample();
    let collection = Collection::create(&home.join("own"), &photos.join("photos"), Reach::Folder)?;
    let mut writer = collection.text().writer()?;
    for image in &sample.images {
        writer.add(&Picture { path: path(image), stamp: Stamp::default(), part: None, words: words(image) })?;
    }
    writer.finish()?;
    let table = dataset::read_vectors(sample, &["embeddings"], &mut |_| {})?;
    let vector = |(at, image): (usize, &Image)| Some((path(image), table.get(at)?.into_owned()));
    let mut vectors = sample.images.iter().enumerate().filter_map(vector);
    collection.take_vectors(&EncoderSpec::bundled(), &mut vectors, &mut |_| ControlFlow::Continue(()))?;
    Ok(collection)
}

fn path(image: &Image) -> String {
    format!("{}.jpg", image.id)
}

fn words(image: &Image) -> Words {
    let folder = image.columns.get("folder").into_iter().flat_map(|folder| folder.split('/'));
    Words {
        title: image.title.clone(),
        description: image.description.clone(),
        tags: image.tags.clone(),
        folders: folder.map(str::to_owned).collect(),
        ..Words::default()
    }
}

/// The photos of each concept that is no query and has enough of them, all others judged as not relevant.
fn concepts(queries: &BTreeSet<&str>) -> Outcome<Qrels> {
    let text = std::fs::read_to_string(demo_sample().join("concepts.tsv"))?;
    let rows: Vec<(&str, Vec<&str>)> = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once('\t'))
        .map(|(id, all)| (id, all.split(';').collect()))
        .collect();
    let all: BTreeSet<&str> = rows.iter().flat_map(|(_, concepts)| concepts.iter().copied()).collect();
    let grades = |concept: &str| {
        rows.iter()
            .map(|(id, shown)| (format!("{id}.jpg"), i32::from(shown.contains(&concept))))
            .collect::<BTreeMap<_, _>>()
    };
    let new = all.into_iter().filter(|concept| !concept.is_empty() && !queries.contains(concept));
    let mut truth: Qrels = new.map(|concept| (concept.to_owned(), grades(concept))).collect();
    truth.retain(|_, grades| grades.values().sum::<i32>() as usize >= FEWEST);
    Ok(truth)
}

/// Takes the sample's judgements over, by the names of query and photo.
fn judge(judgements: &mut Judgements, own: &dataset::Dataset, sample: &dataset::Loaded) {
    let qrels = dataset::qrels_of(&sample.dataset, &sample.judgements);
    for (at, query) in own.queries.iter().enumerate() {
        for (position, candidate) in query.candidates.iter().enumerate() {
            let id = own.images[candidate.image].id.as_str().trim_end_matches(".jpg").to_owned();
            let grade = qrels.get(query.id.as_str()).and_then(|grades| grades.get(&id));
            judgements.set(at, position, grade.map(|&grade| dataset::Relevance(grade)));
        }
    }
}

fn data(collection: &Collection, loaded: dataset::Loaded, set: &VectorSet) -> Outcome<RunData> {
    let table: VectorTable = collection.table(&loaded.dataset, Some(set))?;
    let signals = signals::compute(&loaded.dataset);
    Ok(RunData::new(loaded.dataset, loaded.judgements, signals, (Vec::new(), table), MEMORY))
}

/// The mean over all concepts; photos that are no candidates count as missed.
fn map(truth: &Qrels, data: &RunData, asked: &[usize], scores: Vec<Vec<f32>>) -> f64 {
    let mut run = Run::new();
    for (&at, scores) in asked.iter().zip(scores) {
        let query = &data.dataset.queries[at];
        let named = query.candidates.iter().zip(scores);
        let named =
            named.map(|(candidate, score)| (data.dataset.images[candidate.image].id.to_string(), f64::from(score)));
        run.insert(query.id.to_string(), named.collect());
    }
    let conventions = Conventions { averaging: Averaging::AllQrels, ..Conventions::default() };
    evaluate(truth, &run, &[Measure::Map], conventions).all.get(Measure::Map).unwrap_or_default()
}
