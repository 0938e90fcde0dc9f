//! Making lists of images to judge.

use crate::base::range;
use crate::dataset::{Dataset, ImageId, QueryId, TEXT_FEATURE};
use crate::graph::{Csr, GraphRequest, Similarities, unit_rows, visual_rows};
use crate::judge::queues::{self, Kind, Neighbours, Order, Reason};
use crate::judge::{Counted, FILES, Table};
use crate::model::Feedback;
use crate::train::{RunData, Untrained, cross_modal_feedback, rank_untrained};
use crate::workspace::judging::located::Located;
use crate::workspace::judging::{Item, Queue, QueueKind, ids};
use crate::workspace::looks::HELD;
use crate::workspace::{JudgingSettings, Message, Order as Ranked, Ranking, SelectionAction, Session, Workspace};
use std::collections::{HashMap, HashSet};

/// How similar near-duplicates are at least.
const ALIKE: f32 = 0.95;

/// How many images are at least between an image and its repeat.
const APART: usize = 40;

/// How many images an audit has.
const AUDITED: usize = 50;

/// What a list is made from, away from the window's thread.
pub(super) struct Ingredients {
    data: RunData,
    graph: GraphRequest,
    /// The scores of the best ranking, of every query.
    scores: Option<Vec<Vec<f32>>>,
    rankings: Vec<queues::Ranking>,
    /// Whether rankings without judgements are to be computed: in a collection, unless they are there.
    lacks_untrained: bool,
    /// The scores of the text signal, of every query.
    text: Option<Vec<Vec<f32>>>,
    /// What the judge has judged.
    judged: Vec<(QueryId, ImageId)>,
    table: Table,
    seed: u64,
    order: Order,
    /// Percent of images that come up again, and of images whose grade is known.
    checks: [usize; 2],
    /// The images whose grade is known and that the judge has not judged.
    known: Vec<(QueryId, ImageId)>,
}

impl Workspace {
    /// Makes a list of images; the focus is then on the first that needs a judgement.
    pub(in crate::workspace) fn open_queue(&mut self, kind: QueueKind) {
        let Some(ingredients) = self.ingredients() else { return };
        if let QueueKind::Query(query) = kind {
            self.apply(SelectionAction::Query(query));
        }
        self.judging.making.retire();
        let is_short = match kind {
            QueueKind::Query(query) => {
                ingredients.data.dataset.queries.get(query).is_none_or(|query| query.candidates.len() <= queues::WHOLE)
            }
            _ => matches!(kind, QueueKind::Unjudged { .. }) && !ingredients.lacks_untrained,
        };
        match is_short {
            true => {
                let made = made(kind, &ingredients);
                self.install_queue(kind, made, None);
            }
            false => self.judging.making.start("queue", self.wake(), move |worker| {
                worker.stage("Looking for images", 0, 0)?;
                Ok((kind, made(kind, &ingredients)))
            }),
        }
    }

    /// Lists images of the measured agreement, to be settled.
    pub(super) fn open_adjudication(&mut self, units: &[usize]) {
        let Some(measured) = &self.judging.agreement else { return };
        let made = queues::adjudication_of(&measured.table, units);
        self.judging.making.retire();
        self.install_queue(QueueKind::Adjudication { chosen: true }, made, None);
    }

    /// Selects the images of the list that are nearly equal to the focused one: the next grade is for all of them.
    pub(super) fn select_alike(&mut self) {
        let (Some(session), Some(queue)) = (&self.session, &self.judging.queue) else { return };
        let Some(focused) = queue.focused() else { return };
        let found = alike(session, queue, focused);
        self.judging.notice = Some(match (found.len(), session.data.has_vectors()) {
            (_, false) => "Nearly equal images are found by visual vectors, which the data set lacks.".to_owned(),
            (0 | 1, _) => "No image of this list is nearly equal.".to_owned(),
            (count, _) => {
                format!("{count} nearly equal images are selected: a grade is for all of them, Esc for none.")
            }
        });
        let Some(queue) = self.judging.queue.as_mut().filter(|_| found.len() > 1) else { return };
        let focus = queue.focus();
        queue.select(found);
        queue.focus_on(focus);
    }

    /// Takes in lists that were made since the last call.
    pub(in crate::workspace) fn poll_queue(&mut self) -> bool {
        let Some(ended) = self.judging.making.ended() else { return false };
        match ended {
            Ok((kind, made)) => self.install_queue(kind, made, None),
            Err(error) => self.tell(Message::warning(error.to_string())),
        }
        true
    }

    pub(super) fn ingredients(&self) -> Option<Ingredients> {
        let session = self.session.as_ref()?;
        let JudgingSettings { shuffled, seed, repeats, controls, .. } = self.settings.judging;
        let judge = self.judge_name();
        let judges = self.judging.judges.as_ref();
        let labels = judges.map(|judges| judges.labels(&judge)).unwrap_or_default();
        // The files' labels are a judge's like any other's, but no journal's.
        let mut names = judges.map(|judges| judges.names()).unwrap_or_default();
        names.sort_by_key(|name| *name == FILES);
        let table = judges.map(|judges| Table::of(judges, &names, Counted::default())).unwrap_or_default();
        let text = session.all_scores(Ranked::Text);
        Some(Ingredients {
            data: session.data.clone(),
            graph: self.settings.experiment.graph,
            scores: session.best_scores(),
            rankings: rankings(session, text.as_deref()),
            lacks_untrained: session.is_collection()
                && session.data.has_vectors()
                && session.all_scores(Ranked::Untrained).is_none(),
            text,
            judged: labels.iter().map(|label| (label.query.into(), label.image.into())).collect(),
            table,
            seed,
            order: if shuffled { Order::Shuffled(seed) } else { Order::Retrieved },
            checks: [repeats, controls],
            known: if controls > 0 { self.known_images(&judge) } else { Vec::new() },
        })
    }

    /// The images whose grade is known and that a judge has not judged.
    fn known_images(&self, judge: &str) -> Vec<(QueryId, ImageId)> {
        let truth = &self.settings.judging.truth;
        let Some(judges) = self.judging.judges.as_ref().filter(|_| truth != judge) else { return Vec::new() };
        let known = judges.labels(truth).into_iter().filter(|label| !label.judgement.is_cant_tell());
        let unjudged = known.filter(|label| judges.label(judge, label.query, label.image).is_none());
        unjudged.map(|label| (label.query.into(), label.image.into())).collect()
    }

    /// Lets the filter choose anew among the images of the list.
    pub(in crate::workspace) fn filter_queue(&mut self) {
        if let (Some(before), Some(made)) = (self.judging.queue.take(), self.judging.made.take()) {
            self.install_queue(before.kind(), made, Some(&before));
        }
    }

    /// Keeps the images that pass the filter.
    fn keep_passing(&self, session: &Session, items: &mut Vec<(Item, Reason)>) {
        if self.filter().is_empty() {
            return;
        }
        let mut passes: HashMap<usize, Vec<bool>> = HashMap::new();
        items.retain(|(item, _)| {
            let of_query = passes.entry(item.query).or_insert_with(|| self.passes(session, item.query));
            of_query[item.candidate]
        });
    }

    /// The repeats that were judged as such earlier.
    fn repeated(&self, session: &Session, judge: &str, queue: &Queue) -> Vec<usize> {
        let Some(record) = self.judging.judges.as_ref().and_then(|judges| judges.record(judge)) else {
            return Vec::new();
        };
        let is_judged = |position: &usize| {
            let ids = queue.is_repeat(*position).then(|| ids(session, queue.items()[*position])).flatten();
            ids.is_some_and(|(query, image)| {
                let mut said = record.history(query, image);
                said.any(|label| label.judgement.queue.as_deref() == Some(Kind::Repeats.name()))
            })
        };
        (0..queue.items().len()).filter(is_judged).collect()
    }

    /// Puts a list on the desk, in place of one that it carries on.
    pub(super) fn install_queue(&mut self, kind: QueueKind, made: queues::Queue, before: Option<&Queue>) {
        let judge = self.judge_name();
        let Some(session) = &self.session else { return };
        let mut located = Located::new(&session.data.dataset);
        let mut items: Vec<(Item, Reason)> = made
            .items
            .iter()
            .filter_map(|item| Some((located.item(item.query.as_str(), item.image.as_str())?, item.reason.clone())))
            .collect();
        self.keep_passing(session, &mut items);
        let mut queue = Queue::new(kind, items, made.seed);
        let repeated = self.repeated(session, &judge, &queue);
        queue.done(&repeated);
        if let Some(before) = before {
            queue.carry_over(before);
        }
        let needs = |at: usize, item: Item| self.judging.needs(session, &judge, &queue, (at, item));
        let focus = queue.focus();
        if queue.focused().is_some_and(|item| !needs(focus, item)) {
            let next = queue.next(needs);
            queue.go_on(next);
        }
        self.judging.queue = Some(queue);
        self.judging.made = Some(made);
        self.judging.fresh.clear();
        self.select_focused();
    }
}

/// How many images of a list that was made later are not in this one.
pub(super) fn new_in(session: &Session, queue: &Queue, made: &queues::Queue) -> usize {
    let known: HashSet<Item> = queue.items().iter().copied().collect();
    let mut located = Located::new(&session.data.dataset);
    let items = made.items.iter().filter_map(|item| located.item(item.query.as_str(), item.image.as_str()));
    items.filter(|item| !known.contains(item)).count()
}

/// The positions of the images that are nearly equal to one, which is among them.
fn alike(session: &Session, queue: &Queue, focused: Item) -> Vec<usize> {
    let RunData { dataset, vectors, .. } = &session.data;
    if !session.data.has_vectors() {
        return Vec::new();
    }
    let candidates = &dataset.queries[focused.query].candidates;
    let unit = |candidate: usize| Some(unit_rows(&vectors.get(candidates[candidate].image)?, vectors.dim));
    let own = unit(focused.candidate).unwrap_or_default();
    let cosine = |other: Vec<f32>| -> f32 { other.iter().zip(&own).map(|(a, b)| a * b).sum() };
    let is_near = |candidate: usize| unit(candidate).is_some_and(|other| cosine(other) >= ALIKE);
    let is_alike = |item: &Item| *item == focused || (item.query == focused.query && is_near(item.candidate));
    let items = queue.items().iter().enumerate().filter(|(_, item)| is_alike(item));
    items.map(|(position, _)| position).collect()
}

/// The rankings shown, of every query. An order that no search made is none, and neither are images without any of the
/// query's words in their text.
fn rankings(session: &Session, text: Option<&[Vec<f32>]>) -> Vec<queues::Ranking> {
    let dataset = &session.data.dataset;
    let has_ranks = dataset.queries.iter().any(|query| query.candidates.iter().any(|one| one.rank.is_some()));
    let of = |order: Ranked| {
        let of_query = |query: usize| {
            let mut ranking = session.order_of(order, query)?;
            if let (Ranked::Text, Some(scores)) = (order, text.and_then(|text| text.get(query)))
                && let Some((lowest, _)) = range(scores.iter().copied())
            {
                ranking.retain(|&candidate| scores[candidate] > lowest);
            }
            Some(ranking)
        };
        (0..dataset.queries.len()).map(of_query).collect::<Option<queues::Ranking>>()
    };
    Ranked::ALL.into_iter().filter(|order| *order != Ranked::Initial || has_ranks).filter_map(of).collect()
}

/// A list of images, with unannounced ones where images are judged for the first time.
pub(super) fn made(kind: QueueKind, from: &Ingredients) -> queues::Queue {
    let queue = plain(kind, from);
    if kind.is_again() {
        return queue;
    }
    let share = |percent: usize| (queue.items.len() * percent).div_ceil(100);
    let [repeats, controls] = from.checks.map(share);
    // The images of one query are all there already.
    let controls = if matches!(kind, QueueKind::Query(_)) { 0 } else { controls };
    let queue = queues::with_controls(queue, &from.known, controls, from.seed);
    queues::with_repeats(queue, repeats, APART, from.seed)
}

fn plain(kind: QueueKind, from: &Ingredients) -> queues::Queue {
    let (dataset, judgements): (&Dataset, _) = (&from.data.dataset, &from.data.judgements);
    let judged: HashSet<(&str, &str)> =
        from.judged.iter().map(|(query, image)| (query.as_str(), image.as_str())).collect();
    let is_judged = |query: &QueryId, image: &ImageId| judged.contains(&(query.as_str(), image.as_str()));
    match kind {
        QueueKind::Query(query) => {
            let mut rankings = from.rankings.clone();
            rankings.extend(by_feedback(from, query));
            queues::of_query(dataset, query, &rankings, from.order)
        }
        QueueKind::Unjudged { depth } => {
            let rankings = [&from.rankings[..], &untrained(from)].concat();
            queues::pool(dataset, &rankings, depth, &is_judged, from.order)
        }
        QueueKind::Disagreements => queues::disagreements(&from.table),
        QueueKind::Adjudication { .. } => queues::adjudication(&from.table),
        QueueKind::Suspicious => queues::suspicious(dataset, judgements, &neighbours(from), from.scores.as_deref()),
        QueueKind::Uncertain => match &from.scores {
            Some(scores) => queues::uncertain(dataset, judgements, std::slice::from_ref(scores), &is_judged),
            None => queues::Queue { kind: Kind::Uncertain, seed: None, items: Vec::new() },
        },
        QueueKind::NearDuplicates => queues::near_duplicates(dataset, judgements, &neighbours(from), ALIKE),
        QueueKind::Audit => queues::audit(&from.judged, AUDITED, from.seed),
    }
}

/// The images that look like those that text finds, where the list is too long to be judged as a whole: what only text
/// finds would make text look best in all measures.
fn by_feedback(from: &Ingredients, query: usize) -> Option<queues::Ranking> {
    let data = &from.data;
    let text = from.text.as_ref()?.get(query)?;
    let (lowest, highest) = range(text.iter().copied())?;
    if !data.has_vectors() || text.len() <= queues::WHOLE || lowest == highest {
        return None;
    }
    let scores = cross_modal_feedback(data, query, text, Feedback { neighbours: 10, mixture: 1.0 });
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
    let mut ranking = vec![Vec::new(); query];
    ranking.push(order);
    Some(ranking)
}

/// The rankings of a collection's queries that need no judgement; of queries with very many candidates only cross-modal
/// feedback, which compares few of them.
fn untrained(from: &Ingredients) -> Vec<queues::Ranking> {
    let data = &from.data;
    let Some(signal) = data.signals.index(TEXT_FEATURE).filter(|_| from.lacks_untrained) else { return Vec::new() };
    let ranking = |by: Untrained| -> queues::Ranking {
        let of_query = |query: usize| {
            let is_long = data.dataset.queries[query].candidates.len() > HELD;
            let scores = match by == Untrained::Prf && is_long {
                true => None,
                false => rank_untrained(data, by, signal, query).ok(),
            };
            scores.map_or_else(Vec::new, |scores| Ranking::new(data, query, scores).order)
        };
        (0..data.dataset.queries.len()).map(of_query).collect()
    };
    vec![ranking(Untrained::Cm), ranking(Untrained::Prf)]
}

/// Every candidate's nearest neighbours; none without visual vectors.
fn neighbours(from: &Ingredients) -> Neighbours {
    let data = &from.data;
    let of_query = |query: usize| {
        if !data.has_vectors() {
            return Vec::new();
        }
        let rows = visual_rows(&data.dataset, &data.vectors, query);
        let graph = Csr::nearest(&Similarities::within(data.memory, &rows, data.vectors.dim), from.graph);
        let row = |i: usize| graph.row(i).map(|edge| (graph.targets[edge] as usize, graph.weights[edge])).collect();
        (0..graph.n()).map(row).collect()
    };
    (0..data.dataset.queries.len()).map(of_query).collect()
}
