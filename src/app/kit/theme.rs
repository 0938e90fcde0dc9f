//! Every colour, size and font of the window.
//!
//! One accent (blue) for selections and actions; two relevance colours that are distinct under any colour vision (Okabe
//! and Ito's bluish green and vermilion) and always paired with a shape. Distances are multiples of [`GRID`].

use crate::judge::Colour;
use egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Stroke, Style, TextStyle,
    Theme, Visuals, vec2,
};
use std::sync::Arc;

/// The unit of every distance, in points.
pub const GRID: f32 = 4.0;

/// Corner radius of buttons, tiles and frames.
pub const RADIUS: u8 = 4;

/// Height of one row of controls.
pub const ROW: f32 = 24.0;

/// The colours of one theme.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    /// The background of everything.
    pub ground: Color32,
    /// Panels.
    pub panel: Color32,
    /// Controls and cards on panels.
    pub raised: Color32,
    /// Controls under the pointer.
    pub hovered: Color32,
    /// Separator lines.
    pub line: Color32,
    /// Text.
    pub text: Color32,
    /// Less important text.
    pub weak: Color32,
    /// Selections and actions.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// The background of what is selected.
    pub selected: Color32,
    /// Judged relevant; a gain.
    pub relevant: Color32,
    /// Judged not relevant; a loss.
    pub irrelevant: Color32,
    /// Not judged.
    pub unjudged: Color32,
    /// Something is wrong.
    pub warning: Color32,
    /// Edges of a graph.
    pub edge: Color32,
    /// Colours of curves, distinct under any colour vision.
    pub curves: [Color32; 4],
    /// Colours of many runs, and of grades in the order of [`Colour::ALL`], distinct under any colour vision (after Okabe
    /// and Ito).
    pub series: [Color32; 8],
    /// Low, middle and high on a single-hue scale.
    pub scale: [Color32; 3],
}

const DARK: Palette = Palette {
    ground: Color32::from_rgb(0x12, 0x14, 0x18),
    panel: Color32::from_rgb(0x1a, 0x1d, 0x22),
    raised: Color32::from_rgb(0x26, 0x2a, 0x31),
    hovered: Color32::from_rgb(0x31, 0x36, 0x3f),
    line: Color32::from_rgb(0x2d, 0x32, 0x3a),
    text: Color32::from_rgb(0xe4, 0xe7, 0xec),
    weak: Color32::from_rgb(0x9a, 0xa3, 0xb0),
    accent: Color32::from_rgb(0x5b, 0x9d, 0xff),
    on_accent: Color32::from_rgb(0x08, 0x12, 0x24),
    selected: Color32::from_rgb(0x23, 0x38, 0x5a),
    relevant: Color32::from_rgb(0x2f, 0xbf, 0x8f),
    irrelevant: Color32::from_rgb(0xe8, 0x71, 0x2e),
    unjudged: Color32::from_rgb(0x77, 0x80, 0x8d),
    warning: Color32::from_rgb(0xf0, 0xb4, 0x3c),
    edge: Color32::from_rgb(0x8f, 0xa3, 0xbf),
    curves: [
        Color32::from_rgb(0x5b, 0x9d, 0xff),
        Color32::from_rgb(0xe8, 0xa0, 0x3c),
        Color32::from_rgb(0x2f, 0xbf, 0x8f),
        Color32::from_rgb(0xcf, 0x8a, 0xc6),
    ],
    series: [
        Color32::from_rgb(0x5b, 0x9d, 0xff),
        Color32::from_rgb(0xe8, 0xa0, 0x3c),
        Color32::from_rgb(0x2f, 0xbf, 0x8f),
        Color32::from_rgb(0xcf, 0x8a, 0xc6),
        Color32::from_rgb(0xe8, 0x71, 0x2e),
        Color32::from_rgb(0x6e, 0xcb, 0xe8),
        Color32::from_rgb(0xe6, 0xdb, 0x5a),
        Color32::from_rgb(0xb4, 0xbc, 0xc8),
    ],
    scale: [
        Color32::from_rgb(0x2c, 0x34, 0x42),
        Color32::from_rgb(0x3c, 0x72, 0xc4),
        Color32::from_rgb(0xb9, 0xd8, 0xff),
    ],
};

const LIGHT: Palette = Palette {
    ground: Color32::from_rgb(0xe9, 0xeb, 0xef),
    panel: Color32::from_rgb(0xfa, 0xfb, 0xfc),
    raised: Color32::from_rgb(0xec, 0xee, 0xf2),
    hovered: Color32::from_rgb(0xdf, 0xe3, 0xe9),
    line: Color32::from_rgb(0xd9, 0xdd, 0xe3),
    text: Color32::from_rgb(0x1b, 0x1f, 0x26),
    weak: Color32::from_rgb(0x5c, 0x66, 0x74),
    accent: Color32::from_rgb(0x1f, 0x6f, 0xd6),
    on_accent: Color32::from_rgb(0xff, 0xff, 0xff),
    selected: Color32::from_rgb(0xd3, 0xe4, 0xfb),
    relevant: Color32::from_rgb(0x00, 0x86, 0x62),
    irrelevant: Color32::from_rgb(0xc4, 0x4e, 0x00),
    unjudged: Color32::from_rgb(0x8a, 0x93, 0x9f),
    warning: Color32::from_rgb(0x9a, 0x68, 0x00),
    edge: Color32::from_rgb(0x5a, 0x6c, 0x86),
    curves: [
        Color32::from_rgb(0x1f, 0x6f, 0xd6),
        Color32::from_rgb(0xb5, 0x6a, 0x00),
        Color32::from_rgb(0x00, 0x86, 0x62),
        Color32::from_rgb(0x9b, 0x4c, 0x90),
    ],
    series: [
        Color32::from_rgb(0x1f, 0x6f, 0xd6),
        Color32::from_rgb(0xb5, 0x6a, 0x00),
        Color32::from_rgb(0x00, 0x86, 0x62),
        Color32::from_rgb(0x9b, 0x4c, 0x90),
        Color32::from_rgb(0xc4, 0x4e, 0x00),
        Color32::from_rgb(0x1a, 0x8f, 0xb0),
        Color32::from_rgb(0x8a, 0x7d, 0x00),
        Color32::from_rgb(0x4a, 0x53, 0x60),
    ],
    scale: [
        Color32::from_rgb(0xd5, 0xde, 0xea),
        Color32::from_rgb(0x6a, 0xa2, 0xe6),
        Color32::from_rgb(0x10, 0x3f, 0x85),
    ],
};

/// The palette in use.
pub fn palette(visuals: &Visuals) -> &'static Palette {
    if visuals.dark_mode { &DARK } else { &LIGHT }
}

impl Palette {
    /// The colour of a grade.
    pub fn grade(&self, colour: Colour) -> Color32 {
        let series = Colour::ALL.into_iter().position(|other| other == colour);
        self.series(series.unwrap_or_default())
    }

    /// The colour of the `index`-th run, cycling through the series.
    pub fn series(&self, index: usize) -> Color32 {
        self.series[index % self.series.len()]
    }

    /// The colour of a value between 0 (low) and 1 (high).
    pub fn ramp(&self, value: f32) -> Color32 {
        let at = if value.is_finite() { value.clamp(0.0, 1.0) * 2.0 } else { 0.0 };
        let (from, to) = if at < 1.0 { (self.scale[0], self.scale[1]) } else { (self.scale[1], self.scale[2]) };
        from.lerp_to_gamma(to, at.fract() + if at >= 2.0 { 1.0 } else { 0.0 })
    }

    /// A text colour legible on `ground`.
    pub fn text_on(&self, ground: Color32) -> Color32 {
        let [r, g, b, _] = ground.to_array().map(f32::from);
        if 0.299 * r + 0.587 * g + 0.114 * b > 140.0 {
            Color32::from_rgb(0x10, 0x16, 0x20)
        } else {
            Color32::from_rgb(0xf2, 0xf5, 0xfa)
        }
    }

    /// The colour of a gain or a loss; weak for neither.
    pub fn change(&self, change: f64) -> Color32 {
        match change {
            change if change > 0.0005 => self.relevant,
            change if change < -0.0005 => self.irrelevant,
            _ => self.weak,
        }
    }
}

/// The semibold font family.
pub fn strong_family() -> FontFamily {
    FontFamily::Name("strong".into())
}

/// The semibold font at a size.
pub fn strong(size: f32) -> FontId {
    FontId::new(size, strong_family())
}

/// The size of body text.
pub const BODY: f32 = 13.0;

/// The size of captions, badges and axis labels.
pub const SMALL: f32 = 11.0;

/// Installs fonts and both themes.
pub fn install(ctx: &Context) {
    ctx.set_fonts(fonts());
    for (theme, palette) in [(Theme::Dark, &DARK), (Theme::Light, &LIGHT)] {
        ctx.style_mut_of(theme, |style| apply(style, palette));
    }
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let faces: [(&str, &'static [u8]); 4] = [
        ("inter", include_bytes!("../../../assets/fonts/Inter-Regular.otf")),
        ("inter medium", include_bytes!("../../../assets/fonts/Inter-Medium.otf")),
        ("inter strong", include_bytes!("../../../assets/fonts/Inter-SemiBold.otf")),
        ("icons", include_bytes!("../../../assets/fonts/Phosphor.ttf")),
    ];
    for (name, bytes) in faces {
        let mut data = FontData::from_static(bytes);
        if name == "icons" {
            // Their own metrics would place the icons above the middle of the text.
            data.tweak.y_offset_factor = 0.1;
            data.tweak.scale = 1.12;
        }
        fonts.font_data.insert(name.to_owned(), Arc::new(data));
    }
    let rest = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let family = |first: &str| -> Vec<String> {
        [first, "icons"].iter().map(|name| (*name).to_owned()).chain(rest.iter().cloned()).collect()
    };
    fonts.families.insert(FontFamily::Proportional, family("inter"));
    fonts.families.insert(strong_family(), family("inter strong"));
    if let Some(fixed) = fonts.families.get_mut(&FontFamily::Monospace) {
        fixed.push("icons".to_owned());
    }
    fonts
}

fn apply(style: &mut Style, palette: &Palette) {
    style.text_styles = [
        (TextStyle::Heading, strong(15.0)),
        (TextStyle::Body, FontId::proportional(BODY)),
        (TextStyle::Button, FontId::proportional(BODY)),
        (TextStyle::Small, FontId::proportional(SMALL)),
        (TextStyle::Monospace, FontId::monospace(12.0)),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(2.0 * GRID, 1.5 * GRID);
    spacing.button_padding = vec2(2.0 * GRID, GRID);
    spacing.interact_size = vec2(32.0, ROW);
    spacing.menu_margin = Margin::same(6);
    spacing.window_margin = Margin::same(12);
    spacing.slider_width = 120.0;
    spacing.combo_width = 120.0;
    spacing.indent = 4.0 * GRID;
    spacing.icon_width = 15.0;
    spacing.icon_width_inner = 9.0;
    spacing.scroll = egui::style::ScrollStyle { bar_width: 8.0, ..egui::style::ScrollStyle::thin() };
    colours(&mut style.visuals, palette);
    style.animation_time = 0.1;
}

fn colours(visuals: &mut Visuals, palette: &Palette) {
    let line = Stroke::new(1.0, palette.line);
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(palette.weak);
    visuals.panel_fill = palette.panel;
    visuals.window_fill = palette.panel;
    visuals.window_stroke = line;
    visuals.extreme_bg_color = palette.ground;
    visuals.text_edit_bg_color = Some(palette.ground);
    visuals.faint_bg_color = palette.raised.gamma_multiply(0.5);
    visuals.code_bg_color = palette.raised;
    visuals.hyperlink_color = palette.accent;
    visuals.warn_fg_color = palette.warning;
    visuals.error_fg_color = palette.irrelevant;
    visuals.selection.bg_fill = palette.selected;
    visuals.selection.stroke = Stroke::new(1.0, palette.text);
    visuals.slider_trailing_fill = true;
    visuals.striped = false;
    visuals.window_corner_radius = CornerRadius::same(8);
    visuals.menu_corner_radius = CornerRadius::same(6);
    let widgets = &mut visuals.widgets;
    for (widget, fill, edge) in [
        (&mut widgets.noninteractive, palette.panel, palette.line),
        (&mut widgets.inactive, palette.raised, Color32::TRANSPARENT),
        (&mut widgets.hovered, palette.hovered, Color32::TRANSPARENT),
        (&mut widgets.active, palette.selected, palette.accent),
        (&mut widgets.open, palette.hovered, Color32::TRANSPARENT),
    ] {
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.bg_stroke = Stroke::new(1.0, edge);
        widget.fg_stroke = Stroke::new(1.0, palette.text);
        widget.corner_radius = CornerRadius::same(RADIUS);
        widget.expansion = 0.0;
    }
}
