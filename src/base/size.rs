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

#[cfg(test)]
mod tests {
    use super::size_text;

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
