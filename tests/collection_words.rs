//! Collections whose words were split otherwise than this process splits them.

use crate::cli::{errors, folder, object, program};
use crossrank::dataset::Reach;
use crossrank::index::Collection;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

/// A collection of pictures that are called in Korean.
fn collected(home: &Path) -> Collection {
    let pictures = home.join("photos");
    fs::create_dir_all(&pictures).expect("a folder");
    for (name, text) in [("a", "남산 서울타워에서"), ("b", "부산 바다"), ("c", "a windmill")] {
        fs::write(pictures.join(format!("{name}.jpg")), "x").expect("written");
        fs::write(pictures.join(format!("{name}.txt")), text).expect("written");
    }
    let mut collection = Collection::create(&home.join("own"), &pictures, Reach::Folder).expect("a collection");
    collection.update(&mut |_| ControlFlow::Continue(())).expect("read");
    collection
}

/// The pictures that have the words, and what is said beside them.
fn search(home: &Path, words: &str, dictionaries: Option<&Path>) -> (Vec<String>, String) {
    let mut command = program(home);
    command.arg("search").arg(home.join("own")).args([words, "--json"]);
    if let Some(dictionaries) = dictionaries {
        command.env("CROSSRANK_DICTIONARIES", dictionaries);
    }
    let output = command.output().expect("it runs");
    let results = object(&output)["results"].as_array().expect("a list").clone();
    let found = results.iter().filter(|result| !result["text_rank"].is_null());
    let images = found.map(|result| result["image"].as_str().expect("a path").to_owned());
    (images.collect(), errors(&output))
}

fn collect(home: &Path, dictionaries: Option<&Path>) -> (serde_json::Value, String) {
    let mut command = program(home);
    command.arg("collect").arg(home.join("photos")).arg("--out").arg(home.join("own"));
    if let Some(dictionaries) = dictionaries {
        command.env("CROSSRANK_DICTIONARIES", dictionaries);
    }
    let output = command.args(["--no-vectors", "--json"]).output().expect("it runs");
    (object(&output), errors(&output))
}

#[test]
fn words_that_were_split_otherwise_are_indexed_anew_without_the_pictures_being_read() {
    let home = folder();
    drop(collected(home.path()));
    let path = home.path().join("own/collection.json");
    let text = fs::read_to_string(&path).expect("read");
    assert!(text.contains("\"words\": \"pairs\""), "{text}");
    fs::write(&path, text.replace("\"pairs\"", "\"ko:0123456789ab\"")).expect("written");
    let (found, said) = search(home.path(), "서울", None);
    assert_eq!(found, ["a.jpg"]);
    assert!(said.contains("indexed otherwise"), "{said}");
    let (outcome, said) = collect(home.path(), None);
    assert_eq!(
        (&outcome["indexed_anew"], &outcome["read"], &outcome["unchanged"]),
        (&true.into(), &0.into(), &3.into())
    );
    assert!(said.contains("indexed anew"), "{said}");
    let (found, said) = search(home.path(), "windmills", None);
    assert_eq!((found, said.contains("otherwise")), (vec!["c.jpg".to_owned()], false), "{said}");
    assert_eq!(collect(home.path(), None).0["indexed_anew"], false);
    // One of a version that did not count what its index has.
    let text = fs::read_to_string(&path).expect("read");
    let before = text.lines().filter(|line| !line.contains("\"indexed\"")).collect::<Vec<_>>().join("\n");
    assert!(before.len() < text.len());
    fs::write(&path, before).expect("written");
    assert!(search(home.path(), "windmills", None).1.contains("indexed otherwise"));
    let (outcome, said) = collect(home.path(), None);
    assert!(outcome["indexed_anew"] == true && outcome["read"] == 0 && said.contains("indexed anew"), "{said}");
    assert_eq!(collect(home.path(), None).0["indexed_anew"], false);
}

#[test]
fn phrases_of_several_words_are_found_in_scripts_without_spaces_between_words() {
    let home = folder();
    let pictures = home.path().join("photos");
    fs::create_dir_all(&pictures).expect("a folder");
    let albums = ["冬の 東京 夜景", "夜景 東京", "서울 남산 타워", "타워 서울", "Tokyo 東京 tower 夜景"];
    let mut table = "image,album\n".to_owned();
    for (number, album) in albums.into_iter().enumerate() {
        fs::write(pictures.join(format!("{number}.jpg")), "x").expect("written");
        table += &format!("{number}.jpg,{album}\n");
    }
    fs::write(pictures.join("albums.csv"), table).expect("written");
    collect(home.path(), None);
    for (words, found) in [
        ("album:\"冬の 東京 夜景\"", vec!["0.jpg"]),
        ("album:\"東京 夜景\"", vec!["0.jpg"]),
        ("album:\"夜景 東京\"", vec!["1.jpg"]),
        ("album:\"서울 남산 타워\"", vec!["2.jpg"]),
        ("album:\"타워 서울\"", vec!["3.jpg"]),
        ("album:\"tokyo 東京 tower 夜景\"", vec!["4.jpg"]),
        ("album:\"東京 tower\"", vec!["4.jpg"]),
        ("album:\"京 tower\"", vec!["4.jpg"]),
        ("album:\"tower 京\"", vec![]),
        ("album:東京", vec!["0.jpg", "1.jpg", "4.jpg"]),
        ("album:京", vec!["0.jpg", "1.jpg", "4.jpg"]),
    ] {
        let mut images = search(home.path(), words, None).0;
        images.sort();
        assert_eq!(images, found, "{words}");
    }
}

#[test]
fn a_dictionary_that_cannot_be_used_is_named() {
    let home = folder();
    drop(collected(home.path()));
    let (found, said) = search(home.path(), "서울", Some(&home.path().join("nothing")));
    assert_eq!(found, ["a.jpg"]);
    let reason = if cfg!(feature = "cjk") { "no folder ko, ja or zh" } else { "built without the feature cjk" };
    assert!(said.contains(reason), "{said}");
}

#[cfg(feature = "cjk")]
#[test]
fn words_are_found_by_a_dictionary_and_no_longer_by_pairs() {
    use lindera_dictionary::builder::DictionaryBuilder;
    use lindera_dictionary::dictionary::metadata::Metadata;
    let home = folder();
    drop(collected(home.path()));
    assert_eq!(search(home.path(), "울타", None).0, ["a.jpg"], "a pair of characters, and no word");
    let (source, dictionaries) = (home.path().join("source"), home.path().join("dictionaries"));
    fs::create_dir_all(&source).expect("a folder");
    let word = |surface: &str, kind: &str| format!("{surface},0,0,100,{kind},*,*,*,*,*,*,*,*\n");
    let words = [("남산", "NNP"), ("서울", "NNP"), ("타워", "NNG"), ("에서", "JKB"), ("부산", "NNP"), ("바다", "NNG")];
    fs::write(source.join("words.csv"), words.map(|(surface, kind)| word(surface, kind)).concat()).expect("written");
    fs::write(source.join("matrix.def"), "1 1\n0 0 0\n").expect("written");
    fs::write(source.join("char.def"), "DEFAULT 0 1 0\nSPACE 0 1 0\n0x0020 SPACE\n").expect("written");
    let stars = ",*".repeat(8);
    fs::write(source.join("unk.def"), format!("DEFAULT,0,0,5000,UNK{stars}\nSPACE,0,0,5000,UNK{stars}\n"))
        .expect("written");
    let built = DictionaryBuilder::new(Metadata::default()).build_dictionary(&source, &dictionaries.join("ko"));
    built.expect("a dictionary");
    let with = Some(dictionaries.as_path());
    assert_eq!(collect(home.path(), with).0["indexed_anew"], true);
    assert_eq!(search(home.path(), "타워", with).0, ["a.jpg"]);
    assert_eq!(search(home.path(), "바다에서", with).0, ["b.jpg"], "particles are no words");
    assert_eq!(search(home.path(), "울타", with).0, Vec::<String>::new());
    let (_, said) = search(home.path(), "타워", None);
    assert!(said.contains("indexed otherwise"), "{said}");
}
