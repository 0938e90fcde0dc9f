//! Files written by `torch.save`: a pickle that describes tensors, and their data. Since PyTorch 1.6 both are entries
//! of a zip archive; before, the data followed the pickle.

use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Seek, SeekFrom};

use candle_core::DType;
use zip::{CompressionMethod, ZipArchive};

use super::fault::WeightsFault;
use super::listing::{Bytes, Listing, NumberType, ReadSeek, Stored};
use super::pickle::{Id, Pickle, Value};

/// Longest pickle in bytes; a ResNet-152's has 0.1 MB, and with an optimiser's state under 1 MB.
const MAX_PICKLE: u64 = 1 << 22;
/// Most tensors in a file, and deepest nesting of dictionaries: ten times what training programs write.
const MAX_TENSORS: usize = 20_000;
const MAX_DEPTH: usize = 6;
/// The magic number of the old format.
const MAGIC: [u8; 10] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/// A tensor as described by the pickle.
struct Described {
    /// The key of its storage.
    key: String,
    /// Number of elements of the storage.
    numbers: u64,
    dtype: NumberType,
    /// Its offset in the storage, in elements.
    offset: u64,
    shape: Vec<usize>,
    strides: Vec<usize>,
}

impl Described {
    /// The tensor in a storage that begins at `start` and has `bytes` bytes.
    fn stored(self, entry: Option<usize>, start: u64, bytes: u64) -> Option<Stored> {
        let size = self.dtype.as_ref().map_or(1, |dtype| dtype.size_in_bytes()) as u64;
        let skipped = self.offset.checked_mul(size).filter(|skipped| *skipped <= bytes)?;
        let start = start.checked_add(skipped)?;
        Some(Stored { shape: self.shape, strides: self.strides, dtype: self.dtype, entry, start })
    }
}

/// Lists the tensors of an archive whose entries have these names.
pub(super) fn list_zip<R: ReadSeek>(archive: &mut ZipArchive<R>, names: &[String]) -> Result<Listing, WeightsFault> {
    let is_pickle = |name: &&String| name.rsplit('/').next() == Some("data.pkl");
    let pickle = names.iter().filter(is_pickle).min_by_key(|name| name.len()).ok_or(WeightsFault::NoPickle)?;
    let folder = &pickle[..pickle.len() - "data.pkl".len()];
    let mut entry = |name: &str, most: u64| -> Result<Vec<u8>, WeightsFault> {
        let entry = archive.by_name(name).map_err(WeightsFault::within(name))?;
        let mut bytes = Vec::new();
        entry.take(most).read_to_end(&mut bytes).map_err(WeightsFault::within(name))?;
        Ok(bytes)
    };
    if names.iter().any(|name| *name == format!("{folder}byteorder"))
        && entry(&format!("{folder}byteorder"), 16)? != b"little"
    {
        return Err(WeightsFault::BigEndian);
    }
    let bytes = entry(pickle, MAX_PICKLE)?;
    let described = tensors(&Pickle::read(&mut bytes.as_slice())?)?;
    let mut listing = Listing::default();
    for (name, described) in described {
        let entry_name = format!("{folder}data/{}", described.key);
        let index =
            archive.index_for_name(&entry_name).ok_or_else(|| WeightsFault::MissingEntry(entry_name.clone()))?;
        let (method, size) = archive
            .by_index_raw(index)
            .map(|entry| (entry.compression(), entry.size()))
            .map_err(WeightsFault::within(&entry_name))?;
        // PyTorch never compresses, so an entry that is small but huge when unpacked is not PyTorch's.
        if method != CompressionMethod::Stored {
            return Err(WeightsFault::Compressed(entry_name));
        }
        let stored = described.stored(Some(index), 0, size);
        let Some(stored) = stored else { return Err(WeightsFault::Outside(name)) };
        listing.tensors.insert(name, stored);
    }
    Ok(listing)
}

/// Lists the tensors of a file of the old format.
pub(super) fn list_old(bytes: &mut Bytes) -> Result<Listing, WeightsFault> {
    let mut head = Vec::new();
    bytes.take(MAX_PICKLE).read_to_end(&mut head)?;
    let mut rest = head.as_slice();
    let magic = Pickle::read(&mut rest)?;
    if magic.get(magic.root()) != &Value::Bytes(MAGIC.to_vec()) {
        return Err(WeightsFault::NotPytorch);
    }
    let _version = Pickle::read(&mut rest)?;
    let system = Pickle::read(&mut rest)?;
    let says_big =
        |pair: &(Id, Id)| system.text(pair.0) == Some("little_endian") && system.get(pair.1) == &Value::Bool(false);
    if matches!(system.get(system.root()), Value::Dict(pairs) if pairs.iter().any(says_big)) {
        return Err(WeightsFault::BigEndian);
    }
    let described = tensors(&Pickle::read(&mut rest)?)?;
    let keys = Pickle::read(&mut rest)?;
    let Value::List(order) = keys.get(keys.root()) else { return Err(WeightsFault::NoStorages) };
    let order: Vec<&str> = order.iter().filter_map(|id| keys.text(*id)).collect();
    let storages = storages(bytes, (head.len() - rest.len()) as u64, &order, &described)?;
    let mut listing = Listing::default();
    for (name, described) in described {
        let storage = storages.get(described.key.as_str()).copied();
        let stored = storage.and_then(|(start, size)| described.stored(None, start, size));
        let Some(stored) = stored else { return Err(WeightsFault::Outside(name)) };
        listing.tensors.insert(name, stored);
    }
    Ok(listing)
}

/// The offset and size in bytes of each storage; each is preceded by its number of elements.
fn storages(
    bytes: &mut Bytes,
    mut at: u64,
    order: &[&str],
    described: &BTreeMap<String, Described>,
) -> Result<HashMap<String, (u64, u64)>, WeightsFault> {
    let end = bytes.seek(SeekFrom::End(0))?;
    let kinds: HashMap<&str, &Described> =
        described.values().map(|described| (described.key.as_str(), described)).collect();
    let mut storages = HashMap::new();
    for key in order {
        // A storage without a tensor has elements of unknown size, so all storages after it are unreachable.
        let Some(kind) = kinds.get(key) else { break };
        let size = kind.dtype.as_ref().map_or_else(|name| integer_size(name), |dtype| Some(dtype.size_in_bytes()));
        let Some(size) = size else { break };
        let mut count = [0; 8];
        bytes.seek(SeekFrom::Start(at))?;
        bytes.read_exact(&mut count).map_err(WeightsFault::within(&format!("storage {key}")))?;
        let count = u64::from_le_bytes(count);
        let length = count.checked_mul(size as u64).filter(|_| count == kind.numbers);
        let after = length.and_then(|length| (at + 8).checked_add(length)).filter(|after| *after <= end);
        let after = after.ok_or_else(|| WeightsFault::Storage((*key).to_owned()))?;
        storages.insert((*key).to_string(), (at + 8, after - at - 8));
        at = after;
    }
    Ok(storages)
}

fn integer_size(kind: &str) -> Option<usize> {
    match kind {
        "LongStorage" => Some(8),
        "IntStorage" => Some(4),
        "ShortStorage" => Some(2),
        "CharStorage" | "ByteStorage" | "BoolStorage" => Some(1),
        _ => None,
    }
}

/// All tensors in a pickle's dictionaries, by the path of keys that leads to each, joined by points.
fn tensors(pickle: &Pickle) -> Result<BTreeMap<String, Described>, WeightsFault> {
    let mut found = BTreeMap::new();
    match pickle.get(pickle.root()) {
        Value::Dict(_) => {}
        Value::Call { .. } => {
            return Err(WeightsFault::WholeModel);
        }
        _ => return Err(WeightsFault::NoStateDict),
    }
    let mut waiting = vec![(String::new(), pickle.root(), 0)];
    let mut steps = 0;
    while let Some((path, id, depth)) = waiting.pop() {
        let Value::Dict(pairs) = pickle.get(id) else { continue };
        for (key, value) in pairs {
            // Dictionaries may contain each other repeatedly, so the path is limited too.
            steps += 1;
            if steps > 10 * MAX_TENSORS || found.len() > MAX_TENSORS {
                return Err(WeightsFault::TooManyTensors);
            }
            let Some(key) = pickle.text(*key) else { continue };
            let path = if depth == 0 { key.to_string() } else { format!("{path}.{key}") };
            match pickle.get(*value) {
                Value::Dict(_) if depth < MAX_DEPTH => waiting.push((path, *value, depth + 1)),
                Value::Call { .. } => {
                    if let Some(described) = tensor(pickle, *value) {
                        found.insert(path, described);
                    }
                }
                _ => {}
            }
        }
    }
    Ok(found)
}

/// The tensor that a call would rebuild; `None` if it would create something else.
fn tensor(pickle: &Pickle, mut id: Id) -> Option<Described> {
    loop {
        let &Value::Call { callable, arguments } = pickle.get(id) else { return None };
        let arguments = pickle.tuple(arguments)?;
        match pickle.class(callable)? {
            // (data, requires_grad, hooks, …): the data comes earlier, so this terminates.
            "torch._utils._rebuild_parameter" | "torch._utils._rebuild_parameter_with_state" => {
                id = arguments.first().copied().filter(|inner| *inner < id)?;
            }
            // (function, type, arguments, state)
            "torch._tensor._rebuild_from_type_v2" => {
                let is_tensor = pickle.class(*arguments.first()?) == Some("torch._utils._rebuild_tensor_v2");
                return is_tensor.then(|| rebuilt(pickle, pickle.tuple(*arguments.get(2)?)?)).flatten();
            }
            "torch._utils._rebuild_tensor_v2" | "torch._utils._rebuild_tensor" => return rebuilt(pickle, arguments),
            _ => return None,
        }
    }
}

/// From (storage, offset, size, stride, …).
fn rebuilt(pickle: &Pickle, arguments: &[Id]) -> Option<Described> {
    let [storage, offset, shape, strides, ..] = arguments else { return None };
    let sizes = |id: Id| -> Option<Vec<usize>> {
        pickle.tuple(id)?.iter().map(|id| usize::try_from(pickle.size(*id)?).ok()).collect()
    };
    let (shape, strides) = (sizes(*shape)?, sizes(*strides)?);
    let &Value::Persistent(storage) = pickle.get(*storage) else { return None };
    // ("storage", kind, key, device, numbers, and in the old format the storage it is a view of)
    let [_, kind, key, _, numbers, rest @ ..] = pickle.tuple(storage)? else { return None };
    let is_view = rest.first().is_some_and(|view| pickle.get(*view) != &Value::Other);
    if is_view || shape.len() != strides.len() {
        return None;
    }
    let kind = pickle.class(*kind)?.rsplit('.').next().unwrap_or_default();
    let dtype = match kind {
        "FloatStorage" => Ok(DType::F32),
        "DoubleStorage" => Ok(DType::F64),
        "HalfStorage" => Ok(DType::F16),
        "BFloat16Storage" => Ok(DType::BF16),
        other => Err(other.to_string()),
    };
    let (key, numbers, offset) = (pickle.text(*key)?.to_string(), pickle.size(*numbers)?, pickle.size(*offset)?);
    Some(Described { key, numbers, dtype, offset, shape, strides })
}
