//! The window around the panels: commands, layout, bars and dialogs.

pub mod bar;
pub mod collect;
pub mod commands;
pub mod dialogs;
pub mod export;
pub mod label;
pub mod large;
pub mod layout;
pub mod manual;
pub mod messages;
pub mod named;
mod narrow;
mod obstacles;
pub mod open;
pub mod pack;
mod path_field;
pub mod player;
pub mod pressed;
pub mod relink;
pub mod save;
pub mod screenshot;
pub mod search;
pub mod step;
pub mod system_dialog;
pub mod tables;
pub mod training_bar;
