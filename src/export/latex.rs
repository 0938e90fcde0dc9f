//! Tables as LaTeX.

use super::table::{Cell, Table, Value};

/// Escapes any text for LaTeX: special characters are escaped, and those its usual fonts lack become maths.
pub fn latex_text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => escaped.push_str("\\textbackslash{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => escaped.extend(['\\', character]),
            '<' => escaped.push_str("$<$"),
            '>' => escaped.push_str("$>$"),
            '|' => escaped.push_str("$|$"),
            '\n' | '\r' | '\t' => escaped.push(' '),
            '–' => escaped.push_str("--"),
            '—' => escaped.push_str("---"),
            '†' => escaped.push_str("$^{\\dagger}$"),
            '‡' => escaped.push_str("$^{\\ddagger}$"),
            'Δ' => escaped.push_str("$\\Delta$"),
            'τ' => escaped.push_str("$\\tau$"),
            'ρ' => escaped.push_str("$\\rho$"),
            '×' => escaped.push_str("$\\times$"),
            '±' => escaped.push_str("$\\pm$"),
            '−' => escaped.push_str("$-$"),
            '≤' => escaped.push_str("$\\leq$"),
            '≥' => escaped.push_str("$\\geq$"),
            '·' => escaped.push_str("$\\cdot$"),
            '“' => escaped.push_str("``"),
            '”' => escaped.push_str("''"),
            '’' => escaped.push('\''),
            other => escaped.push(other),
        }
    }
    escaped
}

impl Table {
    /// As a LaTeX `table` with booktabs rules.
    pub fn latex(&self) -> String {
        let line = |cells: Vec<String>| format!("    {} \\\\\n", cells.join(" & "));
        let heads = std::iter::once(&self.corner).chain(&self.columns).map(|head| latex_text(head)).collect();
        let mut text = String::from("% \\usepackage{booktabs}\n\\begin{table}\n  \\centering\n");
        if !self.title.is_empty() {
            text += &format!("  \\caption{{{}}}\n", latex_text(&self.title));
        }
        text += &format!("  \\begin{{tabular}}{{l{}}}\n    \\toprule\n", "r".repeat(self.columns.len()));
        text += &line(heads);
        text += "    \\midrule\n";
        for row in &self.rows {
            let cells = row.cells.iter().map(|cell| shown(self, cell));
            text += &line(std::iter::once(latex_text(&row.name)).chain(cells).collect());
        }
        text += "    \\bottomrule\n  \\end{tabular}\n";
        for note in &self.notes {
            text += &format!("\n  \\smallskip{{\\footnotesize {}}}\n", latex_text(note));
        }
        text + "\\end{table}\n"
    }
}

fn shown(table: &Table, cell: &Cell) -> String {
    // A hyphen is not a minus sign.
    let number = |text: String| latex_text(&text.replace('-', "−"));
    let shown = match &cell.value {
        Value::Number(_) => number(table.shown(cell)),
        _ => latex_text(&table.shown(cell)),
    };
    let shown = if cell.best { format!("\\textbf{{{shown}}}") } else { shown };
    let (deviation, interval) = (number(table.deviation(cell)), number(table.interval(cell)));
    format!("{shown}{deviation}{}{interval}", latex_text(&cell.marks))
}
