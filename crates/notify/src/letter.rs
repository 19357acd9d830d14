//! What a mail says, as text and as HTML.

use crate::plain::{html, line};

/// A letter before it is addressed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// Names it, however often it is sent: ASCII letters, digits, `_` and `-`.
    pub id: String,
    /// What it is about.
    pub subject: String,
    /// What it says, sentence by sentence.
    pub says: Vec<String>,
    /// More of it: what something is called, and what it is.
    pub facts: Vec<(String, String)>,
    /// Where to look, and what is seen there.
    pub link: Option<(String, String)>,
    /// Why somebody gets it.
    pub why: String,
}

impl Letter {
    /// Its subject, in one line.
    pub fn head(&self) -> String {
        line(&self.subject)
    }

    /// As text.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for sentence in &self.says {
            out.push_str(&line(sentence));
            out.push_str("\n\n");
        }
        for (name, value) in &self.facts {
            out.push_str(&format!("{}: {}\n", line(name), line(value)));
        }
        if let Some((address, seen)) = &self.link {
            out.push_str(&format!("\n{}:\n{}\n", line(seen), line(address)));
        }
        out.push_str(&format!("\n-- \n{}\n", line(&self.why)));
        out
    }

    /// As HTML. Nothing in it is fetched from anywhere.
    pub fn html(&self) -> String {
        let says: String = self.says.iter().map(|sentence| format!("<p>{}</p>\n", html(sentence))).collect();
        let row = |(name, value): &(String, String)| {
            format!("<tr><th align=\"left\">{}</th><td>{}</td></tr>\n", html(name), html(value))
        };
        let facts: String = self.facts.iter().map(row).collect();
        let link = self
            .link
            .as_ref()
            .map(|(address, seen)| format!("<p><a href=\"{}\">{}</a></p>\n", html(address), html(seen)));
        format!(
            "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>{}</title></head>\n\
             <body style=\"font-family: sans-serif\">\n{says}<table cellpadding=\"4\">\n{facts}</table>\n{}\
             <p style=\"color: #666\"><small>{}</small></p>\n</body></html>\n",
            html(&self.subject),
            link.unwrap_or_default(),
            html(&self.why),
        )
    }
}
