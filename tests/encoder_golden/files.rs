//! Pictures as they lie on disks: turned, transparent, damaged, lying about their size.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use crossrank::vision::{Preprocess, VisionError, decode, thumbnail};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

/// A smooth picture, so that JPEG changes it little: red grows to the right, green downwards.
pub fn gradient(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| Rgb([(255 * x / width.max(1)) as u8, (255 * y / height.max(1)) as u8, 64]))
}

/// A picture as a file's content.
pub fn encoded(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn refused(path: &Path) -> String {
    let message = decode(path).expect_err("the file should be refused").to_string();
    assert!(message.ends_with(&path.display().to_string()), "no path in: {message}");
    message
}

fn file(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Puts an EXIF block with an orientation behind the start marker of a JPEG.
fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let length = (exif.len() + 2) as u16;
    [&jpeg[..2], &[0xFF, 0xE1], &length.to_be_bytes(), &exif, &jpeg[2..]].concat()
}

#[test]
fn a_photo_taken_upright_stands_upright() {
    let folder = tempfile::tempdir().unwrap();
    let jpeg = encoded(&gradient(48, 32), ImageFormat::Jpeg);
    let plain = decode(&file(&folder, "plain.jpg", &jpeg)).unwrap();
    let turned = decode(&file(&folder, "turned.jpg", &with_orientation(&jpeg, 6))).unwrap();
    assert_eq!(turned.dimensions(), (32, 48));
    assert_eq!(turned, image::imageops::rotate90(&plain));
    let small = thumbnail(&folder.path().join("turned.jpg"), 24).unwrap();
    assert_eq!((small.width, small.height, small.rgba.len()), (16, 24, 16 * 24 * 4));
}

#[test]
fn transparent_parts_are_white() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.png");
    let picture = RgbaImage::from_fn(3, 1, |x, _| Rgba([200, 0, 100, [0, 255, 51][x as usize]]));
    DynamicImage::from(picture).save(&path).unwrap();
    let pixels: Vec<[u8; 3]> = decode(&path).unwrap().pixels().map(|pixel| pixel.0).collect();
    assert_eq!(pixels, [[255, 255, 255], [200, 0, 100], [244, 204, 224]]);
}

#[test]
fn a_picture_is_known_by_its_content_whatever_it_is_called() {
    let folder = tempfile::tempdir().unwrap();
    for (name, format) in [("a.jpg", ImageFormat::Png), ("b", ImageFormat::Bmp), ("c.txt", ImageFormat::Gif)] {
        let path = file(&folder, name, &encoded(&gradient(9, 7), format));
        assert_eq!(decode(&path).unwrap().dimensions(), (9, 7), "{name}");
    }
}

#[test]
fn no_prefix_of_a_jpeg_or_png_passes_for_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    for (name, format) in [("a.jpg", ImageFormat::Jpeg), ("a.png", ImageFormat::Png)] {
        let whole = encoded(&gradient(64, 48), format);
        // The last bytes of a PNG are its end mark and checksum; a picture is whole without them.
        let end = if format == ImageFormat::Png { whole.len() - 12 } else { whole.len() };
        for length in (0..end - 8).step_by(11).chain([end - 2]) {
            refused(&file(&folder, name, &whole[..length]));
        }
    }
}

#[test]
fn a_file_of_no_bytes_or_of_other_content_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    assert!(refused(&file(&folder, "empty.jpg", b"")).contains("empty"));
    refused(&file(&folder, "text.jpg", b"This is no picture."));
    refused(&file(&folder, "text", b"This is no picture."));
    refused(&file(&folder, "noise.tga", &[7; 40]));
    refused(&folder.path().join("absent.jpg"));
    assert!(refused(folder.path()).contains("no file"));
}

#[test]
fn flipped_bytes_never_panic() {
    let folder = tempfile::tempdir().unwrap();
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::WebP] {
        let whole = encoded(&gradient(24, 16), format);
        for at in (0..whole.len()).step_by(3) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0xA5;
            // Either is fine: a picture, or an error.
            let _ = decode(&file(&folder, "flipped", &bytes));
        }
    }
}

#[test]
fn a_small_file_that_claims_billions_of_pixels_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut jpeg = encoded(&gradient(16, 16), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].fill(0xFF);
    let mut bmp = encoded(&gradient(16, 16), ImageFormat::Bmp);
    bmp[18..22].copy_from_slice(&60_000u32.to_le_bytes());
    bmp[22..26].copy_from_slice(&60_000u32.to_le_bytes());
    for (name, bytes) in [("a.jpg", jpeg), ("a.bmp", bmp), ("a.ppm", b"P6 4000000000 4000000000 255 ".to_vec())] {
        let started = std::time::Instant::now();
        refused(&file(&folder, name, &bytes));
        assert!(started.elapsed().as_secs() < 2, "{name}");
    }
    let large = file(&folder, "large.pgm", b"P5 20000 20000 255 ");
    assert!(matches!(decode(&large), Err(VisionError::TooLarge { width: 20000, height: 20000, .. })));
}

#[test]
fn a_thumbnail_keeps_the_proportions_and_is_never_larger_than_the_picture() {
    let folder = tempfile::tempdir().unwrap();
    let size = |width, height, side| {
        let path = file(&folder, "a.png", &encoded(&gradient(width, height), ImageFormat::Png));
        let small = thumbnail(&path, side).unwrap();
        assert_eq!(small.rgba.len(), (small.width * small.height * 4) as usize);
        assert!(small.rgba.chunks_exact(4).all(|pixel| pixel[3] == 255));
        (small.width, small.height)
    };
    assert_eq!(size(200, 100, 64), (64, 32));
    assert_eq!(size(30, 50, 64), (30, 50));
    assert_eq!(size(3000, 1, 64), (64, 1));
    assert_eq!(size(5, 5, 0), (1, 1));
}

#[test]
fn a_ribbon_of_a_picture_is_cut_like_any_other() {
    for (width, height) in [(60_000, 1), (1, 60_000), (1, 1), (224, 225), (3, 700)] {
        let input = Preprocess::imagenet().apply(&gradient(width, height)).unwrap();
        assert_eq!((input.side, input.data.len()), (224, 3 * 224 * 224), "{width} × {height}");
        assert!(input.data.iter().all(|value| value.is_finite()));
    }
}

#[test]
fn settings_that_make_no_sense_are_an_error() {
    let picture = gradient(20, 20);
    for change in [
        |preprocess: &mut Preprocess| preprocess.crop = 0,
        |preprocess: &mut Preprocess| preprocess.crop = 257,
        |preprocess: &mut Preprocess| preprocess.resize = 1_000_000,
        |preprocess: &mut Preprocess| preprocess.std[1] = 0.0,
    ] {
        let mut preprocess = Preprocess::imagenet();
        change(&mut preprocess);
        assert!(matches!(preprocess.apply(&picture), Err(VisionError::Preprocess(_))));
    }
}
