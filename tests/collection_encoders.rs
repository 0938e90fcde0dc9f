//! Which encoder a collection uses, and which suits it.

use crate::cli::{folder, object, program, sample};
use crossrank::dataset::{self, Reach, read_vectors};
use crossrank::index::{Collection, EncoderComparison, Suited};
use crossrank::vision::{Architecture, DeviceChoice, EncoderSpec};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// The bundled encoders, with the names of their vectors in the sample.
pub(crate) fn bundled() -> [(EncoderSpec, &'static str); 2] {
    let spec = |known| EncoderSpec::find(Some(known), None).expect("its weights are bundled");
    let [resnet, efficientnet] = Architecture::BUNDLED.map(spec);
    [(resnet, "embeddings"), (efficientnet, "embeddings-efficientnet-lite0")]
}

/// A collection of the sample's photos by the words in their names, without vectors.
pub(crate) fn photos(folder: &Path) -> Collection {
    let pictures = Path::new(&sample()).join("photos");
    let mut collection = Collection::create(folder, &pictures, Reach::Folder).expect("a collection");
    collection.update(&mut |_| ControlFlow::Continue(())).expect("words");
    collection
}

/// Takes the vectors that the sample ships, of the first `most` pictures.
pub(crate) fn take(collection: &Collection, (encoder, name): &(EncoderSpec, &str), most: usize) {
    let dataset = dataset::open(Path::new(&sample())).expect("the sample").dataset;
    let table = read_vectors(&dataset, &[*name], &mut |_| {}).expect("the sample's vectors");
    let rows = dataset.images.iter().enumerate().take(most);
    let mut vectors = rows.map(|(at, image)| (format!("{}.jpg", image.id), table.get(at).expect("a row").into_owned()));
    collection.take_vectors(encoder, &mut vectors, &mut |_| ControlFlow::Continue(())).expect("vectors");
}

fn in_use(collection: &Collection) -> Option<String> {
    collection.vectors_in_use().expect("sets").map(|set| set.info().name.clone())
}

fn compare(collection: &Collection) -> EncoderComparison {
    let go_on = &mut |_| ControlFlow::Continue(());
    collection.compare_encoders(&EncoderSpec::bundled(), DeviceChoice::Cpu, go_on).expect("compared")
}

#[test]
fn the_encoder_whose_neighbours_share_more_words_is_recommended() {
    let home = folder();
    let collection = photos(&home.path().join("own"));
    let wants = |encoder: &EncoderSpec| collection.wants_comparison(encoder);
    assert!(wants(&EncoderSpec::bundled()) && collection.compared().is_none());
    bundled().iter().for_each(|encoder| take(&collection, encoder, usize::MAX));
    let compared = compare(&collection);
    // Of 400 in the sample, two have only words that many have.
    assert_eq!((compared.of, compared.pictures, compared.k), (598, 398, 10));
    let [best, other] = &compared.encoders[..] else { panic!("{compared:?}") };
    assert_eq!((best.name.as_str(), other.name.as_str()), ("efficientnet-lite0", "resnet50-thin"));
    assert!(best.share > other.share + 0.03 && other.share > compared.chance + 0.1, "{compared:?}");
    assert!(other.p < 0.01 && matches!(compared.suited(), Suited::One(one) if one == best), "{compared:?}");
    assert_eq!(compare(&collection), compared, "the same again");
    assert_eq!(collection.compared().as_ref(), Some(&compared));
    let mut third = EncoderSpec::bundled();
    third.feature.stage = 3;
    assert!(bundled().iter().all(|(encoder, _)| !wants(encoder)) && wants(&third));
    // It is only said: the first one stays in use until another is chosen.
    assert_eq!(in_use(&collection).as_deref(), Some("resnet50-thin"));
}

#[test]
fn equal_encoders_suit_equally_and_few_words_tell_nothing() {
    let home = folder();
    let collection = photos(&home.path().join("own"));
    let [resnet, efficientnet] = bundled();
    // The same vectors by the name of another encoder.
    let mut twin = efficientnet.clone();
    twin.0.preprocess.resize += 1;
    [&resnet, &efficientnet, &twin].into_iter().for_each(|encoder| take(&collection, encoder, usize::MAX));
    let compared = compare(&collection);
    assert_eq!(compared.encoders.len(), 3, "a further encoder with vectors is compared, too");
    assert_eq!((compared.encoders[0].share, compared.encoders[1].p), (compared.encoders[1].share, 1.0));
    assert!(matches!(compared.suited(), Suited::Several([_, _])) && compared.recommended().is_none(), "{compared:?}");
    assert!(compared.sentence().contains("suit these pictures about equally"), "{}", compared.sentence());

    let few = home.path().join("few");
    std::fs::create_dir(&few).expect("a folder");
    for at in 0..40 {
        let name = format!("a brown bear {at}.jpg");
        std::fs::write(few.join(&name), b"not looked at").expect("written");
    }
    let mut collection = Collection::create(&home.path().join("few.own"), &few, Reach::Folder).expect("a collection");
    collection.update(&mut |_| ControlFlow::Continue(())).expect("words");
    let compared = compare(&collection);
    assert_eq!(compared.suited(), Suited::Unknown);
    assert!(compared.sentence().contains("too few of them have words"), "{}", compared.sentence());
    assert!(collection.vector_sets().expect("sets").is_empty(), "nothing was computed for it");
}

#[test]
fn a_choice_counts_once_all_pictures_have_been_seen_and_opens_as_the_data_set_s_first_vectors() {
    let home = folder();
    let collection = photos(&home.path().join("own"));
    let [resnet, efficientnet] = bundled();
    assert!(collection.choice().is_none() && in_use(&collection).is_none());
    take(&collection, &resnet, usize::MAX);
    take(&collection, &efficientnet, 300);
    let choice = collection.choice().expect("the first one is chosen");
    assert!(choice.encoder == resnet.0 && !choice.by_hand);
    let sources = || -> Vec<String> {
        let loaded = dataset::open(collection.folder()).expect("opened");
        loaded.dataset.vectors.iter().map(|source| source.name.clone()).collect()
    };
    assert_eq!(sources(), ["resnet50-thin"], "a sample is no data set's vectors");
    collection.choose(&efficientnet.0, true).expect("chosen");
    assert_eq!(in_use(&collection).as_deref(), Some("resnet50-thin"), "until the other has seen all pictures");
    take(&collection, &efficientnet, usize::MAX);
    assert_eq!(in_use(&collection).as_deref(), Some("efficientnet-lite0"));
    assert_eq!(sources(), ["efficientnet-lite0", "resnet50-thin"]);
    collection.choose(&resnet.0, true).expect("chosen");
    assert_eq!(sources(), ["resnet50-thin", "efficientnet-lite0"]);
    // A choice that cannot be read, or of a set that is gone, is none.
    std::fs::write(home.path().join("own/vectors/choice.json"), "{").expect("written");
    assert!(collection.choice().is_none() && in_use(&collection).is_some());
}

#[test]
fn a_collection_from_before_choices_had_a_file_stays_with_its_own_encoder() {
    let home = folder();
    let collection = photos(&home.path().join("own"));
    let [resnet, efficientnet] = bundled();
    take(&collection, &efficientnet, usize::MAX);
    let file = home.path().join("own/vectors/choice.json");
    std::fs::remove_file(&file).expect("there is one");
    let choice = collection.choice().expect("its own");
    assert!(choice.encoder == efficientnet.0 && !choice.by_hand);
    take(&collection, &resnet, usize::MAX);
    assert!(file.is_file() && collection.choice().is_some_and(|choice| choice.encoder == efficientnet.0));
    assert_eq!(in_use(&collection).as_deref(), Some("efficientnet-lite0"));
}

#[test]
fn choosing_while_another_process_updates_spoils_neither() {
    let home = folder();
    let collection = photos(&home.path().join("own"));
    let [resnet, efficientnet] = bundled();
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut other = Collection::open(collection.folder()).expect("opened");
            for _ in 0..5 {
                other.update(&mut |_| ControlFlow::Continue(())).expect("updated");
            }
            is_done.store(true, Ordering::Relaxed);
        });
        let mut chosen = 0;
        while !is_done.load(Ordering::Relaxed) || chosen < 10 {
            let encoder = if chosen % 2 == 0 { &resnet } else { &efficientnet };
            collection.choose(&encoder.0, true).expect("chosen");
            assert!(collection.choice().is_some_and(|choice| choice.encoder == encoder.0));
            chosen += 1;
        }
    });
    let again = Collection::open(collection.folder()).expect("still one");
    assert!(again.count() == 598 && again.choice().is_some());
}

#[test]
fn collect_says_which_encoder_suits_and_uses_the_one_it_is_given() {
    let home = folder();
    let own = home.path().join("own");
    let collection = photos(&own);
    bundled().iter().for_each(|encoder| take(&collection, encoder, usize::MAX));
    let pictures = Path::new(&sample()).join("photos");
    let run = |more: &[&str]| {
        let mut program = program(home.path());
        program.arg("collect").arg(&pictures).arg("--out").arg(&own).args(more).output().expect("it runs")
    };
    let report = object(&run(&["--json"]));
    let (encoders, vectors) = (&report["encoders"], &report["vectors"]);
    assert_eq!(encoders["recommended"], "efficientnet-lite0", "{report}");
    assert_eq!((&encoders["k"], &encoders["pictures"]), (&10.into(), &398.into()));
    assert!(encoders["says"].as_str().is_some_and(|says| says.contains("suits these pictures better: ")), "{encoders}");
    assert!(encoders["encoders"][0]["share"].as_f64() > encoders["encoders"][1]["share"].as_f64());
    assert_eq!((&vectors["encoder"], &vectors["unchanged"]), (&"resnet50-thin".into(), &598.into()));
    let text = String::from_utf8(run(&[]).stdout).expect("text");
    assert!(text.contains("To use it: --encoder efficientnet-lite0\n"), "{text}");
    let report = object(&run(&["--json", "--encoder", "efficientnet-lite0"]));
    assert_eq!(report["vectors"]["encoder"], "efficientnet-lite0");
    assert_eq!(in_use(&collection).as_deref(), Some("efficientnet-lite0"));
    let text = String::from_utf8(run(&[]).stdout).expect("text");
    assert!(text.contains("vectors by efficientnet-lite0: 0 computed") && !text.contains("To use it"), "{text}");
    let none = object(&run(&["--json", "--no-vectors"]));
    assert_eq!((&none["encoders"], &none["vectors"]), (&serde_json::Value::Null, &serde_json::Value::Null));
    let text = String::from_utf8(run(&["--no-vectors"]).stdout).expect("text");
    assert!(text.contains("encoders not compared, as no vectors are wanted"), "{text}");
}
