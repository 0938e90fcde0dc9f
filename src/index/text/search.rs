//! From what was typed to the pictures found.

use tantivy::collector::{Count, TopDocs};
use tantivy::query::{AllQuery, BooleanQuery, BoostQuery, EmptyQuery, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, TantivyError, Term};

use super::expand;
use super::grammar::{Clause, Need};
use super::schema::column_name;
use super::{FieldWeights, TextIndex, parse};
use crate::index::IndexError;
use crate::index::words::Picture;
use crate::signals::query_terms;

/// What a term that stands in for another counts.
const INSTEAD: f32 = 0.5;

/// What is searched for.
#[derive(Clone, Debug, PartialEq)]
pub struct TextQuery<'a> {
    /// What was typed ([`parse`]).
    pub text: &'a str,
    /// How much each field counts.
    pub weights: FieldWeights,
    /// How many pictures are asked for.
    pub most: usize,
    /// Whether it is still being typed: the last word then also stands for those that begin with it.
    pub is_open: bool,
}

/// A picture found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The picture and its words.
    pub picture: Picture,
    /// Σ weight · BM25.
    pub score: f32,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The best pictures, best first; equal scores by path.
    pub hits: Vec<Hit>,
    /// How many there are in all.
    pub count: usize,
    /// Words that no picture has, with the words that stood in for them, if there are any.
    pub instead: Vec<(String, Vec<String>)>,
}

impl TextIndex {
    /// Finds the best pictures.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn search(&self, wanted: &TextQuery<'_>) -> Result<Found, IndexError> {
        let searcher = self.reader.searcher();
        let mut found = Found::default();
        let clauses = parse(wanted.text);
        if clauses.is_empty() || wanted.most == 0 {
            return Ok(found);
        }
        let mut making = Making { index: self, searcher: &searcher, wanted, instead: Vec::new() };
        let query = making.query(&clauses).map_err(|error| self.fault(error))?;
        for (typed, others, fields) in making.instead {
            let written = others.iter().map(|term| self.written(&fields, term));
            let mut written = written.collect::<Result<Vec<_>, _>>()?;
            written.dedup();
            found.instead.push((typed, written));
        }
        // Memory for as many is taken at once.
        let most = wanted.most.min(searcher.num_docs().max(1) as usize);
        let collectors = (TopDocs::with_limit(most).order_by_score(), Count);
        let (best, count) = searcher.search(&*query, &collectors).map_err(|error| self.fault(error))?;
        found.count = count;
        let addresses = best.iter().enumerate().map(|(at, (_, address))| (*address, at)).collect();
        self.read(&searcher, addresses, &mut |at, picture| found.hits.push(Hit { picture, score: best[at].0 }))?;
        found.hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.picture.path.cmp(&b.picture.path)));
        Ok(found)
    }
}

type Made = Box<dyn Query>;

/// Making a query of clauses.
struct Making<'a> {
    index: &'a TextIndex,
    searcher: &'a Searcher,
    wanted: &'a TextQuery<'a>,
    /// A word that no picture has, the terms that stand in for it, and where they were found.
    instead: Vec<(String, Vec<String>, Vec<Field>)>,
}

/// Where a clause looks.
enum Place {
    /// In fields, each with its weight.
    Fields(Vec<(Field, f32)>),
    /// In a column.
    Column(String),
}

impl Place {
    fn term(&self, column: Field, text: &str) -> Vec<(Term, f32)> {
        match self {
            Self::Fields(fields) => {
                fields.iter().map(|&(field, weight)| (Term::from_field_text(field, text), weight)).collect()
            }
            Self::Column(name) => {
                let mut term = Term::from_field_json_path(column, name, false);
                term.append_type_and_str(text);
                vec![(term, 1.0)]
            }
        }
    }

    fn fields(&self) -> Vec<Field> {
        match self {
            Self::Fields(fields) => fields.iter().map(|(field, _)| *field).collect(),
            Self::Column(_) => Vec::new(),
        }
    }
}

impl Making<'_> {
    fn query(&mut self, clauses: &[Clause]) -> Result<Made, TantivyError> {
        let mut parts: Vec<(Occur, Made)> = Vec::new();
        for clause in clauses {
            let occur = match clause.need {
                Need::Should => Occur::Should,
                Need::Must => Occur::Must,
                Need::MustNot => Occur::MustNot,
            };
            let made = self.clause(clause)?;
            parts.extend(made.into_iter().map(|query| (occur, query)));
        }
        if parts.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            let everything: Made = match parts.is_empty() {
                // Nothing but stop words.
                true => Box::new(EmptyQuery),
                false => Box::new(AllQuery),
            };
            parts.push((Occur::Must, everything));
        }
        Ok(Box::new(BooleanQuery::new(parts)))
    }

    /// A phrase is one query, words are one each.
    fn clause(&mut self, clause: &Clause) -> Result<Vec<Made>, TantivyError> {
        let place = self.place(clause.field.as_deref());
        let mut terms = query_terms(&clause.text).terms;
        if clause.is_phrase && terms.len() > 1 {
            return Ok(vec![self.phrase(&place, &terms)]);
        }
        terms.dedup();
        let last = terms.len().saturating_sub(1);
        let is_open = |at: usize| self.wanted.is_open && clause.is_open && at == last;
        let open: Vec<bool> = (0..terms.len()).map(is_open).collect();
        // As it was typed, unless that is several words.
        let typed = |term: &String| if terms.len() == 1 { clause.text.clone() } else { term.clone() };
        terms.iter().zip(open).map(|(term, is_open)| self.word(&place, (term, typed(term)), is_open)).collect()
    }

    fn place(&self, field: Option<&str>) -> Place {
        let weights = &self.wanted.weights;
        let texts = &self.index.fields.texts;
        match field {
            None => {
                let weighted = texts.iter().map(|&(name, field)| (field, weights.of(name)));
                Place::Fields(weighted.filter(|(_, weight)| *weight > 0.0).collect())
            }
            Some(name) => match texts.iter().find(|(known, _)| *known == name) {
                Some(&(_, field)) => Place::Fields(vec![(field, 1.0)]),
                None => Place::Column(column_name(name)),
            },
        }
    }

    fn phrase(&self, place: &Place, terms: &[String]) -> Made {
        let of_terms: Vec<Vec<(Term, f32)>> =
            terms.iter().map(|term| place.term(self.index.fields.columns, term)).collect();
        let count = of_terms.first().map_or(0, Vec::len);
        let phrases = (0..count).map(|at| {
            let weight = of_terms[0][at].1;
            let phrase = PhraseQuery::new(of_terms.iter().map(|terms| terms[at].0.clone()).collect());
            Box::new(BoostQuery::new(Box::new(phrase), weight)) as Made
        });
        Box::new(BooleanQuery::union(phrases.collect()))
    }

    fn word(&mut self, place: &Place, (term, typed): (&str, String), is_open: bool) -> Result<Made, TantivyError> {
        let mut parts = Vec::new();
        let mut documents = 0;
        for (term, weight) in place.term(self.index.fields.columns, term) {
            documents += self.searcher.doc_freq(&term)?;
            parts.push(self.scored(term, weight));
        }
        let mut others = Vec::new();
        if is_open {
            others = expand::beginning_with(self.searcher, &place.fields(), term)?;
        }
        if documents == 0 && others.is_empty() {
            others = expand::nearly(self.searcher, &place.fields(), term)?;
            self.instead.push((typed, others.clone(), place.fields()));
        }
        for other in others.iter().filter(|other| *other != term) {
            for (term, weight) in place.term(self.index.fields.columns, other) {
                parts.push(self.scored(term, INSTEAD * weight));
            }
        }
        Ok(Box::new(BooleanQuery::union(parts)))
    }

    fn scored(&self, term: Term, weight: f32) -> Made {
        Box::new(BoostQuery::new(Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)), weight))
    }
}
