//! Containers of three versions side by side: what they have in common, and which one's form is taken.

use super::document::{Between, Gist, List, Name, Node, Order};
use super::three::{Side, Three};

/// The containers of all versions; `None` unless each is one.
pub(super) fn lists<'d, 'a>(nodes: Three<&'d Node<'a>>) -> Option<Three<&'d List<'a>>> {
    let lists = nodes.map(Node::as_list);
    Some(Three {
        base: match lists.base {
            Some(base) => Some(base?),
            None => None,
        },
        ours: lists.ours?,
        theirs: lists.theirs?,
    })
}

/// How children are matched when the versions differ in that: the most careful of them. A list without any has no say.
pub(super) fn order(lists: Three<&List<'_>>) -> Order {
    let order = |list: &List<'_>| Some(list.order).filter(|_| !list.nodes.is_empty());
    let all = [lists.base.and_then(order), order(lists.ours), order(lists.theirs)];
    if all == [None, None, None] {
        return lists.ours.order;
    }
    let has = |order| all.contains(&Some(order));
    match (has(Order::Positional), has(Order::KeyedInOrder)) {
        (true, _) => Order::Positional,
        (_, true) => Order::KeyedInOrder,
        _ => Order::Keyed,
    }
}

/// What the container itself means in the result. Meanings that are sums, as that of attributes is, are merged by
/// adding what either side added.
pub(super) fn own(lists: Three<&List<'_>>) -> Option<Option<Gist>> {
    let own = lists.map(|list| list.own);
    match (own.settle(), own.base, own.ours, own.theirs) {
        (Some(side), ..) => Some(own.of(side)),
        (None, Some(Some(base)), Some(ours), Some(theirs)) => Some(Some(ours.wrapping_add(theirs).wrapping_sub(base))),
        _ => None,
    }
}

/// The side whose brackets have room for so many children.
pub(super) fn with_room(side: Side, lists: Three<&List<'_>>, children: usize) -> Side {
    let has_room = |side: Side| !lists.of(side).nodes.is_empty();
    if children > 0 && !has_room(side) && has_room(side.other()) { side.other() } else { side }
}

/// Where one version is a run of siblings and another a single one: all of them as runs.
pub(super) fn in_runs<'a>(nodes: Three<&Node<'a>>) -> Option<Three<Node<'a>>> {
    let is_run = |node: &Node<'_>| node.as_list().is_some_and(|list| list.own.is_none());
    let runs = nodes.map(is_run);
    let all = [runs.base.unwrap_or(runs.ours), runs.ours, runs.theirs];
    if all.iter().all(|run| *run == all[0]) {
        return None;
    }
    let run = |node: &Node<'a>| {
        if is_run(node) {
            return node.clone();
        }
        let list = List {
            within: node.span.clone(),
            nodes: vec![node.clone()],
            order: Order::Positional,
            own: None,
            between: Between::Nothing,
            decides: false,
        };
        Node::list(Name::tag(node.name.tag.clone()), [node.span.clone(), node.span.clone()], list)
    };
    Some(Three { base: nodes.base.map(run), ours: run(nodes.ours), theirs: run(nodes.theirs) })
}
