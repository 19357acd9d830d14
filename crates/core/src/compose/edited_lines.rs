//! What an edit does to a file, line by line, wherever in the file that is.

use crate::compose::Composer;
use crate::content::lines::LineCounts;
use crate::words::fault::Fault;
use crate::words::object::{Leaf, Mode};

impl Composer<'_> {
    /// By how much each line stands more often after an edit than before it; what is no text has no lines.
    ///
    /// # Errors
    /// A fault of the content.
    pub(super) fn edit_of_lines(&self, (before, after): (Option<Leaf>, Option<Leaf>)) -> Result<LineCounts, Fault> {
        let mut counts = LineCounts::default();
        for (leaf, times) in [(before, -1), (after, 1)] {
            if let Some(leaf) = leaf.filter(|leaf| matches!(leaf.mode, Mode::File | Mode::Executable)) {
                counts.add(&*self.content.lines(leaf.id)?, times);
            }
        }
        Ok(counts)
    }
}
