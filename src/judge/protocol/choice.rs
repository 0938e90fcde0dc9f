//! Whose labels count.

use std::fmt;
use std::str::FromStr;

use crate::base::UnknownName;
use crate::dataset::{LabelKind, LabelSource};
use crate::judge::aggregate::Method;
use crate::judge::{Counted, FILES};

/// Starts the name of a judge.
const JUDGE: &str = "judge:";

/// Whose labels count: as text `own`, `files`, `judge:NAME`, `majority`, `unanimous`, `adjudicated` or `dawid-skene`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LabelChoice {
    /// How they come about.
    pub kind: LabelKind,
    /// The judge of [`LabelKind::Judge`]; of [`LabelKind::Own`] who judges, where that is known.
    pub judge: Option<String>,
    /// Leave out images that were judged several at once.
    pub without_batch: bool,
    /// Leave out judgements before which ranks, scores or others' labels were shown.
    pub without_revealed: bool,
}

impl Default for LabelChoice {
    /// Whoever judges.
    fn default() -> Self {
        Self::of(LabelKind::Own)
    }
}

impl LabelChoice {
    /// Of this kind, without a judge, all judgements included.
    pub fn of(kind: LabelKind) -> Self {
        Self { kind, judge: None, without_batch: false, without_revealed: false }
    }

    /// The same where nobody judges: the labels of whoever judges are then those of the files.
    #[must_use]
    pub fn without_judge(self) -> Self {
        match (self.kind, &self.judge) {
            (LabelKind::Own, None) => Self { kind: LabelKind::Files, ..self },
            _ => self,
        }
    }

    /// The same where this judge judges.
    #[must_use]
    pub fn by(self, judge: &str) -> Self {
        match self.kind {
            LabelKind::Own => Self { judge: Some(judge.to_owned()), ..self },
            _ => self,
        }
    }

    /// The choice that made some labels.
    pub fn behind(source: &LabelSource) -> Self {
        let is_one = matches!(source.kind, LabelKind::Own | LabelKind::Judge);
        Self {
            kind: source.kind,
            judge: source.judges.first().filter(|_| is_one).cloned(),
            without_batch: source.without_batch,
            without_revealed: source.without_revealed,
        }
    }

    /// How several judges' labels become one, if they do.
    pub fn method(&self) -> Option<Method> {
        match self.kind {
            LabelKind::Files | LabelKind::Own | LabelKind::Judge => None,
            LabelKind::Majority => Some(Method::Majority),
            LabelKind::Unanimous => Some(Method::Unanimous),
            LabelKind::Adjudicated => Some(Method::Adjudicated),
            LabelKind::DawidSkene => Some(Method::DawidSkene),
        }
    }

    /// Which judgements count.
    pub fn counted(&self) -> Counted {
        let Self { without_batch, without_revealed, .. } = *self;
        Counted { cant_tell: false, without_batch, without_revealed }
    }

    /// What is recorded of labels that are made of these judges'.
    pub fn source(&self, judges: &[String]) -> LabelSource {
        let judges = match self.kind {
            LabelKind::Files => Vec::new(),
            LabelKind::Own | LabelKind::Judge => self.judge.iter().cloned().collect(),
            _ => judges.to_vec(),
        };
        let (without_batch, without_revealed) = match self.kind {
            LabelKind::Files => (false, false),
            _ => (self.without_batch, self.without_revealed),
        };
        LabelSource { kind: self.kind, judges, without_batch, without_revealed }
    }
}

impl From<Method> for LabelChoice {
    fn from(method: Method) -> Self {
        Self::of(match method {
            Method::Majority => LabelKind::Majority,
            Method::Unanimous => LabelKind::Unanimous,
            Method::Adjudicated => LabelKind::Adjudicated,
            Method::DawidSkene => LabelKind::DawidSkene,
        })
    }
}

impl fmt::Display for LabelChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, &self.judge) {
            (LabelKind::Judge, Some(judge)) => write!(f, "{JUDGE}{judge}"),
            (kind, _) => f.write_str(kind.name()),
        }
    }
}

impl FromStr for LabelChoice {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        if let Some(judge) = text.strip_prefix(JUDGE).filter(|judge| !judge.is_empty()) {
            return Ok(match judge {
                FILES => Self::of(LabelKind::Files),
                _ => Self { judge: Some(judge.to_owned()), ..Self::of(LabelKind::Judge) },
            });
        }
        let known = LabelKind::ALL.map(|kind| if kind == LabelKind::Judge { "judge:NAME" } else { kind.name() });
        let kind = LabelKind::by_name(text).filter(|kind| *kind != LabelKind::Judge);
        kind.map(Self::of).ok_or_else(|| UnknownName::new("labels", text, &known))
    }
}

#[test]
fn a_choice_is_what_its_text_says() {
    for text in ["own", "files", "judge:ann", "majority", "unanimous", "adjudicated", "dawid-skene"] {
        assert_eq!(text.parse::<LabelChoice>().expect("known").to_string(), text);
    }
    assert_eq!("judge:files".parse(), Ok(LabelChoice::of(LabelKind::Files)));
    for text in ["ann", "judge", "judge:", ""] {
        let error = text.parse::<LabelChoice>().expect_err("no such labels").to_string();
        assert!(error.contains("judge:NAME"), "{error}");
    }
    let own = LabelChoice::default();
    assert_eq!(own.clone().without_judge().kind, LabelKind::Files);
    let source = own.by("ann").source(&["files".to_owned()]);
    assert_eq!(LabelChoice::behind(&source).without_judge(), LabelChoice::default().by("ann"));
}
