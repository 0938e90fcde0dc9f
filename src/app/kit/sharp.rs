//! Pictures in the size of the panel, decoded ahead of whoever looks at them.
//!
//! A photo of 24 megapixels takes longer to decode than a glance takes, so the pictures that come next are decoded while
//! one looks at this one. [`Sharp::look`] says what is looked at and what comes next; whatever is not in the list any
//! more is not decoded, unless it has been started.

use super::picture::Picture;
use crate::jobs::{Pool, Wake};
use crate::vision::{self, Thumbnail};
use egui::{ColorImage, Context, Pos2, Rect, TextureHandle, TextureOptions, pos2};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Sizes differ by at least this many pixels, so that dragging a panel's border does not decode anew all the time.
const STEP: u32 = 256;

/// Longest side of a picture, in pixels: a photo of 24 megapixels as it is.
const LARGEST: u32 = 6144;

/// Bytes that pictures out of sight may take. Those of [`Sharp::look`] are never dropped.
const BUDGET: usize = 192 << 20;

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
    picture: Option<Thumbnail>,
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
    wanted: Vec<(usize, u32)>,
    generation: u64,
    looks: u64,
}

impl Sharp {
    /// Decodes on two threads and calls `wake` when a picture is ready.
    pub fn new(wake: Wake) -> Self {
        let pool = Pool::new("large picture", 2, wake, |request: Request| Answer {
            image: request.image,
            side: request.side,
            generation: request.generation,
            picture: vision::fitted(&request.path, request.side).ok(),
        });
        Self {
            pool,
            ready: HashMap::new(),
            waiting: HashSet::new(),
            broken: HashSet::new(),
            wanted: Vec::new(),
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
    }

    /// Collects decoded pictures; called once per frame.
    pub fn poll(&mut self, ctx: &Context) {
        while let Some(answer) = self.pool.poll() {
            if answer.generation != self.generation {
                continue;
            }
            self.waiting.remove(&(answer.image, answer.side));
            match answer.picture {
                Some(picture) => self.store(ctx, answer.image, answer.side, &picture),
                None => {
                    self.broken.insert(answer.image);
                }
            }
        }
    }

    /// Whether pictures are still being decoded.
    pub fn is_busy(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Pictures to decode, the most urgent first, each with the longest side needed, in pixels.
    pub fn look<'a>(&mut self, ctx: &Context, wanted: impl IntoIterator<Item = (Wanted<'a>, f32)>) {
        let most = LARGEST.min(ctx.input(|input| input.max_texture_side) as u32);
        let size = |side: f32| (side.ceil() as u32).next_multiple_of(STEP).min(most);
        let wanted: Vec<(usize, &Path, u32)> =
            wanted.into_iter().filter_map(|((image, path), side)| Some((image, path?, size(side)))).collect();
        self.looks += 1;
        for (image, ..) in &wanted {
            if let Some(ready) = self.ready.get_mut(image) {
                ready.used = self.looks;
            }
        }
        let list: Vec<(usize, u32)> = wanted.iter().map(|&(image, _, side)| (image, side)).collect();
        if list == self.wanted {
            return;
        }
        self.wanted = list;
        for request in self.pool.drain() {
            self.waiting.remove(&(request.image, request.side));
        }
        // The pool serves the newest request first.
        for (image, path, side) in wanted.into_iter().rev() {
            let is_there = self.ready.get(&image).is_some_and(|ready| ready.is_enough(side));
            if !is_there && !self.broken.contains(&image) && self.waiting.insert((image, side)) {
                let generation = self.generation;
                self.pool.request(Request { image, side, generation, path: path.to_owned() });
            }
        }
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
        let wanted = self.wanted.iter().find(|(wanted, _)| *wanted == image);
        wanted.zip(self.ready.get(&image)).is_some_and(|((_, side), ready)| ready.is_enough(*side))
    }

    fn store(&mut self, ctx: &Context, image: usize, side: u32, picture: &Thumbnail) {
        if self.ready.get(&image).is_some_and(|ready| ready.side > side) {
            return;
        }
        let size = [picture.width as usize, picture.height as usize];
        let pixels = ColorImage::from_rgba_unmultiplied(size, &picture.rgba);
        let texture = ctx.load_texture(format!("large picture {image}"), pixels, TextureOptions::LINEAR);
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
