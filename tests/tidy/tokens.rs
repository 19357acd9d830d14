//! Rust as tokens, which know neither comments nor documentation nor how a line is broken.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A sequence of tokens that was looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Found {
    /// The line of its first token, from 1.
    pub line: usize,
}

/// The tokens of a text. A file that is not Rust is another rule's complaint.
pub fn tokens(text: &str) -> Vec<TokenTree> {
    text.parse::<TokenStream>().map(|stream| stream.into_iter().collect()).unwrap_or_default()
}

/// Every identifier with its line.
pub fn idents(tokens: Vec<TokenTree>) -> Vec<(usize, String)> {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Ident(ident) => vec![(ident.span().start().line, ident.to_string())],
            TokenTree::Group(group) => idents(group.stream().into_iter().collect()),
            _ => Vec::new(),
        })
        .collect()
}

/// All places where some words and signs, `["Plan", "::", "new"]`, follow each other.
pub fn search(text: &str, wanted: &[&str]) -> Vec<Found> {
    let mut flat = Vec::new();
    flatten(tokens(text), &mut flat);
    flat.windows(wanted.len())
        .filter(|window| window.iter().zip(wanted).all(|((_, word), wanted)| word == wanted))
        .map(|window| Found { line: window[0].0 })
        .collect()
}

/// Words and signs in the order they are written, `::` as one.
pub fn flatten(tokens: Vec<TokenTree>, flat: &mut Vec<(usize, String)>) {
    for token in tokens {
        let line = token.span().start().line;
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ':' => match flat.last_mut() {
                Some((_, last)) if last == ":" => last.push(':'),
                _ => flat.push((line, ":".to_owned())),
            },
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                flat.push((line, open.to_owned()));
                flatten(group.stream().into_iter().collect(), flat);
                flat.push((group.span_close().start().line, close.to_owned()));
            }
            other => flat.push((line, other.to_string())),
        }
    }
}

#[test]
fn words_are_found_across_lines_and_not_in_comments() {
    let text = "// Plan::new\nfn f() {\n    Plan::\n        new(a)\n}";
    assert_eq!(search(text, &["Plan", "::", "new"]), [Found { line: 3 }]);
    assert_eq!(search("fn f() { a.b().c() }", &["b", "(", ")", ".", "c"]), [Found { line: 1 }]);
    assert_eq!(search("fn f() { \"Plan::new\" }", &["Plan", "::", "new"]), []);
}
