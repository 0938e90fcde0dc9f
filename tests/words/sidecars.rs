//! Words in files beside a picture.

use crossrank::dataset::WarningKind;
use crossrank::index::Origin;

use super::Folder;

/// The words of a photo with one file beside it.
fn beside(name: &str, content: &[u8]) -> crossrank::index::Words {
    Folder::new(&[]).photo("mill.jpg").write(name, content).words("mill.jpg")
}

#[test]
fn a_text_file_holds_captions_or_keywords() {
    let words = beside("mill.txt", "An old mill\n\nWater runs over the wheel. #Mill #water\n".as_bytes());
    assert_eq!(words.captions, ["An old mill", "Water runs over the wheel. #Mill #water"]);
    assert_eq!(words.tags, ["Mill", "water"]);
    assert_eq!(words.origins, [Origin::Text, Origin::Names]);
    let words = beside("mill.jpg.txt", b"1girl, old mill, water");
    assert_eq!((words.tags.len(), words.captions.len()), (3, 0));
    let long = (0..20).map(|line| format!("line {line}\n")).collect::<String>();
    assert!(beside("mill.caption", long.as_bytes()).description.starts_with("line 0 line 1"));
}

#[test]
fn texts_of_any_encoding_are_read_and_what_is_no_text_is_not() {
    assert_eq!(beside("mill.txt", b"Caf\xe9 \x93au lait\x94").captions, ["Café “au lait”"]);
    let wide: Vec<u8> = "\u{feff}東京の塔".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(beside("mill.txt", &wide).captions, ["東京の塔"]);
    assert_eq!(beside("mill.txt", b"\xef\xbb\xbfold").captions, ["old"]);
    for nothing in [b"".as_slice(), b"\n\n", b"0 0.5 0.5 0.25 0.25\n1 0.1 0.1 0.2 0.2\n"] {
        let words = beside("mill.txt", nothing);
        assert_eq!((words.captions.len(), words.origins.as_slice()), (0, [Origin::Names].as_slice()));
    }
}

#[test]
fn a_text_of_any_size_is_read_only_at_its_start() {
    let folder = Folder::new(&[]);
    folder.photo("mill.jpg").write("mill.txt", b"An old mill\n");
    // Five gigabytes, of which the disk holds none.
    let file = std::fs::OpenOptions::new().write(true).open(folder.path("mill.txt")).unwrap();
    file.set_len(5 << 30).unwrap();
    let started = std::time::Instant::now();
    assert_eq!(folder.words("mill.jpg").captions, ["An old mill"]);
    assert!(started.elapsed().as_secs() < 2);
}

#[test]
fn takeouts_metadata_is_read() {
    let json = r#"{"title": "mill.jpg", "description": "The old mill", "imageViews": "12",
        "creationTime": {"timestamp": "1600000000", "formatted": "13 Sept 2020"},
        "photoTakenTime": {"timestamp": "1564597416", "formatted": "31 Jul 2019, 18:23:36 UTC"},
        "geoData": {"latitude": 50.5, "longitude": 4.25, "altitude": 0.0},
        "geoDataExif": {"latitude": 0.0, "longitude": 0.0}, "people": [{"name": "Ann"}, {"name": "Bob"}],
        "url": "https://photos.example.org/x"}"#;
    for name in ["mill.jpg.json", "mill.jpg.supplemental-metadata.json", "mill.json"] {
        let words = beside(name, json.as_bytes());
        assert_eq!((words.title.as_str(), words.description.as_str()), ("", "The old mill"), "{name}");
        assert_eq!((words.date, words.location), (Some(1_564_597_416), Some((50.5, 4.25))));
        assert_eq!(words.tags, ["Ann", "Bob"]);
    }
}

#[test]
fn metadata_of_downloaders_is_read() {
    let instaloader = r##"{"node": {"edge_media_to_caption": {"edges": [{"node": {"text": "At the mill"}}]},
        "taken_at_timestamp": 1564597416, "owner": {"username": "ann"}, "accessibility_caption": "May be a mill",
        "location": {"name": "Damme", "lat": 51.25, "lng": 3.28},
        "edge_media_to_comment": {"edges": [{"node": {"text": "nice!"}}]}}}"##;
    let words = beside("mill.json", instaloader.as_bytes());
    assert_eq!((words.captions.join("|"), words.description.as_str()), ("At the mill".to_owned(), "May be a mill"));
    assert_eq!((words.date, words.author.as_str()), (Some(1_564_597_416), "ann"));
    assert_eq!((words.places.join("|").as_str(), words.location), ("Damme", Some((51.25, 3.28))));

    let flickr = r#"{"photo": {"title": {"_content": "Mill"}, "description": {"_content": "Seen in Damme"},
        "tags": {"tag": [{"raw": "old mill", "_content": "oldmill"}, {"raw": "water"}]},
        "dates": {"taken": "2019-07-31 18:23:36"}, "owner": {"realname": "Ann Smith"},
        "comments": {"_content": "3"}}, "stat": "ok"}"#;
    let words = beside("mill.jpg.json", flickr.as_bytes());
    assert_eq!((words.title.as_str(), words.description.as_str()), ("Mill", "Seen in Damme"));
    assert_eq!((words.tags.join("|").as_str(), words.author.as_str()), ("old mill|water", "Ann Smith"));
    assert_eq!(words.date, Some(1_564_597_416));

    let exiftool = r#"[{"SourceFile": "mill.jpg", "Title": "Mill", "Keywords": ["a", "b c"], "GPSLatitude": 50.5,
        "GPSLongitude": -4.25, "DateTimeOriginal": "2019:07:31 18:23:36", "Artist": "Ann", "City": "Damme"}]"#;
    let words = beside("mill.json", exiftool.as_bytes());
    assert_eq!((words.title.as_str(), words.author.as_str(), words.tags.join("|").as_str()), ("Mill", "Ann", "a|b c"));
    assert_eq!((words.location, words.places.join("|").as_str()), (Some((50.5, -4.25)), "Damme"));

    let img2dataset = r#"{"caption": "an old mill", "url": "https://example.org/a.jpg", "key": "000", "status": "success",
        "error_message": null, "width": 256, "exif": "{\"Image Artist\": \"x\"}"}"#;
    assert_eq!(beside("mill.json", img2dataset.as_bytes()).captions, ["an old mill"]);
}

#[test]
fn xmp_files_are_read_in_both_of_their_forms() {
    let elements = r#"<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF>
        <rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/'>
        <dc:title><rdf:Alt><rdf:li xml:lang='x-default'>Mill &amp; water&#10;wheel</rdf:li>
        <rdf:li xml:lang='fr'>Moulin</rdf:li></rdf:Alt></dc:title>
        <dc:subject><rdf:Bag><rdf:li>mill</rdf:li><rdf:li>water, wheel</rdf:li></rdf:Bag></dc:subject>
        <dc:creator><rdf:Seq><rdf:li>Ann</rdf:li></rdf:Seq></dc:creator>
        <lr:hierarchicalSubject><rdf:Bag><rdf:li>Places|Flanders|Damme</rdf:li></rdf:Bag></lr:hierarchicalSubject>
        <exif:GPSLatitude>50,30.0N</exif:GPSLatitude><exif:GPSLongitude>4,15,0W</exif:GPSLongitude>
        <xmp:CreateDate>2020-01-01T00:00:00</xmp:CreateDate>
        <exif:DateTimeOriginal>2019-07-31T18:23:36.5+02:00</exif:DateTimeOriginal>
        </rdf:Description></rdf:RDF></x:xmpmeta>"#;
    let words = beside("mill.xmp", elements.as_bytes());
    assert_eq!((words.title.as_str(), words.captions.join("|").as_str()), ("Mill & water wheel", "Moulin"));
    assert_eq!(words.tags, ["mill", "water, wheel", "Places", "Flanders", "Damme"]);
    assert_eq!((words.author.as_str(), words.location), ("Ann", Some((50.5, -4.25))));
    assert_eq!(words.date, Some(1_564_590_216), "when it was taken, in its own time zone");
    assert_eq!(words.origins, [Origin::Sidecar, Origin::Names]);

    let attributes = r#"<x:xmpmeta><rdf:RDF><rdf:Description photoshop:City="Damme" photoshop:Country="Belgium"
        photoshop:Headline="Old &quot;mill&quot;" xmp:Rating="4" photoshop:DateCreated="2019-07-31"/></rdf:RDF>"#;
    let words = beside("mill.jpg.xmp", attributes.as_bytes());
    assert_eq!((words.title.as_str(), words.places.join("|").as_str()), ("Old \"mill\"", "Damme|Belgium"));
    assert_eq!((words.date, words.columns.len()), (Some(1_564_531_200), 1));
}

#[test]
fn a_damaged_file_costs_only_its_own_words() {
    let folder = Folder::new(&[("mill.json", "{\"title\": "), ("mill.txt", "An old mill"), ("b.xmp", "<<<>")]);
    folder.photo("mill.jpg").photo("b.jpg");
    let read = folder.read();
    assert_eq!(read.words("mill.jpg").captions, ["An old mill"]);
    assert!(read.warnings.iter().all(|warning| warning.kind == WarningKind::BadFile));
    assert!(read.warnings.iter().any(|warning| warning.file.ends_with("mill.json")), "{:?}", read.warnings);
}
