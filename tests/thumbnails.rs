//! The cache of reduced photos on disk.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crossrank::base::Rng;
use crossrank::vision::{Thumbnail, ThumbnailCache};
use image::{ImageFormat, Rgb, RgbImage};
use tempfile::TempDir;

/// A photo as a JPEG of more than 256 KB: blocks of one colour, with noise.
fn photo(folder: &Path, name: &str, colour: [u8; 3]) -> PathBuf {
    let mut rng = Rng::new(u64::from(colour[0]));
    let mut noise = |value: u8| value.saturating_add((rng.uniform() * 60.0) as u8);
    let picture = RgbImage::from_fn(1200, 900, |_, _| Rgb(colour.map(&mut noise)));
    let path = folder.join(name);
    picture.save_with_format(&path, ImageFormat::Jpeg).expect("written");
    assert!(fs::metadata(&path).expect("a file").len() > 256 << 10);
    path
}

fn colour(thumbnail: &Thumbnail) -> [u8; 3] {
    let count = (thumbnail.width * thumbnail.height) as f64;
    let sum =
        |channel: usize| thumbnail.rgba.iter().skip(channel).step_by(4).map(|value| f64::from(*value)).sum::<f64>();
    [0, 1, 2].map(|channel| (sum(channel) / count) as u8)
}

fn is_near(thumbnail: &Thumbnail, wanted: [u8; 3]) -> bool {
    colour(thumbnail).iter().zip(wanted).all(|(value, wanted)| (i16::from(*value) - i16::from(wanted) - 30).abs() < 12)
}

fn entries(cache: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(cache).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found: Vec<PathBuf> = found.collect();
    found.sort();
    found
}

fn folders() -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().expect("a folder");
    let cache = home.path().join("cache/thumbnails");
    (home, cache)
}

/// Replaces a file's content by as many zeros, without a sign.
fn hollow(path: &Path) {
    let before = fs::metadata(path).expect("a file");
    fs::write(path, vec![0; before.len() as usize]).expect("written");
    File::options().append(true).open(path).and_then(|file| file.set_modified(before.modified()?)).expect("aged");
}

#[test]
fn a_large_photo_is_decoded_once_for_all_small_sizes_and_openings() {
    let (home, folder) = folders();
    let path = photo(home.path(), "a.jpg", [200, 40, 40]);
    let first = ThumbnailCache::at(&folder).thumbnail(&path, 96).expect("decoded");
    assert_eq!((first.width, first.height, entries(&folder).len()), (96, 72, 1));
    assert!(is_near(&first, [200, 40, 40]));
    hollow(&path);
    let again = ThumbnailCache::at(&folder);
    assert!(is_near(&again.thumbnail(&path, 96).expect("cached"), [200, 40, 40]));
    let larger = again.thumbnail(&path, 512).expect("cached");
    assert!((larger.width, larger.height) == (512, 384) && is_near(&larger, [200, 40, 40]));
    assert!(again.thumbnail(&path, 1024).is_err(), "only small sizes are in the cache");
}

#[test]
fn a_photo_that_has_changed_is_decoded_again() {
    let (home, folder) = folders();
    let cache = ThumbnailCache::at(&folder);
    let path = photo(home.path(), "a.jpg", [200, 40, 40]);
    cache.thumbnail(&path, 256).expect("decoded");
    photo(home.path(), "a.jpg", [40, 200, 40]);
    assert!(is_near(&cache.thumbnail(&path, 256).expect("decoded"), [40, 200, 40]));
    // Its time alone tells one of the same length.
    hollow(&path);
    File::options().append(true).open(&path).and_then(|file| file.set_modified(SystemTime::now())).expect("touched");
    assert!(cache.thumbnail(&path, 256).is_err());
}

#[test]
fn looking_at_a_photo_in_full_size_fills_the_cache_and_small_files_stay_out_of_it() {
    let (home, folder) = folders();
    let cache = ThumbnailCache::at(&folder);
    let path = photo(home.path(), "a.jpg", [40, 40, 200]);
    assert_eq!(cache.thumbnail(&path, 1024).expect("decoded").width, 1024);
    assert_eq!(entries(&folder).len(), 1);
    hollow(&path);
    assert!(is_near(&cache.thumbnail(&path, 96).expect("cached"), [40, 40, 200]));
    let small = home.path().join("small.png");
    RgbImage::new(300, 200).save(&small).expect("written");
    cache.thumbnail(&small, 96).expect("decoded");
    assert_eq!(entries(&folder).len(), 1);
}

#[test]
fn damaged_entries_are_made_again() {
    let (home, folder) = folders();
    let cache = ThumbnailCache::at(&folder);
    let path = photo(home.path(), "a.jpg", [200, 200, 40]);
    let sound = cache.thumbnail(&path, 256).expect("decoded");
    let entry = entries(&folder).remove(0);
    let bytes = fs::read(&entry).expect("an entry");
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 2] ^= 8;
    for damage in [&bytes[..bytes.len() / 2], &[], &flipped, &bytes[..bytes.len() - 1]] {
        fs::write(&entry, damage).expect("damaged");
        assert!(cache.thumbnail(&path, 256).expect("decoded") == sound, "from the photo");
        assert!(fs::read(&entry).expect("made again") == bytes);
    }
}

#[test]
fn what_was_not_used_for_longest_goes_first() {
    let (home, folder) = folders();
    let photos: Vec<PathBuf> =
        (0..8).map(|at| photo(home.path(), &format!("{at}.jpg"), [20 * at as u8 + 20, 90, 90])).collect();
    let plenty = ThumbnailCache::at(&folder);
    for (at, photo) in photos.iter().enumerate() {
        plenty.thumbnail(photo, 96).expect("decoded");
        let newest =
            entries(&folder).into_iter().max_by_key(|path| fs::metadata(path).and_then(|file| file.modified()).ok());
        let then = SystemTime::now() - Duration::from_secs(3600 * (100 - at as u64));
        let newest = newest.expect("an entry");
        File::options().append(true).open(newest).and_then(|file| file.set_modified(then)).expect("aged");
    }
    // Looking at the oldest makes it the newest.
    plenty.thumbnail(&photos[0], 96).expect("cached");
    let total = || entries(&folder).iter().map(|path| fs::metadata(path).map_or(0, |file| file.len())).sum::<u64>();
    let bound = total() / 2;
    let last = photo(home.path(), "last.jpg", [230, 90, 90]);
    ThumbnailCache::bounded(&folder, bound).thumbnail(&last, 96).expect("decoded");
    assert!(total() <= bound, "{} of {bound}", total());
    photos.iter().chain([&last]).for_each(|photo| hollow(photo));
    let kept = |path: &PathBuf| plenty.thumbnail(path, 96).is_ok();
    assert!(kept(&photos[0]) && kept(&last) && !kept(&photos[1]) && !kept(&photos[2]));
}

#[test]
fn several_at_once_and_a_folder_that_vanishes_spoil_nothing() {
    let (home, folder) = folders();
    let colours: [[u8; 3]; 3] = [[200, 40, 40], [40, 200, 40], [40, 40, 200]];
    let photos: Vec<PathBuf> =
        colours.iter().enumerate().map(|(at, colour)| photo(home.path(), &format!("{at}.jpg"), *colour)).collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                // As in a process of its own.
                let cache = ThumbnailCache::at(&folder);
                for round in 0..12 {
                    let at = round % photos.len();
                    let side = [96, 256, 512][round % 2];
                    assert!(is_near(&cache.thumbnail(&photos[at], side).expect("decoded"), colours[at]));
                }
            });
        }
        scope.spawn(|| {
            for _ in 0..20 {
                let _ = fs::remove_dir_all(&folder);
                std::thread::sleep(Duration::from_millis(20));
            }
        });
    });
}

#[test]
fn without_a_folder_for_it_pictures_are_decoded_all_the_same() {
    let home = tempfile::tempdir().expect("a folder");
    let path = photo(home.path(), "a.jpg", [200, 40, 40]);
    let file = home.path().join("file");
    fs::write(&file, b"in the way").expect("written");
    assert!(is_near(&ThumbnailCache::at(file.join("cache")).thumbnail(&path, 96).expect("decoded"), [200, 40, 40]));
}
