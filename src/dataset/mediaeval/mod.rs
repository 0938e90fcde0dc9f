//! MediaEval Retrieving Diverse Social Images, 2013 to 2017, in their original layouts.
//!
//! Source: the readmes of the sets (Div400, Div150Cred, Div150Multi, Div150Adhoc, Div150Multidiv). The folder of one
//! half (`devset`, `testset`) opens that half; their parent opens both, dev as train and test as test.
//!
//! A query goes by its topic's number. Where dev and test use the same number, the dev topic is called `dev-<number>`,
//! so that official runs of the test set keep their names. A photo in several topics is one image.

mod descriptors;
mod layout;
mod photos;
mod topics;
mod truth;

use crate::base::some_of;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use self::layout::{Layout, Part};
use self::photos::Photo;
use self::topics::{Topic, key};
use super::build::Builder;
use super::reader::{ReadVectors, Reader};
use super::walk::{self, Pictures};
use super::warnings::{Warnings, owned};
use super::{Dataset, DatasetError, Format, Loaded, Reach, WarningKind, embeddings};

impl Format {
    /// MediaEval Retrieving Diverse Social Images.
    pub const MEDIAEVAL: Format = Format::new("MediaEval Diverse Social Images");
}

/// How it is recognised and read.
pub(super) const READER: Reader = Reader {
    format: Format::MEDIAEVAL,
    main_files: "MediaEval topics",
    is_one,
    levels_up: |file| if walk::extension(file) == "xml" { 4 } else { 0 },
    stands_alone: |_| false,
    open: |root, _, reach| open(root, reach),
    own_vectors: |file| (walk::extension(file) == "csv").then_some(descriptors::read as ReadVectors),
};

/// A topic and its files.
struct Plan {
    part: Part,
    topic: Topic,
    /// The file that defines the topic; the photos' file if none does.
    from: PathBuf,
    photos: Option<PathBuf>,
    relevance: Option<PathBuf>,
    clusters: Option<PathBuf>,
    cluster_names: Option<PathBuf>,
}

/// Whether a folder looks like a MediaEval set or one half of one.
fn is_one(root: &Path, reach: Reach) -> bool {
    // Topics are at most three levels down; pictures need not be listed.
    let files = walk::files_below(root, 4, reach, &mut Warnings::default());
    let layout = Layout::of(root, &files);
    !layout.topics.is_empty() || (!layout.photos.is_empty() && !layout.relevance.is_empty())
}

/// Opens a MediaEval set.
fn open(root: &Path, reach: Reach) -> Result<Loaded, DatasetError> {
    let mut builder = Builder::new(root, Format::MEDIAEVAL, reach);
    let files = walk::all_files(root, reach, &mut builder.warnings);
    let mut layout = Layout::of(root, &files);
    let plans = plan(&mut layout, &mut builder.warnings);
    if plans.is_empty() {
        return Err(builder.unrecognised("neither topics nor xml/<topic>.xml files of photos"));
    }
    let read: Vec<(Vec<Photo>, Warnings)> = plans
        .par_iter()
        .map(|plan| {
            let mut warnings = Warnings::default();
            let photos = plan.photos.as_ref().map(|path| photos::read(path, &mut warnings)).unwrap_or_default();
            (photos, warnings)
        })
        .collect();
    let ids = query_ids(&plans, &mut builder.warnings);
    let mut lines = HashMap::new();
    for ((plan, id), (photos, warnings)) in plans.iter().zip(&ids).zip(read) {
        builder.warnings.extend(warnings);
        add_query(&mut builder, plan, id, photos, &mut lines);
    }
    report_unjudged(&mut builder, &plans, root);
    find_pictures(&mut builder, &Pictures::among(&files, root), &lines, root);
    builder.dataset.vectors =
        layout.descriptors.into_iter().map(|(code, files)| descriptors::source(code, files)).collect();
    builder.dataset.vectors.extend(embeddings::own_sources(&files, root));
    Ok(builder.finish())
}

/// The text descriptors (`desctxt/*_textTermsPerImage.txt` and similar) of a MediaEval set. They are not read: text
/// signals are computed from titles, tags and descriptions, as for every format.
pub fn text_descriptor_files(dataset: &Dataset) -> Vec<PathBuf> {
    if dataset.format != Format::MEDIAEVAL {
        return Vec::new();
    }
    let files = walk::all_files(&dataset.root, dataset.reach, &mut Warnings::default());
    Layout::of(&dataset.root, &files).text_terms
}

/// Joins topics and files; photos without a topic come last, as topics of their own.
fn plan(layout: &mut Layout, warnings: &mut Warnings) -> Vec<Plan> {
    let mut names = HashMap::new();
    for path in &layout.correspondences {
        names.extend(topics::read_correspondences(path, warnings));
    }
    let mut plans: Vec<Plan> = Vec::new();
    let mut seen = HashSet::new();
    let mut topic_files = std::mem::take(&mut layout.topics);
    topic_files.sort();
    for (part, path) in topic_files {
        for topic in topics::read(&path, warnings) {
            let named = key(&topic.title);
            if !seen.insert((part, topic.number.clone(), named.clone())) {
                let message = format!("duplicate topic '{}'; the first one counts", topic.title);
                warnings.line(WarningKind::DuplicateId, &path, topic.line, message);
                continue;
            }
            let folder = names.get(&named).map(|folder| key(folder));
            let keys: Vec<String> = folder.into_iter().chain([named, key(&topic.number)]).collect();
            plans.push(gather(layout, part, topic, &path, &keys));
        }
    }
    let any_topics = !plans.is_empty();
    for (part, path) in std::mem::take(&mut layout.photos).rest() {
        let stem = walk::stem(&path);
        if any_topics {
            warnings.file(WarningKind::Missing, &path, format!("no topic for the photos of '{stem}'"));
        }
        let topic = Topic { title: stem.clone(), ..Topic::default() };
        let mut plan = gather(layout, part, topic, &path, &[key(&stem)]);
        plan.photos = Some(path);
        plans.push(plan);
    }
    plans
}

fn gather(layout: &mut Layout, part: Part, topic: Topic, from: &Path, keys: &[String]) -> Plan {
    Plan {
        part,
        topic,
        from: owned(from),
        photos: layout.photos.take(part, keys),
        relevance: layout.relevance.take(part, keys),
        clusters: layout.clusters.take(part, keys),
        cluster_names: layout.cluster_names.take(part, keys),
    }
}

/// A unique name for every topic, its number if possible. Test topics choose first.
fn query_ids(plans: &[Plan], warnings: &mut Warnings) -> Vec<String> {
    let mut order: Vec<usize> = (0..plans.len()).collect();
    order.sort_by_key(|&index| plans[index].part == Part::Dev);
    let mut ids = vec![String::new(); plans.len()];
    let mut taken = HashSet::new();
    for index in order {
        let Plan { part, topic, from, .. } = &plans[index];
        let own = if topic.number.is_empty() { &topic.title } else { &topic.number };
        let own = own.split_whitespace().collect::<Vec<_>>().join("_");
        let prefixed = format!("{}-{own}", part.name());
        let same_part = |other: &Plan| other.part == *part && other.topic.number == topic.number;
        let repeated = !topic.number.is_empty() && plans[..index].iter().any(same_part);
        if repeated {
            let message = format!("duplicate topic number '{}'; '{}' gets another one", topic.number, topic.title);
            warnings.line(WarningKind::DuplicateId, from, topic.line, message);
        }
        let numbered = (2..).map(|number| format!("{prefixed}-{number}"));
        let id = [own, prefixed.clone()].into_iter().chain(numbered).find(|id| !taken.contains(id)).unwrap_or_default();
        taken.insert(id.clone());
        ids[index] = id;
    }
    ids
}

/// Where each image was first read, for warnings.
type Lines = HashMap<usize, (PathBuf, usize)>;

fn add_query(builder: &mut Builder, plan: &Plan, id: &str, photos: Vec<Photo>, lines: &mut Lines) {
    let query = builder.query(id);
    let title = &plan.topic.title;
    let text = if title.contains(' ') { title.clone() } else { title.replace('_', " ") };
    let entry = &mut builder.dataset.queries[query];
    entry.text = if text.is_empty() { id.to_owned() } else { text };
    entry.split = plan.part.split();
    entry.location = plan.topic.location;
    match &plan.photos {
        None => {
            let message = format!("no xml file with the photos of topic '{title}'");
            builder.warnings.line(WarningKind::Missing, &plan.from, plan.topic.line, message);
        }
        Some(path) if photos.is_empty() => builder.warnings.file(WarningKind::Missing, path, "it lists no photos"),
        Some(path) => photos.into_iter().for_each(|photo| add_photo(builder, query, photo, path, lines)),
    }
    if let Some(path) = &plan.relevance {
        truth::read_relevance(builder, query, path);
    }
    if let Some(path) = &plan.clusters {
        truth::read_clusters(builder, query, path);
    }
    if let Some(path) = &plan.cluster_names {
        truth::read_cluster_names(builder, query, path);
    }
}

fn add_photo(builder: &mut Builder, query: usize, photo: Photo, path: &Path, lines: &mut Lines) {
    let id = photo.image.id.clone();
    let image = match builder.find_image(id.as_str()) {
        Some(image) => image,
        None => match builder.add_image(photo.image) {
            Some(image) => {
                lines.insert(image, (owned(path), photo.line));
                image
            }
            None => return,
        },
    };
    if builder.add_candidate(query, image, photo.rank).is_none() {
        let message = format!("duplicate photo '{id}' in the same topic; the first one counts");
        builder.warnings.line(WarningKind::DuplicateId, path, photo.line, message);
    }
}

/// One warning per half rather than per topic: the sets were first released without ground truth for the test half.
fn report_unjudged(builder: &mut Builder, plans: &[Plan], root: &Path) {
    for part in [Part::Dev, Part::Test, Part::Unknown] {
        let without: Vec<&str> = plans
            .iter()
            .filter(|plan| plan.part == part && plan.relevance.is_none())
            .map(|plan| plan.topic.title.as_str())
            .collect();
        if !without.is_empty() {
            let message =
                format!("no relevance (rGT) for {} {} topics: {}", without.len(), part.name(), some_of(&without));
            builder.warnings.file(WarningKind::Missing, root, message);
        }
    }
}

fn find_pictures(builder: &mut Builder, pictures: &Pictures, lines: &Lines, root: &Path) {
    let mut missing = Vec::new();
    let mut found = false;
    for (index, image) in builder.dataset.images.iter_mut().enumerate() {
        image.file = pictures.find(image.id.as_str()).cloned();
        found |= image.file.is_some();
        if image.file.is_none() {
            missing.push((index, image.id.clone()));
        }
    }
    if !found {
        return builder.warnings.file(WarningKind::Missing, root, "no pictures of the photos in this copy");
    }
    for (index, id) in missing {
        if let Some((path, line)) = lines.get(&index) {
            builder.warnings.line(WarningKind::MissingPicture, path, *line, format!("no picture of photo '{id}'"));
        }
    }
}
