//! Times of judgements: always UTC, to the millisecond.

use std::time::UNIX_EPOCH;

use chrono::DateTime;

/// Milliseconds since 1970-01-01 UTC; 0 if the clock is before that.
pub fn now() -> i64 {
    UNIX_EPOCH.elapsed().map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Milliseconds since 1970 as `2026-11-27T18:43:20.123Z`.
pub fn stamp(millis: i64) -> String {
    DateTime::from_timestamp_millis(millis).unwrap_or_default().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Milliseconds since 1970 of an ISO 8601 time with an offset; `None` if it is something else.
pub fn parse_stamp(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_and_survive_the_round_trip() {
        assert_eq!(stamp(1_281_810_216_007), "2010-08-14T18:23:36.007Z");
        assert_eq!(parse_stamp("2010-08-14T18:23:36.007Z"), Some(1_281_810_216_007));
        assert_eq!(parse_stamp("2010-08-15T03:23:36+09:00"), Some(1_281_810_216_000));
        assert_eq!(parse_stamp("2010-08-14"), None);
        assert!(now() > 1_700_000_000_000);
        assert_eq!(stamp(i64::MAX), stamp(0), "no panic");
    }
}
