//! The text in the making.

use std::fmt::Write as _;

use crate::experiment::statistics::Summary;

/// A mean and its standard deviation, with the paper's four decimals.
pub fn figure(summary: &Summary) -> String {
    match summary.sd {
        Some(sd) => format!("{:.4} ± {sd:.4}", summary.mean),
        None => format!("{:.4}", summary.mean),
    }
}

/// A mean and its standard deviation in per cent, with a sign and the paper's decimal.
pub fn percent(summary: &Summary) -> String {
    match summary.sd {
        Some(sd) => format!("{:+.1} ± {sd:.1}", summary.mean),
        None => format!("{:+.1}", summary.mean),
    }
}

/// The text in the making.
pub struct Page<'a> {
    /// So far.
    pub text: String,
    /// The names of the figures that have pictures.
    pub drawn: &'a [&'a str],
}

impl Page<'_> {
    /// A paragraph.
    pub fn line(&mut self, text: &str) {
        // Writing to a string does not fail.
        let _ = writeln!(self.text, "{text}\n");
    }

    /// An item of a list.
    pub fn item(&mut self, text: &str) {
        let _ = writeln!(self.text, "- {text}");
    }

    /// The end of a list, if there was `any` item.
    pub fn end_list(&mut self, any: bool) {
        if any {
            self.text.push('\n');
        }
    }

    /// A table: the first row is its head.
    pub fn table(&mut self, rows: &[Vec<String>]) {
        for (index, row) in rows.iter().enumerate() {
            let _ = writeln!(self.text, "| {} |", row.join(" | "));
            if index == 0 {
                let rule = vec!["---"; row.len()].join(" | ");
                let _ = writeln!(self.text, "| {rule} |");
            }
        }
        self.text.push('\n');
    }

    /// A picture, if it was drawn.
    pub fn picture(&mut self, name: &str, alternative: &str) {
        if self.drawn.contains(&name) {
            self.line(&format!("![{alternative}]({name}.png)"));
            self.line(&format!("As shapes: [{name}.svg]({name}.svg)"));
        }
    }

    /// What stands in the place of what is not done.
    pub fn nothing(&mut self) {
        self.line("Nothing of this is done yet.");
    }
}

/// A row of a table.
pub fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}
