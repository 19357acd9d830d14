//! Whether a change is any of an area's business: one that touches nothing the area gets makes no version of it, and is
//! not pending there.

use crate::content::Content;
use crate::pipeline::area::Area;
use crate::records::change::Change;
use crate::words::fault::Fault;
use crate::words::names::RevisionNo;

/// Whether a revision of a change touches a file that an area gets. One that is not known may.
///
/// # Errors
/// A fault of the content.
pub fn concerns(content: &dyn Content, area: &Area, what: (&Change, RevisionNo)) -> Result<bool, Fault> {
    let (change, number) = what;
    let Some(revision) = change.revision(number).filter(|_| !area.filter.is_everything()) else { return Ok(true) };
    let delta = content.delta(revision.base_tree, revision.tip_tree)?;
    Ok(delta.changes.iter().any(|change| area.filter.map(&change.path).is_some()))
}
