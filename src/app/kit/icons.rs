//! The icons in use, named by meaning: arrows of Inter, and glyphs of Phosphor (both in `assets/fonts`).
//!
//! Inter comes first and has private glyphs of its own, so only Phosphor's other code points can be used.

/// One place up.
pub const UP: &str = "↑";
/// One place down.
pub const BELOW: &str = "↓";
/// The next one.
pub const RIGHT: &str = "→";
/// The previous one.
pub const LEFT: &str = "←";
/// A menu with more to do.
pub const MORE: &str = "\u{E1FE}";
/// Open a data set.
pub const OPEN: &str = "\u{E256}";
/// Search or filter.
pub const SEARCH: &str = "\u{E30C}";
/// Which images are shown.
pub const FILTER: &str = "\u{E266}";
/// Start.
pub const PLAY: &str = "\u{E3D0}";
/// Pause.
pub const PAUSE: &str = "\u{E39E}";
/// Stop.
pub const STOP: &str = "\u{E46C}";
/// Done, or relevant.
pub const CHECK: &str = "\u{E182}";
/// Close, or not relevant.
pub const CROSS: &str = "\u{E4F6}";
/// Dark theme.
pub const MOON: &str = "\u{E330}";
/// Light theme.
pub const SUN: &str = "\u{E472}";
/// Fit to view.
pub const FIT: &str = "\u{E626}";
/// The graph panel.
pub const GRAPH: &str = "\u{EB58}";
/// A picture.
pub const IMAGE: &str = "\u{E2CA}";
/// A picture that cannot be shown.
pub const BROKEN: &str = "\u{E7A8}";
/// Something is wrong.
pub const WARNING: &str = "\u{E4E0}";
/// Information.
pub const INFO: &str = "\u{E2CE}";
/// Help.
pub const HELP: &str = "\u{E3E8}";
/// The command palette.
pub const COMMAND: &str = "\u{E1C4}";
/// Delete.
pub const TRASH: &str = "\u{E4A6}";
/// Reset.
pub const RESET: &str = "\u{E08A}";
/// Compute embeddings.
pub const CPU: &str = "\u{E610}";
/// The panels' layout.
pub const LAYOUT: &str = "\u{E6D6}";
/// A menu opens below.
pub const DOWN: &str = "▼";
/// Something folded opens below.
pub const FOLDED: &str = "▶";
/// Copy to the clipboard.
pub const COPY: &str = "\u{E1CA}";
/// The columns of a table.
pub const COLUMNS: &str = "\u{E546}";
/// Maximise.
pub const WIDE: &str = "\u{E0A2}";
/// Swap sides.
pub const SWAP: &str = "\u{E0A0}";
/// A table.
pub const TABLE: &str = "\u{E476}";
/// Curves.
pub const CHART: &str = "\u{E4AE}";
/// Save to a file.
pub const SAVE: &str = "\u{E248}";
/// The stage before.
pub const BACK: &str = "\u{E5A4}";
/// The next stage.
pub const FORTH: &str = "\u{E5A6}";
/// Two things side by side.
pub const SPLIT: &str = "\u{E870}";
/// Again from the start.
pub const LOOP: &str = "\u{E3F6}";
/// Why something is so.
pub const WHY: &str = "\u{E2DC}";
/// As if something were not there.
pub const LEAVE_OUT: &str = "\u{E3DE}";
/// Cut an edge.
pub const CUT: &str = "\u{EAE0}";

#[cfg(test)]
mod tests {
    /// The private code points at which Inter has glyphs.
    const INTER: [std::ops::RangeInclusive<u32>; 6] =
        [0xE000..=0xE080, 0xE093..=0xE096, 0xE0A5..=0xE0E6, 0xE0F3..=0xE11C, 0xE11E..=0xE164, 0xEE01..=0xEE05];

    #[test]
    fn no_icon_is_hidden_by_a_glyph_of_the_text_font() {
        let source = include_str!("icons.rs").split("mod tests").next().expect("the table");
        let codes = source.split("\\u{").skip(1).filter_map(|rest| rest.split('}').next());
        let codes: Vec<u32> = codes.map(|code| u32::from_str_radix(code, 16).expect("a code point")).collect();
        assert!(codes.len() > 30);
        let hidden: Vec<_> = codes.iter().filter(|code| INTER.iter().any(|range| range.contains(code))).collect();
        assert!(hidden.is_empty(), "{hidden:x?}");
    }
}
