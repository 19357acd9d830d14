//! Texts of others made harmless: what stands in a change's title must not write a header, a second line, or markup.

/// One line: without characters that control where text goes, also those that turn its direction around.
pub fn line(text: &str) -> String {
    let words = text.split(|char: char| char.is_whitespace() || char.is_control()).filter(|word| !word.is_empty());
    words.map(visible).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn visible(word: &str) -> String {
    word.chars().filter(|char| !is_hidden(*char)).collect()
}

/// Marks of direction and other characters that show nothing, and change how what follows is shown.
fn is_hidden(char: char) -> bool {
    matches!(char,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// One line as HTML, in text and in quoted attributes alike.
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in line(text).chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_stays_one_line() {
        assert_eq!(line("Fix\r\nBcc: mallory@example.org\u{0}\u{7}"), "Fix Bcc: mallory@example.org");
        assert_eq!(line("safe\u{202e}gpj.exe"), "safegpj.exe");
        assert_eq!(line("  a \t b\u{2028}c "), "a b c");
        assert_eq!(line("Grüße ☃"), "Grüße ☃");
    }

    #[test]
    fn markup_is_text() {
        assert_eq!(html("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
    }
}
