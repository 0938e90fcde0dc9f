//! The built-in sample is what its README says.
//!
//! `REGENERATE=1 cargo test --release sample` writes the drawn files anew from `concepts.tsv`, `vocabulary.tsv`,
//! `queries.tsv` and the fixed columns of `images.tsv`; without it the tests compare.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use crossrank::dataset::synthetic::{Concept, Photo, Rates, Sample, civil_date, generate};
use crossrank::dataset::{Dataset, VectorTable, open, preset_vectors, read_vectors};
use crossrank::graph::{ImageLabels, NeighbourAgreement, neighbour_agreement};
use crossrank::vision::{Architecture, DeviceChoice, Encoder, EncoderSpec, NetworkInput, decode};

/// The seed of the committed files.
const SEED: u64 = 14;

const IMAGE_HEADING: &str =
    "id\tfile\ttitle\tdescription\ttags\tdate\tpopularity\tcomments\tlicense\tauthor\tsource\tfolder";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("datasets/stamps-and-places")
}

fn read(name: &str) -> String {
    let path = folder().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{error}: {}", path.display()))
}

/// The rows below the heading, cut at tabs, quotes left as they are.
fn rows(text: &str) -> Vec<Vec<String>> {
    text.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

fn list(field: &str) -> Vec<String> {
    field.split(';').filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// Everything the generator starts from.
struct Source {
    images: Vec<Vec<String>>,
    photos: Vec<Photo>,
    concepts: Vec<Concept>,
    queries: Vec<Vec<String>>,
}

impl Source {
    fn read() -> Self {
        let images = rows(&read("images.tsv"));
        let shown: BTreeMap<String, Vec<String>> =
            rows(&read("concepts.tsv")).into_iter().map(|row| (row[0].clone(), list(&row[1]))).collect();
        let photo = |row: &Vec<String>| Photo {
            title: row[2].clone(),
            description: row[3].clone(),
            album: row[11].clone(),
            concepts: shown[&row[0]].clone(),
        };
        let concept = |row: Vec<String>| Concept {
            name: row[0].clone(),
            theme: row[1].clone(),
            words: list(&row[2]),
            synonyms: list(&row[3]),
        };
        let photos = images.iter().map(photo).collect();
        let concepts = rows(&read("vocabulary.tsv")).into_iter().map(concept).collect();
        Self { images, photos, concepts, queries: rows(&read("queries.tsv")) }
    }

    fn sample(&self) -> Sample {
        let texts: Vec<&str> = self.queries.iter().map(|row| row[1].as_str()).collect();
        generate(&self.photos, &self.concepts, &texts, Rates::default(), SEED)
    }

    fn shows(&self, image: usize, concept: &str) -> bool {
        self.photos[image].concepts.iter().any(|shown| shown == concept)
    }
}

fn images_tsv(source: &Source, sample: &Sample) -> String {
    let mut text = format!("{IMAGE_HEADING}\n");
    for (row, drawn) in source.images.iter().zip(&sample.photos) {
        let (tags, date) = (drawn.tags.join(";"), civil_date(drawn.day));
        let numbers = format!("{}\t{}", drawn.views, drawn.comments);
        let fields = [&row[0], &row[1], &row[2], &row[3], &tags, &date, &numbers, &row[8], &row[9], &row[10], &row[11]];
        text += &fields.map(String::as_str).join("\t");
        text.push('\n');
    }
    text
}

/// Candidates and their judgements, which are the concept table read by query.
fn candidates_and_qrels(source: &Source, sample: &Sample) -> (String, String) {
    let (mut candidates, mut qrels) = ("query\timage\trank\n".to_owned(), String::new());
    for (query, found) in source.queries.iter().zip(&sample.candidates) {
        for (position, &image) in found.iter().enumerate() {
            let (query, id) = (&query[0], &source.images[image][0]);
            candidates += &format!("{query}\t{id}\t{}\n", position + 1);
            qrels += &format!("{query} 0 {id} {}\n", u8::from(source.shows(image, query)));
        }
    }
    (candidates, qrels)
}

#[test]
fn the_committed_files_are_what_the_generator_makes_of_the_concept_table() {
    let source = Source::read();
    let sample = source.sample();
    let (candidates, qrels) = candidates_and_qrels(&source, &sample);
    let files = [("images.tsv", images_tsv(&source, &sample)), ("candidates.tsv", candidates), ("qrels.txt", qrels)];
    for (name, made) in files {
        if std::env::var_os("REGENERATE").is_some() {
            fs::write(folder().join(name), &made).unwrap_or_else(|error| panic!("{error}: {name}"));
        }
        let committed = read(name);
        let different = made.lines().zip(committed.lines()).position(|(made, committed)| made != committed);
        assert_eq!(different, None, "{name}: first line that differs, counted from 0");
        assert_eq!(made.lines().count(), committed.lines().count(), "{name}");
    }
}

#[test]
fn every_photo_is_there_once_with_picture_licence_author_source_and_concepts() {
    let source = Source::read();
    let ids: BTreeSet<&String> = source.images.iter().map(|row| &row[0]).collect();
    assert_eq!((source.images.len(), ids.len()), (598, 598));
    let known: BTreeSet<&String> = source.concepts.iter().map(|concept| &concept.name).collect();
    for (row, photo) in source.images.iter().zip(&source.photos) {
        assert_eq!(row.len(), 12, "{}", row[0]);
        assert!(folder().join(&row[1]).is_file(), "{}", row[1]);
        assert!(row[8..].iter().all(|field| !field.trim().is_empty()), "{}", row[0]);
        assert!(!photo.concepts.is_empty(), "{}", row[0]);
        assert!(photo.concepts.iter().all(|concept| known.contains(concept)), "{}", row[0]);
    }
    assert_eq!(fs::read_dir(folder().join("photos")).map(|files| files.count()).unwrap_or(0), 598);
}

#[test]
fn every_query_has_a_concept_a_criterion_a_split_100_candidates_and_enough_relevant_ones() {
    let source = Source::read();
    let sample = source.sample();
    let mut splits: BTreeMap<&str, usize> = BTreeMap::new();
    for (query, found) in source.queries.iter().zip(&sample.candidates) {
        assert!(source.concepts.iter().any(|concept| concept.name == query[0]), "{}", query[0]);
        assert!(query[3].ends_with('.'), "{}", query[0]);
        *splits.entry(&query[2]).or_default() += 1;
        let relevant = found.iter().filter(|&&image| source.shows(image, &query[0])).count();
        assert!(found.len() == 100 && (6..=48).contains(&relevant), "{}: {relevant} of {}", query[0], found.len());
    }
    assert_eq!(splits, BTreeMap::from([("test", 8), ("train", 20), ("validation", 5)]));
}

/// Whether a row of `images.tsv` holds a word of the query in title, description or tags.
fn matches(row: &[String], query: &str) -> bool {
    let text = row[2..5].join(" ").to_lowercase();
    let words: BTreeSet<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    query.split(' ').any(|word| words.contains(word))
}

#[test]
fn the_pelican_is_a_bird_that_no_word_gives_away_and_still_a_late_candidate() {
    let images = rows(&read("images.tsv"));
    let pelican = "stamp-animals-birds-pelican";
    let row = images.iter().find(|row| row[0] == pelican).expect("the pelican is among the photos");
    assert!(row[2].contains("pelican") && !matches(row, "bird"), "{row:?}");
    assert!(read("qrels.txt").contains(&format!("bird 0 {pelican} 1\n")));
    let candidate = rows(&read("candidates.tsv")).into_iter().find(|row| row[0] == "bird" && row[1] == pelican);
    let rank: usize = candidate.and_then(|row| row[2].parse().ok()).expect("the pelican is a candidate");
    assert!(rank > 40, "{rank}");
}

#[test]
fn text_misses_about_a_third_of_the_relevant_candidates_and_matches_many_others() {
    let source = Source::read();
    let (mut relevant, mut missed, mut misleading) = (0.0, 0.0, 0.0);
    for (query, found) in source.queries.iter().zip(&source.sample().candidates) {
        for &image in found {
            match (source.shows(image, &query[0]), matches(&source.images[image], &query[1])) {
                (true, text) => {
                    relevant += 1.0;
                    missed += f64::from(u8::from(!text));
                }
                (false, text) => misleading += f64::from(u8::from(text)),
            }
        }
    }
    assert!((0.2..0.5).contains(&(missed / relevant)), "missed: {missed} of {relevant}");
    assert!((0.3..1.0).contains(&(misleading / relevant)), "misleading: {misleading} against {relevant}");
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
    product(a, b) / (product(a, a) * product(b, b)).sqrt()
}

/// The shipped vectors of a bundled encoder.
fn shipped(dataset: &Dataset, architecture: Architecture) -> VectorTable {
    let name = match architecture {
        Architecture::EfficientNetLite0 => "embeddings-efficientnet-lite0",
        _ => "embeddings",
    };
    read_vectors(dataset, &[name], &mut |warning| panic!("{warning}")).expect("they are there")
}

#[test]
fn the_default_encoders_embeddings_are_used_unless_others_are_chosen() {
    let dataset = open(&folder()).expect("the sample opens").dataset;
    assert_eq!(dataset.vectors.len(), 2);
    assert_eq!(preset_vectors(&dataset), ["embeddings"]);
}

#[test]
fn the_embeddings_are_those_of_the_default_encoder() {
    embeddings_are_of(Architecture::Resnet50Thin, 1024);
}

#[test]
fn the_other_embeddings_are_those_of_efficientnet_lite0() {
    embeddings_are_of(Architecture::EfficientNetLite0, 1280);
}

fn embeddings_are_of(architecture: Architecture, dim: usize) {
    let dataset = open(&folder()).expect("the sample opens").dataset;
    let shipped = shipped(&dataset, architecture);
    assert_eq!((shipped.count(), shipped.dim), (598, dim));
    let spec = EncoderSpec::find(Some(architecture), None).expect("its weights are bundled");
    let some: Vec<usize> = (0..dataset.images.len()).step_by(100).collect();
    let input = |image: &usize| -> NetworkInput {
        let file = dataset.images[*image].file.as_deref().expect("every image has a picture");
        spec.preprocess.apply(&decode(file).expect("it can be read")).expect("it can be scaled")
    };
    let inputs: Vec<NetworkInput> = some.iter().map(input).collect();
    let encoder = Encoder::load(&spec, DeviceChoice::Cpu).expect("the bundled weights load");
    let computed = encoder.embed(&inputs).expect("the network runs");
    for (image, vector) in some.into_iter().zip(computed.chunks_exact(dim)) {
        let likeness = cosine(&shipped.get(image).expect("it has a vector"), vector);
        assert!(likeness > 0.999, "{}: {likeness}", dataset.images[image].id);
    }
}

#[test]
fn by_any_labels_more_of_efficientnets_neighbours_belong_together() {
    let loaded = open(&folder()).expect("the sample opens");
    let tables = Architecture::BUNDLED.map(|architecture| shipped(&loaded.dataset, architecture));
    let measure = |labels: &ImageLabels| -> [NeighbourAgreement; 2] {
        let found = neighbour_agreement(&tables.each_ref(), labels, 10);
        [found[0], found[1]].map(|found| found.expect("labelled images"))
    };
    // Every photo's main concept; the shares by an independent program.
    let concepts = Source::read().photos.into_iter().map(|photo| photo.concepts.into_iter().take(1).collect());
    let [resnet, efficientnet] = measure(&ImageLabels::new::<String>(concepts));
    assert_eq!((resnet.images, efficientnet.images), (598, 598));
    assert!((resnet.share - 0.3431).abs() < 5e-4 && (efficientnet.share - 0.4189).abs() < 5e-4, "{resnet:?}");
    assert!(efficientnet.chance < 0.05 && resnet.chance == efficientnet.chance, "{resnet:?}");
    let judged = ImageLabels::of_judgements(&loaded.dataset, &loaded.judgements);
    let written = ImageLabels::of_texts(&loaded.dataset);
    for labels in [judged, written] {
        let [resnet, efficientnet] = measure(&labels);
        assert!(labels.labelled() > 300 && resnet.images == labels.labelled(), "{resnet:?}");
        assert!(efficientnet.lift() > resnet.lift() + 0.02 && resnet.lift() > 0.1, "{resnet:?} {efficientnet:?}");
    }
}

#[test]
fn the_folder_stays_under_15_megabytes() {
    fn size(path: &std::path::Path) -> u64 {
        let entries = fs::read_dir(path).map(|entries| entries.flatten().collect::<Vec<_>>()).unwrap_or_default();
        let bytes = |entry: &fs::DirEntry| entry.metadata().map_or(0, |meta| meta.len());
        entries.iter().map(|entry| if entry.path().is_dir() { size(&entry.path()) } else { bytes(entry) }).sum()
    }
    let bytes = size(&folder());
    assert!((5_000_000..15_000_000).contains(&bytes), "{bytes} bytes");
}
