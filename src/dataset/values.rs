//! Fields to values: numbers, dates, places, tags.

/// A finite number; a decimal comma is not accepted.
pub(super) fn number(field: &str) -> Option<f64> {
    field.trim().parse::<f64>().ok().filter(|number| number.is_finite())
}

/// A whole number of 32 bits; `3.0` counts as one, as spreadsheets write them.
pub(super) fn whole(field: &str) -> Option<i32> {
    let field = field.trim();
    field.parse().ok().or_else(|| {
        let number = number(field)?;
        let fits = number.fract() == 0.0 && number.abs() < f64::from(i32::MAX);
        fits.then_some(number as i32)
    })
}

/// Latitude and longitude in degrees, if both are within their bounds.
pub(super) fn location(latitude: f64, longitude: f64) -> Option<(f64, f64)> {
    (latitude.abs() <= 90.0 && longitude.abs() <= 180.0).then_some((latitude, longitude))
}

/// Tags separated by `;` if the field holds one, else by `,`, else by white space.
pub(super) fn tags(field: &str) -> Vec<String> {
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
pub(super) fn date(field: &str) -> Option<i64> {
    let field = field.trim();
    let digits = field.strip_prefix('-').unwrap_or(field);
    if digits.len() >= 5 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return field.parse().ok();
    }
    let (day, time) = match field.find(['T', 't', ' ']) {
        Some(at) => (&field[..at], field[at + 1..].trim()),
        None => (field, ""),
    };
    let mut parts = day.split(['-', '/', ':', '.']);
    let year = fixed(parts.next()?, 4)?;
    // Flickr writes a month or a day that is not known as 00.
    let month = parts.next().map_or(Some(1), |part| fixed(part, 2))?.max(1);
    let day = parts.next().map_or(Some(1), |part| fixed(part, 2))?.max(1);
    let valid = year > 0 && (1..=12).contains(&month) && day >= 1 && day <= month_days(year, month);
    if parts.next().is_some() || !valid {
        return None;
    }
    Some(days_since_1970(year, month, day) * 86_400 + seconds_of_day(time)?)
}

/// Whether a date stands for "unknown" (Flickr writes `0000-00-00 00:00:00`).
pub(super) fn is_blank_date(field: &str) -> bool {
    field.chars().all(|c| matches!(c, '0' | '-' | ':' | '/' | ' ' | 'T' | 'Z'))
}

fn fixed(part: &str, most: usize) -> Option<i64> {
    let fits = !part.is_empty() && part.len() <= most && part.bytes().all(|byte| byte.is_ascii_digit());
    if fits { part.parse().ok() } else { None }
}

fn month_days(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days in the proleptic Gregorian calendar, counted in years that start in March so that the leap day comes last
/// (H. Hinnant, "chrono-compatible low-level date algorithms", `days_from_civil`).
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Seconds into the day, less the offset from UTC.
fn seconds_of_day(time: &str) -> Option<i64> {
    if time.is_empty() {
        return Some(0);
    }
    let time = time.trim_end_matches(['Z', 'z']);
    let (clock, offset) = match time.rfind(['+', '-']) {
        Some(at) => {
            let sign = if time.as_bytes()[at] == b'+' { 1 } else { -1 };
            let digits: String = time[at + 1..].chars().filter(|&c| c != ':').collect();
            let hours = fixed(digits.get(..2)?, 2)?;
            let minutes = if digits.len() > 2 { fixed(digits.get(2..)?, 2)? } else { 0 };
            (&time[..at], sign * (hours * 3600 + minutes * 60))
        }
        None => (time, 0),
    };
    let mut parts = clock.trim().split(':');
    let hours = fixed(parts.next()?, 2)?;
    let minutes = fixed(parts.next()?, 2)?;
    let seconds = match parts.next() {
        Some(part) => fixed(part.split('.').next()?, 2)?,
        None => 0,
    };
    let valid = hours < 24 && minutes < 60 && seconds <= 60 && parts.next().is_none();
    valid.then_some(hours * 3600 + minutes * 60 + seconds - offset)
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
    }

    #[test]
    fn impossible_dates_are_refused() {
        for bad in ["2019-02-29", "2019-13-01", "yesterday", "2019-01-01 25:00", "", "2019-1-1-1", "é-01-01"] {
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
