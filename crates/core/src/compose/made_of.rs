//! What a line's base and its items make, for whoever wants to see that it is what the line says (`SPEC L1`, `H1`).

use crate::compose::Composer;
use crate::compose::settle::{Occasion, Settled};
use crate::compose::within::{Went, Within};
use crate::records::line::Item;
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::object::{RepoPath, TreeId};
use std::cell::OnceCell;

/// What a base and items make.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MadeOf {
    /// The tree.
    pub tree: TreeId,
    /// Who could not be carried, with the first path on which it conflicts.
    pub stopped: Vec<(ChangeIx, RepoPath)>,
}

impl Composer<'_> {
    /// Carries items onto a base, in order. Where one left since, what stands around those that stayed may be what they
    /// never met when they came, a folder that one of them moved say: they meet it on their own paths alone, as they did
    /// when the line was made anew without the one that left.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn made_of(&self, base: TreeId, items: &[Item]) -> Result<MadeOf, Fault> {
        let ties = OnceCell::new();
        let mut made = MadeOf { tree: base, stopped: Vec::new() };
        for item in items {
            let mut settled = self.carry(made.tree, item, None)?;
            if !settled.conflicts.is_empty() {
                let ties = match ties.get() {
                    Some(known) => known,
                    None => {
                        let found = self.ties(items)?;
                        ties.get_or_init(|| found)
                    }
                };
                let paths = &ties.with(self.touched(item)?);
                if let Some(difference) = self.difference(item)? {
                    let carried = (made.tree, item, Occasion::Stays);
                    let within = Within { paths, gone: &[], line: Some(Went { begun: base, ties }) };
                    settled = self.carry_grouped_within(carried, &difference, within)?;
                }
            }
            let Settled { tree, conflicts, .. } = settled;
            made.tree = tree;
            made.stopped.extend(conflicts.into_iter().next().map(|conflict| (item.change, conflict.path)));
        }
        Ok(made)
    }
}
