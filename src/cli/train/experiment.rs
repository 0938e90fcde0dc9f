//! From options to an experiment.

use super::args::TrainArgs;
use crate::cli::optimisation::set;
use crate::train::Experiment;

/// `base` with the options applied.
pub(super) fn experiment(args: &TrainArgs, base: Experiment) -> Experiment {
    let mut experiment = base;
    experiment.features = args.features.as_deref().map(distinct).or(experiment.features);
    let (model, graph, training) = (&mut experiment.model, &mut experiment.graph, &mut experiment.training);
    set(&mut model.kind, args.model.model);
    set(&mut model.conv_layers, args.model.layers);
    set(&mut model.hidden, args.model.hidden);
    set(&mut model.mlp_layers, args.model.mlp_layers);
    set(&mut model.conv_size, args.model.conv_size);
    set(&mut model.activation, args.model.activation);
    set(&mut model.residual, args.model.residual);
    set(&mut model.degree, args.model.degree);
    set(&mut model.feedback, args.model.feedback);
    set(&mut model.heads, args.model.heads);
    set(&mut model.members, args.model.members);
    set(&mut model.signal, args.model.signal.clone().map(Some));
    set(&mut model.dropout, args.model.dropout);
    set(&mut graph.k, args.graph.k);
    set(&mut graph.neighbourhood, args.graph.neighbourhood);
    set(&mut graph.min_weight, args.graph.min_weight);
    set(&mut training.epochs, args.training.epochs);
    set(&mut training.seed, args.training.seed);
    args.training.loss.apply(training);
    args.training.steps.apply(training);
    set(&mut training.retrain, args.training.retrain);
    set(&mut training.keep, args.training.keep);
    set(&mut training.text_loss, args.training.text_loss);
    let visual = &mut experiment.visual;
    set(&mut visual.whiten, args.graph.whiten);
    set(&mut visual.power, args.graph.power);
    set(&mut visual.shrinkage, args.graph.shrinkage);
    set(&mut visual.components, args.graph.components);
    set(&mut training.batch, args.training.batch);
    set(&mut training.stop_on, args.training.stop_on);
    set(&mut training.patience, args.training.patience.map(|patience| patience.0));
    set(&mut experiment.normalisation, args.graph.normalisation);
    experiment
}

/// Names without duplicates or surrounding spaces.
fn distinct(names: &[String]) -> Vec<String> {
    let mut unique: Vec<String> = Vec::new();
    for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        if !unique.iter().any(|other| other == name) {
            unique.push(name.to_owned());
        }
    }
    unique
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::{Args, Command};
    use crate::train::Preset;
    use clap::Parser;

    fn typed(options: &[&str]) -> Experiment {
        let args =
            Args::try_parse_from(["crossrank", "train", "photos"].iter().chain(options)).expect("valid arguments");
        match args.command {
            Some(Command::Train(args)) => experiment(&args, args.model.preset.unwrap_or_default().experiment()),
            other => panic!("not a training: {other:?}"),
        }
    }

    #[test]
    fn without_options_it_is_the_window_s_preset() {
        assert_eq!(typed(&[]), Preset::Best.experiment());
    }

    #[test]
    fn each_option_changes_its_setting_and_no_other() {
        let names = "--preset reference --features bm25,rank,bm25 --model gat --signal tfidf --residual --degree mean --feedback false \
                     --heads 2 --members 3 --layers 2 --hidden 8 --mlp-layers 3 --conv-size 4 \
                     --activation relu --dropout 0.1 --k 7 --neighbourhood mutual --min-weight -0.5 --epochs 9 --seed 5 \
                     --whiten --power 0.7 --shrinkage 2 --components 5 --keep last --text-loss 0.3 --loss neural-ndcg --temperature 0.5 --truncation 20 --exponential-gain --sinkhorn 3 \
                     --weighting per-query --optimiser adam --lr 0.01 --schedule cosine --warm-up 2 --floor 0.05 \
                     --step-every 4 --step-factor 0.5 --weight-decay 0.1 --clip 1.5 --batch 3 --stop-on ndcg@20 \
                     --patience none --retrain --normalisation quantile";
        let experiment = typed(&names.split_whitespace().collect::<Vec<_>>());
        let json = serde_json::to_value(&experiment).expect("plain values");
        let expected = serde_json::json!({
            "features": ["bm25", "rank"],
            "normalisation": "quantile",
            "visual": { "whiten": true, "power": 0.7, "shrinkage": 2.0, "components": 5 },
            "graph": { "k": 7, "neighbourhood": "mutual", "min_weight": -0.5 },
            "model": {
                "kind": "gat", "signal": "tfidf", "hidden": 8, "mlp_layers": 3, "conv_size": 4, "conv_layers": 2,
                "activation": "relu", "residual": true, "degree": "mean", "feedback": false, "heads": 2, "members": 3,
                "dropout": 0.1_f32,
            },
            "training": {
                "loss": "neural-ndcg", "weighting": "per-query", "optimiser": "adam", "learning_rate": 0.01,
                "loss_settings": { "temperature": 0.5, "truncation": 20, "exponential_gain": true, "sinkhorn": 3 },
                "schedule": { "decay": "cosine", "warm_up": 2, "floor": 0.05, "every": 4, "factor": 0.5 },
                "weight_decay": 0.1, "clip": 1.5, "batch": 3, "epochs": 9, "seed": 5, "stop_on": "ndcg@20",
                "patience": null, "keep": "last", "text_loss": 0.3, "retrain": true,
            },
        });
        assert_eq!(json, expected);
    }
}
