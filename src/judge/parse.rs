//! Reading a line of a journal.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::stamp::parse_stamp;
use super::{Judgement, Line, Link};

/// A text that is borrowed from the line where it can be.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// A line as it is read: only the fields that are known, everything but what was judged optional.
#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(default, borrow)]
    at: Option<Text<'a>>,
    #[serde(default, borrow)]
    judge: Option<Text<'a>>,
    #[serde(borrow)]
    query: Text<'a>,
    #[serde(borrow)]
    image: Text<'a>,
    #[serde(deserialize_with = "Option::deserialize")]
    grade: Option<i32>,
    #[serde(default)]
    blind: Option<bool>,
    #[serde(default)]
    unsure: Option<bool>,
    #[serde(default)]
    revealed: Option<Vec<String>>,
    #[serde(default, borrow)]
    queue: Option<Text<'a>>,
    #[serde(default)]
    seed: Option<u64>,
    #[serde(default)]
    position: Option<u32>,
    #[serde(default)]
    batch: Option<u32>,
    #[serde(default)]
    ms: Option<u32>,
    #[serde(default, borrow)]
    note: Option<Text<'a>>,
    #[serde(default, borrow)]
    step: Option<Text<'a>>,
    #[serde(default, borrow)]
    undoes: Option<Text<'a>>,
    #[serde(default, borrow)]
    redoes: Option<Text<'a>>,
}

/// Shares equal texts, of which a journal has few: judges, queries, queues.
#[derive(Debug, Default)]
pub(super) struct Shared(HashSet<Arc<str>>);

impl Shared {
    /// The text, allocated at most once.
    pub fn of(&mut self, text: &str) -> Arc<str> {
        match self.0.get(text) {
            Some(known) => known.clone(),
            None => {
                let text: Arc<str> = text.into();
                self.0.insert(text.clone());
                text
            }
        }
    }
}

/// Reads a line of a journal whose lines are `judge`'s unless they say otherwise.
///
/// # Errors
/// If it is not a JSON object with a query, an image and a grade.
pub(super) fn parse(text: &str, judge: &str, shared: &mut Shared) -> Result<Line, String> {
    match serde_json::from_str::<Raw<'_>>(text) {
        Ok(raw) => Ok(line(raw, judge, shared)),
        Err(error) => {
            let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
            let known = understood(value).ok_or_else(|| error.to_string())?;
            serde_json::from_str(&known).map(|raw| line(raw, judge, shared)).map_err(|_| error.to_string())
        }
    }
}

fn line(raw: Raw<'_>, judge: &str, shared: &mut Shared) -> Line {
    let owned = |text: Option<Text<'_>>| text.map(|text| Arc::from(&*text.0));
    let link = match (raw.undoes, raw.redoes) {
        (Some(step), _) => Some(Link::Undoes(Arc::from(&*step.0))),
        (None, Some(step)) => Some(Link::Redoes(Arc::from(&*step.0))),
        (None, None) => None,
    };
    let judgement = Judgement {
        grade: raw.grade,
        unsure: raw.unsure.unwrap_or_default(),
        blind: raw.blind,
        revealed: raw.revealed.unwrap_or_default(),
        queue: raw.queue.map(|queue| shared.of(&queue.0)),
        seed: raw.seed,
        position: raw.position,
        batch: raw.batch,
        ms: raw.ms,
        note: owned(raw.note),
    };
    Line {
        at: raw.at.and_then(|at| parse_stamp(&at.0)).unwrap_or_default(),
        judge: shared.of(raw.judge.as_ref().map_or(judge, |judge| &judge.0)),
        query: shared.of(&raw.query.0),
        image: Arc::from(&*raw.image.0),
        judgement,
        step: owned(raw.step),
        link,
    }
}

/// Of a line that a newer version wrote, the fields in a form that is known, as JSON; `None` if that leaves no judgement.
fn understood(value: Value) -> Option<String> {
    let Value::Object(mut fields) = value else { return None };
    fields.retain(|name, value| match name.as_str() {
        "query" | "image" | "judge" | "at" | "queue" | "note" | "step" | "undoes" | "redoes" => value.is_string(),
        "grade" => value.is_null() || value.as_i64().is_some_and(|grade| i32::try_from(grade).is_ok()),
        "blind" | "unsure" => value.is_boolean(),
        "seed" => value.is_u64(),
        "position" | "batch" | "ms" => value.as_u64().is_some_and(|number| u32::try_from(number).is_ok()),
        "revealed" => value.as_array().is_some_and(|shown| shown.iter().all(Value::is_string)),
        _ => false,
    });
    ["query", "image", "grade"].iter().all(|name| fields.contains_key(*name)).then(|| Value::Object(fields).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Line, String> {
        parse(text, "ann", &mut Shared::default())
    }

    #[test]
    fn a_line_survives_the_round_trip() {
        let judgement = Judgement {
            grade: Some(2),
            unsure: true,
            blind: Some(false),
            revealed: vec!["ranks".into()],
            queue: Some("pool".into()),
            seed: Some(u64::MAX),
            position: Some(3),
            batch: Some(12),
            ms: Some(830),
            note: Some("two\nlines \"quoted\"".into()),
        };
        let line = Line {
            at: 1_281_810_216_007,
            judge: "Zoë".into(),
            query: "q".into(),
            image: "i".into(),
            judgement,
            step: Some("s-1".into()),
            link: Some(Link::Redoes("s-0".into())),
        };
        assert!(!line.json().contains('\n'));
        assert_eq!(read(&line.json()), Ok(line));
    }

    #[test]
    fn the_least_line_has_the_documented_form() {
        let line = Line {
            at: 0,
            judge: "ann".into(),
            query: "q".into(),
            image: "i".into(),
            judgement: Judgement::blind(0),
            step: None,
            link: None,
        };
        let text = r#"{"at":"1970-01-01T00:00:00.000Z","judge":"ann","query":"q","image":"i","grade":0,"blind":true}"#;
        assert_eq!(line.json(), text);
        assert_eq!(read(text), Ok(line));
        let withdrawn = read(r#"{"query":"q","image":"i","grade":null}"#).expect("enough");
        assert_eq!((withdrawn.judgement.grade, &*withdrawn.judge, withdrawn.at), (None, "ann", 0));
    }

    #[test]
    fn newer_lines_are_read_as_far_as_they_are_understood() {
        let newer = r#"{"query":"q","image":"i","grade":1,"ms":1.5,"note":{"text":"x"},"boxes":[1],"blind":"partly"}"#;
        let line = read(newer).expect("the judgement is understood");
        assert_eq!(line.judgement, Judgement { grade: Some(1), ..Judgement::default() });
    }

    #[test]
    fn what_is_no_judgement_is_an_error() {
        for bad in [r#"{"query":"q","image":"i"}"#, r#"{"query":"q","image":"i","grade":"2"}"#, "[]", "{", "x", "{}"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
