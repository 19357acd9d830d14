//! Writes documents.

use super::dialect::Dialect;
use super::model::{Node, What, kind, lists_nothing};
use switchback_core::content::filetype::Format;

/// A line, and the comment behind it.
struct Line {
    indent: usize,
    text: String,
    behind: String,
}

pub fn render(dialect: Dialect, nodes: &[Node]) -> String {
    let writer = Writer { dialect };
    let mut lines = match dialect.format {
        Format::Json => vec![line(0, "{")],
        Format::Xml => vec![line(0, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"), line(0, "<CustomObject>")],
        _ => Vec::new(),
    };
    let indent = if matches!(dialect.format, Format::Json | Format::Xml) { 2 } else { 0 };
    writer.nodes(nodes, (indent, ""), &mut lines);
    match dialect.format {
        Format::Json => lines.push(line(0, "}")),
        Format::Xml => lines.push(line(0, "</CustomObject>")),
        _ => {}
    }
    lines.iter().map(|line| format!("{}\n", line.shown())).collect()
}

/// The lines of something that is commented out, as they stand in a text.
pub fn off_lines(dialect: Dialect, of: &Node) -> Vec<String> {
    let mut lines = Vec::new();
    Writer { dialect }.node(of, (0, ""), &mut lines);
    let words: Vec<String> = lines.iter().map(Line::shown).collect();
    match dialect.format {
        Format::Xml => vec![words.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")],
        _ => words,
    }
}

fn line(indent: usize, text: impl Into<String>) -> Line {
    Line { indent, text: text.into(), behind: String::new() }
}

impl Line {
    fn shown(&self) -> String {
        let Self { indent, text, behind } = self;
        if text.is_empty() { String::new() } else { format!("{:indent$}{text}{behind}", "") }
    }
}

#[derive(Clone, Copy)]
struct Writer {
    dialect: Dialect,
}

impl Writer {
    /// `way` is how a header names what these are in.
    fn nodes(self, nodes: &[Node], (indent, way): (usize, &str), lines: &mut Vec<Line>) {
        let is_real = |node: &&Node| !matches!(node.what, What::Off(_) | What::Alone(_));
        let mut left = nodes.iter().filter(is_real).count();
        for node in nodes {
            self.node(node, (indent, way), lines);
            if is_real(&node) {
                left -= 1;
                if left > 0
                    && self.has_commas(node)
                    && let Some(last) = lines.last_mut()
                {
                    last.text.push(',');
                }
            }
        }
    }

    fn has_commas(self, node: &Node) -> bool {
        self.dialect.format == Format::Json || self.dialect.format == Format::Toml && matches!(node.what, What::Text(_))
    }

    fn node(self, node: &Node, (indent, way): (usize, &str), lines: &mut Vec<Line>) {
        let dialect = self.dialect;
        let is_list = lists_nothing(dialect, node);
        if node.blank && !is_list {
            lines.push(line(0, ""));
        }
        if let Some(words) = node.above.filter(|_| !is_list) {
            lines.push(line(indent, dialect.comment(&format!("n{words}"))));
        }
        let start = lines.len();
        match &node.what {
            What::Value(value) => lines.push(line(indent, self.value(node, *value))),
            What::Text(value) => lines.push(line(indent, self.text(&node.name, *value))),
            What::Pair(value) => self.pair((&node.name, *value), (indent, way), lines),
            What::Holds(inner) => self.holds((node, inner), (indent, way), lines),
            What::Off(of) => {
                let words = off_lines(dialect, of);
                lines.extend(words.iter().map(|words| line(indent, dialect.comment(words))));
            }
            What::Alone(words) => {
                lines.push(line(indent, dialect.comment(&format!("c{words}"))));
                lines.push(line(0, ""));
            }
        }
        let behind = node.behind.map(|words| format!(" {}", dialect.comment(&format!("b{words}"))));
        // How an item opens has no comment behind it, nor has what is in one line with what it holds.
        if let (Some(behind), Some(first)) = (behind, lines.get_mut(start)) {
            first.behind = behind;
        }
    }

    fn value(self, node: &Node, value: usize) -> String {
        let (name, marks) = (&node.name, marks(node));
        match (self.dialect.format, node.style) {
            (Format::Xml, _) => format!("<{name}{marks}>v{value}</{name}>"),
            (Format::Json, 0) => format!("\"{name}\": \"v{value}\""),
            (Format::Json, _) => format!("\"{name}\" : \"v{value}\""),
            (Format::Yaml, 0) => format!("{name}: v{value}"),
            (Format::Yaml, _) => format!("{name}: 'v{value}'"),
            (Format::Toml, 0) => format!("{name} = \"v{value}\""),
            (Format::Toml, _) => format!("{name} = 'v{value}'"),
            (Format::Properties, 0) => format!("{name}=v{value}"),
            (Format::Properties, _) => format!("{name} = v{value}"),
        }
    }

    fn text(self, name: &str, value: usize) -> String {
        let list = super::model::parent(name);
        match self.dialect.format {
            Format::Xml => format!("<{list}>v{value}</{list}>"),
            Format::Yaml => format!("- v{value}"),
            _ => format!("\"v{value}\""),
        }
    }

    fn pair(self, (name, value): (&str, usize), (indent, way): (usize, &str), lines: &mut Vec<Line>) {
        let list = super::model::parent(name);
        let members = [name.to_owned(), format!("{list}_y0")].map(|name| Node::plain(name, What::Value(value)));
        self.open_item(list, (indent, way), lines);
        let start = lines.len();
        self.nodes(&members, (self.deeper(indent), ""), lines);
        self.close_item(list, (indent, start), lines);
    }

    fn holds(self, (node, inner): (&Node, &[Node]), (indent, way): (usize, &str), lines: &mut Vec<Line>) {
        match kind(&node.name) {
            'i' => self.item((&node.name, inner), (indent, way), lines),
            'd' => self.sheet((&node.name, inner), lines),
            'h' | 'f' => lines.push(line(indent, self.in_a_line(node, inner))),
            'l' | 's' if lists_nothing(self.dialect, node) => self.nodes(inner, (indent, &below(way, node)), lines),
            _ => self.block((node, inner), (indent, &below(way, node)), lines),
        }
    }

    /// A group or a list, over several lines.
    fn block(self, (node, inner): (&Node, &[Node]), (indent, way): (usize, &str), lines: &mut Vec<Line>) {
        let (name, is_list) = (&node.name, matches!(kind(&node.name), 'l' | 's'));
        let is_empty = !inner.iter().any(|node| !matches!(node.what, What::Off(_) | What::Alone(_)));
        let [open, close] = if is_list { ["[", "]"] } else { ["{", "}"] };
        let has_nothing = inner.is_empty();
        let (opens, closes) = match (self.dialect.format, node.style) {
            (Format::Xml, 0) if has_nothing => return lines.push(line(indent, format!("<{name}{}/>", marks(node)))),
            (Format::Xml, _) if has_nothing => {
                return lines.push(line(indent, format!("<{name}{}></{name}>", marks(node))));
            }
            (Format::Json, _) if has_nothing => return lines.push(line(indent, format!("\"{name}\": {open}{close}"))),
            (Format::Yaml, _) if is_empty => (format!("{name}: {open}{close}"), None),
            (Format::Xml, _) => (format!("<{name}{}>", marks(node)), Some(format!("</{name}>"))),
            (Format::Json, _) => (format!("\"{name}\": {open}"), Some(close.to_owned())),
            (Format::Yaml, _) => (format!("{name}:"), None),
            (Format::Toml, _) if is_list => (format!("{name} = ["), Some("]".to_owned())),
            (Format::Toml, _) => (format!("[{way}]"), None),
            (Format::Properties, _) => (format!("[{name}]"), None),
        };
        lines.push(line(indent, opens));
        let is_flat = matches!(self.dialect.format, Format::Toml | Format::Properties) && !is_list;
        self.nodes(inner, (if is_flat { indent } else { indent + 2 }, way), lines);
        lines.extend(closes.map(|closes| line(indent, closes)));
    }

    fn in_a_line(self, node: &Node, inner: &[Node]) -> String {
        let words: Vec<String> = inner
            .iter()
            .map(|one| match one.what {
                What::Value(value) => self.value(one, value),
                What::Text(value) if self.dialect.format == Format::Yaml => format!("v{value}"),
                What::Text(value) => format!("\"v{value}\""),
                _ => String::new(),
            })
            .collect();
        let name = &node.name;
        let words = words.join(if self.dialect.format == Format::Xml { "" } else { ", " });
        let in_brackets = match kind(name) {
            'f' => format!("[{words}]"),
            _ if words.is_empty() => "{}".to_owned(),
            _ => format!("{{ {words} }}"),
        };
        match self.dialect.format {
            Format::Xml => format!("<{name}>{words}</{name}>"),
            Format::Json => format!("\"{name}\": {in_brackets}"),
            Format::Yaml => format!("{name}: {in_brackets}"),
            _ => format!("{name} = {in_brackets}"),
        }
    }

    fn item(self, (name, inner): (&str, &[Node]), (indent, way): (usize, &str), lines: &mut Vec<Line>) {
        let list = super::model::parent(name);
        self.open_item(list, (indent, way), lines);
        let (start, deeper) = (lines.len(), self.deeper(indent));
        lines.push(line(
            deeper,
            match self.dialect.format {
                Format::Xml => format!("<fullName>{name}</fullName>"),
                Format::Json => format!("\"id\": \"{name}\""),
                Format::Yaml => format!("id: {name}"),
                _ => format!("id = \"{name}\""),
            },
        ));
        let is_last = !inner.iter().any(|node| !matches!(node.what, What::Off(_) | What::Alone(_)));
        if self.dialect.format == Format::Json && !is_last {
            lines[start].text.push(',');
        }
        self.nodes(inner, (deeper, way), lines);
        self.close_item(list, (indent, start), lines);
    }

    fn deeper(self, indent: usize) -> usize {
        if self.dialect.format == Format::Toml { indent } else { indent + 2 }
    }

    fn open_item(self, list: &str, (indent, way): (usize, &str), lines: &mut Vec<Line>) {
        match self.dialect.format {
            Format::Xml => lines.push(line(indent, format!("<{list}>"))),
            Format::Json => lines.push(line(indent, "{")),
            Format::Yaml => {}
            _ if way.is_empty() => lines.push(line(indent, format!("[[{list}]]"))),
            _ => lines.push(line(indent, format!("[[{way}]]"))),
        }
    }

    fn close_item(self, list: &str, (indent, start): (usize, usize), lines: &mut Vec<Line>) {
        match self.dialect.format {
            Format::Xml => lines.push(line(indent, format!("</{list}>"))),
            Format::Json => lines.push(line(indent, "}")),
            Format::Yaml => {
                lines[start].indent = indent;
                lines[start].text.insert_str(0, "- ");
            }
            _ => {}
        }
    }

    fn sheet(self, (name, inner): (&str, &[Node]), lines: &mut Vec<Line>) {
        lines.push(line(0, "---"));
        match self.dialect.stream {
            Some(true) => lines.extend([line(0, "kind: K"), line(0, "metadata:"), line(2, format!("name: {name}"))]),
            _ => lines.push(line(0, format!("name: {name}"))),
        }
        self.nodes(inner, (0, ""), lines);
    }
}

fn below(way: &str, node: &Node) -> String {
    if way.is_empty() { node.name.clone() } else { format!("{way}.{}", node.name) }
}

fn marks(node: &Node) -> String {
    node.marks.iter().map(|(mark, value)| format!(" a{mark}=\"v{value}\"")).collect()
}
