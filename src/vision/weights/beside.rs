//! The preprocessing of weights: from the file itself, or from a file next to it.

use std::collections::HashMap;
use std::path::Path;

use serde_json::Value;

use super::SettingsFault;
use crate::base::read_file;
use crate::vision::{Architecture, Interpolation, Preprocess, VisionError};

/// The metadata key of a [`Preprocess`] as JSON in a safetensors file.
const NOTE: &str = "preprocess";
/// Largest settings file in bytes; a larger one of that name is ignored.
const MAX_SETTINGS: u64 = 1 << 20;

/// The preprocessing for the weights in a file: from the file's metadata, else timm's `config.json` next to it, else
/// transformers' `preprocessor_config.json` next to it, else the architecture's usual one.
///
/// # Errors
/// If one of these exists and is not supported, or is for another network.
pub(in crate::vision) fn preprocess(
    weights: &Path,
    notes: &HashMap<String, String>,
    architecture: Architecture,
) -> Result<Preprocess, VisionError> {
    if let Some(note) = notes.get(NOTE) {
        return checked(serde_json::from_str(note).map_err(SettingsFault::from), weights);
    }
    if let Some((path, config)) = settings(weights, "config.json") {
        let settings = check_architecture(&config, architecture).and_then(|()| timm(&config)).transpose();
        if let Some(settings) = settings {
            return checked(settings, &path);
        }
    }
    if let Some((path, config)) = settings(weights, "preprocessor_config.json") {
        return checked(transformers(&config), &path);
    }
    Ok(Preprocess::usual(architecture))
}

/// A settings file in the folder of the weights; `None` if it is missing or something else.
fn settings(weights: &Path, name: &str) -> Option<(std::path::PathBuf, Value)> {
    let path = weights.with_file_name(name);
    let meta = std::fs::metadata(&path).ok()?;
    if !meta.is_file() || meta.len() > MAX_SETTINGS {
        return None;
    }
    let value: Value = serde_json::from_slice(&read_file(&path).ok()?).ok()?;
    value.is_object().then_some((path, value))
}

fn checked(read: Result<Preprocess, SettingsFault>, path: &Path) -> Result<Preprocess, VisionError> {
    let read = read.and_then(|preprocess| match preprocess.check() {
        Ok(()) => Ok(preprocess),
        Err(error) => Err(SettingsFault::Senseless(Box::new(error))),
    });
    read.map_err(|source| VisionError::Settings { source, path: path.to_path_buf() })
}

/// Some variants (resnetblur50, resnetaa50) have a ResNet's tensors but compute something else.
fn check_architecture(config: &Value, architecture: Architecture) -> Result<(), SettingsFault> {
    if config["downsample_in_bottleneck"].as_bool() == Some(true) {
        return Err(SettingsFault::Strides);
    }
    let Some(named) = config["architecture"].as_str() else { return Ok(()) };
    let plain = named.strip_prefix("tv_").or_else(|| named.strip_prefix("gluon_")).unwrap_or(named);
    match plain.strip_suffix("_v1b").unwrap_or(plain) == architecture.name() {
        true => Ok(()),
        false => Err(SettingsFault::OtherNetwork { named: named.to_owned(), architecture }),
    }
}

/// timm's `pretrained_cfg`; `None` if it is missing.
fn timm(config: &Value) -> Result<Option<Preprocess>, SettingsFault> {
    let nested = &config["pretrained_cfg"];
    let settings = match (nested.is_object(), config["input_size"].is_array()) {
        (true, _) => nested,
        // Files from before 2023.
        (false, true) => config,
        (false, false) => return Ok(None),
    };
    let usual = Preprocess::imagenet();
    let sizes = settings["input_size"].as_array().map(Vec::as_slice).unwrap_or_default();
    let crop = match sizes {
        [channels, height, width] if channels.as_u64() == Some(3) && height == width => pixels(height)?,
        [] => usual.crop,
        _ => return Err(SettingsFault::PictureSize(settings["input_size"].to_string())),
    };
    let part = settings["crop_pct"].as_f64().unwrap_or(0.875);
    if !(part > 0.0 && part <= 1.0) {
        return Err(SettingsFault::CropShare(part));
    }
    if let Some(mode) = settings["crop_mode"].as_str().filter(|mode| *mode != "center") {
        return Err(SettingsFault::CropMode(mode.to_owned()));
    }
    let interpolation = match settings["interpolation"].as_str() {
        None | Some("bicubic") => Interpolation::Bicubic,
        Some("bilinear") => Interpolation::Bilinear,
        Some(other) => return Err(SettingsFault::Interpolation(format!("\"{other}\""))),
    };
    Ok(Some(Preprocess {
        // As timm: floor(size / crop_pct).
        resize: (f64::from(crop) / part).floor() as u32,
        crop,
        mean: channels(&settings["mean"])?.unwrap_or(usual.mean),
        std: channels(&settings["std"])?.unwrap_or(usual.std),
        interpolation,
        ..usual
    }))
}

/// An image processor of the transformers library.
fn transformers(config: &Value) -> Result<Preprocess, SettingsFault> {
    let usual = Preprocess::imagenet();
    let size = &config["size"];
    let shorter = if size.is_number() { size } else { &size["shortest_edge"] };
    let crop_size = &config["crop_size"];
    let side = if crop_size.is_number() { crop_size } else { &crop_size["height"] };
    let crops = config["do_center_crop"].as_bool().unwrap_or(false) && !side.is_null();
    let (resize, crop) = match (config["crop_pct"].as_f64(), shorter.is_null()) {
        // As their ConvNextImageProcessor, which resnets use: int(size / crop_pct), then a centre crop.
        (Some(part), false) if part > 0.0 && part <= 1.0 && pixels(shorter)? < 384 => {
            let crop = pixels(shorter)?;
            ((f64::from(crop) / part) as u32, crop)
        }
        (None, false) if crops => (pixels(shorter)?, pixels(side)?),
        _ => return Err(SettingsFault::Crop),
    };
    let interpolation = match config["resample"].as_u64() {
        None | Some(2) => Interpolation::Bilinear,
        Some(3) => Interpolation::Bicubic,
        Some(other) => return Err(SettingsFault::Interpolation(format!("{other} of Pillow"))),
    };
    let normalises = config["do_normalize"].as_bool().unwrap_or(true);
    let factor = config["rescale_factor"].as_f64().map_or(usual.scale, |factor| factor as f32);
    let scale = if config["do_rescale"].as_bool().unwrap_or(true) { factor } else { 1.0 };
    let (mean, std) = match normalises {
        true => {
            let (mean, std) = (channels(&config["image_mean"])?, channels(&config["image_std"])?);
            (mean.unwrap_or(usual.mean), std.unwrap_or(usual.std))
        }
        false => ([0.0; 3], [1.0; 3]),
    };
    Ok(Preprocess { resize, crop, scale, mean, std, bgr: false, interpolation })
}

fn pixels(value: &Value) -> Result<u32, SettingsFault> {
    let pixels = value.as_u64().and_then(|pixels| u32::try_from(pixels).ok());
    pixels.ok_or_else(|| SettingsFault::Pixels(value.to_string()))
}

/// Three numbers; `None` if unspecified.
fn channels(value: &Value) -> Result<Option<[f32; 3]>, SettingsFault> {
    if value.is_null() {
        return Ok(None);
    }
    let numbers = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let numbers: Vec<f32> = numbers.iter().filter_map(|number| Some(number.as_f64()? as f32)).collect();
    let three = <[f32; 3]>::try_from(numbers).map(Some);
    three.map_err(|_| SettingsFault::Channels(value.to_string()))
}
