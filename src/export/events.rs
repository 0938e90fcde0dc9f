//! TensorBoard's event files, written by hand: TensorFlow's record framing around two small protocol buffers.
//!
//! A record is the length of its data (8 bytes, little-endian), that length's masked CRC-32C, the data, and the data's
//! masked CRC-32C. The data is an `Event`: `wall_time` (1, double), `step` (2, varint), `file_version` (3, string) in
//! the first record, `summary` (5, message) in the others. A `Summary` holds `Value`s (1, message), each a `tag`
//! (1, string) and a `simple_value` (2, float).

use crate::train::{EpochReport, RunRecord};

/// One value at one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar {
    /// The curve: `loss/train`, `validation/map`, …; `retraining/loss/train`, … in the second training.
    pub tag: String,
    /// The epoch, from 1.
    pub step: u64,
    /// In seconds since 1970-01-01 UTC.
    pub wall_time: f64,
    /// The value.
    pub value: f64,
}

/// All curves of a run. An epoch's time is the run's start plus the seconds of all epochs up to it. The second training
/// has curves of its own, as it starts from new weights and learns from the validation queries.
pub fn scalars(record: &RunRecord, history: &[EpochReport]) -> Vec<Scalar> {
    let mut scalars = Vec::new();
    let mut wall_time = record.started as f64;
    for report in history {
        wall_time += report.seconds;
        let mut add = |tag: String, value| {
            let tag = if report.retraining { format!("{}/{tag}", report.phase()) } else { tag };
            scalars.push(Scalar { tag, step: report.epoch as u64, wall_time, value });
        };
        add("loss/train".to_owned(), report.train_loss);
        add("loss/validation".to_owned(), report.validation_loss);
        for (split, measures) in [("validation", Some(&report.validation)), ("test", report.test.as_ref())] {
            for (measure, value) in measures.into_iter().flat_map(|measures| measures.iter()) {
                // TensorFlow's own writer also replaces “@” by “_”.
                add(format!("{split}/{}", measure.to_string().replace('@', "_")), value);
            }
        }
        add("time/seconds".to_owned(), report.seconds);
    }
    scalars
}

/// A file name that TensorBoard recognises.
pub fn file_name(started: u64) -> String {
    format!("events.out.tfevents.{started:010}.crossrank")
}

/// An event file's bytes.
pub fn write(started: u64, scalars: &[Scalar]) -> Vec<u8> {
    let mut first = wall_time(started as f64);
    bytes_field(3, b"brain.Event:2", &mut first);
    let mut file = record(&first);
    for scalar in scalars {
        file.extend(record(&event(scalar)));
    }
    file
}

fn event(scalar: &Scalar) -> Vec<u8> {
    let mut value = Vec::new();
    bytes_field(1, scalar.tag.as_bytes(), &mut value);
    // Field 2, four bytes.
    value.push(2 << 3 | 5);
    value.extend((scalar.value as f32).to_le_bytes());
    let mut summary = Vec::new();
    bytes_field(1, &value, &mut summary);
    let mut event = wall_time(scalar.wall_time);
    // Field 2, varint.
    event.push(2 << 3);
    varint(scalar.step, &mut event);
    bytes_field(5, &summary, &mut event);
    event
}

/// Field 1, eight bytes.
fn wall_time(seconds: f64) -> Vec<u8> {
    let mut event = vec![1 << 3 | 1];
    event.extend(seconds.to_le_bytes());
    event
}

/// A string or a message: the length, then its bytes. `field` is below 16.
fn bytes_field(field: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(field << 3 | 2);
    varint(bytes.len() as u64, out);
    out.extend(bytes);
}

/// Seven bits per byte, least significant first; the eighth says that more follow.
fn varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn record(data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u64).to_le_bytes();
    let mut record = length.to_vec();
    record.extend(masked_crc(&length).to_le_bytes());
    record.extend(data);
    record.extend(masked_crc(data).to_le_bytes());
    record
}

/// TensorFlow rotates each checksum and adds a constant, as a CRC of data that contains CRCs is problematic.
fn masked_crc(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8)
}
