//! Picture files to pixels.

use std::io::{Cursor, Read, Take};
use std::path::Path;
use std::time::SystemTime;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};

use super::VisionError;
use crate::base::{At, check_file, guarded, open_file};
use crate::dataset::{Section, open_part};

/// The largest picture that is decoded, in pixels. A file of a few bytes can claim billions.
pub const MAX_PIXELS: u64 = 120_000_000;

/// The largest picture file that is read, in bytes.
const MAX_FILE: u64 = 512 << 20;

/// Memory limit of a decoder in bytes: [`MAX_PIXELS`] in 8-bit RGBA plus room for its tables.
const MAX_BYTES: u64 = 4 * MAX_PIXELS + (64 << 20);

/// A small picture for the screen, 8-bit RGBA, opaque, rows from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumbnail {
    /// In pixels, at least 1.
    pub width: u32,
    /// In pixels, at least 1.
    pub height: u32,
    /// `width × height × 4` bytes.
    pub rgba: Vec<u8>,
}

/// Reads a picture, from a file or from within a shard (`photos/shard.tar/key.jpg`), as a viewer shows it: rotated by its EXIF orientation, transparent parts over white.
///
/// # Errors
/// If the file cannot be read, is not a picture, is truncated or otherwise damaged, or claims more than [`MAX_PIXELS`];
/// the error ends with the path.
pub fn decode(path: &Path) -> Result<RgbImage, VisionError> {
    decode_bytes(&read_picture(path)?, path)
}

/// The content of a picture file.
pub(super) fn read_picture(path: &Path) -> Result<Vec<u8>, VisionError> {
    let mut bytes = Vec::new();
    open_picture(path)?.read_to_end(&mut bytes).at(path)?;
    Ok(bytes)
}

/// A picture's size in bytes and when its file was modified.
#[derive(Clone, Copy, Debug)]
pub(super) struct PictureStamp {
    pub length: u64,
    pub modified: Option<SystemTime>,
}

/// Opens a picture file, or the part of a shard that the path names; at most [`MAX_FILE`] bytes are read, even if it grows.
pub(super) fn open_picture(path: &Path) -> Result<Take<Box<dyn Read>>, VisionError> {
    let (_, part) = checked(path)?;
    let opened: Box<dyn Read> = match part {
        Some(part) => Box::new(part),
        None => Box::new(open_file(path)?),
    };
    Ok(opened.take(MAX_FILE))
}

/// The stamp of a picture file, or of a part of a shard. Folders, pipes and what is beyond [`MAX_FILE`] are errors.
pub(super) fn check_picture(path: &Path) -> Result<PictureStamp, VisionError> {
    checked(path).map(|(stamp, _)| stamp)
}

fn checked(path: &Path) -> Result<(PictureStamp, Option<Section>), VisionError> {
    let (stamp, part) = match check_file(path) {
        Ok(meta) => (PictureStamp { length: meta.len(), modified: meta.modified().ok() }, None),
        Err(error) => {
            let (part, modified) = open_part(path)?.ok_or(error)?;
            (PictureStamp { length: part.len(), modified }, Some(part))
        }
    };
    match stamp.length {
        length if length > MAX_FILE => Err(damaged(path, format!("a file of {length} bytes is too large"))),
        _ => Ok((stamp, part)),
    }
}

/// As [`decode`], from the file's content; `path` is used in messages, and for the format if the content does not show
/// it.
///
/// # Errors
/// As [`decode`].
pub fn decode_bytes(bytes: &[u8], path: &Path) -> Result<RgbImage, VisionError> {
    // The decoders are third-party code with untrusted input; a panic in one must cost only one picture.
    guarded(|| decode_unguarded(bytes, path, None)).unwrap_or_else(|| Err(damaged(path, "the decoder failed")))
}

/// As [`decode_bytes`], for a picture whose shorter side is then scaled to `side` pixels: a large JPEG is decoded at
/// half, a quarter or an eighth of its size, with at least twice the pixels needed.
///
/// # Errors
/// As [`decode`].
pub fn decode_for(bytes: &[u8], path: &Path, side: u32) -> Result<RgbImage, VisionError> {
    decode_enough(bytes, path, Enough::Shorter(side.saturating_mul(2)))
}

/// The fewest pixels of a side that a reduced JPEG must still have.
#[derive(Clone, Copy)]
enum Enough {
    Shorter(u32),
    Longer(u32),
}

fn decode_enough(bytes: &[u8], path: &Path, enough: Enough) -> Result<RgbImage, VisionError> {
    let decode = || decode_unguarded(bytes, path, Some(enough));
    guarded(decode).unwrap_or_else(|| Err(damaged(path, "the decoder failed")))
}

fn decode_unguarded(bytes: &[u8], path: &Path, enough: Option<Enough>) -> Result<RgbImage, VisionError> {
    if bytes.is_empty() {
        return Err(damaged(path, "the file is empty"));
    }
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().at(path)?;
    if reader.format().is_none() {
        // TGA has no signature, so the extension decides.
        reader.set_format(ImageFormat::from_path(path).map_err(|_| damaged(path, "its format is unknown"))?);
    }
    let is_jpeg = reader.format() == Some(ImageFormat::Jpeg);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| damaged(path, error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(VisionError::TooLarge { width, height, path: path.to_path_buf() });
    }
    if width == 0 || height == 0 {
        return Err(damaged(path, "it has no pixels"));
    }
    if is_jpeg && !jpeg_ends(bytes) {
        return Err(damaged(path, "the file is truncated"));
    }
    // A damaged EXIF block costs the orientation, not the picture.
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let smaller = enough.filter(|_| is_jpeg).and_then(|enough| scaled_jpeg(bytes, (width, height), enough));
    let mut picture = match smaller {
        Some(smaller) => DynamicImage::ImageRgb8(smaller),
        None => DynamicImage::from_decoder(decoder).map_err(|error| damaged(path, error))?,
    };
    picture.apply_orientation(orientation);
    Ok(over_white(picture))
}

/// A JPEG at the smallest of 1/2, 1/4 and 1/8 of its size that still has `enough` pixels, straight from
/// its coefficients: a photo of 12 million pixels takes less than half the time. `None` if it is not large enough, or
/// of a kind that only the full decoder supports.
fn scaled_jpeg(bytes: &[u8], (width, height): (u32, u32), enough: Enough) -> Option<RgbImage> {
    let (side, enough) = match enough {
        Enough::Shorter(enough) => (width.min(height), enough),
        Enough::Longer(enough) => (width.max(height), enough),
    };
    let scale = [8, 4, 2].into_iter().find(|scale| side / scale >= enough)?;
    let mut decoder = jpeg_decoder::Decoder::new(bytes);
    decoder.set_max_decoding_buffer_size(usize::try_from(MAX_BYTES).ok()?);
    let wanted = |length: u32| u16::try_from(length.div_ceil(scale)).ok();
    let (width, height) = decoder.scale(wanted(width)?, wanted(height)?).ok()?;
    let pixels = decoder.decode().ok()?;
    let (width, height) = (u32::from(width), u32::from(height));
    match decoder.info()?.pixel_format {
        jpeg_decoder::PixelFormat::RGB24 => RgbImage::from_raw(width, height, pixels),
        jpeg_decoder::PixelFormat::L8 => {
            RgbImage::from_raw(width, height, pixels.into_iter().flat_map(|grey| [grey; 3]).collect())
        }
        _ => None,
    }
}

fn damaged(path: &Path, message: impl ToString) -> VisionError {
    VisionError::Picture { message: message.to_string(), path: path.to_path_buf() }
}

/// Whether a JPEG has its end marker (FF D9) after the start of its first scan. The decoder silently fills missing
/// parts with grey, so a half-downloaded photo would get a vector like any other.
fn jpeg_ends(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some(&[0xFF, marker]) = bytes.get(at..at + 2) {
        match marker {
            0xFF => at += 1,
            0xD9 => return true,
            0x01 | 0xD0..=0xD8 => at += 2,
            _ => {
                let Some(&[high, low]) = bytes.get(at + 2..at + 4) else { return false };
                at += 2 + usize::from(u16::from_be_bytes([high, low]));
                // Within a scan FF is always followed by 00 or a restart marker, so the pair means the end.
                if marker == 0xDA {
                    // It usually ends the file, and a search from the end is short.
                    return bytes.get(at..).is_some_and(|scan| scan.windows(2).rev().any(|pair| pair == [0xFF, 0xD9]));
                }
            }
        }
    }
    // Stray bytes between the segments: left to the decoder.
    at < bytes.len()
}

/// Composites the picture over white.
fn over_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let rgba = picture.into_rgba8();
    let mut rgb = RgbImage::new(rgba.width(), rgba.height());
    for (from, to) in rgba.pixels().zip(rgb.pixels_mut()) {
        let alpha = u32::from(from[3]);
        for channel in 0..3 {
            to[channel] = ((u32::from(from[channel]) * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
        }
    }
    rgb
}

/// A picture file with at least `side` pixels along its longer side, and fewer only if the file has: a large JPEG is
/// decoded at a fraction of its size.
///
/// # Errors
/// As [`decode`].
pub(super) fn fitted_picture(path: &Path, side: u32) -> Result<RgbImage, VisionError> {
    decode_enough(&read_picture(path)?, path, Enough::Longer(side))
}

/// A thumbnail of a decoded picture, its longer side at most `side` pixels.
///
/// # Errors
/// If the picture has no pixels.
pub fn thumbnail_of(picture: &RgbImage, side: u32) -> Result<Thumbnail, VisionError> {
    let (width, height) = picture.dimensions();
    let scale = (f64::from(side.max(1)) / f64::from(width.max(height).max(1))).min(1.0);
    let small = |length: u32| ((f64::from(length) * scale).round() as u32).max(1);
    let (width, height) = (small(width), small(height));
    let rgb = resize(
        picture,
        [0.0, 0.0, f64::from(picture.width()), f64::from(picture.height())],
        width,
        height,
        FilterType::Bilinear,
    )?;
    let rgba = rgb.chunks_exact(3).flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 255]).collect();
    Ok(Thumbnail { width, height, rgba })
}

/// Scales the box `[left, top, width, height]` of a picture to `width × height` pixels by an antialiasing convolution,
/// as Pillow and torchvision do. Returns interleaved RGB.
pub(super) fn resize(
    picture: &RgbImage,
    area: [f64; 4],
    width: u32,
    height: u32,
    filter: FilterType,
) -> Result<Vec<u8>, VisionError> {
    let failed = |error: &dyn std::fmt::Display| VisionError::Preprocess(format!("resizing failed: {error}"));
    let source = ImageRef::new(picture.width(), picture.height(), picture.as_raw(), PixelType::U8x3)
        .map_err(|error| failed(&error))?;
    let mut target = Image::new(width, height, PixelType::U8x3);
    let [left, top, area_width, area_height] = area;
    let options =
        ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter)).crop(left, top, area_width, area_height);
    Resizer::new().resize(&source, &mut target, &options).map_err(|error| failed(&error))?;
    Ok(target.into_vec())
}

/// The same, along the rows first and then down the columns, as Pillow does; [`resize`] does it the other way round. A
/// filter that overshoots is clamped in between, which tells at the hard edges of pictures that are enlarged. `support`
/// is the filter's radius in pixels.
pub(super) fn resize_rows_first(
    picture: &RgbImage,
    [left, top, area_width, area_height]: [f64; 4],
    side: u32,
    filter: FilterType,
    support: f64,
) -> Result<Vec<u8>, VisionError> {
    // The rows that matter, and no others: a picture may be very tall.
    let reach = support * (area_height / f64::from(side)).max(1.0);
    let first = (top - reach).floor().max(0.0);
    let count = (top + area_height + reach).ceil().min(f64::from(picture.height())) - first;
    let rows = resize(picture, [left, first, area_width, count], side, count as u32, filter)?;
    let rows = RgbImage::from_raw(side, count as u32, rows)
        .ok_or_else(|| VisionError::Preprocess("resizing failed".to_string()))?;
    resize(&rows, [0.0, top - first, f64::from(side), area_height], side, side, filter)
}
