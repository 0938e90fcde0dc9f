//! Pictures in the size of their place on the screen, decoded ahead of whoever looks at them.
//!
//! A photo of 24 megapixels takes longer to decode than a glance takes, so the pictures that come next are decoded while
//! one looks at this one. [`Sharp::look`] says what is looked at and what comes next, [`Sharp::ask`] asks for one more;
//! what no frame asks for any longer is not decoded, unless it has been started.

use super::picture::{PER_FRAME, Picture, pixels};
use crate::jobs::{Pool, Wake};
use crate::vision::ThumbnailCache;
use egui::{ColorImage, Context, Pos2, Rect, TextureHandle, TextureOptions, pos2};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Sizes differ by at least this many pixels, so that dragging a panel's border does not decode anew all the time.
const STEP: u32 = 256;

/// Longest side of a picture, in pixels: a photo of 24 megapixels as it is.
const LARGEST: u32 = 6144;

/// Bytes that pictures out of sight may take. Those that the last frame asked for are never dropped.
const BUDGET: usize = 96 << 20;

struct Request {
    image: usize,
    side: u32,
    generation: u64,
    path: PathBuf,
}

struct Answer {
    image: usize,
    side: u32,
    generation: u64,
    picture: Option<ColorImage>,
}

struct Ready {
    texture: TextureHandle,
    /// The longest side that was asked for.
    side: u32,
    /// When it was last in the list, by a counter.
    used: u64,
}

impl Ready {
    fn bytes(&self) -> usize {
        let [width, height] = self.texture.size();
        4 * width * height
    }

    /// Whether it is as sharp as one of this size: a picture that is smaller than was asked for is whole.
    fn is_enough(&self, side: u32) -> bool {
        let longest = self.texture.size().into_iter().max().unwrap_or(0);
        self.side >= side || longest < self.side as usize
    }
}

/// How many pictures are decoded ahead of the one that is looked at, and how many of those left behind stay.
pub const AHEAD: [usize; 2] = [6, 2];

/// An image and its file.
pub type Wanted<'a> = (usize, Option<&'a Path>);

/// Large pictures, by the image's index in the data set.
pub struct Sharp {
    pool: Pool<Request, Answer>,
    ready: HashMap<usize, Ready>,
    waiting: HashSet<(usize, u32)>,
    broken: HashSet<usize>,
    /// What the last frame asked for, the most urgent first, and what this one does.
    wanted: Vec<(usize, u32)>,
    asked: Vec<(usize, u32)>,
    /// What of that has not been requested.
    missing: Vec<Request>,
    generation: u64,
    looks: u64,
}

impl Sharp {
    /// Decodes on two threads and calls `wake` when a picture is ready.
    pub fn new(cache: ThumbnailCache, wake: Wake) -> Self {
        let pool = Pool::new("large picture", 2, wake, move |request: Request| Answer {
            image: request.image,
            side: request.side,
            generation: request.generation,
            picture: cache.thumbnail(&request.path, request.side).ok().map(|picture| pixels(&picture)),
        });
        Self {
            pool,
            ready: HashMap::new(),
            waiting: HashSet::new(),
            broken: HashSet::new(),
            wanted: Vec::new(),
            asked: Vec::new(),
            missing: Vec::new(),
            generation: 0,
            looks: 0,
        }
    }

    /// Drops everything, when another data set is opened.
    pub fn clear(&mut self) {
        self.generation += 1;
        self.pool.drain();
        self.ready.clear();
        self.waiting.clear();
        self.broken.clear();
        self.wanted.clear();
        self.asked.clear();
        self.missing.clear();
    }

    /// Collects decoded pictures; called once per frame.
    pub fn poll(&mut self, ctx: &Context) {
        let mut bytes = 0;
        while let Some(answer) = self.pool.poll() {
            if answer.generation != self.generation {
                continue;
            }
            self.waiting.remove(&(answer.image, answer.side));
            bytes += answer.picture.as_ref().map_or(0, |picture| 4 * picture.pixels.len());
            match answer.picture {
                Some(picture) => self.store(ctx, answer.image, answer.side, picture),
                None => {
                    self.broken.insert(answer.image);
                }
            }
            if bytes > PER_FRAME {
                ctx.request_repaint();
                break;
            }
        }
    }

    /// Whether pictures are still being decoded.
    pub fn is_busy(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Asks for pictures, the most urgent first, each with the longest side needed, in pixels.
    pub fn look<'a>(&mut self, ctx: &Context, wanted: impl IntoIterator<Item = (Wanted<'a>, f32)>) {
        let most = LARGEST.min(ctx.input(|input| input.max_texture_side) as u32);
        for ((image, path), side) in wanted {
            if let Some(path) = path {
                self.ask(image, path, (side.ceil() as u32).next_multiple_of(STEP).min(most));
            }
        }
    }

    /// Asks for one picture, after those asked for before in this frame.
    pub fn ask(&mut self, image: usize, path: &Path, side: u32) {
        self.asked.push((image, side));
        let ready = self.ready.get_mut(&image).map(|ready| {
            ready.used = self.looks;
            ready.is_enough(side)
        });
        let is_there = ready.unwrap_or(false) || self.broken.contains(&image);
        if !is_there && self.waiting.insert((image, side)) {
            self.missing.push(Request { image, side, generation: self.generation, path: path.to_owned() });
        }
    }

    /// Requests what the frame asked for, at its end, in that order; what it did not ask for is no longer decoded.
    pub fn finish_frame(&mut self) {
        self.looks += 1;
        let asked = std::mem::take(&mut self.asked);
        if asked == self.wanted && self.missing.is_empty() {
            return;
        }
        let waiting = self.pool.drain().into_iter().chain(std::mem::take(&mut self.missing));
        let mut waiting: HashMap<(usize, u32), Request> =
            waiting.map(|request| ((request.image, request.side), request)).collect();
        // The pool serves the newest request first.
        for key in asked.iter().rev() {
            if let Some(request) = waiting.remove(key) {
                self.pool.request(request);
            }
        }
        waiting.keys().for_each(|key| {
            self.waiting.remove(key);
        });
        self.wanted = asked;
    }

    /// A picture as sharp as it is available now, if it is.
    pub fn picture(&self, image: usize) -> Option<Picture> {
        if self.broken.contains(&image) {
            return Some(Picture::Broken);
        }
        let ready = self.ready.get(&image)?;
        let [width, height] = ready.texture.size();
        Some(Picture::Ready {
            texture: ready.texture.id(),
            uv: Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0)),
            aspect: width as f32 / height as f32,
        })
    }

    /// Whether a picture is available in the size it was last asked for.
    pub fn is_sharp(&self, image: usize) -> bool {
        let sides: Vec<u32> =
            self.wanted.iter().filter(|(wanted, _)| *wanted == image).map(|(_, side)| *side).collect();
        let is_enough = |ready: &Ready| sides.iter().all(|side| ready.is_enough(*side));
        !sides.is_empty() && self.ready.get(&image).is_some_and(is_enough)
    }

    fn store(&mut self, ctx: &Context, image: usize, side: u32, picture: ColorImage) {
        if self.ready.get(&image).is_some_and(|ready| ready.side > side) {
            return;
        }
        let texture = ctx.load_texture(format!("large picture {image}"), picture, TextureOptions::LINEAR);
        self.ready.insert(image, Ready { texture, side, used: self.looks });
        self.drop_oldest();
    }

    /// Drops the pictures longest out of sight until the others fit.
    fn drop_oldest(&mut self) {
        let wanted: HashSet<usize> = self.wanted.iter().map(|(image, _)| *image).collect();
        let mut others: Vec<(u64, usize, usize)> = self
            .ready
            .iter()
            .filter(|(image, _)| !wanted.contains(image))
            .map(|(&image, ready)| (ready.used, image, ready.bytes()))
            .collect();
        others.sort_unstable();
        let mut bytes: usize = others.iter().map(|(.., bytes)| bytes).sum();
        for (_, image, size) in others {
            if bytes <= BUDGET {
                break;
            }
            self.ready.remove(&image);
            bytes -= size;
        }
    }
}
