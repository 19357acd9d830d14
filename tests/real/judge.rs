//! What must come out, worked out from the patches by git alone.

use crate::git::Git;
use crate::needs::Places;
use crate::repository::Source;

/// The queue without some of its patches, in the queue's order.
pub struct Rebuilt {
    /// The tree it makes.
    pub tree: String,
    /// The patches that did not go on, because of those left out.
    pub fallen: Places,
}

const APPLY: [&str; 4] = ["apply", "--cached", "--whitespace=nowarn", "-"];

/// Applies every patch but `without` with `git apply`, and leaves out those that no longer apply.
pub fn apply_without(source: &Source, without: &Places) -> Rebuilt {
    let git = source.scratch.with_index("judge");
    git.line(&["read-tree", &source.base]);
    let mut fallen = Places::new();
    let staying = source.patches.iter().enumerate().filter(|(place, _)| !without.contains(place));
    let text: Vec<u8> = staying.flat_map(|(_, patch)| patch.text.iter().copied()).collect();
    if git.ask(&APPLY, &text).status.success() {
        return Rebuilt { tree: git.line(&["write-tree"]), fallen };
    }
    for (place, patch) in source.patches.iter().enumerate().filter(|(place, _)| !without.contains(place)) {
        if !git.ask(&APPLY, &patch.text).status.success() {
            fallen.insert(place);
        }
    }
    Rebuilt { tree: git.line(&["write-tree"]), fallen }
}

/// Merges every branch but `without` three-way, and leaves out those that conflict.
pub fn merge_without(source: &Source, without: &Places) -> Rebuilt {
    let git = &source.scratch;
    let mut rebuilt = Rebuilt { tree: source.base.clone(), fallen: Places::new() };
    for place in (0..source.patches.len()).filter(|place| !without.contains(place)) {
        let branch = &source.branches[place];
        match git.merge_commits(&branch.base, &rebuilt.tree, &branch.tip) {
            Some(tree) => rebuilt.tree = tree,
            None => {
                rebuilt.fallen.insert(place);
            }
        }
    }
    rebuilt
}

/// Everything that lies on a patch's branch.
pub fn stacked_on(source: &Source, place: usize) -> Places {
    (0..source.patches.len()).filter(|other| source.stacked[*other].contains(&place)).collect()
}

/// Patches whose branches lie on nothing and carry nothing, those first whose files most other patches touch too.
pub fn loners(source: &Source) -> Vec<usize> {
    let alone = |place: &usize| source.stacked[*place].is_empty() && stacked_on(source, *place).is_empty();
    let company = |place: &usize| {
        let paths = &source.patches[*place].paths;
        source.patches.iter().filter(|other| !other.paths.is_disjoint(paths)).count()
    };
    let mut found: Vec<usize> = (0..source.patches.len()).filter(alone).collect();
    found.sort_by_key(|place| (usize::MAX - company(place), *place));
    found
}

/// Loners that can leave together: the rest of the queue still applies, by both judges, and to the same tree. A patch
/// that only seems alone (others apply without it, but elsewhere in the file) is passed over.
pub fn that_can_leave(source: &Source, count: usize) -> Vec<usize> {
    let mut chosen = Vec::new();
    for place in loners(source) {
        let without: Places = chosen.iter().copied().chain([place]).collect();
        let applied = apply_without(source, &without);
        if !applied.fallen.is_empty() {
            continue;
        }
        let merged = merge_without(source, &without);
        if merged.fallen.is_empty() && merged.tree == applied.tree {
            chosen.push(place);
        }
        if chosen.len() == count {
            break;
        }
    }
    chosen
}

/// A patch that others build on, with those others, when `without` have left already: by `git apply`, by three-way merge
/// and by how the branches lie, all three the same. The one with the most others comes first.
pub fn that_cannot_leave(source: &Source, without: &Places) -> Option<(usize, Places)> {
    let mut candidates: Vec<(usize, Places)> = (0..source.patches.len())
        .map(|place| (place, stacked_on(source, place)))
        .filter(|(_, on)| !on.is_empty())
        .collect();
    candidates.sort_by_key(|(place, on)| (usize::MAX - on.len(), *place));
    candidates.into_iter().find(|(place, on)| {
        let gone: Places = without.iter().copied().chain([*place]).collect();
        apply_without(source, &gone).fallen == *on && merge_without(source, &gone).fallen == *on
    })
}

/// The tree of a folder or of a commit's files, without the packaging: `debian/`, and quilt's `.pc/`.
pub fn without_packaging(git: &Git, tree: &str) -> String {
    let git = git.with_index("packaging");
    git.line(&["read-tree", tree]);
    git.line(&["rm", "-rq", "--cached", "--ignore-unmatch", "--", "debian", ".pc"]);
    git.line(&["write-tree"])
}
