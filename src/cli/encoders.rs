//! Which encoder suits a collection, on the command line.

use super::output::note;
use super::progress::Progress;
use crate::index::{Collection, EncoderComparison, IndexError};
use crate::vision::{DeviceChoice, EncoderSpec};
use anyhow::Result;
use serde_json::{Value, json};
use std::ops::ControlFlow;

/// Compares the bundled encoders and this one where that is due; the last comparison otherwise.
///
/// # Errors
/// If vectors cannot be computed or written, or the user stops.
pub(super) fn compare(
    collection: &Collection,
    encoder: &EncoderSpec,
    device: DeviceChoice,
    progress: &mut Progress,
    is_stopped: &dyn Fn() -> bool,
) -> Result<Option<EncoderComparison>> {
    if !collection.wants_comparison(encoder) {
        return Ok(collection.compared());
    }
    let compared = collection.compare_encoders(encoder, device, &mut |at| {
        progress.step(&at.stage, at.done, at.total, "");
        if is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    progress.finish();
    match compared {
        Ok(compared) => Ok(Some(compared)),
        // Another program computes the vectors of one of them; the next reading compares.
        Err(IndexError::Busy { .. }) => {
            note("the encoders are not compared while another program computes vectors of this collection");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// The comparison as one JSON value.
pub(super) fn value(compared: Option<&EncoderComparison>) -> Value {
    compared.map_or(Value::Null, |compared| {
        let encoder = |encoder: &crate::index::EncoderShare| {
            json!({ "encoder": encoder.name, "share": encoder.share, "p": encoder.p })
        };
        json!({
            "recommended": compared.recommended().map(|best| &best.name),
            "says": compared.sentence(),
            "pictures": compared.pictures,
            "k": compared.k,
            "chance": compared.chance,
            "encoders": compared.encoders.iter().map(encoder).collect::<Vec<_>>(),
        })
    })
}

/// The comparison in a sentence, and what can be done about it.
pub(super) fn text(collection: &Collection, compared: Option<&EncoderComparison>, no_vectors: bool) -> String {
    let Some(compared) = compared else {
        return if no_vectors { "encoders not compared, as no vectors are wanted\n".to_owned() } else { String::new() };
    };
    let own = collection.choice().map(|choice| choice.key);
    let how = match compared.recommended() {
        Some(best) if own.as_deref() != Some(&*best.key) => format!(" To use it: --encoder {}", best.name),
        _ => String::new(),
    };
    format!("{}{how}\n", compared.sentence())
}
