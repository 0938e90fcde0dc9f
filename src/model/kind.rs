//! Models, and the choices within a network.

use serde::{Deserialize, Serialize};

use crate::base::named;

/// A model: from the search engine's order to the graph networks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelKind {
    /// The search engine's order.
    Initial,
    /// A single signal.
    Signal,
    /// Cross-modal feedback: favours images similar to those top-ranked by text; only two hyperparameters are chosen,
    /// on the validation queries.
    Cm,
    /// Learning to rank from the signals alone, linear.
    Linear,
    /// Learning to rank from the signals alone: the MLP and its head, no graph.
    Mlp,
    /// Cross-modal feedback with the learned text score (that of [`ModelKind::Mlp`]).
    LtrCm,
    /// Graph convolution with the symmetrically normalised adjacency (Kipf and Welling, ICLR 2017).
    Gcn,
    /// Graph attention (Veličković et al., ICLR 2018).
    Gat,
    /// Edge convolution (Wang et al., ACM TOG 2019).
    EdgeConv,
    /// Graph convolution weighted by the cosine.
    DcmmCos,
    /// Graph convolution weighted by a learned similarity, `v_iᵀ diag(a) v_j`.
    #[default]
    DcmmEdge,
    /// Graph convolution by the cosine together with learned pseudo-relevance feedback over the whole result set.
    DcmmPrf,
}

named!(ModelKind, "model":
    Initial = "initial", Signal = "signal", Cm = "cm", Linear = "linear", Mlp = "mlp", LtrCm = "ltr-cm", Gcn = "gcn",
    Gat = "gat", EdgeConv = "edge-conv", DcmmCos = "dcmm-cos", DcmmEdge = "dcmm-edge", DcmmPrf = "dcmm-prf",
);

impl ModelKind {
    /// The network that is trained, if any: for [`ModelKind::LtrCm`] that of the text.
    pub fn network(self) -> Option<ModelKind> {
        match self {
            ModelKind::Initial | ModelKind::Signal | ModelKind::Cm => None,
            ModelKind::LtrCm => Some(ModelKind::Mlp),
            other => Some(other),
        }
    }

    /// Whether it passes messages along the edges of the neighbour graph.
    pub fn uses_graph(self) -> bool {
        self.network() == Some(self) && !matches!(self, ModelKind::Linear | ModelKind::Mlp)
    }

    /// Whether it mixes a text score with cross-modal feedback.
    pub fn uses_feedback(self) -> bool {
        matches!(self, ModelKind::Cm | ModelKind::LtrCm)
    }

    /// Whether the network itself uses visual vectors, rather than only the graph's weights.
    pub fn reads_vectors(self) -> bool {
        matches!(self, ModelKind::DcmmEdge | ModelKind::DcmmPrf)
    }

    /// Whether visual vectors are needed at all.
    pub fn needs_vectors(self) -> bool {
        self.uses_graph() || self.uses_feedback()
    }

    /// The display name.
    pub fn label(self) -> &'static str {
        match self {
            ModelKind::Initial => "Initial order",
            ModelKind::Signal => "One signal",
            ModelKind::Cm => "CM",
            ModelKind::Linear => "LTR (linear)",
            ModelKind::Mlp => "LTR (MLP)",
            ModelKind::LtrCm => "LTR + CM",
            ModelKind::Gcn => "GCN",
            ModelKind::Gat => "GAT",
            ModelKind::EdgeConv => "EdgeConv",
            ModelKind::DcmmCos => "DCMM-cos",
            ModelKind::DcmmEdge => "DCMM-edge",
            ModelKind::DcmmPrf => "DCMM-PRF",
        }
    }

    /// A one-line description.
    pub fn explanation(self) -> &'static str {
        match self {
            ModelKind::Initial => "The search engine's own order, nothing learned",
            ModelKind::Signal => "A single signal, nothing learned",
            ModelKind::Cm => "Cross-modal feedback: images like those the text ranks first, nothing learned",
            ModelKind::Linear => "Text-only learning to rank: a weighted sum of the signals",
            ModelKind::Mlp => "Text-only learning to rank: a small network over the signals, no graph",
            ModelKind::LtrCm => "Cross-modal feedback on top of the learned text score",
            ModelKind::Gcn => "Graph convolution: neighbours are weighted by their degrees alone",
            ModelKind::Gat => "Graph attention: neighbours are weighted by their features",
            ModelKind::EdgeConv => "Edge convolution: the strongest difference from a neighbour counts",
            ModelKind::DcmmCos => "Cross-modal convolution: neighbours are weighted by their cosine",
            ModelKind::DcmmEdge => "Cross-modal convolution: a learned weight for each visual dimension",
            ModelKind::DcmmPrf => "Cross-modal convolution with learned feedback from the images ranked first",
        }
    }
}

/// The activation after a convolution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activation {
    /// Identity, as in the authors' code.
    #[default]
    None,
    /// max(0, x), as in the paper.
    Relu,
}

named!(Activation, "activation": None = "none", Relu = "relu");

/// How a DCMM convolution's sums are normalised by degree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Degree {
    /// No normalisation, as in the paper.
    #[default]
    None,
    /// Divided by the number of neighbours: a mean.
    Mean,
    /// Divided by √(out-degree of i × in-degree of j).
    Symmetric,
}

named!(Degree, "scaling by degree": None = "none", Mean = "mean", Symmetric = "symmetric");
