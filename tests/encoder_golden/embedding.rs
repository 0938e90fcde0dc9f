//! A data set through the encoder: the cache, stopping and resuming, damaged pictures, written vectors.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crossrank::dataset::{Dataset, Format, Image, VectorTable};
use crossrank::vision::{
    DeviceChoice, EmbedProgress, EmbedReport, EmbeddingCache, EncoderSpec, Precision, VisionError, embed, write_vectors,
};
use image::ImageFormat;

use super::files::{encoded, gradient};

/// A data set of images only; file `None` for one without a picture.
fn dataset(files: &[(&str, Option<&Path>)]) -> Dataset {
    let image = |(id, file): &(&str, Option<&Path>)| {
        let mut image = Image::new((*id).into());
        image.file = file.map(Path::to_path_buf);
        image
    };
    Dataset {
        name: "pictures".to_string(),
        root: "pictures".into(),
        reach: Default::default(),
        format: Format::FOLDER,
        images: files.iter().map(image).collect(),
        queries: Vec::new(),
        feature_names: Vec::new(),
        vectors: Vec::new(),
        statistics: None,
    }
}

/// A data set of different pictures, dated an hour ago.
fn pictures(folder: &Path, count: u32) -> Dataset {
    let mut files = Vec::new();
    for index in 0..count {
        let path = folder.join(format!("{index}.png"));
        std::fs::write(&path, encoded(&gradient(40 + index, 40), ImageFormat::Png)).unwrap();
        let hour_ago = SystemTime::now() - Duration::from_secs(3600);
        std::fs::File::options().append(true).open(&path).unwrap().set_modified(hour_ago).unwrap();
        files.push((index.to_string(), path));
    }
    dataset(&files.iter().map(|(id, path)| (id.as_str(), Some(path.as_path()))).collect::<Vec<_>>())
}

fn run(dataset: &Dataset, cache: &EmbeddingCache) -> (VectorTable, EmbedReport) {
    embed(dataset, &EncoderSpec::bundled(), DeviceChoice::Cpu, cache, &mut |_| ControlFlow::Continue(())).unwrap()
}

/// Every file below a folder.
fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

#[test]
fn a_second_run_computes_nothing_and_reads_no_picture() {
    let folder = tempfile::tempdir().unwrap();
    let cache = EmbeddingCache::at(folder.path().join("cache"));
    let data = pictures(folder.path(), 5);
    let (first, report) = run(&data, &cache);
    assert_eq!((report.embedded, report.cached, report.failed.len()), (5, 0, 0));
    assert_eq!((first.count(), first.dim, first.name.as_str()), (5, 1024, "resnet50-thin"));
    // Same size and modification time but other bytes: only a run that reads the file would notice.
    let path = data.images[3].file.as_ref().unwrap();
    let meta = std::fs::metadata(path).unwrap();
    std::fs::write(path, vec![0; meta.len() as usize]).unwrap();
    std::fs::File::options().append(true).open(path).unwrap().set_modified(meta.modified().unwrap()).unwrap();
    let mut stages = Vec::new();
    let observe = &mut |progress: EmbedProgress| {
        stages.push(progress.stage);
        ControlFlow::Continue(())
    };
    let again = embed(&data, &EncoderSpec::bundled(), DeviceChoice::Cpu, &cache, observe).unwrap();
    assert_eq!((again.1.embedded, again.1.cached), (0, 5));
    assert_eq!(again.0, first);
    assert!(!stages.contains(&"Loading the network"), "{stages:?}");
}

#[test]
fn a_changed_picture_gets_a_new_vector() {
    let folder = tempfile::tempdir().unwrap();
    let cache = EmbeddingCache::at(folder.path().join("cache"));
    let data = pictures(folder.path(), 2);
    let (first, _) = run(&data, &cache);
    std::fs::write(data.images[1].file.as_ref().unwrap(), encoded(&gradient(9, 80), ImageFormat::Png)).unwrap();
    let (second, report) = run(&data, &cache);
    assert_eq!((report.embedded, report.cached), (1, 1));
    assert_eq!(second.get(0), first.get(0));
    assert_ne!(second.get(1), first.get(1));
}

#[test]
fn images_of_the_same_content_are_computed_once() {
    let folder = tempfile::tempdir().unwrap();
    let cache = EmbeddingCache::at(folder.path().join("cache"));
    let mut data = pictures(folder.path(), 2);
    let copy = folder.path().join("copy.png");
    std::fs::copy(data.images[0].file.as_ref().unwrap(), &copy).unwrap();
    data.images.push(Image { file: Some(copy), ..Image::new("copy".into()) });
    data.images.push(Image { file: data.images[0].file.clone(), ..Image::new("again".into()) });
    data.images.push(Image::new("no picture".into()));
    let (table, report) = run(&data, &cache);
    assert_eq!((report.embedded, report.cached, report.failed.len()), (2, 2, 0));
    assert_eq!(table.get(2), table.get(0));
    assert_eq!(table.get(3), table.get(0));
    assert_eq!(table.get(4), None);
}

#[test]
fn a_damaged_picture_is_reported_and_affects_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let cache = EmbeddingCache::at(folder.path().join("cache"));
    let mut data = pictures(folder.path(), 3);
    std::fs::write(data.images[1].file.as_ref().unwrap(), b"").unwrap();
    data.images.push(Image { file: Some(folder.path().join("absent.jpg")), ..Image::new("absent".into()) });
    let (table, report) = run(&data, &cache);
    assert_eq!((report.embedded, report.cached), (2, 0));
    assert_eq!(report.failed.iter().map(|(image, _)| *image).collect::<Vec<_>>(), [1, 3]);
    assert!(report.failed[0].1.contains("1.png") && report.failed[1].1.contains("absent.jpg"), "{report:?}");
    assert_eq!((0..4).map(|image| table.get(image).is_some()).collect::<Vec<_>>(), [true, false, true, false]);
}

#[test]
fn a_stop_takes_effect_within_one_batch_and_the_next_run_resumes_there() {
    let folder = tempfile::tempdir().unwrap();
    let cache = EmbeddingCache::at(folder.path().join("cache"));
    let data = pictures(folder.path(), 70);
    let mut seen = Vec::new();
    let stop_after_first = &mut |progress: EmbedProgress| {
        let stop = progress.images_per_second > 0.0;
        seen.push(progress);
        if stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let stopped = embed(&data, &EncoderSpec::bundled(), DeviceChoice::Cpu, &cache, stop_after_first);
    assert!(matches!(stopped, Err(VisionError::Cancelled)));
    let last = seen.last().unwrap();
    assert_eq!((last.stage, last.total), ("Embedding", 70));
    assert!((1..=32).contains(&last.done), "{last:?}");
    assert!(last.eta.is_some_and(|eta| eta > 0.0), "{last:?}");
    let (table, report) = run(&data, &cache);
    assert_eq!((report.embedded, report.cached), (70 - last.done, last.done));
    let (fresh, _) = run(&data, &EmbeddingCache::at(folder.path().join("another cache")));
    assert_eq!(table, fresh);
}

#[test]
fn a_cache_file_truncated_or_damaged_anywhere_loses_only_what_follows() {
    let folder = tempfile::tempdir().unwrap();
    let cache = EmbeddingCache::at(folder.path().join("cache"));
    let data = pictures(folder.path(), 3);
    let (first, _) = run(&data, &cache);
    let shards: Vec<_> =
        files_below(cache.folder()).into_iter().map(|path| (std::fs::read(&path).unwrap(), path)).collect();
    assert_eq!(shards.len(), 2, "vectors and file hashes");
    let longest = shards.iter().map(|(bytes, _)| bytes.len()).max().unwrap();
    let record = (longest - 16) / 3;
    let cases = [0, 7, 16, 20, 16 + record, 16 + 2 * record + 50, longest - 1].map(Some);
    for cut in cases.into_iter().chain([None]) {
        for (bytes, path) in &shards {
            let mut bytes = bytes.clone();
            match cut {
                Some(length) => bytes.truncate(length),
                None => bytes[30..40].fill(0xFF),
            }
            std::fs::write(path, bytes).unwrap();
        }
        let (table, report) = run(&data, &cache);
        let intact = cut.map_or(0, |length| length.saturating_sub(16) / record);
        assert_eq!((report.cached, report.embedded), (intact, 3 - intact), "{cut:?}");
        assert_eq!(table, first);
        // Only the damaged files are left for the next case.
        for path in files_below(cache.folder()) {
            if shards.iter().all(|(_, shard)| shard != &path) {
                std::fs::remove_file(path).unwrap();
            }
        }
    }
}

#[test]
fn two_concurrent_runs_leave_an_intact_cache() {
    let folder = tempfile::tempdir().unwrap();
    let cache = EmbeddingCache::at(folder.path().join("cache"));
    let data = pictures(folder.path(), 12);
    let tables: Vec<VectorTable> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..3).map(|_| scope.spawn(|| run(&data, &cache).0)).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert!(tables.windows(2).all(|pair| pair[0] == pair[1]));
    let (table, report) = run(&data, &cache);
    assert_eq!((report.embedded, report.cached), (0, 12));
    assert_eq!(table, tables[0]);
}

#[test]
fn another_preprocessing_does_not_use_the_cached_vectors() {
    let folder = tempfile::tempdir().unwrap();
    let cache = EmbeddingCache::at(folder.path().join("cache"));
    let data = pictures(folder.path(), 1);
    run(&data, &cache);
    let mut spec = EncoderSpec::bundled();
    spec.preprocess.resize = 224;
    let again = embed(&data, &spec, DeviceChoice::Cpu, &cache, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(again.1.embedded, 1);
}

#[test]
fn written_vectors_are_read_back_with_their_ids() {
    let folder = tempfile::tempdir().unwrap();
    let data = dataset(&[("a", None), ("b \"ü\"", None), ("c", None)]);
    let mut table = VectorTable::new("resnet50-thin", 2, 3);
    table.set(2, &[3.0, -4.5]).unwrap();
    table.set(0, &[1.0, 0.333]).unwrap();
    let path = folder.path().join("embeddings.safetensors");
    for (precision, tolerance) in [(Precision::F32, 0.0), (Precision::F16, 1e-3)] {
        write_vectors(&path, &data, &table, precision).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let (_, header) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
        let metadata = header.metadata().as_ref().unwrap();
        assert_eq!(metadata["encoder"], "resnet50-thin");
        assert_eq!(serde_json::from_str::<Vec<String>>(&metadata["ids"]).unwrap(), ["a", "c"]);
        let read = candle_core::safetensors::load_buffer(&bytes, &candle_core::Device::Cpu).unwrap();
        let rows = read["embeddings"].to_dtype(candle_core::DType::F32).unwrap().to_vec2::<f32>().unwrap();
        assert_eq!((rows.len(), rows[1].as_slice()), (2, &[3.0, -4.5][..]));
        assert!((rows[0][1] - 0.333).abs() <= tolerance);
    }
    let path = folder.path().join("embeddings.npy");
    write_vectors(&path, &data, &table, Precision::F32).unwrap();
    let read = candle_core::Tensor::read_npy(&path).unwrap().to_vec2::<f32>().unwrap();
    assert_eq!(read, [[1.0, 0.333], [3.0, -4.5]]);
    assert_eq!(std::fs::read_to_string(folder.path().join("embeddings.ids.txt")).unwrap(), "a\nc\n");
    assert!(matches!(
        write_vectors(&folder.path().join("a.csv"), &data, &table, Precision::F32),
        Err(VisionError::VectorFormat(_))
    ));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "no partial file is left");
}
