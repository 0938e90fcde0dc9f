//! Encodes a picture with the bundled network and lists the images that look most like it.
//!
//! `cargo run --example look_alikes [PICTURE]`
//!
//! The images are those of the built-in sample, whose vectors the same network computed.

use std::error::Error;
use std::path::PathBuf;

use crossrank::dataset::demo_sample;
use crossrank::graph::unit_rows;
use crossrank::train;
use crossrank::vision::{DeviceChoice, Encoder, EncoderSpec, decode};

/// Number of images to list.
const COUNT: usize = 8;

fn main() -> Result<(), Box<dyn Error>> {
    let data = train::open(&demo_sample(), &[])?.data;
    let first = || data.dataset.images.iter().find_map(|image| image.file.clone());
    let picture = std::env::args_os().nth(1).map(PathBuf::from).or_else(first).ok_or("the sample has no picture")?;

    let spec = EncoderSpec::bundled();
    let encoder = Encoder::load(&spec, DeviceChoice::Cpu)?;
    let dim = encoder.dim();
    let wanted = unit_rows(&encoder.embed(&[spec.preprocess.apply(&decode(&picture)?)?])?, dim);

    let mut found: Vec<(f32, &str)> = Vec::new();
    for (index, image) in data.dataset.images.iter().enumerate() {
        let Some(vector) = data.vectors.get(index).filter(|vector| vector.len() == dim) else { continue };
        let cosine = unit_rows(&vector, dim).iter().zip(&wanted).map(|(a, b)| a * b).sum();
        found.push((cosine, &image.title));
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));

    println!("{} of {} images, most like {}", COUNT.min(found.len()), found.len(), picture.display());
    for (cosine, title) in found.iter().take(COUNT) {
        println!("{cosine:.4}  {title}");
    }
    Ok(())
}
