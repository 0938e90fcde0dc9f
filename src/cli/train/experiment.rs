//! From options to an experiment.

use super::args::TrainArgs;
use crate::train::Experiment;
use anyhow::Result;

/// An experiment with what was typed put in its place.
///
/// # Errors
/// If a setting has no such value.
pub(super) fn experiment(args: &TrainArgs, start: Experiment) -> Result<Experiment> {
    let mut experiment = args.settings.apply(&start)?;
    if !args.choose.is_empty() {
        experiment.choose = args.choose.iter().filter(|text| *text != "none").cloned().collect();
        experiment.alternatives()?;
    }
    experiment.features = args.features.as_deref().map(distinct).or(experiment.features);
    Ok(experiment)
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
            Some(Command::Train(args)) => {
                experiment(&args, args.preset.unwrap_or_default().experiment()).expect("settings in range")
            }
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
                     --rounds 3 --messages score --heads 2 --members 3 --layers 2 --hidden 8 --mlp-layers 3 --conv-size 4 \
                     --activation relu --dropout 0.1 --k 7 --neighbourhood mutual --min-weight -0.5 --epochs 9 --seed 5 \
                     --whiten --power 0.7 --shrinkage 2 --components 5 --spectrum 0.5 --choose graph.min_weight=-0.5,0 --keep last --text-loss 0.3 --loss neural-ndcg --temperature 0.5 --truncation 20 --exponential-gain --sinkhorn 3 \
                     --weighting per-query --optimiser adam --lr 0.01 --schedule cosine --warm-up 2 --floor 0.05 \
                     --step-every 4 --step-factor 0.5 --weight-decay 0.1 --clip 1.5 --batch 3 --stop-on ndcg@20 \
                     --patience none --retrain --normalisation quantile";
        let experiment = typed(&names.split_whitespace().collect::<Vec<_>>());
        let json = serde_json::to_value(&experiment).expect("plain values");
        let expected = serde_json::json!({
            "features": ["bm25", "rank"],
            "normalisation": "quantile",
            "visual": { "whiten": true, "power": 0.7, "shrinkage": 2.0, "components": 5, "spectrum": 0.5 },
            "graph": { "k": 7, "neighbourhood": "mutual", "min_weight": -0.5 },
            "model": {
                "kind": "gat", "signal": "tfidf", "hidden": 8, "mlp_layers": 3, "conv_size": 4, "conv_layers": 2,
                "activation": "relu", "residual": true, "degree": "mean", "feedback": false, "rounds": 3,
                "messages": "score", "heads": 2, "members": 3, "dropout": 0.1,
            },
            "choose": ["graph.min_weight=-0.5,0"],
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
