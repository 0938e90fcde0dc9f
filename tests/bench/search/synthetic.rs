//! Synthetic pictures: their words and their vectors.

use crossrank::base::Rng;
use crossrank::index::{Picture, Stamp, Words};

/// Words there are.
const VOCABULARY: usize = 50_000;

/// Pictures of an album.
pub const ALBUM: usize = 200;

/// The path of a picture.
pub fn path(number: usize) -> String {
    format!("album {}/{number}.jpg", number / ALBUM)
}

/// The words of a picture, always the same for its number.
pub fn picture(number: usize) -> Picture {
    let mut rng = Rng::new(7_000_000 + number as u64);
    let mut text = |least: usize, most: usize| {
        (0..least + rng.below(most - least + 1)).map(|_| word(&mut rng)).collect::<Vec<_>>().join(" ")
    };
    let words = Words {
        title: text(1, 4),
        captions: vec![text(8, 14), text(8, 14)],
        tags: (0..4).map(|_| text(1, 1)).collect(),
        folders: vec![format!("album {}", number / ALBUM)],
        ..Words::default()
    };
    Picture { path: path(number), stamp: Stamp::default(), part: None, words }
}

/// All words of a picture but its folder's, in one text.
pub fn one_text(number: usize) -> String {
    let Words { title, captions, tags, .. } = picture(number).words;
    [&[title][..], &captions, &tags].concat().join(" ")
}

/// Queries of one to three words.
pub fn queries(count: usize) -> Vec<String> {
    let mut rng = Rng::new(23);
    (0..count).map(|_| (0..1 + rng.below(3)).map(|_| word(&mut rng)).collect::<Vec<_>>().join(" ")).collect()
}

/// A word by Zipf's law: its rank's logarithm is uniform.
fn word(rng: &mut Rng) -> String {
    let rank = (VOCABULARY as f64).powf(rng.uniform()) as usize;
    // Words of four to eight letters that no stemmer shortens.
    let letters = b"bdfgklmnprtvz";
    let mut rest = rank.wrapping_mul(2_654_435_761) % 815_730_721;
    let mut word = String::new();
    while rest > 0 {
        word.push(char::from(letters[rest % letters.len()]));
        word.push(['a', 'o', 'u'][rest % 3]);
        rest /= letters.len() * 5;
    }
    word
}

/// Vectors around the centre of their album in a space of 48 directions, with noise in every direction.
pub struct Vectors {
    dim: usize,
    directions: Vec<f32>,
}

impl Vectors {
    /// Of so many numbers.
    pub fn new(dim: usize) -> Self {
        const DIRECTIONS: usize = 48;
        let mut rng = Rng::new(11);
        Self { dim, directions: (0..DIRECTIONS * dim).map(|_| rng.normal() as f32).collect() }
    }

    /// A vector of an album: that of a picture, or, for another `seed`, of none.
    pub fn of(&self, album: usize, seed: u64) -> Vec<f32> {
        let mut centre = Rng::new(1000 + album as u64);
        let mut rng = Rng::new(seed);
        let mut vector: Vec<f32> = (0..self.dim).map(|_| 2.0 * rng.normal() as f32).collect();
        for direction in self.directions.chunks_exact(self.dim) {
            let along = (centre.normal() + 0.7 * rng.normal()) as f32;
            vector.iter_mut().zip(direction).for_each(|(x, d)| *x += along * d);
        }
        vector
    }

    /// The vector of a picture.
    pub fn of_picture(&self, number: usize) -> Vec<f32> {
        self.of(number / ALBUM, 5_000_000 + number as u64)
    }
}
