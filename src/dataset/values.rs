//! Parsing fields: numbers, dates, locations, tags.

use chrono::format::{Parsed, StrftimeItems, parse};
use chrono::{NaiveDate, NaiveTime};

/// A finite number; a decimal comma is not accepted.
pub(crate) fn number(field: &str) -> Option<f64> {
    field.trim().parse::<f64>().ok().filter(|number| number.is_finite())
}

/// A whole number of 32 bits; `3.0` counts as one, as spreadsheets write them.
pub(crate) fn whole(field: &str) -> Option<i32> {
    let field = field.trim();
    field.parse().ok().or_else(|| {
        let number = number(field)?;
        let fits = number.fract() == 0.0 && number.abs() < f64::from(i32::MAX);
        fits.then_some(number as i32)
    })
}

/// Latitude and longitude in degrees, if both are within their bounds.
pub(crate) fn location(latitude: f64, longitude: f64) -> Option<(f64, f64)> {
    (latitude.abs() <= 90.0 && longitude.abs() <= 180.0).then_some((latitude, longitude))
}

/// Tags separated by `;` if the field holds one, else by `,`, else by white space.
pub(crate) fn tags(field: &str) -> Vec<String> {
    let parts: Box<dyn Iterator<Item = &str>> = if field.contains(';') {
        Box::new(field.split(';'))
    } else if field.contains(',') {
        Box::new(field.split(','))
    } else {
        Box::new(field.split_whitespace())
    };
    parts.map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

/// Seconds since 1970-01-01 UTC of `2019-07-31`, `2019-07-31 18:23[:36[.5]]` (or with `T`, `Z`, `+09:00`; `/` or `:`
/// between the parts of the day as well), `2019`, `2019-07`, `2019-00-00`, or of a count of seconds with five digits or more.
pub(crate) fn date(field: &str) -> Option<i64> {
    let field = field.trim();
    let digits = field.strip_prefix('-').unwrap_or(field);
    if digits.len() >= 5 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return field.parse().ok();
    }
    let (day, time) = field.split_once(['T', 't', ' ']).unwrap_or((field, ""));
    let mut parts = day.split(['-', '/', ':', '.']);
    let year = fixed(parts.next()?, 4).filter(|year| *year > 0)?;
    // Flickr writes an unknown month or day as 00.
    let mut one_or_more = || Some(parts.next().map_or(Some(1), |part| fixed(part, 2))?.max(1));
    let (month, day) = (one_or_more()?, one_or_more()?);
    let day = NaiveDate::from_ymd_opt(year as i32, month, day).filter(|_| parts.next().is_none())?;
    let (time, offset) = clock(time.trim())?;
    Some(day.and_time(time).and_utc().timestamp() - i64::from(offset))
}

/// Whether a date stands for "unknown" (Flickr writes `0000-00-00 00:00:00`).
pub(crate) fn is_blank_date(field: &str) -> bool {
    field.chars().all(|c| matches!(c, '0' | '-' | ':' | '/' | ' ' | 'T' | 'Z'))
}

fn fixed(part: &str, most: usize) -> Option<u32> {
    let fits = part.len() <= most && part.bytes().all(|byte| byte.is_ascii_digit());
    if fits { part.parse().ok() } else { None }
}

/// The time of day (midnight where there is none) and its offset from UTC in seconds.
fn clock(text: &str) -> Option<(NaiveTime, i32)> {
    if text.is_empty() {
        return Some((NaiveTime::MIN, 0));
    }
    let read = |format: &str| {
        let mut parsed = Parsed::new();
        parse(&mut parsed, text, StrftimeItems::new(format)).ok()?;
        Some((parsed.to_naive_time().ok()?, parsed.offset().unwrap_or_default()))
    };
    ["%H:%M:%S%.f", "%H:%M:%S%.f%#z", "%H:%M", "%H:%M%#z"].into_iter().find_map(read)
}

/// Latitude and longitude from two fields; `bad` is given both where they are no location.
pub(crate) fn location_of_fields([latitude, longitude]: [&str; 2], bad: &mut dyn FnMut(&str)) -> Option<(f64, f64)> {
    if latitude.is_empty() && longitude.is_empty() {
        return None;
    }
    let degrees = (number(latitude), number(longitude));
    let found = degrees.0.zip(degrees.1).and_then(|(latitude, longitude)| location(latitude, longitude));
    if found.is_none() {
        bad(&format!("{latitude}, {longitude}"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_agree_with_the_calendar() {
        assert_eq!(date("1970-01-01"), Some(0));
        assert_eq!(date("2010-08-14 18:23:36"), Some(1_281_810_216));
        assert_eq!(date("2000-02-29T00:00:00Z"), Some(951_782_400));
        assert_eq!(date("2019-07-31T09:00:00+09:00"), Some(1_564_531_200));
        assert_eq!(date("2019:07:31 00:00:00"), Some(1_564_531_200));
        assert_eq!(date("1969-12-31 23:59"), Some(-60));
        assert_eq!(date("1999"), Some(915_148_800));
        assert_eq!(date("1999-00-00 00:00:00"), Some(915_148_800));
        assert_eq!(date("1281810216"), Some(1_281_810_216));
        assert_eq!(date("2019/7/1 9:05:07.25 Z"), Some(1_561_971_907));
        assert_eq!(date("2019-07-31T09:00+09"), Some(1_564_531_200));
    }

    #[test]
    fn impossible_dates_are_rejected() {
        for bad in
            ["2019-02-29", "2019-13-01", "yesterday", "2019-01-01 25:00", "", "2019-1-1-1", "é-01-01", "2019-01-01 12"]
        {
            assert_eq!(date(bad), None, "{bad}");
        }
        assert!(is_blank_date("0000-00-00 00:00:00"));
    }

    #[test]
    fn tags_follow_the_strongest_separator_present() {
        assert_eq!(tags("old mill; water, mill"), ["old mill", "water, mill"]);
        assert_eq!(tags("old mill,water"), ["old mill", "water"]);
        assert_eq!(tags(" old  mill "), ["old", "mill"]);
    }

    #[test]
    fn whole_numbers_may_look_like_a_spreadsheets() {
        assert_eq!(whole("2"), Some(2));
        assert_eq!(whole("-1.0"), Some(-1));
        assert_eq!(whole("1.5"), None);
        assert_eq!(whole("1e99"), None);
    }
}
