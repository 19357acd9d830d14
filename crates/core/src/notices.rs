//! What people are told (`SPEC H4`): from the facts of one entry, and from what is about to run, to notices. Says what is to
//! be told and to whom it matters; knows no address, no server and no way to send anything.

pub mod arriving;
pub mod of_entry;
pub mod unsent;
pub mod who_works_there;

use crate::ports::outbox::NewNotice;
use crate::records::notice::Notice;

/// A notice as the outbox keeps it. `name` is what no other notice of the pipeline is called.
pub fn kept(name: String, notice: &Notice) -> NewNotice {
    let body = serde_json::to_string(notice).unwrap_or_default();
    NewNotice { name, kind: notice.kind.as_str().to_owned(), body }
}

/// A notice that was kept; `None` for one that a newer program said.
pub fn read(body: &str) -> Option<Notice> {
    serde_json::from_str(body).ok()
}
