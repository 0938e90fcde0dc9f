//! The icons in use, named by meaning (glyphs of the Phosphor font in `assets/fonts`).

/// One place up.
pub const UP: &str = "\u{E13C}";
/// One place down.
pub const BELOW: &str = "\u{E136}";
/// The next one.
pub const RIGHT: &str = "\u{E13A}";
/// The previous one.
pub const LEFT: &str = "\u{E138}";
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
/// A menu opens below (from Inter: the icon font has a different glyph at this code point).
pub const DOWN: &str = "▼";
/// Something folded opens below (from Inter, too).
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
pub const CHART: &str = "\u{E154}";
/// Save to a file.
pub const SAVE: &str = "\u{E248}";
