//! Pictures as textures: small ones packed into a few atlas pages, large ones on demand.

use super::picture::Picture;
use super::sharp::Sharp;
use crate::jobs::{Pool, Wake};
use crate::vision::{self, Thumbnail};
use egui::{Color32, ColorImage, Context, Pos2, Rect, TextureHandle, TextureOptions, pos2};
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

/// Maximum number of large pictures.
const LARGE_COUNT: usize = 24;

struct Request {
    image: usize,
    large: bool,
    generation: u64,
    path: PathBuf,
}

struct Answer {
    image: usize,
    large: bool,
    generation: u64,
    /// The picture, or why it cannot be decoded.
    picture: Result<Thumbnail, String>,
}

#[derive(Clone, Copy)]
struct Slot {
    page: usize,
    cell: usize,
    size: [usize; 2],
    used: u64,
}

struct Large {
    texture: TextureHandle,
    used: u64,
}

/// The pictures shown, by the image's index in the data set.
pub struct Thumbnails {
    /// Those in the size of a panel.
    pub sharp: Sharp,
    pool: Pool<Request, Answer>,
    pages: Vec<TextureHandle>,
    slots: HashMap<usize, Slot>,
    large: HashMap<usize, Large>,
    waiting: HashSet<(usize, bool)>,
    broken: HashSet<usize>,
    /// Pictures that did not fit, and in which frame.
    crowded: HashMap<usize, u64>,
    generation: u64,
    frame: u64,
}

impl Thumbnails {
    /// Decodes on two threads and calls `wake` when a picture is ready.
    pub fn new(wake: Wake) -> Self {
        let sharp = Sharp::new(wake.clone());
        let pool = Pool::new("picture", 2, wake, |request: Request| Answer {
            image: request.image,
            large: request.large,
            generation: request.generation,
            picture: vision::thumbnail(&request.path, if request.large { LARGE } else { SMALL as u32 })
                .map_err(|error| error.to_string()),
        });
        Self {
            sharp,
            pool,
            pages: Vec::new(),
            slots: HashMap::new(),
            large: HashMap::new(),
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
        self.large.clear();
        self.waiting.clear();
        self.broken.clear();
        self.crowded.clear();
        self.pages.clear();
    }

    /// Collects decoded pictures; called once per frame.
    pub fn poll(&mut self, ctx: &Context) {
        self.frame += 1;
        self.sharp.poll(ctx);
        while let Some(answer) = self.pool.poll() {
            if answer.generation != self.generation {
                continue;
            }
            self.waiting.remove(&(answer.image, answer.large));
            match answer.picture {
                Ok(picture) if answer.large => self.store_large(ctx, answer.image, &picture),
                Ok(picture) => self.store_small(ctx, answer.image, &picture),
                Err(_) => {
                    self.broken.insert(answer.image);
                }
            }
        }
    }

    /// Whether pictures are still being decoded.
    pub fn is_busy(&self) -> bool {
        !self.waiting.is_empty() || self.sharp.is_busy()
    }

    /// A small picture.
    pub fn small(&mut self, image: usize, path: Option<&Path>) -> Picture {
        let Some(path) = path else { return Picture::Absent };
        if let Some(slot) = self.slots.get_mut(&image) {
            slot.used = self.frame;
            let slot = *slot;
            return Picture::Ready {
                texture: self.pages[slot.page].id(),
                uv: slot_uv(&slot),
                aspect: slot.size[0] as f32 / slot.size[1] as f32,
            };
        }
        self.request(image, path, false)
    }

    /// A large picture, or the small one until it is loaded.
    pub fn large(&mut self, image: usize, path: Option<&Path>) -> Picture {
        let Some(file) = path else { return Picture::Absent };
        if let Some(large) = self.large.get_mut(&image) {
            large.used = self.frame;
            let [width, height] = large.texture.size();
            return Picture::Ready {
                texture: large.texture.id(),
                uv: Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0)),
                aspect: width as f32 / height as f32,
            };
        }
        self.request(image, file, true);
        self.small(image, path)
    }

    fn request(&mut self, image: usize, path: &Path, large: bool) -> Picture {
        if self.broken.contains(&image) {
            return Picture::Broken;
        }
        if !large && self.crowded.get(&image).is_some_and(|since| since + 60 > self.frame) {
            return Picture::Loading;
        }
        if self.waiting.insert((image, large)) {
            self.pool.request(Request { image, large, generation: self.generation, path: path.to_owned() });
        }
        Picture::Loading
    }

    fn store_small(&mut self, ctx: &Context, image: usize, picture: &Thumbnail) {
        let Some((page, cell)) = self.free_cell(ctx) else {
            self.crowded.insert(image, self.frame);
            return;
        };
        let size = [picture.width as usize, picture.height as usize];
        let position = cell_origin(cell);
        let pixels = ColorImage::from_rgba_unmultiplied(size, &picture.rgba);
        self.pages[page].set_partial(position, pixels, TextureOptions::LINEAR);
        self.slots.insert(image, Slot { page, cell, size, used: self.frame });
    }

    fn store_large(&mut self, ctx: &Context, image: usize, picture: &Thumbnail) {
        if self.large.len() >= LARGE_COUNT {
            let oldest = self.large.iter().min_by_key(|(_, large)| large.used).map(|(&image, _)| image);
            oldest.map(|image| self.large.remove(&image));
        }
        let size = [picture.width as usize, picture.height as usize];
        let pixels = ColorImage::from_rgba_unmultiplied(size, &picture.rgba);
        let texture = ctx.load_texture(format!("picture {image}"), pixels, TextureOptions::LINEAR);
        self.large.insert(image, Large { texture, used: self.frame });
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
