//! The icons in use, by meaning (glyphs of Phosphor, which `assets/fonts` holds).

/// Open a data set.
pub const OPEN: &str = "\u{E256}";
/// Search or filter.
pub const SEARCH: &str = "\u{E30C}";
/// Start.
pub const PLAY: &str = "\u{E3D0}";
/// Halt.
pub const PAUSE: &str = "\u{E39E}";
/// End.
pub const STOP: &str = "\u{E46C}";
/// Done, or relevant.
pub const CHECK: &str = "\u{E182}";
/// Close, or not relevant.
pub const CROSS: &str = "\u{E4F6}";
/// Dark theme.
pub const MOON: &str = "\u{E330}";
/// Light theme.
pub const SUN: &str = "\u{E472}";
/// Show everything.
pub const FIT: &str = "\u{E626}";
/// The graph panel.
pub const GRAPH: &str = "\u{EB58}";
/// A picture.
pub const IMAGE: &str = "\u{E2CA}";
/// A picture that cannot be shown.
pub const BROKEN: &str = "\u{E7A8}";
/// Something is wrong.
pub const WARNING: &str = "\u{E4E0}";
/// Good to know.
pub const INFO: &str = "\u{E2CE}";
/// Help.
pub const HELP: &str = "\u{E3E8}";
/// The list of commands.
pub const COMMAND: &str = "\u{E1C4}";
/// Delete.
pub const TRASH: &str = "\u{E4A6}";
/// Back to the preset.
pub const RESET: &str = "\u{E08A}";
/// Compute embeddings.
pub const CPU: &str = "\u{E610}";
/// The panels' layout.
pub const LAYOUT: &str = "\u{E6D6}";
/// More choices (Inter's own; the icon font's code for it means something else there).
pub const DOWN: &str = "▼";
/// To the clipboard.
pub const COPY: &str = "\u{E1CA}";
/// The columns of a table.
pub const COLUMNS: &str = "\u{E546}";
/// The whole window for one panel.
pub const WIDE: &str = "\u{E0A2}";
/// Change sides.
pub const SWAP: &str = "\u{E0A0}";
/// A table.
pub const TABLE: &str = "\u{E476}";
/// Curves.
pub const CHART: &str = "\u{E154}";
/// Save to a file.
pub const SAVE: &str = "\u{E248}";
