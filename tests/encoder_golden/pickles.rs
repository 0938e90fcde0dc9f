//! Writes files as `torch.save` does.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A tensor as described in a pickle.
pub struct Described {
    name: String,
    kind: String,
    key: String,
    numbers: usize,
    offset: usize,
    shape: Vec<usize>,
    strides: Vec<usize>,
}

impl Described {
    pub fn new(
        name: &str,
        kind: &str,
        key: &str,
        numbers: usize,
        offset: usize,
        shape: &[usize],
        strides: &[usize],
    ) -> Self {
        let (name, kind, key) = (name.to_string(), kind.to_string(), key.to_string());
        Self { name, kind, key, numbers, offset, shape: shape.to_vec(), strides: strides.to_vec() }
    }
}

fn text(text: &str) -> Vec<u8> {
    [b"X".as_slice(), &(text.len() as u32).to_le_bytes(), text.as_bytes()].concat()
}

fn int(number: usize) -> Vec<u8> {
    [b"J".as_slice(), &(number as u32).to_le_bytes()].concat()
}

fn tuple(numbers: &[usize]) -> Vec<u8> {
    [b"(".as_slice(), &numbers.iter().flat_map(|number| int(*number)).collect::<Vec<u8>>(), b"t"].concat()
}

/// The call that rebuilds a tensor, as written by PyTorch's pickler.
pub fn reduce(described: &Described) -> Vec<u8> {
    [
        b"ctorch._utils\n_rebuild_tensor_v2\n((".as_slice(),
        &text("storage"),
        format!("ctorch\n{}\n", described.kind).as_bytes(),
        &text(&described.key),
        &text("cpu"),
        &int(described.numbers),
        // The old format records what a storage is a view of; the new one does not.
        b"tQ",
        &int(described.offset),
        &tuple(&described.shape),
        &tuple(&described.strides),
        b"\x89ccollections\nOrderedDict\n)RtR",
    ]
    .concat()
}

/// A complete pickle of a dictionary whose values are these pickle fragments.
pub fn dictionary(pairs: &[(&str, &[u8])]) -> Vec<u8> {
    [b"\x80\x02".as_slice(), &ordered(pairs), b"."].concat()
}

fn ordered(pairs: &[(&str, &[u8])]) -> Vec<u8> {
    let pairs: Vec<u8> = pairs.iter().flat_map(|(key, value)| [text(key), value.to_vec()].concat()).collect();
    [b"ccollections\nOrderedDict\n)Rq\x00(".as_slice(), &pairs, b"u"].concat()
}

/// A dictionary of tensors, as a pickle fragment.
pub fn tensors(described: &[Described]) -> Vec<u8> {
    let values: Vec<(String, Vec<u8>)> =
        described.iter().map(|described| (described.name.clone(), reduce(described))).collect();
    ordered(&values.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect::<Vec<_>>())
}

/// The pickle of a `state_dict`.
pub fn state_dict(described: &[Described]) -> Vec<u8> {
    [b"\x80\x02".as_slice(), &tensors(described), b"."].concat()
}

/// A file as of PyTorch 1.6.
pub fn archive(pickle: &[u8], storages: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut entry = |name: &str, bytes: &[u8]| {
        zip.start_file(format!("weights/{name}"), options).unwrap();
        zip.write_all(bytes).unwrap();
    };
    entry("data.pkl", pickle);
    entry("byteorder", b"little");
    storages.iter().for_each(|(key, bytes)| entry(&format!("data/{key}"), bytes));
    entry("version", b"3\n");
    zip.finish().unwrap().into_inner()
}

/// A file as before PyTorch 1.6; the storage with key `1` has numbers of 8 bytes, others of 4.
pub fn old_file(pickle: &[u8], storages: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let magic = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
    let system = [b"\x80\x02}(".as_slice(), &text("little_endian"), b"\x88u."].concat();
    let keys: Vec<u8> = storages.iter().flat_map(|(key, _)| text(key)).collect();
    let mut bytes = [magic.as_slice(), b"\x80\x02M\xe9\x03.", &system, pickle, b"\x80\x02](", &keys, b"e."].concat();
    for (key, numbers) in storages {
        let size = if *key == "1" { 8 } else { 4 };
        bytes.extend(((numbers.len() / size) as u64).to_le_bytes());
        bytes.extend(numbers);
    }
    bytes
}
