//! `crossrank search`: pictures of a collection by words, by a picture, or both.

use super::cut_off::{CutOff, CutOffArgs};
use super::data::opening;
use super::labels::counting;
use super::names::{count, one_of};
use super::output::{fault, note, print, print_json};
use super::progress::Progress;
use super::rank::own_vectors;
use super::table::{aligned, grouped};
use crate::dataset::Split;
use crate::index::{Asked, Candidates, Collection, Example, VectorSet};
use crate::signals::splitting;
use crate::train::{RunData, Untrained};
use crate::vision::DeviceChoice;
use crate::workspace::Ranker;
use anyhow::{Result, bail};
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

#[derive(Debug, clap::Args)]
pub(super) struct SearchArgs {
    /// A collection's folder.
    pub collection: PathBuf,
    /// Words; "words in quotes" follow each other, -word must not be there, field:word is looked for in one field only.
    #[arg(required_unless_present = "image", default_value = "")]
    pub words: String,
    /// A picture to look for others like it; with words, both count. A path below the pictures' folder, or any file.
    #[arg(long, value_name = "FILE")]
    pub image: Option<PathBuf>,
    /// With words and a picture: how much the picture counts, from 0 to 1.
    #[arg(long, value_name = "X", default_value = "0.5", requires = "image", value_parser = share)]
    pub mix: f32,
    /// What ranks the pictures: text (the words, or the picture, as they are), cm (cross-modal feedback), prf (untrained
    /// DCMM-PRF), or the folder of a saved run.
    #[arg(long, default_value = "text", value_name = "text|cm|prf|RUN")]
    pub by: String,
    /// How many candidates are ranked: the best by words, then what looks like them [default: 300, or --top if that is more].
    #[arg(long, value_name = "N", value_parser = count::<10_000_000>)]
    pub candidates: Option<usize>,
    /// How many pictures to list.
    #[arg(long, default_value = "20", value_name = "N", value_parser = count::<10_000_000>)]
    pub top: usize,
    /// Keep the query under this name, with its candidates: it is then one of the collection's data set.
    #[arg(long, value_name = "NAME", requires = "words")]
    pub keep: Option<String>,
    /// With --keep: the split of the query [default: dealt out by its name].
    #[arg(long, requires = "keep", value_parser = one_of(Split::ALL, Split::name))]
    pub split: Option<Split>,
    #[command(flatten)]
    pub cut_off: CutOffArgs,
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
}

fn share(text: &str) -> Result<f32> {
    let share = text.trim().parse::<f32>().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| anyhow::anyhow!("must be a number from 0 to 1"))
}

/// What was found, ranked.
struct Results {
    candidates: Candidates,
    /// Index among the candidates and score, best first.
    order: Vec<(usize, f32)>,
    text_ms: f64,
    rank_ms: f64,
    cut_off: Option<CutOff>,
}

/// Runs `search`.
///
/// # Errors
/// If the collection, the picture or the run cannot be read, or vectors are missing.
pub(super) fn run(args: &SearchArgs) -> Result<()> {
    if args.cut_off.precision.is_none() && args.cut_off.labels.is_given() {
        bail!("--labels says whose judgements --precision looks at; give both");
    }
    let mut progress = Progress::new(args.json);
    let collection = Collection::open(&args.collection)?;
    note_words(&collection);
    let ranker = Ranker::find(&args.by)?;
    let vectors = own_vectors(&collection, &ranker, DeviceChoice::Cpu, &mut progress)?;
    let example = args.image.as_deref().map(|image| example(&collection, image, vectors.as_ref())).transpose()?;
    let (text, most) = (args.words.clone(), args.candidates.unwrap_or(Asked::MOST.max(args.top)));
    let asked = Asked { text, is_open: false, example, mix: args.mix, most };
    progress.finish();
    let start = Instant::now();
    let candidates = collection.candidates(&asked, vectors.as_ref())?;
    let text_ms = milliseconds(start);
    let start = Instant::now();
    let search = Search { collection: &collection, ranker: &ranker, args, vectors: vectors.as_ref() };
    let ranked = search.ranked(&candidates, &mut progress)?;
    let mut order = search.order(&candidates, ranked.as_ref());
    let rank_ms = milliseconds(start);
    let cut_off = match (args.cut_off.precision, &ranked) {
        (Some(precision), Some(Ranked { data, query, scores })) => {
            let list: Vec<usize> = order.iter().map(|(at, _)| *at).collect();
            Some(CutOff::find(precision, &ranker, data, (*query, scores, &list), &mut progress)?)
        }
        _ => None,
    };
    order.truncate(args.top);
    let results = Results { candidates, order, text_ms, rank_ms, cut_off };
    if let Some(name) = &args.keep {
        collection.keep(name, &args.words, args.split, &results.candidates)?;
    }
    match args.json {
        true => print_json(&object(args, &ranker, &results)),
        false => print(&text_of(&results)),
    }
}

/// Notes what keeps words from being found as they should be.
fn note_words(collection: &Collection) {
    splitting().faults.iter().for_each(|fault| note(fault));
    if collection.has_other_words() {
        note(
            "the words of this collection were indexed otherwise than now, by another version or another way to split texts: `crossrank collect` indexes them anew",
        );
    }
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

/// A picture of the collection by its path, or the vector of any other.
fn example(collection: &Collection, image: &Path, vectors: Option<&VectorSet>) -> Result<Example> {
    let Some(vectors) = vectors else {
        let message = "the collection has no vectors to compare pictures by; `crossrank collect` computes them";
        return Err(fault(message, collection.folder()));
    };
    if let Some(path) = image.to_str().filter(|path| vectors.has(path)) {
        return Ok(Example::Own(path.to_owned()));
    }
    Ok(Example::Vector(vectors.vector_of(image)?))
}

/// A search, with all it takes.
struct Search<'a> {
    collection: &'a Collection,
    ranker: &'a Ranker,
    args: &'a SearchArgs,
    vectors: Option<&'a VectorSet>,
}

/// The query at hand, ranked.
struct Ranked {
    data: RunData,
    query: usize,
    scores: Vec<f32>,
}

impl Search<'_> {
    /// Ranks the candidates; `None` where the order of the search itself is all that is asked for.
    fn ranked(&self, candidates: &Candidates, progress: &mut Progress) -> Result<Option<Ranked>> {
        let Self { collection, ranker, args, vectors } = *self;
        let wants_cut_off = args.cut_off.precision.is_some();
        if !wants_cut_off && (self.is_by_text() || candidates.list.is_empty()) {
            return Ok(None);
        }
        let onto = match ranker {
            Ranker::Untrained(_) if !wants_cut_off => collection.without_queries()?,
            _ => collection.kept()?,
        };
        // What is only asked must not change which of the kept queries are learned from.
        let kept = onto.dataset.query_index(&args.words).map(|kept| &onto.dataset.queries[kept]);
        let split = kept.map_or(Some(Split::Test), |kept| kept.split);
        let query = collection.query(&args.words, &args.words, split, candidates);
        let mut gathered = collection.gather(onto, &query, vectors)?;
        if wants_cut_off {
            gathered.judgements =
                counting(&gathered.dataset, gathered.judgements, args.cut_off.labels.choice(), progress)?;
        }
        let query = gathered.query;
        let data = ranker.data(gathered, opening(false, None)?.memory);
        let watch = &mut |done, total| {
            progress.step("Comparing pictures", done, total, "");
            ControlFlow::Continue(())
        };
        let (scores, missing) = match candidates.list.is_empty() {
            true => Default::default(),
            false => ranker.rank(&data, query, vectors, watch)?,
        };
        progress.finish();
        if !missing.is_empty() {
            note(&format!("the run has signals that this collection lacks: {}", missing.join(", ")));
        }
        Ok(Some(Ranked { data, query, scores }))
    }

    /// The candidates in their new order, with their scores.
    fn order(&self, candidates: &Candidates, ranked: Option<&Ranked>) -> Vec<(usize, f32)> {
        let list = &candidates.list;
        let Some(ranked) = ranked.filter(|_| !self.is_by_text()) else {
            return list.iter().map(|found| found.score).enumerate().collect();
        };
        let mut order: Vec<(usize, f32)> = ranked.scores.iter().copied().enumerate().collect();
        let path = |at: usize| &list[at].picture.path;
        order.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| path(a.0).cmp(path(b.0))));
        order
    }

    fn is_by_text(&self) -> bool {
        matches!(self.ranker, Ranker::Untrained(Untrained::Text))
    }
}

fn object(args: &SearchArgs, ranker: &Ranker, results: &Results) -> Value {
    let Results { candidates, order, text_ms, rank_ms, cut_off } = results;
    let result = |(at, (index, score)): (usize, &(usize, f32))| {
        let found = &candidates.list[*index];
        let mut object = json!({
            "rank": at + 1,
            "image": found.picture.path,
            "score": score,
            "text_rank": found.text_rank,
            "like": found.like(),
            "similarity": found.similarity,
        });
        if let Some(cut_off) = cut_off {
            object["probability"] = cut_off.probability(*index).into();
        }
        object
    };
    let instead: serde_json::Map<String, Value> =
        candidates.instead.iter().map(|(word, terms)| (word.clone(), terms.clone().into())).collect();
    let mut answer = json!({
        "query": args.words,
        "by": ranker.name(),
        "found": candidates.matching,
        "instead": instead,
        "results": order.iter().enumerate().map(result).collect::<Vec<_>>(),
        "ms": { "text": text_ms, "rank": rank_ms },
    });
    if let Some(cut_off) = cut_off {
        answer["cut_off"] = cut_off.object();
    }
    answer
}

fn text_of(results: &Results) -> String {
    let Results { candidates, order, .. } = results;
    let mut text = String::new();
    for (word, terms) in &candidates.instead {
        text += &match terms.is_empty() {
            true => format!("no picture has “{word}”\n"),
            false => format!("no picture has “{word}”; instead: {}\n", terms.join(", ")),
        };
    }
    let row = |(at, (index, score)): (usize, &(usize, f32))| {
        let found = &candidates.list[*index];
        let how = match (found.text_rank, found.like()) {
            (Some(rank), _) => format!("text {rank}"),
            (None, Some(of)) => format!("like {of}"),
            (None, None) => String::new(),
        };
        let (path, called) = (found.picture.path.clone(), found.picture.words.called().to_owned());
        vec![(at + 1).to_string(), format!("{score:.2}"), path, called, how]
    };
    let rows: Vec<Vec<String>> = order.iter().enumerate().map(row).collect();
    text += &aligned(&rows, &[false, false, true, true, true]);
    text += &format!("{} pictures found by words\n", grouped(candidates.matching));
    text += &results.cut_off.as_ref().map(CutOff::line).unwrap_or_default();
    text
}
