//! Writing vector files for `dataset::read_vectors` and other programs.

use std::path::Path;

use candle_core::{DType, Device, Tensor};
use safetensors::View;

use super::VisionError;
use crate::base::{At, named, write_whole};
use crate::dataset::{Dataset, VectorTable};

/// The storage precision of vectors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// Four bytes, exact.
    #[default]
    F32,
    /// Two bytes, three significant digits: enough for similarities.
    F16,
}

named!(Precision, "precision": F32 = "f32", F16 = "f16");

/// Writes the vectors of a data set, in the order of its images, without those that have none.
///
/// `.safetensors`: tensor `embeddings` `[n, d]`, metadata `encoder` and `ids` (a JSON array of image ids, row by row).
/// `.npy`: the same array, with one id per line in `NAME.ids.txt` next to it. The write is atomic.
///
/// # Errors
/// If the extension is a different one, the table belongs to another data set, or writing fails.
pub fn write_vectors(
    path: &Path,
    dataset: &Dataset,
    table: &VectorTable,
    precision: Precision,
) -> Result<(), VisionError> {
    if table.row_of_image.len() != dataset.images.len() {
        let (rows, images) = (table.row_of_image.len(), dataset.images.len());
        return Err(VisionError::VectorTable(format!("they are for {rows} images, the data set has {images}")));
    }
    let mut ids = Vec::new();
    let mut numbers = Vec::new();
    for (index, image) in dataset.images.iter().enumerate() {
        if let Some(vector) = table.get(index) {
            ids.push(image.id.as_str());
            numbers.extend_from_slice(&vector);
        }
    }
    let shape = [ids.len(), table.dim];
    let bytes = to_bytes(numbers, precision)?;
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    match ending.as_deref() {
        Some("safetensors") => {
            let header = safetensors_header(&ids, &table.name, shape, precision);
            write_whole(path, &[&header, &bytes]).at(path)?;
        }
        Some("npy") => {
            let list: String = ids.iter().flat_map(|id| [id, "\n"]).collect();
            let names = path.with_extension("ids.txt");
            write_whole(&names, &[list.as_bytes()]).at(&names)?;
            write_whole(path, &[&npy_header(shape, precision), &bytes]).at(path)?;
        }
        _ => return Err(VisionError::VectorFormat(path.to_path_buf())),
    }
    Ok(())
}

/// Little-endian numbers.
fn to_bytes(numbers: Vec<f32>, precision: Precision) -> Result<Vec<u8>, VisionError> {
    match precision {
        Precision::F32 => Ok(numbers.iter().flat_map(|number| number.to_le_bytes()).collect()),
        Precision::F16 => {
            let count = numbers.len();
            let tensor = Tensor::from_vec(numbers, count, &Device::Cpu)?.to_dtype(DType::F16)?;
            Ok(tensor.data().into_owned())
        }
    }
}

/// Length of the header, then the header as JSON, padded with spaces so that the data are aligned to 8 bytes. Written
/// here because the crate's writer orders the metadata randomly, and the same vectors should give the same file.
fn safetensors_header(ids: &[&str], encoder: &str, shape: [usize; 2], precision: Precision) -> Vec<u8> {
    let (dtype, width) = match precision {
        Precision::F32 => ("F32", 4),
        Precision::F16 => ("F16", 2),
    };
    let header = serde_json::json!({
        "__metadata__": { "encoder": encoder, "ids": serde_json::json!(ids).to_string() },
        "embeddings": { "dtype": dtype, "shape": shape, "data_offsets": [0, shape[0] * shape[1] * width] },
    });
    let mut text = header.to_string();
    while !text.len().is_multiple_of(8) {
        text.push(' ');
    }
    [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat()
}

/// NumPy's format 1.0: the header ends at a multiple of 64 bytes.
fn npy_header([rows, columns]: [usize; 2], precision: Precision) -> Vec<u8> {
    let descr = match precision {
        Precision::F32 => "<f4",
        Precision::F16 => "<f2",
    };
    let mut text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    while !(text.len() + 11).is_multiple_of(64) {
        text.push(' ');
    }
    text.push('\n');
    [&b"\x93NUMPY\x01\x00"[..], &(text.len() as u16).to_le_bytes(), text.as_bytes()].concat()
}
