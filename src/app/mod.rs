//! Pixels: the window and its panels.
