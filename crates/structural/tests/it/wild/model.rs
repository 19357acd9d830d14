//! What stands in a document. Names are known by their letters: `k` a value, `g` a group, `h` a group in one line, `l` a
//! list of items, `s` one of texts, `f` one of texts in one line, `i` an item with a key, `d` a document; before them stands
//! the name of what they are in. So a text can be read back without knowing its format.

use super::dialect::Dialect;
use crate::notations::sample::Dice;
use std::collections::BTreeMap;
use switchback_core::content::filetype::Format;

#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    pub name: String,
    pub what: What,
    /// The comment above, and the one behind it.
    pub above: Option<usize>,
    pub behind: Option<usize>,
    /// Whether a blank line stands before it.
    pub blank: bool,
    /// Attributes.
    pub marks: BTreeMap<usize, usize>,
    /// In which way it is written, where there are several.
    pub style: usize,
}

#[derive(Clone, PartialEq, Debug)]
pub enum What {
    Value(usize),
    /// Groups, lists, items and documents.
    Holds(Vec<Node>),
    /// An item without a key: a text, or two members.
    Text(usize),
    Pair(usize),
    /// An entry or an item that is commented out.
    Off(Box<Node>),
    /// A comment that stands alone.
    Alone(usize),
}

/// The letter of a name.
pub fn kind(name: &str) -> char {
    name.rsplit('_').next().and_then(|last| last.chars().next()).unwrap_or('r')
}

/// What a name is in.
pub fn parent(name: &str) -> &str {
    name.rsplit_once('_').map_or("", |(parent, _)| parent)
}

impl Node {
    pub fn plain(name: String, what: What) -> Self {
        Self { name, what, above: None, behind: None, blank: false, marks: BTreeMap::new(), style: 0 }
    }

    /// What it is known by among its siblings.
    pub fn id(&self) -> String {
        match &self.what {
            What::Value(_) | What::Holds(_) => self.name.clone(),
            What::Text(value) | What::Pair(value) => format!("{} {value}", self.name),
            What::Off(of) => format!("off {} {:?}", of.name, of.what),
            What::Alone(words) => format!("alone {words}"),
        }
    }
}

/// Makes documents and what is in them.
pub struct Maker<'d> {
    pub dice: &'d mut Dice,
    pub dialect: Dialect,
}

impl Maker<'_> {
    pub fn document(&mut self) -> Vec<Node> {
        if self.dialect.stream.is_some() {
            return (1..3 + self.dice.below(2)).map(|at| self.sheet(at)).collect();
        }
        let mut all = self.within("");
        let first = all.iter().position(|node| matches!(node.what, What::Value(_)));
        if let (true, Some(first)) = (self.dialect.doubled, first) {
            let again = Node::plain(all[first].name.clone(), What::Value(self.dice.below(9)));
            all.insert(self.dice.below(all.len() + 1), again);
        }
        all
    }

    pub fn sheet(&mut self, at: usize) -> Node {
        let name = format!("d{at}");
        let inner = self.within(&name);
        Node::plain(name, What::Holds(inner))
    }

    /// What a container of some name holds at first.
    pub fn within(&mut self, of: &str) -> Vec<Node> {
        let mut all: Vec<Node> = Vec::new();
        let most = if of.is_empty() { 3 + self.dice.below(5) } else { self.dice.below(5) };
        for _ in 0..most {
            let new = self.node(of);
            put(&mut all, self.dice.below(9), new);
        }
        all
    }

    /// Something that may stand in a container.
    pub fn node(&mut self, of: &str) -> Node {
        let number = self.dice.below(16);
        let way = if of.is_empty() { String::new() } else { format!("{of}_") };
        let value = self.dice.below(30);
        if kind(of) == 'l' {
            return self.item(&way, number % 8);
        }
        if matches!(kind(of), 's' | 'f') {
            let text = Node::plain(format!("{way}t"), What::Text(self.dice.below(12)));
            let off = kind(of) == 's' && self.dialect.notes && self.dice.below(8) == 0;
            return if off { off_line(text) } else { text };
        }
        let letter = self.letter(of, number);
        let name = format!("{way}{letter}{number}");
        if letter != 'k' {
            let inner = self.within(&name);
            return self.dressed(Node::plain(name, What::Holds(inner)));
        }
        let value = Node::plain(name, What::Value(value));
        match self.dice.below(12) {
            _ if kind(of) == 'h' => value,
            0 if self.dialect.notes => off_line(value),
            1 if self.dialect.notes => Node::plain(String::new(), What::Alone(self.dice.below(300))),
            _ => self.dressed(value),
        }
    }

    /// What stands under a number: the same, whoever puts it in.
    fn letter(&self, of: &str, number: usize) -> char {
        let deep = of.chars().filter(|letter| "gid".contains(*letter)).count();
        let may_nest = deep < self.dialect.depth && kind(of) != 'h';
        match (self.dialect.format, number) {
            (Format::Properties, 0 | 6) if may_nest => 'g',
            (Format::Properties, _) => 'k',
            (_, 0 | 6) if may_nest => 'g',
            (_, 1 | 11) if may_nest => 'l',
            (_, 2 | 8) if kind(of) != 'h' => 'h',
            (_, 7) if kind(of) != 'h' => 's',
            (Format::Json | Format::Yaml | Format::Toml, 13) if kind(of) != 'h' => 'f',
            _ => 'k',
        }
    }

    fn item(&mut self, way: &str, number: usize) -> Node {
        let value = self.dice.below(12);
        let new = match self.dialect.mixed && self.dice.below(2) == 0 {
            true => Node::plain(format!("{way}x0"), What::Pair(value)),
            false => {
                let name = format!("{way}i{number}");
                let inner = self.within(&name);
                self.dressed(Node::plain(name, What::Holds(inner)))
            }
        };
        if self.dialect.notes && self.dice.below(10) == 0 { self.off(new) } else { new }
    }

    /// What stands there when somebody comments a node out.
    pub fn off(&self, mut node: Node) -> Node {
        if let What::Holds(inner) = &mut node.what {
            inner.retain(|one| matches!(one.what, What::Value(_)));
            inner
                .iter_mut()
                .for_each(|one| *one = Node { style: one.style, ..Node::plain(one.name.clone(), one.what.clone()) });
        }
        off_line(node)
    }

    fn dressed(&mut self, node: Node) -> Node {
        let dialect = self.dialect;
        let mut some = |may: bool, percent| (may && self.dice.below(100) < percent).then(|| self.dice.below(300));
        let above = some(dialect.notes && !lists_nothing(dialect, &node), 20);
        let behind = some(dialect.behind && may_have_behind(dialect, &node), 15);
        let marks = some(dialect.format == Format::Xml && may_have_marks(&node), 30);
        let marks = marks.map(|value| (value % 3, value % 7)).into_iter().collect();
        let blank = some(true, 20).is_some();
        let style = self.dice.below(12) / 10;
        Node { above, behind, blank, marks, style, ..node }
    }
}

fn off_line(node: Node) -> Node {
    let bare = Node { above: None, behind: None, blank: false, ..node };
    Node::plain(String::new(), What::Off(Box::new(bare)))
}

/// Whether a list is nothing but its items, so that nothing can stand above it.
pub fn lists_nothing(dialect: Dialect, node: &Node) -> bool {
    matches!(kind(&node.name), 'l' | 's') && !dialect.has_empty_lists(kind(&node.name))
}

/// A group over several lines that has none in it may be one line.
pub fn may_have_behind(dialect: Dialect, node: &Node) -> bool {
    let is_group = kind(&node.name) == 'g' && !matches!(dialect.format, Format::Xml | Format::Json);
    matches!(node.what, What::Value(_)) || matches!(kind(&node.name), 'h' | 'f') || is_group
}

pub fn may_have_marks(node: &Node) -> bool {
    matches!(node.what, What::Value(_)) || kind(&node.name) == 'g'
}

/// Puts a node in, unless what it is known by is there. In TOML what is written as a table comes last.
pub fn put(all: &mut Vec<Node>, at: usize, new: Node) {
    let known = |node: &Node| match &node.what {
        What::Off(of) => of.name.clone(),
        _ => node.name.clone(),
    };
    let is_named = matches!(kind(&known(&new)), 'k' | 'g' | 'h' | 'l' | 's' | 'f' | 'i' | 'd');
    let is_there = all.iter().any(|node| {
        known(node) == known(&new) && is_named
            || node.id() == new.id() && matches!(new.what, What::Off(_) | What::Alone(_))
    });
    if !is_there {
        all.insert(at.min(all.len()), new);
    }
}
