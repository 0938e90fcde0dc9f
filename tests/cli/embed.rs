//! `crossrank embed`.

use super::{errors, folder, object, program, sample};
use candle_core::{DType, Device, Tensor};
use crossrank::vision::{Architecture, bundled_weights};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Three photos of the sample and one file that is not a picture.
pub(crate) fn few_pictures() -> TempDir {
    let folder = folder();
    let mut table = "id,file\n".to_owned();
    let mut photos: Vec<PathBuf> = fs::read_dir(Path::new(&sample()).join("photos"))
        .expect("photos")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    photos.sort();
    for (number, photo) in photos.iter().take(3).enumerate() {
        fs::copy(photo, folder.path().join(format!("{number}.jpg"))).expect("copied");
        table += &format!("{number},{number}.jpg\n");
    }
    fs::write(folder.path().join("broken.jpg"), "no picture").expect("written");
    fs::write(folder.path().join("images.csv"), table + "broken,broken.jpg\n").expect("written");
    fs::write(folder.path().join("candidates.csv"), "query,image\nq,0\nq,1\nq,2\nq,broken\n").expect("written");
    folder
}

#[test]
fn embed_writes_vectors_computes_nothing_twice_and_skips_a_broken_picture() {
    let (home, data) = (folder(), few_pictures());
    let path = data.path().display().to_string();
    let embed = |out: &str| {
        let out = home.path().join(out).display().to_string();
        object(
            &program(home.path()).args(["embed", &path, "--json", "--out", &out]).output().expect("the program runs"),
        )
    };
    let first = embed("a.safetensors");
    assert_eq!((&first["embedded"], &first["cached"], &first["dim"]), (&3.into(), &0.into(), &1024.into()));
    assert_eq!((&first["failed"][0]["image"], &first["encoder"]), (&"broken".into(), &"resnet50-thin".into()));
    let again = embed("b.npy");
    assert_eq!((&again["embedded"], &again["cached"]), (&0.into(), &3.into()));
    assert!(home.path().join("a.safetensors").is_file() && home.path().join("b.ids.txt").is_file());
}

#[test]
fn embed_takes_the_other_bundled_network_by_name_and_names_what_it_ignores_in_a_file() {
    let (home, data) = (folder(), few_pictures());
    let path = data.path().display().to_string();
    let embed = |more: &[&str]| program(home.path()).args(["embed", &path]).args(more).output().expect("it runs");
    let lite = object(&embed(&["--json", "--encoder", "efficientnet-lite0"]));
    assert_eq!((&lite["encoder"], &lite["dim"]), (&"efficientnet-lite0".into(), &1280.into()));
    assert_eq!((&lite["preprocess"]["interpolation"], &lite["ignored_tensors"]), (&"bicubic".into(), &json!([])));
    // Neither network uses the other's vectors.
    let usual = object(&embed(&["--json"]));
    assert_eq!((&usual["embedded"], &usual["cached"]), (&3.into(), &0.into()));
    assert_eq!(object(&embed(&["--json", "--encoder", "efficientnet-lite0"]))["cached"], 3);
    // The same weights beside a head, in a file that another program may have written.
    let weights = home.path().join("lite.safetensors");
    let bundled = bundled_weights(Architecture::EfficientNetLite0).expect("bundled");
    let mut tensors = candle_core::safetensors::load_buffer(bundled, &Device::Cpu).expect("tensors");
    tensors = tensors.into_iter().map(|(name, tensor)| (format!("model.{name}"), tensor)).collect();
    tensors.insert("head.bias".to_owned(), Tensor::zeros(3, DType::F32, &Device::Cpu).expect("zeros"));
    candle_core::safetensors::save(&tensors, &weights).expect("written");
    let file = weights.display().to_string();
    let found = object(&embed(&["--json", "--weights", &file]));
    assert_eq!((&found["architecture"], &found["dim"]), (&"efficientnet-lite0".into(), &1280.into()));
    assert_eq!(found["ignored_tensors"], json!(["head.bias"]));
    let text = String::from_utf8(embed(&["--weights", &file]).stdout).expect("text");
    assert!(text.contains("not of the network and ignored: head.bias"), "{text}");
}

#[test]
fn embed_takes_any_folder_of_pictures_and_another_layer_of_the_network() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (index, name) in ["b/one.png", "two.png", "a/three.png"].into_iter().enumerate() {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        image::RgbImage::from_pixel(40, 30, image::Rgb([60 * index as u8, 90, 20])).save(path).unwrap();
    }
    let out = folder.path().join("vectors.npy");
    let args = ["embed", "--json", "--stage", "2", "--pooling", "gem", "--out"];
    let output = program(home.path()).args(args).arg(&out).arg(folder.path()).output().expect("the program runs");
    let report = object(&output);
    assert_eq!((&report["images"], &report["embedded"], &report["dim"]), (&3.into(), &3.into(), &256.into()));
    assert_eq!((&report["stage"], &report["pooling"]), (&2.into(), &"gem".into()));
    let ids = std::fs::read_to_string(folder.path().join("vectors.ids.txt")).unwrap();
    assert_eq!(ids.lines().collect::<Vec<_>>(), ["three", "one", "two"]);
    // Two components of length 1.
    let out = folder.path().join("small.npy");
    let args = ["embed", "--json", "--whiten", "2", "--l2", "--out"];
    let output = program(home.path()).args(args).arg(&out).arg(folder.path()).output().expect("the program runs");
    assert_eq!((&object(&output)["dim"], &object(&output)["images"]), (&2.into(), &3.into()));
    let matrix = crossrank::dataset::read_npy(&out).unwrap();
    let lengths = matrix.data.chunks(2).map(|row| row[0].hypot(row[1]));
    assert!(lengths.clone().count() == 3 && lengths.clone().all(|length| (length - 1.0).abs() < 1e-4));
    // A folder without pictures is reported as such.
    let empty = tempfile::tempdir().unwrap();
    let output = program(home.path()).arg("embed").arg(empty.path()).output().expect("the program runs");
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("the folder is empty"));
}

#[test]
fn embed_on_an_unavailable_device_says_so_and_uses_the_cpu() {
    let (home, data) = (folder(), few_pictures());
    let path = data.path().display().to_string();
    let output = program(home.path())
        .args(["embed", &path, "--json", "--device", crate::encoder_golden::devices::ABSENT.name()])
        .output()
        .expect("the program runs");
    let report = object(&output);
    assert_eq!((&report["device"], &report["embedded"]), (&"cpu".into(), &3.into()));
    let notes = errors(&output);
    assert_eq!(notes.matches("cannot be used; using the CPU instead: ").count(), 1, "{notes}");
}
