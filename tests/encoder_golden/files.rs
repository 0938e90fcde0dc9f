//! Pictures as found on disk: rotated, transparent, damaged, with a wrong size.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use crossrank::vision::{
    DeviceChoice, Encoder, EncoderSpec, Preprocess, ThumbnailCache, VisionError, decode, decode_bytes, decode_for,
};
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

fn rejected(path: &Path) -> String {
    let message = decode(path).expect_err("the file should be rejected").to_string();
    assert!(message.ends_with(&path.display().to_string()), "no path in: {message}");
    message
}

fn file(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Inserts an EXIF block with an orientation after the start marker of a JPEG.
fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let length = (exif.len() + 2) as u16;
    [&jpeg[..2], &[0xFF, 0xE1], &length.to_be_bytes(), &exif, &jpeg[2..]].concat()
}

#[test]
fn a_rotated_photo_is_turned_upright() {
    let folder = tempfile::tempdir().unwrap();
    let jpeg = encoded(&gradient(48, 32), ImageFormat::Jpeg);
    let plain = decode(&file(&folder, "plain.jpg", &jpeg)).unwrap();
    let turned = decode(&file(&folder, "turned.jpg", &with_orientation(&jpeg, 6))).unwrap();
    assert_eq!(turned.dimensions(), (32, 48));
    assert_eq!(turned, image::imageops::rotate90(&plain));
    let cache = ThumbnailCache::at(folder.path().join("cache"));
    let small = cache.thumbnail(&folder.path().join("turned.jpg"), 24).unwrap();
    assert_eq!((small.width, small.height, small.rgba.len()), (16, 24, 16 * 24 * 4));
}

/// A photo of the sample, enlarged to the size of a camera's.
fn large_photo() -> Option<Vec<u8>> {
    let folder = super::photos()?;
    let photo = decode(&folder.join("gcompris-explore-world-animals-animals-hedgehog.jpg")).unwrap();
    let large = image::imageops::resize(&photo, 2304, 1644, image::imageops::FilterType::CatmullRom);
    Some(encoded(&large, ImageFormat::Jpeg))
}

#[test]
fn a_large_jpeg_decoded_at_a_fraction_gives_the_same_input_and_vector_as_at_full_size() {
    let Some(jpeg) = large_photo() else { return };
    let path = Path::new("large.jpg");
    let (whole, part) = (decode_bytes(&jpeg, path).unwrap(), decode_for(&jpeg, path, 256).unwrap());
    assert_eq!((whole.dimensions(), part.dimensions()), ((2304, 1644), (1152, 822)));
    let encoder = Encoder::load(&EncoderSpec::bundled(), DeviceChoice::Cpu).unwrap();
    let [whole, part] = [whole, part].map(|picture| encoder.spec().preprocess.apply(&picture).unwrap());
    let difference = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f32>() / a.len() as f32;
    let levels = difference(&whole.data, &part.data);
    assert!(levels < 0.7, "they differ by {levels} of 255 levels");
    let vectors = encoder.embed(&[whole, part]).unwrap();
    let cosine = super::cosine(&vectors[..1024], &vectors[1024..]);
    assert!(cosine > 0.999, "{cosine}");
}

#[test]
fn a_large_jpeg_is_turned_upright_and_a_damaged_one_never_panics() {
    let turned = with_orientation(&encoded(&gradient(2400, 1200), ImageFormat::Jpeg), 6);
    let picture = decode_for(&turned, Path::new("turned.jpg"), 256).unwrap();
    assert_eq!(picture.dimensions(), (600, 1200));
    let (top, bottom) = (picture.get_pixel(300, 10), picture.get_pixel(300, 1190));
    assert!(top[0] < 30 && bottom[0] > 220, "{top:?} {bottom:?}");
    // Small enough already, grey, or truncated.
    assert_eq!(decode_for(&turned, Path::new("turned.jpg"), 400).unwrap().dimensions(), (1200, 2400));
    let grey = DynamicImage::ImageRgb8(gradient(1600, 1100)).to_luma8();
    let mut bytes = Cursor::new(Vec::new());
    grey.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    assert_eq!(decode_for(bytes.get_ref(), Path::new("grey.jpg"), 256).unwrap().dimensions(), (800, 550));
    assert!(decode_for(&turned[..turned.len() / 2], Path::new("cut.jpg"), 256).is_err());
    for index in (0..turned.len()).step_by(turned.len() / 150) {
        let mut damaged = turned.clone();
        damaged[index] ^= 0x55;
        let _ = decode_for(&damaged, Path::new("damaged.jpg"), 256);
    }
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
fn a_picture_is_recognised_by_its_content_whatever_its_name() {
    let folder = tempfile::tempdir().unwrap();
    for (name, format) in [("a.jpg", ImageFormat::Png), ("b", ImageFormat::Bmp), ("c.txt", ImageFormat::Gif)] {
        let path = file(&folder, name, &encoded(&gradient(9, 7), format));
        assert_eq!(decode(&path).unwrap().dimensions(), (9, 7), "{name}");
    }
}

#[test]
fn no_prefix_of_a_jpeg_or_png_passes_as_complete() {
    let folder = tempfile::tempdir().unwrap();
    for (name, format) in [("a.jpg", ImageFormat::Jpeg), ("a.png", ImageFormat::Png)] {
        let whole = encoded(&gradient(64, 48), format);
        // The last bytes of a PNG are its end marker and checksum; the pixels are complete without them.
        let end = if format == ImageFormat::Png { whole.len() - 12 } else { whole.len() };
        for length in (0..end - 8).step_by(11).chain([end - 2]) {
            rejected(&file(&folder, name, &whole[..length]));
        }
    }
}

#[test]
fn an_empty_file_or_one_of_other_content_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    assert!(rejected(&file(&folder, "empty.jpg", b"")).contains("empty"));
    rejected(&file(&folder, "text.jpg", b"This is no picture."));
    rejected(&file(&folder, "text", b"This is no picture."));
    rejected(&file(&folder, "noise.tga", &[7; 40]));
    rejected(&folder.path().join("absent.jpg"));
    assert!(rejected(folder.path()).contains("not a file"));
}

#[test]
fn flipped_bytes_never_panic() {
    let folder = tempfile::tempdir().unwrap();
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::WebP] {
        let whole = encoded(&gradient(24, 16), format);
        for at in (0..whole.len()).step_by(3) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0xA5;
            // A picture and an error are both fine.
            let _ = decode(&file(&folder, "flipped", &bytes));
        }
    }
}

#[test]
fn a_small_file_that_claims_billions_of_pixels_is_rejected_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut jpeg = encoded(&gradient(16, 16), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].fill(0xFF);
    let mut bmp = encoded(&gradient(16, 16), ImageFormat::Bmp);
    bmp[18..22].copy_from_slice(&60_000u32.to_le_bytes());
    bmp[22..26].copy_from_slice(&60_000u32.to_le_bytes());
    for (name, bytes) in [("a.jpg", jpeg), ("a.bmp", bmp), ("a.ppm", b"P6 4000000000 4000000000 255 ".to_vec())] {
        let started = std::time::Instant::now();
        rejected(&file(&folder, name, &bytes));
        assert!(started.elapsed().as_secs() < 2, "{name}");
    }
    let large = file(&folder, "large.pgm", b"P5 20000 20000 255 ");
    assert!(matches!(decode(&large), Err(VisionError::TooLarge { width: 20000, height: 20000, .. })));
}

#[test]
fn a_thumbnail_keeps_the_aspect_ratio_and_is_never_larger_than_the_picture() {
    let folder = tempfile::tempdir().unwrap();
    let size = |width, height, side| {
        let path = file(&folder, "a.png", &encoded(&gradient(width, height), ImageFormat::Png));
        let small = ThumbnailCache::at(folder.path().join("cache")).thumbnail(&path, side).unwrap();
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
fn an_extremely_narrow_picture_is_cropped_like_any_other() {
    for (width, height) in [(60_000, 1), (1, 60_000), (1, 1), (224, 225), (3, 700)] {
        let input = Preprocess::imagenet().apply(&gradient(width, height)).unwrap();
        assert_eq!((input.side, input.data.len()), (224, 3 * 224 * 224), "{width} × {height}");
        assert!(input.data.iter().all(|value| value.is_finite()));
    }
}

#[test]
fn invalid_settings_are_an_error() {
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
