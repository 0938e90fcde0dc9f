//! Dates as the run table shows them.

use chrono::DateTime;

/// Seconds since 1970 as `2026-11-24 09:30`, in UTC; empty for 0.
pub fn date(seconds: u64) -> String {
    if seconds == 0 {
        return String::new();
    }
    let date = i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    date.map_or_else(String::new, |date| date.format("%Y-%m-%d %H:%M").to_string())
}
