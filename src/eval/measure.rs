//! The measures and their names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::persistence::Persistence;

/// A measure of a ranking; all lie in 0..=1, and higher is better.
///
/// Written `map`, `ndcg@20`, `p@10`, … ([`fmt::Display`], serde); [`FromStr`] also reads trec_eval's own spellings
/// (`P_10`, `ndcg_cut_20`, `ndcg_cut.20`), in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Average precision: the sum of the precision at each relevant image over the number of relevant images.
    Map,
    /// Normalised discounted cumulative gain of the whole ranking.
    Ndcg,
    /// nDCG of the first k.
    NdcgAt(usize),
    /// Precision: relevant images among the first k, over k.
    PrecisionAt(usize),
    /// Relevant images among the first k, over all relevant ones.
    RecallAt(usize),
    /// Precision at R, R the number of relevant images.
    Rprec,
    /// Binary preference (Buckley and Voorhees, SIGIR 2004).
    Bpref,
    /// One over the rank of the first relevant image.
    ReciprocalRank,
    /// 1 if one of the first k is relevant.
    SuccessAt(usize),
    /// Average precision cut at k (still over all relevant images).
    MapAt(usize),
    /// Cluster recall: diversity clusters among the first k, over all clusters of the query.
    ClusterRecallAt(usize),
    /// Harmonic mean of P@k and CR@k.
    F1At(usize),
    /// nDCG of the whole ranking with the gain 2^grade − 1 (Burges et al., ICML 2005), written `ndcg-exp`.
    NdcgExp,
    /// nDCG of the first k with the gain 2^grade − 1.
    NdcgExpAt(usize),
    /// Expected reciprocal rank (Chapelle et al., CIKM 2009): each image satisfies with the chance
    /// (2^grade − 1) / 2^g, g the highest grade of all the qrels, at least 1.
    Err,
    /// Expected reciprocal rank of the first k.
    ErrAt(usize),
    /// Rank-biased precision (Moffat and Zobel, TOIS 2008) with this persistence, written `rbp@0.8`.
    Rbp(Persistence),
}

/// The five measures usually reported in this field: MAP, P@10, P@20, nDCG@20, nDCG.
pub const STANDARD: [Measure; 5] =
    [Measure::Map, Measure::PrecisionAt(10), Measure::PrecisionAt(20), Measure::NdcgAt(20), Measure::Ndcg];

impl Measure {
    /// Reads a list such as `map,ndcg@20,P_10`; spaces and duplicates are ignored.
    ///
    /// # Errors
    /// If a name is unknown or the list is empty.
    pub fn parse_list(text: &str) -> Result<Vec<Measure>, MeasureError> {
        let mut measures = Vec::new();
        for name in text.split(|c: char| c == ',' || c.is_whitespace()).filter(|name| !name.is_empty()) {
            let measure = name.parse()?;
            if !measures.contains(&measure) {
                measures.push(measure);
            }
        }
        if measures.is_empty() { Err(MeasureError::Empty) } else { Ok(measures) }
    }

    /// The cut-off k; `None` if it takes the whole ranking.
    pub fn cutoff(self) -> Option<usize> {
        match self {
            Self::Map | Self::Ndcg | Self::Rprec | Self::Bpref | Self::ReciprocalRank => None,
            Self::NdcgExp | Self::Err | Self::Rbp(_) => None,
            Self::NdcgExpAt(k) | Self::ErrAt(k) => Some(k),
            Self::NdcgAt(k) | Self::PrecisionAt(k) | Self::RecallAt(k) | Self::SuccessAt(k) => Some(k),
            Self::MapAt(k) | Self::ClusterRecallAt(k) | Self::F1At(k) => Some(k),
        }
    }

    /// Whether it needs diversity clusters.
    pub fn needs_clusters(self) -> bool {
        matches!(self, Self::ClusterRecallAt(_) | Self::F1At(_))
    }

    /// Whether it depends on the highest grade of the judgements, so that only values computed with the same one are
    /// comparable.
    pub fn needs_highest_grade(self) -> bool {
        matches!(self, Self::Err | Self::ErrAt(_))
    }

    /// Whether it depends on how many images are relevant, so that only values with the same
    /// [`crate::dataset::RecallBase`] are comparable.
    pub fn needs_recall_base(self) -> bool {
        match self {
            Self::Map | Self::MapAt(_) | Self::RecallAt(_) | Self::Rprec | Self::Bpref => true,
            Self::Ndcg | Self::NdcgAt(_) | Self::NdcgExp | Self::NdcgExpAt(_) => true,
            Self::PrecisionAt(_) | Self::ReciprocalRank | Self::SuccessAt(_) | Self::Rbp(_) => false,
            Self::Err | Self::ErrAt(_) | Self::ClusterRecallAt(_) | Self::F1At(_) => false,
        }
    }

    /// The conventional name: `MAP`, `nDCG@20`, `P@10`.
    pub fn label(self) -> String {
        let name = match self {
            Self::Map | Self::MapAt(_) => "MAP",
            Self::Ndcg | Self::NdcgAt(_) => "nDCG",
            Self::PrecisionAt(_) => "P",
            Self::RecallAt(_) => "Recall",
            Self::Rprec => "R-precision",
            Self::Bpref => "bpref",
            Self::ReciprocalRank => "MRR",
            Self::SuccessAt(_) => "Success",
            Self::ClusterRecallAt(_) => "CR",
            Self::F1At(_) => "F1",
            Self::NdcgExp | Self::NdcgExpAt(_) => "nDCG-exp",
            Self::Err | Self::ErrAt(_) => "ERR",
            Self::Rbp(_) => "RBP",
        };
        format!("{name}{}", self.argument())
    }

    /// The suffix of the name: `@20`, `@0.8`, or nothing.
    fn argument(self) -> String {
        match self {
            Self::Rbp(persistence) => format!("@{persistence}"),
            _ => self.cutoff().map_or_else(String::new, |k| format!("@{k}")),
        }
    }

    /// An explanation in one sentence.
    pub fn explanation(self) -> String {
        let first = |k: usize| if k == 1 { "the first image".to_owned() } else { format!("the first {k} images") };
        match self {
            Self::Map => "Precision at the rank of each relevant image, averaged over all relevant images.".to_owned(),
            Self::MapAt(k) => format!(
                "Precision at the rank of each relevant image within {}, averaged over all relevant images.",
                first(k)
            ),
            Self::Ndcg => "Relevance grades summed with less weight down the whole ranking, as a share of the best \
                           possible order."
                .to_owned(),
            Self::NdcgAt(k) => format!(
                "Relevance grades within {} summed with less weight further down, as a share of the best possible \
                 order.",
                first(k)
            ),
            Self::PrecisionAt(k) => format!("Share of {} that is relevant.", first(k)),
            Self::RecallAt(k) => format!("Share of all relevant images found within {}.", first(k)),
            Self::Rprec => {
                "Share of the first R images that is relevant, where R is the number of relevant images.".to_owned()
            }
            Self::Bpref => "Share of judged pairs in which the relevant image ranks above the non-relevant one; \
                            unjudged images are ignored."
                .to_owned(),
            Self::ReciprocalRank => "One over the rank of the first relevant image.".to_owned(),
            Self::SuccessAt(k) => format!("1 if there is a relevant image within {}, else 0.", first(k)),
            Self::ClusterRecallAt(k) => {
                format!("Share of the query's diversity clusters found within {}.", first(k))
            }
            Self::F1At(k) => format!("Harmonic mean of precision and cluster recall within {}.", first(k)),
            Self::NdcgExp => "Like nDCG, with 2^grade − 1 as the gain of a grade.".to_owned(),
            Self::NdcgExpAt(k) => format!("Like nDCG within {}, with 2^grade − 1 as the gain of a grade.", first(k)),
            Self::Err => "Expected reciprocal of the rank at which a user scanning the ranking is satisfied; \
                          better grades satisfy more likely."
                .to_owned(),
            Self::ErrAt(k) => {
                format!("Expected reciprocal of the rank at which a user is satisfied within {}.", first(k))
            }
            Self::Rbp(persistence) => format!(
                "Share of relevant images seen by a user who continues to the next image with probability {persistence}."
            ),
        }
    }
}

/// A measure's name that could not be parsed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MeasureError {
    /// An unknown measure.
    #[error(
        "unknown measure “{name}” (expected map, ndcg, ndcg-exp, rprec, bpref, recip_rank, err, rbp@0.8, and \
         with a cut-off as in ndcg@20: ndcg, ndcg-exp, p, recall, success, map, err, cr, f1)"
    )]
    Unknown {
        /// The name as given.
        name: String,
    },
    /// The cut-off is missing or not a positive integer.
    #[error("“{name}” needs a cut-off of 1 or more, as in {example}@20")]
    Cutoff {
        /// The name as given.
        name: String,
        /// The intended measure.
        example: &'static str,
    },
    /// The persistence of rank-biased precision is missing or outside 0..1.
    #[error("“{name}” needs a persistence between 0 and 1 with at most six decimals, as in rbp@0.8")]
    Persistence {
        /// The name as given.
        name: String,
    },
    /// An empty list.
    #[error("no measure given")]
    Empty,
    /// Required measures are missing.
    #[error("no value of {names}")]
    Missing {
        /// Their names.
        names: String,
    },
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Map | Self::MapAt(_) => "map",
            Self::Ndcg | Self::NdcgAt(_) => "ndcg",
            Self::PrecisionAt(_) => "p",
            Self::RecallAt(_) => "recall",
            Self::Rprec => "rprec",
            Self::Bpref => "bpref",
            Self::ReciprocalRank => "recip_rank",
            Self::SuccessAt(_) => "success",
            Self::ClusterRecallAt(_) => "cr",
            Self::F1At(_) => "f1",
            Self::NdcgExp | Self::NdcgExpAt(_) => "ndcg-exp",
            Self::Err | Self::ErrAt(_) => "err",
            Self::Rbp(_) => "rbp",
        };
        write!(f, "{name}{}", self.argument())
    }
}

impl FromStr for Measure {
    type Err = MeasureError;

    fn from_str(text: &str) -> Result<Self, MeasureError> {
        let lower = text.trim().to_lowercase();
        let (name, cutoff) = split_cutoff(&lower);
        let at = |make: fn(usize) -> Measure, example: &'static str| match cutoff.map(str::parse) {
            Some(Ok(k)) if k > 0 => Ok(make(k)),
            _ => Err(MeasureError::Cutoff { name: text.to_owned(), example }),
        };
        match (name, cutoff) {
            ("map", None) => Ok(Self::Map),
            ("ndcg", None) => Ok(Self::Ndcg),
            ("rprec" | "r-precision", None) => Ok(Self::Rprec),
            ("bpref", None) => Ok(Self::Bpref),
            ("recip_rank" | "mrr" | "rr", None) => Ok(Self::ReciprocalRank),
            ("ndcg-exp", None) => Ok(Self::NdcgExp),
            ("err", None) => Ok(Self::Err),
            ("rbp", persistence) => persistence
                .and_then(|persistence| persistence.parse().ok())
                .and_then(Persistence::new)
                .map(Self::Rbp)
                .ok_or_else(|| MeasureError::Persistence { name: text.to_owned() }),
            ("ndcg-exp", _) => at(Self::NdcgExpAt, "ndcg-exp"),
            ("err", _) => at(Self::ErrAt, "err"),
            ("map" | "map_cut", _) => at(Self::MapAt, "map"),
            ("ndcg" | "ndcg_cut", _) => at(Self::NdcgAt, "ndcg"),
            ("p" | "precision", _) => at(Self::PrecisionAt, "p"),
            ("recall", _) => at(Self::RecallAt, "recall"),
            ("success", _) => at(Self::SuccessAt, "success"),
            ("cr", _) => at(Self::ClusterRecallAt, "cr"),
            ("f1", _) => at(Self::F1At, "f1"),
            _ => Err(MeasureError::Unknown { name: text.to_owned() }),
        }
    }
}

/// `ndcg@20`, `ndcg_cut_20` and `ndcg_cut.20` into the name and the cut-off.
fn split_cutoff(text: &str) -> (&str, Option<&str>) {
    if let Some((name, cutoff)) = text.split_once('@') {
        return (name, Some(cutoff));
    }
    match text.rsplit_once(['_', '.']) {
        Some((name, cutoff)) if !cutoff.is_empty() && cutoff.bytes().all(|byte| byte.is_ascii_digit()) => {
            (name, Some(cutoff))
        }
        _ => (text, None),
    }
}

impl Serialize for Measure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Measure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
