//! What is left of stages is brought level with those below, where they hold the same changes then (`SPEC P11`).

use crate::compose::Composition;
use crate::compose::as_source::{Beside, Origin};
use crate::compose::standing::Both;
use crate::content::Content;
use crate::depend::closure::Closure;
use crate::depend::leaving::Leaving;
use crate::ledger::snapshot::Snapshot;
use crate::records::line::Line;
use crate::words::fault::Fault;
use crate::words::names::StageName;
use std::collections::BTreeMap;

/// Goes from the lowest stage that something leaves to the highest: each may take from those that lie next below it, as
/// they stand then.
///
/// # Errors
/// A fault of the content.
pub(super) fn level(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    leaving: &Leaving<'_>,
    closures: &mut BTreeMap<StageName, Closure>,
) -> Result<(), Fault> {
    let composer = snapshot.composer(content);
    let mut after: BTreeMap<&StageName, Line> = BTreeMap::new();
    for (stage, line) in leaving.stages().into_iter().rev() {
        let Some(closure) = closures.get_mut(stage) else { continue };
        let paths = composer.scope(Composition::of(line), &closure.leaving)?;
        for below in snapshot.pipeline.stages().iter().filter(|below| below.next.contains(stage)) {
            let name = &below.name;
            let Some(source) = after.get(name).or_else(|| snapshot.state.lines.get(name)) else { continue };
            let left = without(line, closure);
            let both = Both::of(&left.items, &source.items);
            let staying = both.as_it_stands();
            let beside = Beside::new(composer, Origin::new(snapshot, name, source), (line.base_tree, staying));
            let (tree, decided) = beside.level(closure.left.tree, &paths)?;
            closure.left.tree = tree;
            closure.left.decided.extend(decided);
        }
        after.insert(stage, without(line, closure));
    }
    Ok(())
}

/// A line as it stands when some changes have left it.
fn without(line: &Line, closure: &Closure) -> Line {
    let mut left = Line { tree: closure.left.tree, ..line.clone() };
    left.items.retain(|item| !closure.leaving.contains(&item.change));
    closure.leaving.iter().for_each(|change| left.receipts.remove(*change));
    for item in &mut left.items {
        let decided = closure.left.decided.iter().filter(|one| one.commit == item.commit);
        item.resolutions.extend(decided.map(|one| one.resolution.clone()));
    }
    left
}
