//! Pictures as textures: small ones packed into a few atlas pages, others on demand.

use super::picture::{PER_FRAME, Picture, pixels};
use super::sharp::Sharp;
use crate::jobs::{Pool, Wake};
use crate::vision::ThumbnailCache;
use egui::{Color32, ColorImage, Context, Rect, TextureHandle, TextureOptions, pos2};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Longest side of a small picture, in pixels.
const SMALL: usize = 96;

/// Cells along one side of a page.
const SLOTS: usize = 12;

/// Maximum number of pages: 12 × 144 small pictures in 64 MB.
const PAGES: usize = 12;

/// Longest side of a large picture, in pixels.
const LARGE: u32 = 512;

struct Request {
    image: usize,
    generation: u64,
    path: PathBuf,
}

struct Answer {
    image: usize,
    generation: u64,
    /// `None` if it cannot be decoded.
    picture: Option<ColorImage>,
}

#[derive(Clone, Copy)]
struct Slot {
    page: usize,
    cell: usize,
    size: [usize; 2],
    used: u64,
}

/// The pictures shown, by the image's index in the data set.
pub struct Thumbnails {
    /// Those in the size of their place.
    pub sharp: Sharp,
    pool: Pool<Request, Answer>,
    pages: Vec<TextureHandle>,
    slots: HashMap<usize, Slot>,
    waiting: HashSet<usize>,
    broken: HashSet<usize>,
    /// Pictures that did not fit, and in which frame.
    crowded: HashMap<usize, u64>,
    generation: u64,
    frame: u64,
}

impl Thumbnails {
    /// Decodes on two threads each and calls `wake` when a picture is ready.
    pub fn new(cache: ThumbnailCache, wake: Wake) -> Self {
        let sharp = Sharp::new(cache.clone(), wake.clone());
        let pool = Pool::new("picture", 2, wake, move |request: Request| Answer {
            image: request.image,
            generation: request.generation,
            picture: cache.thumbnail(&request.path, SMALL as u32).ok().map(|picture| pixels(&picture)),
        });
        Self {
            sharp,
            pool,
            pages: Vec::new(),
            slots: HashMap::new(),
            waiting: HashSet::new(),
            broken: HashSet::new(),
            crowded: HashMap::new(),
            generation: 0,
            frame: 0,
        }
    }

    /// Drops everything, when another data set is opened.
    pub fn clear(&mut self) {
        self.generation += 1;
        self.sharp.clear();
        self.pool.drain();
        self.slots.clear();
        self.waiting.clear();
        self.broken.clear();
        self.crowded.clear();
        self.pages.clear();
    }

    /// Collects decoded pictures; called once per frame.
    pub fn poll(&mut self, ctx: &Context) {
        self.frame += 1;
        self.sharp.poll(ctx);
        let mut bytes = 0;
        while let Some(answer) = self.pool.poll() {
            if answer.generation != self.generation {
                continue;
            }
            self.waiting.remove(&answer.image);
            match answer.picture {
                Some(picture) => {
                    bytes += 4 * picture.pixels.len();
                    self.store_small(ctx, answer.image, picture);
                }
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
        !self.waiting.is_empty() || self.sharp.is_busy()
    }

    /// Requests what the frame asked for, at its end.
    pub fn finish_frame(&mut self) {
        self.sharp.finish_frame();
    }

    /// A small picture.
    pub fn small(&mut self, image: usize, path: Option<&Path>) -> Picture {
        match self.small_if_ready(image, path) {
            Picture::Loading => path.map_or(Picture::Absent, |path| self.request(image, path)),
            known => known,
        }
    }

    /// A small picture that is there for another reason; none is decoded.
    pub fn small_if_ready(&mut self, image: usize, path: Option<&Path>) -> Picture {
        if path.is_none() {
            return Picture::Absent;
        }
        let Some(slot) = self.slots.get_mut(&image) else { return Picture::Loading };
        slot.used = self.frame;
        let slot = *slot;
        Picture::Ready {
            texture: self.pages[slot.page].id(),
            uv: slot_uv(&slot),
            aspect: slot.size[0] as f32 / slot.size[1] as f32,
        }
    }

    /// A large picture, or the small one until it is loaded.
    pub fn large(&mut self, image: usize, path: Option<&Path>) -> Picture {
        if let Some(path) = path {
            self.sharp.ask(image, path, LARGE);
        }
        match self.sharp.picture(image) {
            Some(picture) => picture,
            None => self.small(image, path),
        }
    }

    fn request(&mut self, image: usize, path: &Path) -> Picture {
        if self.broken.contains(&image) {
            return Picture::Broken;
        }
        if self.crowded.get(&image).is_some_and(|since| since + 60 > self.frame) {
            return Picture::Loading;
        }
        if self.waiting.insert(image) {
            self.pool.request(Request { image, generation: self.generation, path: path.to_owned() });
        }
        Picture::Loading
    }

    fn store_small(&mut self, ctx: &Context, image: usize, picture: ColorImage) {
        let Some((page, cell)) = self.free_cell(ctx) else {
            self.crowded.insert(image, self.frame);
            return;
        };
        let size = picture.size;
        self.pages[page].set_partial(cell_origin(cell), picture, TextureOptions::LINEAR);
        self.slots.insert(image, Slot { page, cell, size, used: self.frame });
    }

    /// An empty cell: a free one, one of a new page, or the least recently used.
    fn free_cell(&mut self, ctx: &Context) -> Option<(usize, usize)> {
        let per_page = SLOTS * SLOTS;
        if self.slots.len() < self.pages.len() * per_page {
            let taken: HashSet<(usize, usize)> = self.slots.values().map(|slot| (slot.page, slot.cell)).collect();
            return (0..self.pages.len())
                .flat_map(|page| (0..per_page).map(move |cell| (page, cell)))
                .find(|cell| !taken.contains(cell));
        }
        if self.pages.len() < PAGES {
            let side = SLOTS * SMALL;
            let blank = ColorImage::filled([side, side], Color32::TRANSPARENT);
            self.pages.push(ctx.load_texture(format!("pictures {}", self.pages.len()), blank, TextureOptions::LINEAR));
            return Some((self.pages.len() - 1, 0));
        }
        // Never evict what is on screen: visible pictures evicting each other would be decoded over and over.
        let out_of_sight = self.slots.iter().filter(|(_, slot)| slot.used + 2 < self.frame);
        let (&image, slot) = out_of_sight.min_by_key(|(_, slot)| slot.used)?;
        let cell = (slot.page, slot.cell);
        self.slots.remove(&image);
        Some(cell)
    }
}

fn cell_origin(cell: usize) -> [usize; 2] {
    [cell % SLOTS * SMALL, cell / SLOTS * SMALL]
}

/// A slot's texture coordinates, inset by half a pixel so that filtering never reaches its neighbours.
fn slot_uv(slot: &Slot) -> Rect {
    let side = (SLOTS * SMALL) as f32;
    let [x, y] = cell_origin(slot.cell).map(|at| at as f32);
    let [width, height] = slot.size.map(|length| length as f32);
    Rect::from_min_max(
        pos2((x + 0.5) / side, (y + 0.5) / side),
        pos2((x + width - 0.5) / side, (y + height - 0.5) / side),
    )
}
