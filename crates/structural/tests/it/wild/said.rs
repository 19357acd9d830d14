//! What a document says, part by part, wherever it stands.

use super::dialect::Dialect;
use super::model::{Node, What, kind, lists_nothing, parent};
use super::render::off_lines;
use std::collections::{BTreeMap, BTreeSet};
use switchback_core::content::filetype::Format;

/// Each part of a document: what it is of, and what it says there.
pub type Parts = BTreeMap<Part, Vec<String>>;

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Part {
    /// The name of what it belongs to, or in what it stands.
    pub of: String,
    pub what: Slot,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Slot {
    /// That it is there.
    There,
    Value,
    Above,
    /// The same, where it is commented out.
    AboveOff,
    Behind,
    Mark(usize),
    /// An item without a key, a line that is commented out, a comment that stands alone: how many of these words.
    In(String),
}

#[derive(Default, Debug)]
pub struct Said {
    pub parts: Parts,
    /// For each container, what stands in it, in order.
    pub orders: BTreeMap<String, Vec<String>>,
    /// For each name, its line, without the comma.
    pub lines: BTreeMap<String, Vec<String>>,
}

impl Said {
    pub fn add(&mut self, of: &str, what: Slot, says: &str) {
        let all = self.parts.entry(Part { of: of.to_owned(), what }).or_default();
        all.push(says.to_owned());
        all.sort();
    }

    /// Takes in a line that is commented out. A list that is nothing but its items has none; and whose it is where there is
    /// no indentation, nobody can tell.
    pub fn is_off(&mut self, dialect: Dialect, of: &str, line: &str) {
        if dialect.format == Format::Toml || dialect.format == Format::Properties && dialect.depth > 0 {
            return self.add("", Slot::In(line.to_owned()), "");
        }
        let is_list = matches!(kind(of), 'l' | 's') && !dialect.has_empty_lists(kind(of));
        let of = if is_list { parent(of) } else { of };
        self.add(of, Slot::In(line.to_owned()), "");
        self.stands(of, line);
    }

    /// Takes in a comment above something that is commented out. An item has no name then.
    pub fn stands_above_off(&mut self, name: &str, words: &str) {
        if !matches!(kind(name), 'l' | 's') {
            self.add(name, Slot::AboveOff, words);
        }
    }

    /// Whether comments stand in a container, or anywhere.
    pub fn has_notes(&self, of: Option<&str>) -> bool {
        let is_note = |part: &Part| matches!(&part.what, Slot::In(words) if words.starts_with(['o', 'c']));
        self.parts.keys().any(|part| is_note(part) && of.is_none_or(|of| part.of == of))
    }

    pub fn stands_twice(&self, name: &str) -> bool {
        self.parts.get(&Part { of: name.to_owned(), what: Slot::Value }).is_some_and(|says| says.len() > 1)
    }

    /// The comments that stand with several entries.
    fn repeated(&self) -> impl Iterator<Item = &String> {
        let mut seen = BTreeSet::new();
        let comments =
            self.parts.iter().filter(|(part, _)| matches!(part.what, Slot::Above | Slot::AboveOff | Slot::Behind));
        comments.flat_map(|(_, says)| says).filter(move |words| !seen.insert(*words))
    }

    /// What stands above an entry stands there still when it is commented out.
    pub fn whole(mut self) -> Self {
        for (part, says) in self.parts.clone().into_iter().filter(|(part, _)| part.what == Slot::AboveOff) {
            self.parts.remove(&part);
            let part = Part { what: Slot::Above, ..part };
            if self.parts.get(&part) != Some(&says) {
                self.parts.entry(part).or_default().extend(says);
            }
        }
        self
    }

    /// Puts something behind what already stands in a container.
    pub fn stands(&mut self, of: &str, what: &str) {
        self.orders.entry(of.to_owned()).or_default().push(what.to_owned());
    }
}

/// What a document says, known from what it was made as.
pub fn said(dialect: Dialect, nodes: &[Node]) -> Said {
    let mut said = Said::default();
    tell((dialect, ""), nodes, &mut said);
    said.whole()
}

fn tell((dialect, of): (Dialect, &str), nodes: &[Node], said: &mut Said) {
    for node in nodes {
        match &node.what {
            // Such a list begins with its first item that is not commented out.
            What::Holds(inner) if lists_nothing(dialect, node) => {
                let first = inner.iter().position(|one| !matches!(one.what, What::Off(_)));
                let (off, rest) = inner.split_at(first.unwrap_or(inner.len()));
                tell((dialect, &node.name), off, said);
                if first.is_some() {
                    said.stands(of, &node.name);
                }
                tell((dialect, &node.name), rest, said);
            }
            What::Holds(inner) => {
                tell_of((dialect, of), node, said);
                tell((dialect, &node.name), inner, said);
            }
            _ => tell_of((dialect, of), node, said),
        }
    }
}

fn tell_of((dialect, of): (Dialect, &str), node: &Node, said: &mut Said) {
    let name = match &node.what {
        What::Value(value) => {
            said.add(&node.name, Slot::Value, &format!("v{value}"));
            node.name.clone()
        }
        What::Holds(_) => {
            said.add(&node.name, Slot::There, "");
            node.name.clone()
        }
        What::Text(value) => format!("text v{value}"),
        What::Pair(value) => format!("pair v{value}"),
        What::Alone(words) => format!("c{words}"),
        What::Off(off) => {
            let lines = off_lines(dialect, off);
            for line in lines.iter().filter(|line| !words(line).is_empty()) {
                said.is_off(dialect, of, &format!("off {}", line.trim()));
            }
            let first = lines.iter().find(|line| !words(line).is_empty());
            if let Some(words) = node.above {
                said.stands_above_off(first.map_or("", |line| name_of(line)), &format!("n{words}"));
            }
            return;
        }
    };
    if matches!(node.what, What::Text(_) | What::Pair(_) | What::Alone(_)) {
        said.add(of, Slot::In(name.clone()), "");
    }
    said.stands(of, &name);
    let words = [(Slot::Above, 'n', node.above), (Slot::Behind, 'b', node.behind)];
    for (slot, sign, words) in words {
        words.into_iter().for_each(|words| said.add(&name, slot.clone(), &format!("{sign}{words}")));
    }
    for (mark, value) in &node.marks {
        said.add(&name, Slot::Mark(*mark), &format!("v{value}"));
    }
}

/// The words of a line that mean something: names, values, comments.
pub fn words(line: &str) -> Vec<&str> {
    let is_part = |word: &&str| {
        let last = word.rsplit('_').next().unwrap_or_default();
        last.starts_with(|first: char| first.is_ascii_lowercase())
            && last.len() > 1
            && last[1..].bytes().all(|byte| byte.is_ascii_digit())
    };
    line.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').filter(is_part).collect()
}

/// The name of what is commented out in a line.
pub fn name_of(line: &str) -> &str {
    let names = words(line);
    names.iter().find(|name| matches!(kind(name), 'k' | 'i')).or(names.first()).copied().unwrap_or_default()
}

/// What both sides' edits are together, and the parts of which only their places tell what both did; `None` where they
/// disagree.
pub fn together([base, ours, theirs]: [&Said; 3], dialect: Dialect) -> Option<(Parts, BTreeSet<Part>)> {
    let none = Vec::new();
    let mut all = Parts::new();
    let mut open = BTreeSet::new();
    let repeated: BTreeSet<&String> = [base, ours, theirs].into_iter().flat_map(Said::repeated).collect();
    for part in [base, ours, theirs].into_iter().flat_map(|said| said.parts.keys()) {
        let (sides, is_doubled) = ([ours, theirs], base.stands_twice(&part.of));
        // Comments are known by their words: which of several goes with an entry, nobody can tell.
        let of_part =
            |said: &Said| said.parts.get(part).is_some_and(|says| says.iter().any(|one| repeated.contains(one)));
        if matches!(part.what, Slot::Above | Slot::Behind) && [base, ours, theirs].into_iter().any(of_part) {
            open.insert(part.clone());
            continue;
        }
        let [base, ours, theirs] = [base, ours, theirs].map(|said| said.parts.get(part).unwrap_or(&none));
        // Where one side comments an entry out and the other words the comment above it anew, both may stand.
        let is_off = |said: &Said| said.parts.keys().any(|one| is_off(one, &part.of));
        let is_reworded = part.what == Slot::Above && sides.into_iter().any(is_off);
        let is_nameless = matches!(&part.what, Slot::In(words) if is_nameless(words));
        let says = match is_doubled || is_nameless || is_reworded {
            true => settled(base, ours, theirs)
                .cloned()
                .or_else(|| {
                    open.insert(part.clone());
                    (!ours.is_empty() && !theirs.is_empty()).then(|| ours.clone())
                })
                .unwrap_or_default(),
            false => settled(base, ours, theirs)?.clone(),
        };
        if !says.is_empty() {
            all.insert(part.clone(), says);
        }
    }
    all.keys().all(|part| has_place(&all, part, dialect)).then_some((all, open))
}

pub fn settled<T: PartialEq>(base: T, ours: T, theirs: T) -> Option<T> {
    if ours == theirs || base == theirs { Some(ours) } else { (base == ours).then_some(theirs) }
}

/// Whether both put in the same comment, each at another place, or one with an entry that is commented out: then it may be
/// meant twice.
pub fn may_be_twice(part: &Part, [base, ours, theirs]: [&Said; 3]) -> bool {
    let has_off = |said: &Said| said.parts.keys().any(|one| is_off(one, &part.of));
    if part.what == Slot::Above && !base.parts.contains_key(part) && has_off(ours) && has_off(theirs) {
        return true;
    }
    let Slot::In(line) = &part.what else { return false };
    let is_new = line.starts_with(['o', 'c']) && !base.parts.contains_key(part);
    let is_placed = |side: &Said| side.orders.get(&part.of).is_some_and(|order| order.contains(line));
    if is_new && !is_placed(ours) && !is_placed(theirs) {
        return true;
    }
    let around = |side: &Said| {
        let order = side.orders.get(&part.of)?;
        let at = order.iter().position(|one| one == line)?;
        Some((at.checked_sub(1).map(|above| order[above].clone()), order.get(at + 1).cloned()))
    };
    let (Some(mine), Some(yours)) = (around(ours), around(theirs)) else { return false };
    let is_apart = mine.0 != yours.0 || mine.1.is_some() && yours.1.is_some() && mine.1 != yours.1;
    // Which items of a list stand around it is not known here.
    let is_in_list = mine.0.is_some_and(|above| matches!(kind(&above), 'l' | 's'));
    is_new && (is_apart || is_in_list)
}

/// Whether what a part belongs to is there.
fn has_place(all: &Parts, part: &Part, dialect: Dialect) -> bool {
    let is_there = |of: &str, what: Slot| all.contains_key(&Part { of: of.to_owned(), what });
    let of = part.of.as_str();
    if part.what == Slot::Above && all.keys().any(|part| is_off(part, of)) {
        return true;
    }
    let is_fine = |of: &str| match kind(of) {
        'k' => is_there(of, Slot::Value),
        'l' | 's' if !dialect.has_empty_lists(kind(of)) => true,
        'r' => true,
        _ => is_there(of, Slot::There),
    };
    let mut around = of;
    if !is_fine(around) {
        return false;
    }
    while !around.is_empty() {
        around = parent(around);
        if !is_fine(around) {
            return false;
        }
    }
    true
}

fn is_off(part: &Part, name: &str) -> bool {
    matches!(&part.what, Slot::In(words) if words.strip_prefix("off ").is_some_and(|line| name_of(line) == name))
}

/// Whether something in a container has no name: an item, and what of one is commented out.
fn is_nameless(words: &str) -> bool {
    match words.strip_prefix("off ") {
        Some(line) => !matches!(kind(name_of(line)), 'k' | 'i'),
        None => words.starts_with("text") || words.starts_with("pair"),
    }
}
