//! The steps of a pass: they lead to the score, and messages are what they say they are.

use super::{N, config, input, networks, started};
use crossrank::graph::Csr;
use crossrank::model::{
    Activation, MOST_FEEDBACK, ModelKind, Network, NetworkConfig, Part, Prepared, RankingInput, Trace, TraceStep,
};

fn trace(network: &Network, input: &RankingInput) -> Trace {
    network.trace(&Prepared::new(input, network.config()).expect("it fits")).expect("a trace")
}

/// What arrives at each image in a step.
fn received(step: &TraceStep) -> Vec<f64> {
    let mut sums = vec![0.0; step.scores.len()];
    step.messages.iter().for_each(|message| sums[message.to] += f64::from(message.value));
    sums
}

fn assert_near(a: &[f64], b: &[f64], what: &str) {
    assert_eq!(a.len(), b.len(), "{what}");
    assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5), "{what}: {a:?} {b:?}");
}

fn wide(scores: &[f32]) -> Vec<f64> {
    scores.iter().copied().map(f64::from).collect()
}

#[test]
fn the_steps_lead_from_the_text_score_to_the_score() {
    let input = input();
    for config in
        networks().into_iter().flat_map(|config| [1, 3].map(|members| NetworkConfig { members, ..config.clone() }))
    {
        let network = started(&config);
        let (scores, trace) = (network.score(&input).expect("scores"), trace(&network, &input));
        let (first, last) = (&trace.steps[0], trace.steps.last().expect("a step"));
        assert_eq!((first.part, first.messages.len()), (Part::Text, 0));
        assert_near(&wide(&first.scores), &wide(&scores.text), "text");
        assert_near(&wide(&last.scores), &wide(&scores.total), config.kind.name());
        let steps = match config.kind {
            ModelKind::DcmmPrf => config.conv.len() + if config.feedback { config.rounds } else { 0 },
            kind if kind.uses_graph() => config.conv.len(),
            _ => 0,
        };
        assert_eq!(trace.steps.len(), 1 + steps, "{config:?}");
        for step in trace.steps.iter().filter(|step| matches!(step.part, Part::Layer(_) | Part::Hop(_))) {
            assert_eq!(
                (step.messages.len(), step.weights.len()),
                (trace.graph.targets.len(), trace.graph.targets.len())
            );
        }
    }
}

/// What is left of the last step once the messages are taken off.
fn rest(network: &Network, input: &RankingInput) -> Vec<f64> {
    let trace = trace(network, input);
    let (text, last) = (wide(&trace.steps[0].scores), trace.steps.last().expect("a step"));
    wide(&last.scores).iter().zip(text).zip(received(last)).map(|((score, text), sum)| score - text - sum).collect()
}

#[test]
fn the_messages_of_a_layer_add_up_to_what_the_head_reads() {
    let input = input();
    for kind in [ModelKind::Gcn, ModelKind::Gat, ModelKind::DcmmCos, ModelKind::DcmmEdge] {
        for activation in Activation::ALL {
            let network = started(&NetworkConfig { activation, members: 2, ..config(kind) });
            let rest = rest(&network, &input);
            assert_near(&rest, &[rest[0]; N], "nothing but the head's bias is left");
        }
    }
    let config = NetworkConfig { conv: vec![4], ..config(ModelKind::EdgeConv) };
    let mut weights = started(&config).weights().expect("weights");
    // Where Φ = Θ and the bias is 0, a node keeps nothing of its own.
    let both = weights.get_mut("conv.0.weight").expect("the convolution");
    both.chunks_exact_mut(8).for_each(|row| row.copy_within(4.., 0));
    weights.get_mut("conv.0.bias").expect("its bias").fill(0.0);
    let rest = rest(&Network::from_weights(&config, &weights).expect("a network"), &input);
    assert_near(&rest, &[rest[0]; N], "EdgeConv");
}

#[test]
fn a_message_is_what_the_score_loses_without_its_edge() {
    let input = input();
    for kind in [ModelKind::DcmmCos, ModelKind::DcmmEdge] {
        let network = started(&NetworkConfig { conv: vec![4], activation: Activation::None, ..config(kind) });
        let (score, trace) = (network.score(&input).expect("scores").total, trace(&network, &input));
        let messages = &trace.steps[1].messages;
        for (edge, message) in messages.iter().enumerate() {
            let mut csr: Csr = input.graph.clone();
            csr.targets.remove(edge);
            csr.weights.remove(edge);
            csr.offsets[message.to + 1..].iter_mut().for_each(|offset| *offset -= 1);
            let without = network.score(&RankingInput { graph: csr, ..input.clone() }).expect("scores").total;
            let lost = score[message.to] - without[message.to];
            assert!((lost - message.value).abs() < 1e-5, "{kind}: {lost} {message:?}");
        }
    }
}

#[test]
fn feedback_and_hops_add_what_their_messages_say() {
    let input = input();
    let config = NetworkConfig { members: 2, rounds: 2, ..config(ModelKind::DcmmPrf) };
    let trace = trace(&started(&config), &input);
    const { assert!(N * N <= MOST_FEEDBACK) };
    let parts: Vec<Part> = trace.steps.iter().map(|step| step.part).collect();
    assert_eq!(parts, [Part::Text, Part::Hop(1), Part::Hop(2), Part::Feedback(1), Part::Feedback(2)]);
    let hops = wide(&trace.steps[2].scores);
    for (step, before) in [(1, 0), (2, 1)] {
        let gained: Vec<f64> = wide(&trace.steps[step].scores)
            .iter()
            .zip(&trace.steps[before].scores)
            .map(|(a, b)| a - f64::from(*b))
            .collect();
        assert_near(&received(&trace.steps[step]), &gained, "hop");
    }
    for step in [3, 4] {
        assert_eq!(trace.steps[step].messages.len(), N * N);
        let gained: Vec<f64> = wide(&trace.steps[step].scores).iter().zip(&hops).map(|(a, b)| a - b).collect();
        assert_near(&received(&trace.steps[step]), &gained, "each round counts from the hops");
        assert!(gained.iter().any(|x| x.abs() > 1e-3), "it does something");
    }
}

#[test]
fn a_single_image_and_none_have_a_trace() {
    for kind in [ModelKind::DcmmEdge, ModelKind::DcmmPrf, ModelKind::Gat] {
        for n in [0, 1] {
            let input = super::sized(n, super::DIM, 3);
            let trace = trace(&started(&config(kind)), &input);
            assert!(trace.steps.iter().flat_map(|step| &step.scores).all(|score| score.is_finite()));
            assert_eq!(trace.steps.is_empty(), n == 0);
        }
    }
}
