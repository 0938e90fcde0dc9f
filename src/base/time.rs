//! The time of day.

use std::time::UNIX_EPOCH;

/// Seconds since 1970-01-01 UTC; 0 if the clock is before that.
pub fn unix_seconds() -> u64 {
    UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs())
}
