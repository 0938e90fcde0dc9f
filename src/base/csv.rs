//! Comma-separated values.

/// One line of CSV (RFC 4180): fields with a comma, quote or line break are quoted, quotes doubled, and the line ends
/// in CRLF.
pub fn csv_line<S: AsRef<str>>(fields: &[S]) -> String {
    let field = |field: &S| {
        let field = field.as_ref();
        if field.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", field.replace('"', "\"\""))
        } else {
            field.into()
        }
    };
    fields.iter().map(field).collect::<Vec<String>>().join(",") + "\r\n"
}
