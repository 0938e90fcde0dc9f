//! Words inside pictures. The files in tests/fixtures/pictures were written by ExifTool 12.57.

use std::path::Path;

use crossrank::index::{Origin, Words};

use super::Folder;

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pictures").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{error}: {}", path.display()))
}

fn words(name: &str) -> Words {
    let file = format!("IMG_0001.{}", name.rsplit('.').next().unwrap());
    Folder::new(&[]).write(&file, &fixture(name)).words(&file)
}

#[test]
fn exif_is_read() {
    let words = words("exif.jpg");
    assert_eq!(words.title, "The old mill 東京");
    assert_eq!(words.description, "seen at dusk");
    assert_eq!(words.captions, ["Flanders", "Moulin à eau, Damme", "東京 and the mill"]);
    assert_eq!(words.tags, ["mill", "water wheel"]);
    assert_eq!((words.author.as_str(), words.license.as_str()), ("Ann Smith", "(c) 2019 Ann Smith"));
    assert_eq!(words.date, Some(1_564_590_216), "18:23:36 two hours east of Greenwich");
    assert_eq!(words.location, Some((51.25, -3.5)));
    assert_eq!(words.columns, [("camera".to_owned(), "EOS 5D".to_owned())]);
    assert_eq!(words.origins, [Origin::Exif]);
}

#[test]
fn iptc_is_read_in_its_own_encoding() {
    let found = words("iptc.jpg");
    assert_eq!((found.title.as_str(), found.captions.join("|").as_str()), ("Old mill 東京", "Mill at dusk"));
    assert_eq!(found.description, "The mill of Damme");
    assert_eq!(found.tags, ["mill", "water wheel"]);
    assert_eq!(found.places, ["Dammse Vaart", "Damme", "Flanders", "Belgium"]);
    assert_eq!((found.author.as_str(), found.license.as_str()), ("Ann Smith", "(c) Ann"));
    assert_eq!(found.date, Some(1_564_590_216));
    assert_eq!(found.origins, [Origin::Iptc]);
    let found = words("latin.jpg");
    assert_eq!((found.description.as_str(), found.tags.join("|").as_str()), ("Café au lait", "été"));
}

#[test]
fn xmp_and_comments_are_read() {
    let words = words("xmp.jpg");
    assert_eq!((words.title.as_str(), words.description.as_str()), ("Old mill & wheel", "By the canal"));
    assert_eq!(words.captions, ["Vieux moulin", "seen on a bicycle"]);
    assert_eq!(words.tags, ["mill", "water wheel", "Places", "Damme", "Bob"]);
    assert_eq!(words.places, ["Damme", "Belgium"]);
    assert_eq!((words.author.as_str(), words.license.as_str()), ("Ann Smith", "CC BY 4.0"));
    assert_eq!((words.date, words.location), (Some(1_564_590_216), Some((51.25, -3.5))));
    assert_eq!(words.origins, [Origin::Xmp, Origin::Comment]);
}

#[test]
fn png_webp_and_tiff_are_read_too() {
    for name in ["all.png", "all.webp", "all.tif"] {
        let words = words(name);
        assert_eq!((words.title.as_str(), words.description.as_str()), ("Old mill", "Moulin à eau"), "{name}");
        assert_eq!((words.author.as_str(), words.location), ("Ann Smith", Some((51.25, 3.5))), "{name}");
        assert_eq!((words.date, words.tags[0].as_str()), (Some(1_564_597_416), "mill"), "{name}");
    }
    let png = words("all.png");
    assert_eq!((png.license.as_str(), png.captions.join("|").as_str()), ("CC0", "seen on a bicycle"));
    assert_eq!(words("all.tif").tags, ["mill", "wheel"]);
}

#[test]
fn a_file_beside_a_picture_comes_before_what_is_in_it() {
    let folder = Folder::new(&[("IMG_1.json", "{\"title\": \"From beside\"}")]);
    let words = folder.write("IMG_1.jpg", &fixture("xmp.jpg")).words("IMG_1.jpg");
    assert_eq!((words.title.as_str(), words.captions[0].as_str()), ("From beside", "Old mill & wheel"));
    assert_eq!(words.origins, [Origin::Json, Origin::Xmp, Origin::Comment]);
}

#[test]
fn pixels_are_never_read() {
    let folder = Folder::new(&[]);
    folder.write("IMG_0001.jpg", &fixture("xmp.jpg"));
    // A file of gigabytes, of which the disk holds none.
    let file = std::fs::OpenOptions::new().write(true).open(folder.path("IMG_0001.jpg")).unwrap();
    file.set_len(6 << 30).unwrap();
    let started = std::time::Instant::now();
    assert_eq!(folder.words("IMG_0001.jpg").title, "Old mill & wheel");
    assert!(started.elapsed().as_secs() < 2);
}

#[test]
fn damaged_pictures_have_the_words_before_the_damage() {
    let good = fixture("exif.jpg");
    for length in 0..good.len() {
        let words = Folder::new(&[]).write("IMG_0001.jpg", &good[..length]).words("IMG_0001.jpg");
        assert!(words == Words::default() || words.title == "The old mill 東京", "{length}: {words:?}");
    }
}
