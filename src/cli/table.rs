//! Tables as plain text.

/// Rows of cells as text: the first column left-aligned, the others right-aligned, separated by spaces.
pub(super) fn columns(rows: &[Vec<String>]) -> String {
    aligned(rows, &[true])
}

/// Rows of cells as text, separated by spaces; columns are right-aligned except where `is_left` is true.
pub(super) fn aligned(rows: &[Vec<String>], is_left: &[bool]) -> String {
    // A file name may contain terminal control codes.
    let shown = |cell: &String| cell.replace(char::is_control, "\u{fffd}");
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(shown).collect()).collect();
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| length(cell)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let blank = " ".repeat(widths[column] - length(cell));
            let between = if column == 0 { "" } else { "  " };
            line += &match is_left.get(column) {
                Some(true) => format!("{between}{cell}{blank}"),
                _ => format!("{between}{blank}{cell}"),
            };
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

fn length(cell: &str) -> usize {
    cell.chars().count()
}

/// A measure with four decimals; `–` if there is none.
pub(super) fn measured(value: f64) -> String {
    if value.is_finite() { format!("{value:.4}") } else { "–".to_owned() }
}

/// 3300 as `3,300`.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_align_left_and_numbers_right() {
        let rows = [["", "MAP"], ["text only", "0.5"], ["μ", "0.1234"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(columns(&rows), "              MAP\ntext only     0.5\nμ          0.1234\n");
    }

    #[test]
    fn columns_align_left_on_request_and_control_codes_never_reach_the_terminal() {
        let rows = [["k", "state", "MAP"], ["10", "done\u{1b}[2J", ".5"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(aligned(&rows, &[false, true, false]), " k  state     MAP\n10  done\u{fffd}[2J   .5\n");
    }

    #[test]
    fn thousands_are_separated_by_commas() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
