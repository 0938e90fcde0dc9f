//! Sizes in bytes, as text.

/// A number of bytes in decimal units (1 kB = 1000 bytes) with one decimal: `512 bytes`, `44.7 MB`, `1.2 GB`.
pub fn size_text(bytes: u64) -> String {
    if bytes < 1000 {
        return if bytes == 1 { "1 byte".to_owned() } else { format!("{bytes} bytes") };
    }
    let mut size = bytes as f64 / 1e3;
    for unit in ["kB", "MB", "GB"] {
        // 999.95 would be shown as 1000.0.
        if size < 999.95 {
            return format!("{size:.1} {unit}");
        }
        size /= 1e3;
    }
    format!("{size:.1} TB")
}

/// A size from text: a number with one of these units in any case (`512MB`, `1.5 GB`), or of bytes. `None` if it is
/// something else.
pub fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let scale = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" | "bytes" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        "g" | "gb" => 1e9,
        "t" | "tb" => 1e12,
        _ => return None,
    };
    let bytes = number.parse::<f64>().ok()? * scale;
    (bytes < u64::MAX as f64).then_some(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::{parse_size, size_text};

    #[test]
    fn sizes_are_read_with_and_without_a_unit() {
        let cases = [("1000", 1000), ("1.5 GB", 1_500_000_000), ("512mb", 512_000_000), ("2T", 2_000_000_000_000)];
        for (text, bytes) in cases {
            assert_eq!(parse_size(text), Some(bytes), "{text}");
        }
        for bad in ["", "GB", "-1", "1.2.3", "4 parsecs", "1e9"] {
            assert_eq!(parse_size(bad), None, "{bad}");
        }
    }

    #[test]
    fn units_are_powers_of_a_thousand() {
        let cases = [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1000, "1.0 kB"),
            (1 << 20, "1.0 MB"),
            (44_653_020, "44.7 MB"),
            (999_949_999, "999.9 MB"),
            (999_950_000, "1.0 GB"),
            (1 << 30, "1.1 GB"),
            (2_500_000_000_000, "2.5 TB"),
            (u64::MAX, "18446744.1 TB"),
        ];
        for (bytes, text) in cases {
            assert_eq!(size_text(bytes), text);
        }
    }
}
