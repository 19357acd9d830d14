//! Reads documents back by the simplest means there are, so that what is judged is not its own judge.

use super::dialect::Dialect;
use super::model::{kind, parent};
use super::said::{Said, Slot, name_of, words};
use switchback_core::content::filetype::Format;

pub fn read(dialect: Dialect, text: &str) -> Said {
    let open = vec![(-1, String::new())];
    let mut reader = Reader { dialect, open, above: Vec::new(), alone: None, pair: None, said: Said::default() };
    text.lines().for_each(|line| reader.line(line));
    reader.unbound();
    reader.said.whole()
}

struct Reader {
    dialect: Dialect,
    /// What is open, and how deep it stands.
    open: Vec<(isize, String)>,
    /// The comments directly above the line.
    above: Vec<String>,
    /// A comment that ought to stand alone.
    alone: Option<(String, isize)>,
    /// What the first member of an item without a key says.
    pair: Option<String>,
    said: Said,
}

impl Reader {
    fn line(&mut self, line: &str) {
        let bare = line.trim_start();
        let indent = (line.len() - bare.len()) as isize;
        let bare = bare.trim_end();
        if bare.is_empty() {
            self.alone = None;
            if !matches!(self.dialect.format, Format::Xml | Format::Json) {
                self.unbound();
            }
            return;
        }
        let (entry, comment) = self.dialect.split(bare);
        if entry.is_empty() {
            return self.comment(comment, indent);
        }
        match self.dialect.format {
            _ if bare == "---" => self.open.truncate(1),
            _ if self.is_header(entry) => self.header(entry),
            Format::Toml | Format::Properties => self.leave_texts(entry),
            _ => self.leave(indent),
        }
        if entry.starts_with(['}', ']']) || entry.starts_with("</") {
            return self.unbound();
        }
        let mut parts = words(entry);
        if self.is_header(entry) {
            parts.drain(..parts.len().saturating_sub(1));
        }
        if let Some((words, deep)) = self.alone.take()
            && deep == indent
            && !matches!(self.dialect.format, Format::Xml | Format::Json)
        {
            self.said.add(&words, Slot::Above, "what it does not belong to");
        }
        if let Some(name) = parts.first().filter(|word| kind(word) != 'v') {
            let line = line.trim_end();
            let line = match comment.is_empty() {
                true => line.strip_suffix(',').unwrap_or(line).to_owned(),
                false => line.replacen(", //", " //", 1),
            };
            self.said.lines.entry((*name).to_owned()).or_default().push(line);
        }
        self.entry(&parts, indent);
        if let Some(words) = words(comment).first() {
            let name = parts.first().copied().unwrap_or_default();
            self.said.add(name, Slot::Behind, words);
        }
    }

    /// Comments that stand above nothing.
    fn unbound(&mut self) {
        self.alone = None;
        for words in std::mem::take(&mut self.above) {
            self.said.add(&words, Slot::Above, "nothing");
        }
    }

    fn comment(&mut self, comment: &str, indent: isize) {
        let parts = words(comment);
        if !matches!(self.dialect.format, Format::Toml | Format::Properties) {
            self.leave(indent);
        }
        let of = self.top().to_owned();
        match parts.first().map(|word| word.chars().next()) {
            Some(Some('n')) => self.above.push(parts[0].to_owned()),
            Some(Some('c')) => {
                self.unbound();
                self.said.add(&of, Slot::In(parts[0].to_owned()), "");
                self.said.stands(&of, parts[0]);
                self.alone = Some((parts[0].to_owned(), indent));
            }
            Some(_) => {
                let bare = comment.trim_start_matches("<!--").trim_end_matches("-->");
                let words = format!("off {}", bare.trim_start_matches(['#', '/']).trim());
                for above in std::mem::take(&mut self.above) {
                    self.said.stands_above_off(name_of(&words), &above);
                }
                self.said.is_off(self.dialect, &of, &words);
            }
            None => {}
        }
    }

    fn top(&self) -> &str {
        self.open.last().map_or("", |(_, name)| name)
    }

    fn leave(&mut self, indent: isize) {
        while self.open.last().is_some_and(|(open, _)| *open >= indent) {
            self.open.pop();
        }
    }

    /// A list of texts ends where something else comes.
    fn leave_texts(&mut self, entry: &str) {
        if kind(self.top()) == 's' && !entry.starts_with('"') {
            self.open.pop();
        }
    }

    fn is_header(&self, entry: &str) -> bool {
        matches!(self.dialect.format, Format::Toml | Format::Properties) && entry.starts_with('[')
    }

    fn header(&mut self, entry: &str) {
        let parts = words(entry);
        let of = parent(parts.last().copied().unwrap_or_default());
        while self.open.len() > 1 && self.top() != of {
            self.open.pop();
        }
        // The table that it is in may stand before others.
        if self.top() != of && !of.split('_').any(|part| part.starts_with('i')) {
            self.open.push((0, of.to_owned()));
        }
    }

    fn entry(&mut self, parts: &[&str], indent: isize) {
        let (mut current, mut mark) = (self.top().to_owned(), None);
        for part in parts {
            match kind(part) {
                'v' if mark.is_some() => {
                    self.said.add(&current, Slot::Mark(mark.take().unwrap_or_default()), part);
                }
                'v' => self.value(&current, part),
                'a' => mark = part[1..].parse().ok(),
                'k' | 'x' | 'y' if *part == current => {}
                'k' => {
                    self.named(part, if kind(&current) == 'k' { parent(&current).to_owned() } else { current });
                    current = (*part).to_owned();
                }
                'x' | 'y' => current = (*part).to_owned(),
                _ if *part == current || current.starts_with(&format!("{part}_")) => {}
                'i' | 'd' => {
                    let indent = match self.dialect.format {
                        Format::Yaml if kind(part) == 'i' => indent,
                        _ => indent - 1,
                    };
                    self.named(part, current);
                    self.said.add(part, Slot::There, "");
                    self.open.push((if kind(part) == 'd' { -1 } else { indent }, (*part).to_owned()));
                    current = (*part).to_owned();
                }
                letter => {
                    if !matches!(letter, 'l' | 's') || self.dialect.has_empty_lists(letter) {
                        self.named(part, current);
                        self.said.add(part, Slot::There, "");
                    } else if !self.said.orders.get(&current).is_some_and(|all| all.iter().any(|one| one == part)) {
                        self.said.stands(&current, part);
                    }
                    if !matches!(letter, 'h' | 'f') {
                        self.open.push((indent, (*part).to_owned()));
                    }
                    current = (*part).to_owned();
                }
            }
        }
    }

    /// Takes in that something with a name stands where it does.
    fn named(&mut self, name: &str, within: String) {
        if parent(name) != within {
            self.said.add(name, Slot::In(format!("in {within}")), "");
        }
        self.said.stands(&within, name);
        for words in std::mem::take(&mut self.above) {
            self.said.add(name, Slot::Above, &words);
        }
    }

    fn value(&mut self, of: &str, value: &str) {
        match kind(of) {
            'k' => self.said.add(of, Slot::Value, value),
            'x' => {
                self.said.add(parent(of), Slot::In(format!("pair {value}")), "");
                self.said.stands(parent(of), &format!("pair {value}"));
                self.pair = Some(value.to_owned());
            }
            'y' if self.pair.take().as_deref() == Some(value) => {}
            _ => {
                self.said.add(of, Slot::In(format!("text {value}")), "");
                self.said.stands(of, &format!("text {value}"));
            }
        }
    }
}
