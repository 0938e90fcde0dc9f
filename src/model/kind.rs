//! Models, and the choices within a network.

use serde::{Deserialize, Serialize};

use crate::base::named;

/// What a model works with, from which all else about it follows.
enum Uses {
    /// A given order; nothing is learned.
    Nothing,
    /// A text score, mixed with cross-modal feedback: that of a network, or else of a signal.
    Feedback(Option<ModelKind>),
    /// The signals, in a network of its own.
    Signals,
    /// The signals and the edges of the neighbour graph, in a network of its own.
    Graph,
    /// The visual vectors themselves, too.
    GraphAndVectors,
}

/// The table of models: each one's variant, name, display name, what it uses, and a one-line description.
macro_rules! models {
    (
        $(#[$meta:meta])*
        pub enum $Kind:ident {
            $(
                $(#[$about:meta])*
                $kind:ident = ($name:literal, $label:literal, $uses:expr, $explanation:literal $(,)?),
            )+
        }
    ) => {
        $(#[$meta])*
        pub enum $Kind {
            $($(#[$about])* #[serde(rename = $name)] $kind,)+
        }

        named!($Kind, "model": $($kind = $name),+);

        impl $Kind {
            /// The display name.
            pub fn label(self) -> &'static str {
                match self {
                    $($Kind::$kind => $label),+
                }
            }

            /// A one-line description.
            pub fn explanation(self) -> &'static str {
                match self {
                    $($Kind::$kind => $explanation),+
                }
            }

            fn uses(self) -> Uses {
                match self {
                    $($Kind::$kind => $uses),+
                }
            }
        }
    };
}

models!(
    /// A model: from the search engine's order to the graph networks.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum ModelKind {
        /// The search engine's order.
        Initial = ("initial", "Initial order", Uses::Nothing, "The search engine's own order, nothing learned"),
        /// A single signal.
        Signal = ("signal", "One signal", Uses::Nothing, "A single signal, nothing learned"),
        /// Cross-modal feedback: favours images similar to those top-ranked by text; only two hyperparameters are chosen,
        /// on the validation queries.
        Cm = (
            "cm",
            "CM",
            Uses::Feedback(None),
            "Cross-modal feedback: images like those the text ranks first, nothing learned",
        ),
        /// Learning to rank from the signals alone, linear.
        Linear = ("linear", "LTR (linear)", Uses::Signals, "Text-only learning to rank: a weighted sum of the signals"),
        /// Learning to rank from the signals alone: the MLP and its head, no graph.
        Mlp = (
            "mlp",
            "LTR (MLP)",
            Uses::Signals,
            "Text-only learning to rank: a small network over the signals, no graph",
        ),
        /// Cross-modal feedback with the learned text score (that of [`ModelKind::Mlp`]).
        LtrCm = (
            "ltr-cm",
            "LTR + CM",
            Uses::Feedback(Some(ModelKind::Mlp)),
            "Cross-modal feedback on top of the learned text score",
        ),
        /// Graph convolution with the symmetrically normalised adjacency (Kipf and Welling, ICLR 2017).
        Gcn = ("gcn", "GCN", Uses::Graph, "Graph convolution: neighbours are weighted by their degrees alone"),
        /// Graph attention (Veličković et al., ICLR 2018).
        Gat = ("gat", "GAT", Uses::Graph, "Graph attention: neighbours are weighted by their features"),
        /// Edge convolution (Wang et al., ACM TOG 2019).
        EdgeConv = (
            "edge-conv",
            "EdgeConv",
            Uses::Graph,
            "Edge convolution: the strongest difference from a neighbour counts",
        ),
        /// Graph convolution weighted by the cosine.
        DcmmCos =
            ("dcmm-cos", "DCMM-cos", Uses::Graph, "Cross-modal convolution: neighbours are weighted by their cosine"),
        /// Graph convolution weighted by a learned similarity, `v_iᵀ diag(a) v_j`.
        #[default]
        DcmmEdge = (
            "dcmm-edge",
            "DCMM-edge",
            Uses::GraphAndVectors,
            "Cross-modal convolution: a learned weight for each visual dimension",
        ),
        /// Graph convolution by the cosine together with learned pseudo-relevance feedback over the whole result set.
        DcmmPrf = (
            "dcmm-prf",
            "DCMM-PRF",
            Uses::GraphAndVectors,
            "Cross-modal convolution with learned feedback from the images ranked first",
        ),
    }
);

impl ModelKind {
    /// The network that is trained, if any: for [`ModelKind::LtrCm`] that of the text.
    pub fn network(self) -> Option<ModelKind> {
        match self.uses() {
            Uses::Nothing => None,
            Uses::Feedback(text) => text,
            Uses::Signals | Uses::Graph | Uses::GraphAndVectors => Some(self),
        }
    }

    /// Whether it passes messages along the edges of the neighbour graph.
    pub fn uses_graph(self) -> bool {
        matches!(self.uses(), Uses::Graph | Uses::GraphAndVectors)
    }

    /// Whether it mixes a text score with cross-modal feedback.
    pub fn uses_feedback(self) -> bool {
        matches!(self.uses(), Uses::Feedback(_))
    }

    /// Whether the network itself uses visual vectors, rather than only the graph's weights.
    pub fn reads_vectors(self) -> bool {
        matches!(self.uses(), Uses::GraphAndVectors)
    }

    /// Whether visual vectors are needed at all.
    pub fn needs_vectors(self) -> bool {
        self.uses_graph() || self.uses_feedback()
    }
}

/// What [`ModelKind::DcmmPrf`] sends along the edges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Messages {
    /// Every signal and the text score, each with a weight of its own.
    #[default]
    All,
    /// The text score alone, with one weight a hop.
    Score,
}

named!(Messages, "messages": All = "all", Score = "score");

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
