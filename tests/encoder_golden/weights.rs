//! Weights files of every format: reading them, and the harmlessness of hostile or damaged ones.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Tensor};
use crossrank::vision::{Architecture, DeviceChoice, Encoder, EncoderSpec, TensorShape, WeightsFile};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::pickles::{Described, archive, dictionary, old_file, reduce, state_dict, tensors as tensors_of};

fn file(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn numbers(path: &Path, name: &str) -> (Vec<usize>, Vec<f32>) {
    let file = WeightsFile::open(path).unwrap();
    file.reader().unwrap().numbers(name).unwrap()
}

fn rejected(path: &Path) -> String {
    let message = WeightsFile::open(path).err().expect("the file should be rejected").to_string();
    assert!(message.ends_with(&path.display().to_string()), "no path in: {message}");
    message
}

/// Numbers that all dtypes represent exactly.
fn table() -> Tensor {
    Tensor::new(&[[1.0_f32, -2.5, 0.0], [0.125, 96.0, -7.0]], &Device::Cpu).unwrap()
}

fn little_endian(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

const ROWS: [f32; 6] = [1.0, -2.5, 0.0, 0.125, 96.0, -7.0];

#[test]
fn safetensors_and_npz_of_every_dtype_are_read_alike() {
    let folder = tempfile::tempdir().unwrap();
    for dtype in [DType::F32, DType::F16, DType::BF16, DType::F64] {
        let path = folder.path().join("weights.safetensors");
        let tensor = table().to_dtype(dtype).unwrap();
        candle_core::safetensors::save(&[("x".to_string(), tensor.clone())].into(), &path).unwrap();
        assert_eq!(numbers(&path, "x"), (vec![2, 3], ROWS.to_vec()), "{dtype:?}");
        if dtype != DType::BF16 {
            // The content determines the format, whatever the file's name.
            let path = folder.path().join("weights.bin");
            Tensor::write_npz(&[("x", &tensor), ("layer.y", &tensor)], &path).unwrap();
            assert_eq!(numbers(&path, "layer.y"), (vec![2, 3], ROWS.to_vec()), "{dtype:?}");
        }
    }
}

/// An `.npz` file of one array.
fn npz(header: &str, numbers: &[u8], method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("x.npy", SimpleFileOptions::default().compression_method(method)).unwrap();
    zip.write_all(b"\x93NUMPY\x01\x00").unwrap();
    zip.write_all(&(header.len() as u16).to_le_bytes()).unwrap();
    zip.write_all(header.as_bytes()).unwrap();
    zip.write_all(numbers).unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_column_major_or_compressed_array_is_read_and_an_unsupported_dtype_reported() {
    let folder = tempfile::tempdir().unwrap();
    let by_columns = little_endian(&[1.0, 0.125, -2.5, 96.0, 0.0, -7.0]);
    let header = "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }\n";
    let path = file(&folder, "a.npz", &npz(header, &by_columns, CompressionMethod::Deflated));
    assert_eq!(numbers(&path, "x"), (vec![2, 3], ROWS.to_vec()));
    for descr in ["'>f4'", "'<i8'", "[('a', '<f4')]"] {
        let header = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (2, 3), }}\n");
        let path = file(&folder, "b.npz", &npz(&header, &by_columns, CompressionMethod::Stored));
        let opened = WeightsFile::open(&path).unwrap();
        let message = opened.reader().unwrap().numbers("x").unwrap_err().to_string();
        assert!(message.contains("\"x\"") && message.contains("not supported"), "{message}");
    }
}

/// Three tensors of two storages: dense, by columns, and one in the middle of a storage.
fn described() -> Vec<Described> {
    vec![
        Described::new("a", "FloatStorage", "0", 8, 0, &[2, 3], &[3, 1]),
        Described::new("b", "FloatStorage", "0", 8, 2, &[2, 3], &[1, 2]),
        Described::new("c", "LongStorage", "1", 1, 0, &[], &[]),
    ]
}

fn storages() -> Vec<(&'static str, Vec<u8>)> {
    let numbers: Vec<f32> = ROWS.iter().copied().chain([3.0, 4.0]).collect();
    vec![("0", little_endian(&numbers)), ("1", 7_i64.to_le_bytes().to_vec())]
}

#[test]
fn both_formats_of_pytorch_are_read_with_views_and_other_orders() {
    let folder = tempfile::tempdir().unwrap();
    let dictionary = state_dict(&described());
    let files = [archive(&dictionary, &storages()), old_file(&dictionary, &storages())];
    for (bytes, name) in files.iter().zip(["new.pth", "old.pth"]) {
        let path = file(&folder, name, bytes);
        assert_eq!(numbers(&path, "a"), (vec![2, 3], ROWS.to_vec()), "{name}");
        let by_columns = vec![0.0, 96.0, 3.0, 0.125, -7.0, 4.0];
        assert_eq!(numbers(&path, "b"), (vec![2, 3], by_columns), "{name}");
        let opened = WeightsFile::open(&path).unwrap();
        assert_eq!(opened.tensors().map(|(name, _)| name).collect::<Vec<_>>(), ["a", "b", "c"]);
        assert!(opened.reader().unwrap().numbers("c").unwrap_err().to_string().contains("LongStorage"));
        assert!(opened.reader().unwrap().numbers("d").is_err());
    }
}

#[test]
fn pickles_are_never_executed() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("executed");
    let command = format!("touch {}", mark.display());
    let attack = [b"cos\nsystem\n".as_slice(), b"(X", &(command.len() as u32).to_le_bytes(), command.as_bytes(), b"tR"];
    let whole = [b"\x80\x02".as_slice(), &attack.concat(), b"."].concat();
    assert!(rejected(&file(&folder, "a.pth", &archive(&whole, &[]))).contains("state_dict"));
    // Next to tensors it is ignored.
    let inside = dictionary(&[("a", &reduce(&described()[0])), ("z", &attack.concat())]);
    let path = file(&folder, "b.pth", &archive(&inside, &storages()));
    assert_eq!(numbers(&path, "a").1, ROWS);
    assert!(!mark.exists());
}

#[test]
fn false_size_claims_allocate_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let huge = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000), }\n";
    let large = "{'descr': '<f4', 'fortran_order': False, 'shape': (60000000,), }\n";
    let wraps = "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }\n";
    for (header, word) in [(huge, "too large"), (large, "4 of 240000000 bytes"), (wraps, "non-contiguous")] {
        let path = file(&folder, "a.npz", &npz(header, &[0; 4], CompressionMethod::Stored));
        let opened = WeightsFile::open(&path).unwrap();
        let message = opened.reader().unwrap().numbers("x").unwrap_err().to_string();
        assert!(message.contains(word), "{message}");
    }
    let gaps = [Described::new("a", "FloatStorage", "0", 8, 0, &[2, 3], &[4, 1])];
    let path = file(&folder, "b.pth", &archive(&state_dict(&gaps), &storages()));
    assert!(WeightsFile::open(&path).unwrap().reader().unwrap().numbers("a").is_err());
    for described in [
        Described::new("a", "FloatStorage", "0", 8, 9, &[1], &[1]),
        Described::new("a", "FloatStorage", "5", 8, 0, &[1], &[1]),
    ] {
        rejected(&file(&folder, "c.pth", &archive(&state_dict(&[described]), &storages())));
    }
    let header = [u64::MAX.to_le_bytes(), (1_u64 << 30).to_le_bytes(), 99_u64.to_le_bytes()];
    for length in header {
        rejected(&file(&folder, "d.safetensors", &[length.as_slice(), b"{\"a\":{}}"].concat()));
    }
}

#[test]
fn endlessly_nested_or_multiplied_pickles_are_read_quickly() {
    let folder = tempfile::tempdir().unwrap();
    let started = std::time::Instant::now();
    // A million nested tuples; a list in itself; dictionaries that each contain the next many times.
    let nested = [b"\x80\x02)".to_vec(), vec![0x85; 1_000_000], b".".to_vec()].concat();
    let itself = b"\x80\x02}q\x00X\x01\x00\x00\x00ah\x00s.".to_vec();
    let mut doubled = b"\x80\x02}q\x00".to_vec();
    for level in 1..200_u8 {
        doubled.extend([b'}', b'q', level, b'(']);
        for key in 0..60_u8 {
            doubled.extend([b'X', 1, 0, 0, 0, b'0' + key, b'h', level - 1]);
        }
        doubled.push(b'u');
    }
    doubled.push(b'.');
    for pickle in [nested, itself, doubled] {
        let path = file(&folder, "a.pth", &archive(&pickle, &[]));
        // It has no tensors, or is rejected.
        assert_eq!(WeightsFile::open(&path).map_or(0, |file| file.tensors().count()), 0);
    }
    assert!(started.elapsed().as_secs() < 20);
}

/// Opens a file and reads everything; it only has to return.
fn read_all(path: &Path) {
    if let Ok(file) = WeightsFile::open(path)
        && let Ok(mut reader) = file.reader()
    {
        for (name, _) in file.tensors() {
            let _ = reader.numbers(name);
        }
    }
}

#[test]
fn a_file_truncated_or_changed_at_any_byte_is_harmless() {
    let folder = tempfile::tempdir().unwrap();
    let safe = folder.path().join("a.safetensors");
    candle_core::safetensors::save(&[("x".to_string(), table())].into(), &safe).unwrap();
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n";
    let dictionary = state_dict(&described());
    let files = [
        std::fs::read(&safe).unwrap(),
        npz(header, &little_endian(&ROWS), CompressionMethod::Deflated),
        archive(&dictionary, &storages()),
        old_file(&dictionary, &storages()),
    ];
    let path = folder.path().join("changed");
    for bytes in files {
        for index in 0..bytes.len() {
            for change in [1 << (index % 8), 0xFF] {
                let mut bytes = bytes.clone();
                bytes[index] ^= change;
                std::fs::write(&path, &bytes).unwrap();
                read_all(&path);
            }
            std::fs::write(&path, &bytes[..index]).unwrap();
            read_all(&path);
        }
    }
}

/// A safetensors file of zeros, stored as a hole, with these tensors and metadata.
pub fn sparse(path: &Path, tensors: &[TensorShape], notes: &[(&str, &str)]) {
    let (mut header, mut at) = (BTreeMap::new(), 0);
    for (name, shape) in tensors {
        let end = at + 2 * shape.iter().product::<usize>();
        header.insert(name.clone(), serde_json::json!({ "dtype": "F16", "shape": shape, "data_offsets": [at, end] }));
        at = end;
    }
    let notes: BTreeMap<&str, &str> = notes.iter().copied().collect();
    header.insert("__metadata__".to_string(), serde_json::json!(notes));
    let header = serde_json::to_vec(&header).unwrap();
    let mut file = std::fs::File::create(path).unwrap();
    file.write_all(&(header.len() as u64).to_le_bytes()).unwrap();
    file.write_all(&header).unwrap();
    file.set_len((8 + header.len() + at) as u64).unwrap();
}

#[test]
fn a_whole_network_is_loaded_from_a_pytorch_file() {
    let folder = tempfile::tempdir().unwrap();
    let tensors = Architecture::Resnet18.tensors();
    // All share one storage of zeros.
    let largest = tensors.iter().map(|(_, shape)| shape.iter().product::<usize>()).max().unwrap();
    let described: Vec<Described> = tensors
        .iter()
        .map(|(name, shape)| {
            let strides = (0..shape.len()).map(|axis| shape[axis + 1..].iter().product()).collect::<Vec<usize>>();
            Described::new(&format!("module.{name}"), "HalfStorage", "0", largest, 0, shape, &strides)
        })
        .collect();
    let wrapped = dictionary(&[("epoch", b"K\x05"), ("state_dict", &tensors_of(&described)), ("best", b"N")]);
    let path = file(&folder, "checkpoint.pth", &archive(&wrapped, &[("0", vec![0; 2 * largest])]));
    let spec = EncoderSpec::of_file(&path).unwrap();
    assert_eq!((spec.architecture, spec.name().as_str()), (Architecture::Resnet18, "resnet18 (checkpoint)"));
    let encoder = Encoder::load(&spec, DeviceChoice::Cpu).unwrap();
    assert_eq!(encoder.key(), spec.key().unwrap());
}

/// A file of each form.
pub fn samples() -> Vec<Vec<u8>> {
    let dictionary = state_dict(&described());
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n";
    let numbers = little_endian(&ROWS);
    vec![
        archive(&dictionary, &storages()),
        old_file(&dictionary, &storages()),
        npz(header, &numbers, CompressionMethod::Deflated),
        [
            b"\x40\0\0\0\0\0\0\0".as_slice(),
            br#"{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}       "#,
            &numbers,
        ]
        .concat(),
    ]
}
