//! Ctrl-C.

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set once the program is asked to stop; a second request exits at once.
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Starts listening.
    pub fn listen() -> Self {
        let requested = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // On a system without the signal, its default behaviour stays.
            let _ = flag::register_conditional_shutdown(signal, 128 + signal, requested.clone());
            let _ = flag::register(signal, requested.clone());
        }
        Self(requested)
    }

    /// Whether a stop was requested.
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
