//! Comma-separated values.

/// One line of CSV as RFC 4180 has it: fields with a comma, a quote or a line break in quotes, quotes doubled, CRLF at
/// the end.
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
