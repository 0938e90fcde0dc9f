//! How often an image's nearest neighbours have something in common with it: which of several encoders suits a
//! collection.

use std::collections::{BTreeMap, BTreeSet};

use super::comparison::Homophily;
use super::similarity::{Similarities, unit_rows};
use crate::dataset::{Dataset, Image, Judgements, Relevance, VectorTable};

/// Most images that are compared with each other; of more, as many are taken at equal distances.
const MOST_IMAGES: usize = 5_000;
/// A word of more than this share of the images says nothing about them.
const COMMON_WORD: f64 = 0.1;
/// Nor does a folder of more than this share.
const COMMON_FOLDER: f64 = 0.5;
/// The column of an image's folder.
const FOLDER: &str = "folder";

/// What images may have in common: for each image its labels.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageLabels {
    /// Numbers of the labels, ascending.
    of_image: Vec<Vec<u32>>,
}

/// How often an image's nearest neighbours share a label with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NeighbourAgreement {
    /// The share of the k nearest others that have a label in common with an image; the mean over images.
    pub share: f64,
    /// The same for random others.
    pub chance: f64,
    /// The images that were compared: those with a label and a vector of every encoder.
    pub images: usize,
}

impl NeighbourAgreement {
    /// The share minus that of chance: 0 for random neighbours.
    pub fn lift(&self) -> f64 {
        self.share - self.chance
    }
}

impl ImageLabels {
    /// Labels as given, those of one image after those of the other.
    ///
    /// ```
    /// use crossrank::graph::ImageLabels;
    ///
    /// let labels = ImageLabels::new([vec!["bird"], vec!["bird", "sea"], vec![]]);
    /// assert_eq!(labels.labelled(), 2);
    /// ```
    pub fn new<T: Ord>(images: impl IntoIterator<Item = Vec<T>>) -> Self {
        let images: Vec<BTreeSet<T>> = images.into_iter().map(|labels| labels.into_iter().collect()).collect();
        let known: BTreeSet<&T> = images.iter().flatten().collect();
        let numbers: BTreeMap<&T, u32> = known.into_iter().zip(0..).collect();
        let of_image = images.iter().map(|labels| labels.iter().map(|label| numbers[label]).collect()).collect();
        Self { of_image }
    }

    /// An image's labels are the queries that it is relevant to.
    pub fn of_judgements(dataset: &Dataset, judgements: &Judgements) -> Self {
        let mut images = vec![Vec::new(); dataset.images.len()];
        for (number, query) in dataset.queries.iter().enumerate() {
            for (candidate, grade) in query.candidates.iter().zip(judgements.of(number)) {
                if grade.is_some_and(Relevance::is_relevant) {
                    images[candidate.image].push(number);
                }
            }
        }
        Self::new(images)
    }

    /// An image's labels are the words of its title and tags, and its folder; without those that too many images share.
    pub fn of_texts(dataset: &Dataset) -> Self {
        Self::of_words(dataset.images.iter().map(texts).collect())
    }

    /// An image's labels are these words, and folders, which end with `/`; without words that more than a tenth of the
    /// images share, and folders that hold more than half of them: those say nothing about an image.
    pub fn of_words(mut images: Vec<Vec<String>>) -> Self {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for text in images.iter().flat_map(|labels| labels.iter().collect::<BTreeSet<_>>()) {
            *counts.entry(text).or_default() += 1;
        }
        let most = |text: &str| if text.contains('/') { COMMON_FOLDER } else { COMMON_WORD };
        let is_common = |(text, count): (&&str, &usize)| *count as f64 > most(text) * images.len() as f64;
        let common: BTreeSet<String> =
            counts.iter().filter(|&entry| is_common(entry)).map(|(text, _)| (*text).to_owned()).collect();
        images.iter_mut().for_each(|labels| labels.retain(|label| !common.contains(label)));
        Self::new(images)
    }

    /// Number of images that have a label.
    pub fn labelled(&self) -> usize {
        self.of_image.iter().filter(|labels| !labels.is_empty()).count()
    }

    fn of(&self, image: usize) -> &[u32] {
        self.of_image.get(image).map_or(&[], Vec::as_slice)
    }

    /// Whether two images have a label in common.
    fn agree(&self, one: usize, other: usize) -> bool {
        self.of(one).iter().any(|label| self.of(other).binary_search(label).is_ok())
    }
}

/// The words of an image's title and tags in lower case, and its folder (by its column, else its file's), which ends
/// with `/`.
fn texts(image: &Image) -> Vec<String> {
    let lower = |text: &str| text.to_lowercase();
    let words = std::iter::once(&image.title).chain(&image.tags).flat_map(|text| {
        let words: Vec<String> = text.split(|c: char| !c.is_alphanumeric()).map(lower).collect();
        words
    });
    let parent = || Some(image.file.as_deref()?.parent()?.display().to_string());
    let folder = image.columns.get(FOLDER).filter(|folder| !folder.is_empty()).cloned().or_else(parent);
    words.filter(|word| !word.is_empty()).chain(folder.map(|folder| folder + "/")).collect()
}

/// How well each encoder's neighbours agree with labels, on the same images: those with a label and a vector in every
/// table, 5,000 of them at most. A higher share suits a collection better, as a graph of neighbours then joins images
/// that belong together; it is also higher where labels are common, so compare encoders with each other and with
/// chance, not collections.
///
/// In contrast to [`super::homophily()`], this needs no query, and takes neighbours from all images instead of a query's
/// candidates.
///
/// `k` neighbours of each image, or all others if there are fewer. `None` if fewer than two images can be compared.
///
/// ```
/// use crossrank::dataset::VectorTable;
/// use crossrank::graph::{ImageLabels, neighbour_agreement};
///
/// let labels = ImageLabels::new(["bird", "bird", "fish", "fish"].map(|label| vec![label]));
/// let table = |rows: [[f32; 2]; 4]| -> std::io::Result<VectorTable> {
///     let mut table = VectorTable::new("encoder", 2, 4);
///     rows.iter().enumerate().try_for_each(|(image, row)| table.set(image, row))?;
///     Ok(table)
/// };
/// let apart = table([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]])?;
/// let mixed = table([[1.0, 0.0], [0.0, 1.0], [1.0, 0.1], [0.1, 1.0]])?;
/// let [apart, mixed] = [&apart, &mixed].map(|table| neighbour_agreement(&[table], &labels, 1)[0]);
/// assert_eq!(apart.map(|found| (found.share, found.images)), Some((1.0, 4)));
/// assert_eq!(mixed.map(|found| (found.share, found.chance)), Some((0.0, 1.0 / 3.0)));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn neighbour_agreement(tables: &[&VectorTable], labels: &ImageLabels, k: usize) -> Vec<Option<NeighbourAgreement>> {
    match neighbour_shares(tables, labels, k) {
        Some(shares) => (0..tables.len()).map(|table| Some(shares.agreement(table))).collect(),
        None => vec![None; tables.len()],
    }
}

/// What [`neighbour_agreement`] is the mean of, image by image: the shares of two encoders are paired, so that a test can
/// tell whether they differ by more than chance.
#[derive(Clone, Debug, PartialEq)]
pub struct NeighbourShares {
    /// Of each table, the share of each compared image's k nearest others that have a label in common with it.
    pub of_table: Vec<Vec<f64>>,
    /// The same for random others; the mean over images.
    pub chance: f64,
}

impl NeighbourShares {
    /// The mean of a table's shares.
    ///
    /// # Panics
    /// If there is no such table.
    pub fn agreement(&self, table: usize) -> NeighbourAgreement {
        let shares = &self.of_table[table];
        let share = shares.iter().sum::<f64>() / shares.len() as f64;
        NeighbourAgreement { share, chance: self.chance, images: shares.len() }
    }
}

/// As [`neighbour_agreement`], image by image; `None` if fewer than two images can be compared.
pub fn neighbour_shares(tables: &[&VectorTable], labels: &ImageLabels, k: usize) -> Option<NeighbourShares> {
    let images = compared(tables, labels);
    if images.len() < 2 || k == 0 {
        return None;
    }
    let of_table = |table: &&VectorTable| {
        let mut rows = vec![0.0; images.len() * table.dim];
        for (row, &image) in rows.chunks_exact_mut(table.dim.max(1)).zip(&images) {
            if let Some(vector) = table.get(image) {
                row.copy_from_slice(&vector);
            }
        }
        let nearest = Similarities::new(&unit_rows(&rows, table.dim), table.dim).nearest(k);
        let share = |(at, &image): (usize, &usize)| {
            let neighbours = nearest.of(at);
            let right = neighbours.iter().filter(|&&other| labels.agree(image, images[other as usize])).count();
            right as f64 / neighbours.len().max(1) as f64
        };
        images.iter().enumerate().map(share).collect()
    };
    Some(NeighbourShares { of_table: tables.iter().map(of_table).collect(), chance: chance(&images, labels) })
}

/// How often the neighbours of a query's images share a label with them, for k = 1 … `most` (at `[k − 1]`), as
/// [`super::homophily()`] tells of relevance: where nothing is judged, the next best that tells two encoders apart.
///
/// `images` holds the number of each image of `similarities` among the labels. Images without a label or a vector are left
/// out. `None` if there are fewer than two others.
pub fn shared_labels(
    similarities: &Similarities,
    labels: &ImageLabels,
    images: &[usize],
    most: usize,
) -> Vec<Option<Homophily>> {
    let is_there = |&at: &usize| similarities.get(at, at) > 0.0 && !labels.of(images[at]).is_empty();
    let there: Vec<usize> = (0..similarities.n().min(images.len())).filter(is_there).collect();
    if there.len() < 2 {
        return vec![None; most];
    }
    let chance = chance(&there.iter().map(|&at| images[at]).collect::<Vec<_>>(), labels);
    let mut counts = vec![false; similarities.n()];
    there.iter().for_each(|&at| counts[at] = true);
    // Images that are left out may rank before those that count.
    let nearest = similarities.nearest(most + similarities.n() - there.len());
    let mut sums = vec![0.0; most];
    for &at in &there {
        let mut others = nearest.of(at).iter().map(|&other| other as usize).filter(|&other| counts[other]);
        let (mut same, mut seen) = (0_usize, 0_usize);
        for sum in &mut sums {
            if let Some(other) = others.next() {
                seen += 1;
                same += usize::from(labels.agree(images[at], images[other]));
            }
            *sum += same as f64 / seen.max(1) as f64;
        }
    }
    sums.into_iter().map(|sum| Some(Homophily { share: sum / there.len() as f64, chance })).collect()
}

/// The images to compare.
fn compared(tables: &[&VectorTable], labels: &ImageLabels) -> Vec<usize> {
    let has_vector = |image: usize| {
        tables.iter().all(|table| table.get(image).is_some_and(|vector| vector.iter().any(|number| *number != 0.0)))
    };
    let labelled: Vec<usize> = (0..labels.of_image.len()).filter(|&image| !labels.of(image).is_empty()).collect();
    let count = labelled.len().min(MOST_IMAGES);
    (0..count).map(|at| labelled[at * labelled.len() / count]).filter(|&image| has_vector(image)).collect()
}

/// The share of the others that have a label in common with an image; the mean over images.
fn chance(images: &[usize], labels: &ImageLabels) -> f64 {
    let mut of_label: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for &image in images {
        labels.of(image).iter().for_each(|&label| of_label.entry(label).or_default().push(image));
    }
    let fellows = |&image: &usize| {
        let sharing: BTreeSet<usize> = labels.of(image).iter().flat_map(|label| &of_label[label]).copied().collect();
        sharing.len() - 1
    };
    images.iter().map(fellows).sum::<usize>() as f64 / (images.len() * (images.len() - 1)) as f64
}
