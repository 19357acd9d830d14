//! Random documents, random edits of them, and what both sides' edits are together: known from the model, not from
//! any text.

use std::collections::{BTreeMap, BTreeSet};

/// Numbers from a seed, the same on every machine.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// An entry, a group of entries, or a list of items that their id tells apart.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    pub key: String,
    pub note: Option<usize>,
    pub value: Value,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    Leaf(usize),
    Group(Vec<Entry>),
    Items(Vec<Entry>),
}

/// What can be written in a notation.
#[derive(Clone, Copy)]
pub struct Shape {
    /// How deep groups stand in one another.
    pub depth: usize,
    /// Whether groups may stand in groups, besides lists of items.
    pub items: bool,
    /// Whether comments can be written.
    pub notes: bool,
}

pub fn document(dice: &mut Dice, shape: Shape) -> Vec<Entry> {
    entries(dice, shape, shape.depth)
}

fn entries(dice: &mut Dice, shape: Shape, depth: usize) -> Vec<Entry> {
    let keys: BTreeSet<usize> = (0..3 + dice.below(6)).map(|_| dice.below(24)).collect();
    let mut all: Vec<Entry> = keys.into_iter().map(|key| entry(dice, shape, (key, depth))).collect();
    for at in (1..all.len()).rev() {
        all.swap(at, dice.below(at + 1));
    }
    all
}

fn entry(dice: &mut Dice, shape: Shape, (key, depth): (usize, usize)) -> Entry {
    // What a key holds follows from the key, so that two who add it add the same kind of thing.
    let value = match key % 4 {
        0 if depth > 0 => Value::Group(entries(dice, shape, depth - 1)),
        1 if depth > 0 && shape.items => {
            let ids: BTreeSet<usize> = (0..1 + dice.below(4)).map(|_| dice.below(12)).collect();
            Value::Items(ids.into_iter().map(|id| item(dice, shape, id)).collect())
        }
        _ => Value::Leaf(dice.below(9)),
    };
    let kind = match value {
        Value::Leaf(_) => "k",
        Value::Group(_) => "group",
        Value::Items(_) => "list",
    };
    let noted = shape.notes && kind != "list" && dice.chance(25);
    Entry { key: format!("{kind}{key}"), note: noted.then(|| dice.below(9)), value }
}

fn item(dice: &mut Dice, shape: Shape, id: usize) -> Entry {
    let value = Value::Group(entries(dice, shape, 0));
    Entry { key: format!("i{id}"), note: (shape.notes && dice.chance(25)).then(|| dice.below(9)), value }
}

/// Edits a document a few times.
pub fn edited(dice: &mut Dice, shape: Shape, document: &[Entry]) -> Vec<Entry> {
    let mut all = document.to_vec();
    for _ in 0..1 + dice.below(4) {
        edit(dice, shape, (&mut all, shape.depth));
    }
    all
}

fn edit(dice: &mut Dice, shape: Shape, (all, depth): (&mut Vec<Entry>, usize)) {
    let at = dice.below(all.len().max(1));
    if let Some(inner) = all.get_mut(at).filter(|_| dice.chance(80)) {
        match &mut inner.value {
            Value::Group(group) => return edit(dice, shape, (group, depth.saturating_sub(1))),
            Value::Items(items) => return edit_items(dice, shape, items),
            Value::Leaf(_) => {}
        }
    }
    match dice.below(10) {
        0..=3 => {
            if let Some(Entry { value: Value::Leaf(value), .. }) = all.get_mut(at) {
                *value = dice.below(9);
            }
        }
        4..=6 => {
            let key = dice.below(24);
            let new = entry(dice, shape, (key, depth));
            if all.iter().all(|one| one.key != new.key) {
                all.insert(dice.below(all.len() + 1), new);
            }
        }
        // A list is not deleted whole: that means another thing where a list is only its items.
        7 if all.len() > 2 && !matches!(all[at].value, Value::Items(_)) => drop(all.remove(at)),
        8 if all.len() > 2 => {
            let moved = all.remove(at);
            all.insert(dice.below(all.len() + 1), moved);
        }
        _ => {
            if let Some(entry) = all.get_mut(at).filter(|one| shape.notes && !matches!(one.value, Value::Items(_))) {
                entry.note = dice.chance(80).then(|| dice.below(9));
            }
        }
    }
}

fn edit_items(dice: &mut Dice, shape: Shape, items: &mut Vec<Entry>) {
    let at = dice.below(items.len());
    match dice.below(10) {
        0..=5 => {
            if let Value::Group(members) = &mut items[at].value {
                edit(dice, shape, (members, 0));
            }
        }
        6 | 7 => {
            let id = dice.below(12);
            let new = item(dice, shape, id);
            if items.iter().all(|one| one.key != new.key) {
                items.insert(dice.below(items.len() + 1), new);
            }
        }
        8 if items.len() > 1 && dice.chance(50) => {
            let moved = items.remove(at);
            items.insert(dice.below(items.len() + 1), moved);
        }
        8 if shape.notes => items[at].note = dice.chance(80).then(|| dice.below(9)),
        _ if items.len() > 1 => drop(items.remove(at)),
        _ => {}
    }
}

/// What a document says, whatever its order: each fact with the way to it.
pub type Facts = BTreeMap<String, String>;

pub fn facts(document: &[Entry]) -> Facts {
    let mut all = Facts::new();
    tell(document, ("", &mut all));
    all
}

fn tell(entries: &[Entry], (way, all): (&str, &mut Facts)) {
    for entry in entries {
        let way = format!("{way}/{}", entry.key);
        if let Some(note) = entry.note {
            all.insert(format!("{way}#"), format!("n{note}"));
        }
        match &entry.value {
            Value::Leaf(value) => drop(all.insert(way, format!("v{value}"))),
            Value::Group(inner) => {
                all.insert(format!("{way}/"), String::new());
                tell(inner, (&way, all));
            }
            // A list is there when an item is: not every notation can write an empty one.
            Value::Items(inner) => tell(inner, (&way, all)),
        }
    }
}

/// Facts without the comments that may be meant once or twice: where both sides put the same words above something new in
/// the same group, they stand once when both are put at one place, and what was put in may stand below one comment.
pub fn told(facts: &Facts, sides: [&[Entry]; 3]) -> Facts {
    let mut told = facts.clone();
    meant_once_or_twice(sides, "").iter().for_each(|way| drop(told.remove(way)));
    told
}

fn meant_once_or_twice([base, ours, theirs]: [&[Entry]; 3], way: &str) -> Vec<String> {
    let of = |side: &[Entry], key: &str| side.iter().find(|entry| entry.key == key).cloned();
    let new = |side: &[Entry]| -> Vec<Entry> {
        side.iter().filter(|entry| entry.note.is_some() && of(base, &entry.key).is_none()).cloned().collect()
    };
    let (mine, yours) = (new(ours), new(theirs));
    let twice =
        |one: &&Entry, others: &[Entry]| others.iter().any(|other| other.note == one.note && other.key != one.key);
    let both = mine.iter().filter(|one| twice(one, &yours)).chain(yours.iter().filter(|one| twice(one, &mine)));
    let mut found: Vec<String> = both.map(|entry| format!("{way}/{}#", entry.key)).collect();
    let inner = |entry: Option<Entry>| match entry.map(|entry| entry.value) {
        Some(Value::Group(inner) | Value::Items(inner)) => inner,
        _ => Vec::new(),
    };
    for key in ours.iter().chain(theirs).map(|entry| &entry.key).collect::<BTreeSet<_>>() {
        let below = [base, ours, theirs].map(|side| inner(of(side, key)));
        if below.iter().any(|inner| !inner.is_empty()) {
            found.extend(meant_once_or_twice(below.each_ref().map(Vec::as_slice), &format!("{way}/{key}")));
        }
    }
    found
}

/// What both sides' edits are together; `None` where they disagree.
pub fn together(base: &[Entry], ours: &[Entry], theirs: &[Entry]) -> Option<Vec<Entry>> {
    let keys: BTreeSet<&String> = [base, ours, theirs].into_iter().flatten().map(|entry| &entry.key).collect();
    let of = |side: &[Entry], key: &str| side.iter().find(|entry| entry.key == key).cloned();
    let mut all = Vec::new();
    for key in keys {
        all.extend(one_together(of(base, key), of(ours, key), of(theirs, key))?);
    }
    Some(all)
}

fn one_together(base: Option<Entry>, ours: Option<Entry>, theirs: Option<Entry>) -> Option<Option<Entry>> {
    let same = |one: &Option<Entry>, other: &Option<Entry>| {
        let told = |one: &Option<Entry>| one.as_ref().map(|one| facts(std::slice::from_ref(one)));
        told(one) == told(other)
    };
    if same(&ours, &theirs) || same(&base, &theirs) {
        return Some(ours);
    }
    if same(&base, &ours) {
        return Some(theirs);
    }
    // Who takes a comment away says nothing about the entry that it stood above.
    let bare = |one: &Option<Entry>| one.clone().map(|one| Entry { note: None, ..one });
    let only_uncovered =
        |side: &Option<Entry>| side.as_ref().is_some_and(|side| side.note.is_none()) && same(&bare(&base), side);
    if ours.is_none() && only_uncovered(&theirs) || theirs.is_none() && only_uncovered(&ours) {
        return Some(None);
    }
    let (ours, theirs) = (ours?, theirs?);
    let note = settled(base.as_ref().map(|base| base.note).unwrap_or_default(), ours.note, theirs.note)?;
    let inner = |entry: &Entry| match &entry.value {
        Value::Leaf(_) => Vec::new(),
        Value::Group(inner) | Value::Items(inner) => inner.clone(),
    };
    let below = || together(&base.as_ref().map(inner).unwrap_or_default(), &inner(&ours), &inner(&theirs));
    let value = match (base.as_ref().map(|base| &base.value), &ours.value, &theirs.value) {
        (_, Value::Group(_), Value::Group(_)) => Value::Group(below()?),
        (_, Value::Items(_), Value::Items(_)) => Value::Items(below()?),
        (Some(base), ours, theirs) => settled(base.clone(), ours.clone(), theirs.clone())?,
        (None, ours, theirs) => (ours == theirs).then(|| ours.clone())?,
    };
    Some(Some(Entry { key: ours.key, note, value }))
}

fn settled<T: PartialEq>(base: T, ours: T, theirs: T) -> Option<T> {
    if ours == theirs || base == theirs { Some(ours) } else { (base == ours).then_some(theirs) }
}
