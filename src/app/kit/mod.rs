//! What every panel is drawn with: colours, marks, icons, widgets, pictures, scenes. Independent of the workspace.

pub mod card;
pub mod icons;
pub mod lens;
pub mod mark;
pub mod obstacle;
pub mod picture;
pub mod plot;
pub mod restart;
pub mod scene;
pub mod sharp;
pub mod text;
pub mod theme;
pub mod thumbnails;
pub mod widgets;
