//! Each glyph's advance and left bearing, which the drawing library ignores when it draws text to a bitmap.
//!
//! OpenType's tables `head` (units per em), `hhea` and `hmtx` (advance and left bearing of each glyph) and `cmap`
//! (format 4: glyphs by character).

/// The parts of a font needed to set a line of text.
#[derive(Clone, Copy)]
pub(super) struct Font {
    units_per_em: f64,
    /// Number of glyphs with an advance of their own; the others share the last one's.
    advances: usize,
    metrics: &'static [u8],
    characters: &'static [u8],
}

impl Font {
    /// Reads a font file's content; `None` if it lacks these tables.
    pub fn read(file: &'static [u8]) -> Option<Font> {
        let cmap = table(file, b"cmap")?;
        let count = usize::from(short(cmap, 2)?);
        let mut subtables = (0..count).filter_map(|index| cmap.get(long(cmap, 8 + 8 * index)?..));
        Some(Font {
            units_per_em: f64::from(short(table(file, b"head")?, 18)?),
            advances: usize::from(short(table(file, b"hhea")?, 34)?),
            metrics: table(file, b"hmtx")?,
            characters: subtables.find(|subtable| short(subtable, 0) == Some(4))?,
        })
    }

    /// A character's advance and left bearing in ems; those of the missing glyph if the font lacks it.
    pub fn letter(&self, character: char) -> (f64, f64) {
        let glyph = self.glyph(character).unwrap_or(0);
        let last = self.advances.saturating_sub(1);
        let advance = short(self.metrics, 4 * glyph.min(last)).unwrap_or(0);
        let bearing = if glyph <= last {
            short(self.metrics, 4 * glyph + 2)
        } else {
            short(self.metrics, 2 * (glyph + last + 1))
        };
        let bearing = bearing.unwrap_or(0) as i16;
        (f64::from(advance) / self.units_per_em, f64::from(bearing) / self.units_per_em)
    }

    /// The width of a text in ems.
    pub fn width(&self, text: &str) -> f64 {
        text.chars().map(|character| self.letter(character).0).sum()
    }

    /// Format 4: segments of characters, each with its last and first code, a delta to the glyph index and, where that
    /// does not suffice, an offset into a list of glyph indices.
    fn glyph(&self, character: char) -> Option<usize> {
        let (map, code) = (self.characters, u16::try_from(u32::from(character)).ok()?);
        let doubled = usize::from(short(map, 6)?);
        let at = (0..doubled / 2).find(|&segment| short(map, 14 + 2 * segment).is_some_and(|last| last >= code))?;
        let (first, delta) = (16 + doubled + 2 * at, 16 + 2 * doubled + 2 * at);
        let range = 16 + 3 * doubled + 2 * at;
        let offset = code.checked_sub(short(map, first)?)?;
        let difference = short(map, delta)?;
        match usize::from(short(map, range)?) {
            0 => Some(usize::from(code.wrapping_add(difference))),
            start => match short(map, range + start + 2 * usize::from(offset))? {
                0 => None,
                glyph => Some(usize::from(glyph.wrapping_add(difference))),
            },
        }
    }
}

fn table(file: &'static [u8], name: &[u8; 4]) -> Option<&'static [u8]> {
    let count = usize::from(short(file, 4)?);
    let record = (0..count).map(|index| 12 + 16 * index).find(|&at| file.get(at..at + 4) == Some(name))?;
    let start = long(file, record + 8)?;
    file.get(start..)
}

/// The big-endian 16-bit number at an offset.
fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

/// The big-endian 32-bit number at an offset.
fn long(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?)).ok()
}
