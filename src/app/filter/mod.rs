//! Which images are shown: the chips one sees and clears, and the dialog that sets them.

mod chips;
mod dialog;

pub use chips::{button_ui, chips_ui};
pub use dialog::FilterDialog;
