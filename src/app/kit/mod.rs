//! What every panel is drawn with: colours, icons, widgets, pictures, the camera. Knows no workspace.

pub mod camera;
pub mod icons;
pub mod plot;
pub mod theme;
pub mod thumbnails;
pub mod widgets;
