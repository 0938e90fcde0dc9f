//! Collections: vectors, neighbours, candidates, and queries that are kept.

use crate::cli::{folder, sample};
use crossrank::dataset::{self, Reach, Split, VectorTable, read_vectors};
use crossrank::index::{Asked, Came, Collection, Example, FoundPicture, IndexError};
use crossrank::vision::{DeviceChoice, Encoder, EncoderSpec, VisionError, decode};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Words that the names of some photos of the sample begin with, with how many to take.
const PHOTOS: usize = 12;

/// Photos of the sample, each in its own copy; one lies twice.
pub(crate) fn photos(home: &Path) -> PathBuf {
    let to = home.join("photos");
    fs::create_dir_all(&to).expect("a folder");
    let from = Path::new(&sample()).join("photos");
    let mut names: Vec<_> = fs::read_dir(&from).expect("photos").flatten().map(|entry| entry.file_name()).collect();
    names.sort();
    let step = names.len() / PHOTOS;
    for (at, name) in names.into_iter().step_by(step).take(PHOTOS).enumerate() {
        fs::copy(from.join(&name), to.join(format!("photo{at:02}.jpg"))).expect("copied");
        let word = ["bear", "castle", "windmill", "boat"][at % 4];
        fs::write(to.join(format!("photo{at:02}.txt")), format!("a {word} seen by somebody {at}")).expect("written");
    }
    fs::copy(to.join("photo00.jpg"), to.join("twin.jpg")).expect("copied");
    to
}

pub(crate) fn collected(home: &Path) -> Collection {
    let pictures = photos(home);
    let mut collection = Collection::create(&home.join("own"), &pictures, Reach::Folder).expect("a collection");
    collection.update(&mut |_| ControlFlow::Continue(())).expect("read");
    collection
}

pub(crate) fn embed(collection: &Collection) -> crossrank::index::Embedded {
    let spec = EncoderSpec::bundled();
    collection.embed(&spec, DeviceChoice::Cpu, &mut |_| ControlFlow::Continue(())).expect("embedded")
}

fn paths(list: &[FoundPicture]) -> Vec<&str> {
    list.iter().map(|found| found.picture.path.as_str()).collect()
}

#[test]
fn vectors_are_the_encoder_s_and_an_update_costs_what_changed() {
    let home = folder();
    let mut collection = collected(home.path());
    let spec = EncoderSpec::bundled();
    let none = collection.vectors_of(&spec).err().map(|error| error.to_string());
    assert_eq!(none.as_deref(), Some("this collection has no vectors by resnet50-thin"));
    assert_eq!(embed(&collection).embedded, PHOTOS + 1);
    let set = collection.vectors_of(&spec).expect("vectors");
    let info = set.info();
    assert_eq!((info.name.as_str(), info.dim, set.count()), ("resnet50-thin", 1024, PHOTOS + 1));
    assert_eq!((info.weights.len(), info.layer.is_empty(), info.recall()), (64, false, None));
    let encoder = Encoder::load(&spec, DeviceChoice::Cpu).expect("the bundled one");
    let photo = decode(&collection.pictures().join("photo03.jpg")).expect("a photo");
    let vector = encoder.embed(&[spec.preprocess.apply(&photo).expect("fits")]).expect("embedded");
    let kept = set.get("photo03.jpg").expect("read").expect("there");
    let difference = vector.iter().zip(&kept).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(difference < 1e-4, "{difference}");
    // One is gone, one is another picture, and one cannot be read.
    fs::remove_file(collection.pictures().join("photo01.jpg")).expect("removed");
    fs::copy(collection.pictures().join("photo03.jpg"), collection.pictures().join("photo02.jpg")).expect("copied");
    fs::write(collection.pictures().join("broken.jpg"), b"no picture").expect("written");
    collection.update(&mut |_| ControlFlow::Continue(())).expect("read");
    let again = embed(&collection);
    assert_eq!((again.embedded, again.unchanged, again.removed), (1, PHOTOS - 1, 1));
    assert!(matches!(&again.failed[..], [(path, _)] if path == "broken.jpg"), "{:?}", again.failed);
    let now = collection.vectors_of(&spec).expect("vectors");
    assert_eq!(now.get("photo02.jpg").expect("read"), now.get("photo03.jpg").expect("read"));
    assert_eq!((now.count(), now.has("photo01.jpg"), set.has("photo01.jpg")), (PHOTOS, false, true));
}

#[test]
fn a_stop_or_a_kill_costs_at_most_what_was_being_computed() {
    let home = folder();
    let collection = collected(home.path());
    let spec = EncoderSpec::bundled();
    let mut done = 0;
    let stopped = collection.embed(&spec, DeviceChoice::Cpu, &mut |at| {
        done = at.done;
        if at.stage == "Embedding" && at.done > 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(matches!(stopped, Err(IndexError::Vision(VisionError::Cancelled))), "{stopped:?}");
    let before = collection.vectors_of(&spec).expect("vectors").count();
    assert!((3..=PHOTOS).contains(&before) && done >= 3, "{before}");
    // As after a kill: half a row, and half a line of the list.
    let sets = fs::read_dir(home.path().join("own/vectors")).expect("sets").flatten().map(|entry| entry.path());
    let set = sets.into_iter().find(|path| path.is_dir()).expect("one");
    let append = |name: &str, bytes: &[u8]| {
        use std::io::Write;
        let file = fs::OpenOptions::new().append(true).open(set.join(name));
        file.and_then(|mut file| file.write_all(bytes)).expect("written");
    };
    append("rows-0.f32", &[1; 100]);
    append("rows-0.jsonl", b"[\"photo");
    // And files that it had begun, or no longer needed.
    let left = ["near-3.usearch", "rows-1.f32", "rows-1.jsonl"].map(|name| set.join(name));
    left.iter().for_each(|path| fs::write(path, b"part").expect("written"));
    assert_eq!(collection.vectors_of(&spec).expect("vectors").count(), before);
    let rest = embed(&collection);
    assert!(left.iter().all(|path| !path.exists()) && set.join("rows-0.f32").exists());
    assert_eq!((rest.embedded, rest.unchanged), (PHOTOS + 1 - before, before));
    let all = collection.vectors_of(&spec).expect("vectors");
    let near = all.nearest(&[all.get("photo00.jpg").expect("read").expect("there")], 2).expect("found");
    assert_eq!(near[0].iter().map(|near| near.path.as_str()).collect::<Vec<_>>(), ["photo00.jpg", "twin.jpg"]);
}

#[test]
fn two_processes_read_vectors_and_one_computes() {
    let home = folder();
    let collection = collected(home.path());
    let other = Collection::open(collection.folder()).expect("opened");
    let spec = EncoderSpec::bundled();
    let mut is_busy = false;
    collection
        .embed(&spec, DeviceChoice::Cpu, &mut |_| {
            if !is_busy {
                let second = other.embed(&spec, DeviceChoice::Cpu, &mut |_| ControlFlow::Continue(()));
                is_busy = matches!(second, Err(IndexError::Busy { .. }));
                assert!(is_busy && other.vectors_of(&spec).is_ok());
            }
            ControlFlow::Continue(())
        })
        .expect("embedded");
    assert!(is_busy);
}

#[test]
fn words_come_first_and_what_looks_like_them_follows() {
    let home = folder();
    let collection = collected(home.path());
    embed(&collection);
    let set = collection.vectors_of(&EncoderSpec::bundled()).expect("vectors");
    let asked = Asked { most: 6, ..Asked::words("bear") };
    let alone = collection.candidates(&asked, None).expect("found");
    assert_eq!((alone.list.len(), alone.matching), (3, 3));
    let found = collection.candidates(&asked, Some(&set)).expect("found");
    assert_eq!(paths(&found.list)[..3], paths(&alone.list)[..]);
    assert_eq!(found.list.len(), 6);
    for (at, hit) in found.list.iter().enumerate() {
        match &hit.came {
            Came::Text => assert_eq!(hit.text_rank, Some(at as u32 + 1)),
            Came::Neighbour { of } => {
                assert!(at >= 3 && hit.text_rank.is_none() && hit.text_score == 0.0);
                assert!(paths(&alone.list).contains(&of.as_str()) && hit.similarity.is_some());
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(found.list.is_sorted_by(|a, b| a.score >= b.score));
    // The twin looks exactly like the first bear, whichever words it lacks.
    assert_eq!(found.list[3].picture.path, "twin.jpg");
    assert_eq!(found, collection.candidates(&asked, Some(&set)).expect("found"), "the same again");
    let all = collection.candidates(&Asked { most: usize::MAX, ..asked }, Some(&set)).expect("found");
    assert_eq!(all.list.len(), PHOTOS + 1);
}

#[test]
fn a_picture_finds_its_like_alone_or_mixed_with_words() {
    let home = folder();
    let collection = collected(home.path());
    embed(&collection);
    let set = collection.vectors_of(&EncoderSpec::bundled()).expect("vectors");
    let like = |text: &str, mix: f32| {
        let asked = Asked {
            text: text.to_owned(),
            example: Some(Example::Own("photo01.jpg".to_owned())),
            mix,
            most: 5,
            is_open: false,
        };
        collection.candidates(&asked, Some(&set)).expect("found")
    };
    let alone = like("", 0.3);
    assert_eq!(
        (paths(&alone.list)[0], alone.list.len()),
        ("photo01.jpg", 5),
        "without words the mixture is the picture"
    );
    assert!(alone.list.is_sorted_by(|a, b| a.similarity >= b.similarity));
    let words = like("windmill", 0.0);
    let plain = collection.candidates(&Asked { most: 5, ..Asked::words("windmill") }, None).expect("found");
    assert_eq!(paths(&words.list), paths(&plain.list), "at 0 the words alone");
    let both = like("windmill", 0.5);
    // By hand: half the share of the best text score, half the cosine from the lowest to the highest.
    let best = both.list.iter().map(|found| found.text_score).fold(0.0, f32::max);
    let top = both.list.iter().find(|found| found.picture.path == "photo01.jpg").expect("it looks most like itself");
    assert!((top.score - 0.5).abs() < 1e-3 && best > 0.0, "{top:?}");
    assert!(both.list.iter().all(|found| (0.0..=1.0).contains(&found.score)));
    let stranger = Asked { example: Some(Example::Vector(vec![0.0; 1024])), ..Asked::default() };
    assert!(matches!(collection.candidates(&stranger, Some(&set)), Err(IndexError::NoVectors(_))));
    assert!(matches!(collection.candidates(&stranger, None), Err(IndexError::NoVectors(_))));
}

#[test]
fn a_kept_query_is_one_of_the_data_set_that_the_folder_is() {
    let home = folder();
    let collection = collected(home.path());
    embed(&collection);
    let set = collection.vectors_of(&EncoderSpec::bundled()).expect("vectors");
    let asked =
        |text: &str| collection.candidates(&Asked { most: 6, ..Asked::words(text) }, Some(&set)).expect("found");
    assert_eq!(collection.kept().expect("none yet").dataset.queries.len(), 0);
    collection.keep("bears", "bear, \"brown\"", Some(Split::Train), &asked("bear")).expect("kept");
    collection.keep("mills", "windmill", None, &asked("windmill")).expect("kept");
    collection.keep("bears", "bear", Some(Split::Test), &asked("bear")).expect("kept again");
    let loaded = dataset::open(collection.folder()).expect("opened");
    assert_eq!(loaded.warnings, []);
    let queries: Vec<_> =
        loaded.dataset.queries.iter().map(|query| (query.id.as_str(), query.text.as_str(), query.split)).collect();
    assert_eq!(queries, [("mills", "windmill", None), ("bears", "bear", Some(Split::Test))]);
    let bears = &loaded.dataset.queries[1].candidates;
    for (candidate, found) in bears.iter().zip(&asked("bear").list) {
        let image = &loaded.dataset.images[candidate.image];
        assert_eq!(image.id.as_str(), found.picture.path);
        assert!(
            image.file.as_ref().is_some_and(|file| file.is_file()) && !image.description.is_empty()
                || image.id.as_str() == "twin.jpg"
        );
        let text = loaded.dataset.feature_names.iter().position(|name| name == "text").expect("a feature");
        assert_eq!(candidate.features[text], found.text_score);
    }
    let vectors =
        read_vectors(&loaded.dataset, &["resnet50-thin"], &mut |warning| panic!("{warning}")).expect("vectors");
    assert_eq!(vectors.count(), loaded.dataset.images.len());
    // The query at hand beside those that were kept has the same values as if it were kept.
    let query = collection.query("at hand", "bear", None, &asked("bear"));
    let gathered = collection.gather(loaded, &query, Some(&set)).expect("gathered");
    let [kept, at_hand] = [1, gathered.query].map(|at| &gathered.dataset.queries[at].candidates);
    assert_eq!(kept, at_hand);
    assert_eq!(same(&gathered.vectors), same(&vectors));
    let alone = collection.gather(collection.without_queries().expect("empty"), &query, None).expect("gathered");
    assert_eq!((alone.dataset.queries.len(), alone.dataset.images.len(), alone.vectors.is_empty()), (1, 6, true));
}

fn same(table: &VectorTable) -> Vec<Option<Vec<f32>>> {
    (0..table.row_of_image.len()).map(|image| table.get(image).map(|vector| vector.into_owned())).collect()
}
