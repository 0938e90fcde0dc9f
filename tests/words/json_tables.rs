//! Words in JSON that speaks of many pictures.

use crossrank::base::Rng;
use crossrank::index::{Mapping, preview};

use super::Folder;
use crate::loading::mutation::damaged;

const CAPTIONS: &str = r#"{"info": {"year": 2017}, "licenses": [{"id": 4, "name": "CC BY 2.0", "url": "x"}],
    "annotations": [{"image_id": 9, "id": 1, "caption": "A mill\n"}, {"image_id": 9, "id": 2, "caption": "A wheel"},
    {"image_id": 8, "id": 3, "caption": "A dog"}, {"image_id": 7, "id": 4, "caption": "Elsewhere"}],
    "images": [{"id": 9, "file_name": "mill.jpg", "license": 4, "width": 640}, {"id": 8, "file_name": "1.jpg"}]}"#;
const INSTANCES: &str = r#"{"images": [{"id": "m", "file_name": "mill.jpg"}],
    "annotations": [{"image_id": "m", "category_id": 3, "segmentation": [[1.5, 2.5]], "bbox": [0, 0, 1, 1]},
    {"image_id": "m", "category_id": 3}, {"image_id": "m", "category_id": 10}],
    "categories": [{"id": 3, "name": "traffic light", "supercategory": "outdoor"}, {"id": 10, "name": "boat"}]}"#;

fn with(name: &str, content: &str) -> Folder {
    Folder::new(&[("photos/mill.jpg", "x"), ("photos/1.jpg", "x"), (name, content)])
}

#[test]
fn captions_and_categories_of_coco_are_read_in_any_order_of_the_file() {
    let folder = with("annotations/captions.json", CAPTIONS);
    folder.write("annotations/instances.json", INSTANCES.as_bytes());
    let read = folder.read();
    let words = read.words("photos/mill.jpg");
    assert_eq!(words.captions, ["A mill", "A wheel"]);
    assert_eq!(words.tags, ["traffic light", "boat"]);
    assert_eq!(words.license, "CC BY 2.0");
    assert_eq!(read.words("photos/1.jpg").captions, ["A dog"]);
    assert_eq!((read.outcome.rows.read, read.outcome.rows.without_picture), (8, 1));
    let previews = preview(&folder.list(), &Mapping::default());
    assert_eq!((previews[0].named, previews[1].named, previews[1].columns[2].values.len()), (4, 3, 3));
}

#[test]
fn lists_of_objects_and_objects_by_picture_are_tables() {
    let captions = |content: &str| with("about.json", content).words("photos/mill.jpg").captions.join("|");
    assert_eq!(
        captions(r#"[{"file": "mill.jpg", "caption": "A mill"}, 3, {"file": "mill.jpg", "caption": "A wheel"}]"#),
        "A mill|A wheel"
    );
    let karpathy = r#"{"dataset": "flickr8k", "images": [{"filename": "mill.jpg", "split": "train",
        "sentences": [{"tokens": ["a", "mill"], "raw": "A mill"}, {"raw": "A wheel"}]}]}"#;
    assert_eq!(captions(karpathy), "A mill|A wheel");
    assert_eq!(
        with("about.json", karpathy).words("photos/mill.jpg").columns,
        [("split".to_owned(), "train".to_owned())]
    );
    assert_eq!(captions(r#"{"mill.jpg": ["A mill", "A wheel"], "1.jpg": ["A dog"]}"#), "A mill|A wheel");
    assert_eq!(captions(r#"{"mill.jpg": {"caption": "A mill"}, "1.jpg": {"caption": "A dog"}}"#), "A mill");
    assert_eq!(captions(r#"{"mill.jpg": "A mill", "1.jpg": "A dog"}"#), "A mill");
    assert_eq!(captions("{\"file\": \"mill.jpg\", \"text\": \"A mill\"}\n{\"file\": \"1.jpg\"}\n"), "A mill", "lines");
    assert_eq!(captions("\u{feff}[{\"file\": \"mill.jpg\", \"text\": \"A mill\"}]"), "A mill");
    assert_eq!(captions("{\"name\": \"package\", \"version\": \"1\"}"), "");
    assert_eq!(captions(&"[".repeat(1 << 20)), "");
    assert_eq!(captions(&"{\"a\":".repeat(1 << 20)), "");
}

#[test]
fn damaged_json_costs_only_its_own_words() {
    let mut rng = Rng::new(8);
    for good in [CAPTIONS, INSTANCES] {
        let folder = with("about.json", good);
        for _ in 0..300 {
            assert_eq!(folder.write("about.json", &damaged(good.as_bytes(), &mut rng)).read().paths().len(), 2);
        }
    }
    let read = with("about.json", &CAPTIONS[..CAPTIONS.len() - 30]).read();
    assert_eq!(read.paths().len(), 2);
}
