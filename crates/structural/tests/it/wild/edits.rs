//! What people do to a document.

use super::dialect::Dialect;
use super::model::{Maker, Node, What, kind, lists_nothing, may_have_behind, may_have_marks, put};
use crate::notations::sample::Dice;
use switchback_core::content::filetype::Format;

/// A document, and what two people made of it. Some of it both did.
pub fn three(dialect: Dialect, dice: &mut Dice) -> [Vec<Node>; 3] {
    let base = Maker { dice, dialect }.document();
    let mut both = base.clone();
    for _ in 0..[0, 0, 1, 2][dice.below(4)] {
        edit(&mut Maker { dice, dialect }, "", &mut both);
    }
    let [ours, theirs] = [0, 1].map(|_| {
        let mut side = both.clone();
        for _ in 0..1 + dice.below(3) {
            edit(&mut Maker { dice, dialect }, "", &mut side);
        }
        side
    });
    [base, ours, theirs].map(|side| in_order(dialect, side))
}

/// In TOML, and in properties with sections, what opens a table comes after what does not.
pub fn in_order(dialect: Dialect, mut nodes: Vec<Node>) -> Vec<Node> {
    for node in &mut nodes {
        if let What::Holds(inner) = &mut node.what {
            *inner = in_order(dialect, std::mem::take(inner));
        }
    }
    if matches!(dialect.format, Format::Toml | Format::Properties) {
        nodes.sort_by_key(|node| matches!(kind(&node.name), 'g' | 'l'));
    }
    nodes
}

fn edit(maker: &mut Maker<'_>, of: &str, all: &mut Vec<Node>) {
    let at = maker.dice.below(all.len().max(1));
    if let Some(Node { name, what: What::Holds(inner), .. }) = all.get_mut(at)
        && (maker.dice.below(100) < 70 || of.is_empty() && kind(name) == 'd')
    {
        let name = name.clone();
        return edit(maker, &name, inner);
    }
    match maker.dice.below(20) {
        0..=4 => set(maker, all.get_mut(at)),
        5..=8 => {
            let new = maker.node(of);
            let at = maker.dice.below(all.len() + 1);
            put(all, at, new);
        }
        9..=11 if at < all.len() => drop(all.remove(at)),
        12 if at < all.len() => {
            let moved = all.remove(at);
            all.insert(maker.dice.below(all.len() + 1), moved);
        }
        13 | 14 => toggle(maker, of, all.get_mut(at)),
        _ => dress(maker, all.get_mut(at)),
    }
}

fn set(maker: &mut Maker<'_>, node: Option<&mut Node>) {
    match node.map(|node| &mut node.what) {
        Some(What::Value(value)) => *value = maker.dice.below(30),
        Some(What::Text(value) | What::Pair(value)) => *value = maker.dice.below(12),
        _ => {}
    }
}

/// Comments something out, or in again.
fn toggle(maker: &mut Maker<'_>, of: &str, node: Option<&mut Node>) {
    let Some(node) = node.filter(|_| maker.dialect.notes && !matches!(kind(of), 'h' | 'f')) else { return };
    match &node.what {
        What::Off(of) => *node = Node { above: node.above, ..(**of).clone() },
        What::Value(_) | What::Text(_) | What::Pair(_) => *node = Node { above: node.above, ..maker.off(node.clone()) },
        What::Holds(_) if kind(&node.name) == 'i' => *node = Node { above: node.above, ..maker.off(node.clone()) },
        _ => {}
    }
}

fn dress(maker: &mut Maker<'_>, node: Option<&mut Node>) {
    let (dialect, dice) = (maker.dialect, &mut *maker.dice);
    let Some(node) =
        node.filter(|node| matches!(node.what, What::Value(_) | What::Holds(_)) && !"dh".contains(kind(&node.name)))
    else {
        return;
    };
    if kind(super::model::parent(&node.name)) == 'h' {
        return;
    }
    let some = |dice: &mut Dice| (dice.below(4) > 0).then(|| dice.below(300));
    match dice.below(5) {
        0 if dialect.notes && !lists_nothing(dialect, node) => node.above = some(dice),
        1 if dialect.behind && may_have_behind(dialect, node) => node.behind = some(dice),
        2 if dialect.format == Format::Xml && may_have_marks(node) => {
            let mark = dice.below(3);
            match dice.below(3) {
                0 => drop(node.marks.remove(&mark)),
                _ => drop(node.marks.insert(mark, dice.below(7))),
            }
        }
        3 => node.style = 1 - node.style,
        _ => node.blank = !node.blank,
    }
}
