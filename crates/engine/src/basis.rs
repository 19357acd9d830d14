//! Whether what was read of a pipeline still holds: told at once, and without reading any of it again.

use crate::house::House;
use std::path::{Path, PathBuf};
use switchback_core::ports::branches::Contact;

/// What everything that is read of a pipeline hangs on, but the clock: the record, and what lies around it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Basis {
    around: u64,
    ledger: u64,
    contact: Option<Contact>,
}

impl House {
    /// What is read from now on hangs on, which is the same for as long as it holds; `None` where that cannot be told. Who
    /// keeps what they read asks before and after: what became known by reading may hang on more.
    pub fn basis(&self) -> Option<Basis> {
        let around = self.around.watched(self.places(), Some(&self.git_dir.join("refs").join("heads")))?;
        Some(Basis { around: around.count, ledger: self.ledger.version().ok()??, contact: self.contact() })
    }

    /// Whether what was read then holds now.
    pub fn is_still(&self, basis: &Basis) -> bool {
        self.around.count() == basis.around
            && self.ledger.version().is_ok_and(|version| version == Some(basis.ledger))
            && self.contact() == basis.contact
    }

    /// Has everybody read again: what only this process knows is another.
    pub(crate) fn is_other(&self) {
        self.around.stir();
    }

    /// The folders in which the record lies, and those files that reads look at, beside those of branches.
    fn places(&self) -> Vec<PathBuf> {
        let at_hand = self.at_hand().and_then(|at_hand| at_hand.file.parent()).map(Path::to_owned);
        let mut places = vec![self.git_dir.clone(), self.git_dir.join("switchback")];
        places.extend(at_hand);
        let known = self.known();
        if known.in_force.is_read() {
            let used = known.pipeline().areas_in_use().filter(|area| known.area(&area.name).current().is_some());
            places.extend(used.flat_map(|area| self.targets.open(area).glanced_at()));
        }
        places.sort_unstable();
        places.dedup();
        places
    }
}
