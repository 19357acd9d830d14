//! Aligned columns. Made for ten thousand rows: a cell that is borrowed stays borrowed, and each is measured once.

use crate::render::tone::Tone;
use std::borrow::Cow;
use unicode_width::UnicodeWidthStr as _;

/// Between two columns.
const GAP: &str = "  ";

/// Rows under headings.
#[derive(Clone, Debug, Default)]
pub struct Table<'a> {
    heads: Vec<Cow<'a, str>>,
    rows: Vec<Vec<Cell<'a>>>,
}

/// One cell.
#[derive(Clone, Debug, Default)]
pub struct Cell<'a> {
    text: Cow<'a, str>,
    tone: Tone,
}

impl<'a> Cell<'a> {
    /// A text in a tone.
    pub fn toned(text: impl Into<Cow<'a, str>>, tone: Tone) -> Self {
        Self { text: text.into(), tone }
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::toned(text, Tone::Plain)
    }
}

impl<'a> From<&'a String> for Cell<'a> {
    fn from(text: &'a String) -> Self {
        Self::toned(text.as_str(), Tone::Plain)
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::toned(text, Tone::Plain)
    }
}

impl<'a, T: Into<Self>> From<Option<T>> for Cell<'a> {
    fn from(text: Option<T>) -> Self {
        text.map_or_else(|| Self::toned("–", Tone::Dim), Into::into)
    }
}

impl<'a> Table<'a> {
    /// A table with these headings; without any, only rows.
    pub fn new<H: Into<Cow<'a, str>>>(heads: impl IntoIterator<Item = H>) -> Self {
        Self { heads: heads.into_iter().map(Into::into).collect(), rows: Vec::new() }
    }

    /// One more row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Writes it. Columns without any text are left out.
    pub fn write(&self, to: &mut String) {
        let measured: Vec<Vec<usize>> =
            self.rows.iter().map(|row| row.iter().map(|cell| cell.text.width()).collect()).collect();
        let columns = self.rows.iter().map(Vec::len).chain([self.heads.len()]).max().unwrap_or_default();
        let mut widths = vec![0; columns];
        for row in &measured {
            row.iter().zip(&mut widths).for_each(|(cell, width)| *width = (*width).max(*cell));
        }
        for (head, width) in self.heads.iter().zip(&mut widths).filter(|(_, width)| **width > 0) {
            *width = (*width).max(head.width());
        }
        if !self.heads.is_empty() {
            let heads = self.heads.iter().map(|head| (&**head, Tone::Dim, head.width()));
            write_row(to, heads, &widths);
        }
        for (row, measured) in self.rows.iter().zip(&measured) {
            let cells = row.iter().zip(measured).map(|(cell, width)| (&*cell.text, cell.tone, *width));
            write_row(to, cells, &widths);
        }
    }
}

/// One row: each cell with its tone and width. No blanks at its end.
fn write_row<'a>(to: &mut String, cells: impl Iterator<Item = (&'a str, Tone, usize)>, widths: &[usize]) {
    let mut owed = 0;
    for ((text, tone, width), column) in cells.zip(widths).filter(|(_, column)| **column > 0) {
        if width > 0 {
            to.extend(std::iter::repeat_n(' ', owed));
            owed = 0;
            match tone {
                Tone::Plain => to.push_str(text),
                tone => to.push_str(&tone.paint(text)),
            }
        }
        owed += column - width + GAP.len();
    }
    to.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_empty_ones_go_and_no_line_ends_in_blanks() {
        let mut table = Table::new(["Change", "Empty", "Title"]);
        table.row(["US-1".into(), "".into(), "Grüße 漢字".into()]);
        table.row(["US-1000".into(), "".into(), "".into()]);
        table.row([Cell::from(None::<&str>), "".into(), Cell::toned("x", Tone::Bad)]);
        let mut text = String::new();
        table.write(&mut text);
        let plain = anstream::adapter::strip_str(&text).to_string();
        assert_eq!(plain, "Change   Title\nUS-1     Grüße 漢字\nUS-1000\n–        x\n");
    }
}
