//! Format 6: changes, their revisions, and the items of lines.

use crate::content;
use crate::content::sketch::Sketch;
use crate::ledger::entry::Imported;
use crate::ledger::stored::form::{Form, forms};
use crate::ledger::stored::v6::settled::Resolution;
use crate::pipeline::stage;
use crate::records::{change, line};
use crate::words::names::{ChangeKey, OperationId, RevisionNo, Time, UserName};
use crate::words::object::{CommitId, TreeId};

forms! {
    struct Facts = change::Facts {
        title: String,
        project: Option<String>,
        release: Option<String>,
        owner: UserName,
        parent: Option<ChangeKey>,
    }

    struct Revision = change::Revision {
        number: RevisionNo,
        base: CommitId,
        tip: CommitId,
        base_tree: TreeId,
        tip_tree: TreeId,
        author: Signature,
        subject: String,
        depends_on: Vec<ChangeKey>,
        attested: Vec<Attested>,
        recorded_at: Time,
        #[serde(default)]
        sketch: Option<Sketch>,
    }

    struct Signature = content::Signature { name: String, email: String, time: Time, }

    struct Attested = change::Attested {
        kind: Attestation,
        by: UserName,
        at: Time,
        #[serde(default, skip_serializing_if = "Voice::is_others")]
        voice: Voice,
    }

    #[derive(Default)]
    enum Voice = change::Voice {
        #[default]
        Others,
        Owners,
    }

    enum Attestation = stage::Attestation { Tested, Approved, }

    struct Item = Imported {
        change: ChangeKey,
        revision: RevisionNo,
        source: Source,
        commit: CommitId,
        operation: Option<OperationId>,
        resolutions: Vec<Resolution>,
    }

    struct TakenOff = line::TakenOff { change: ChangeKey, commit: CommitId, }

    enum Source = line::Source {
        Revision,
        Update { from: RevisionNo, },
        Commit { base: TreeId, theirs: TreeId, },
        Held,
    }
}

impl Voice {
    /// Whether nothing is said of it: entries were written without it once.
    pub(in crate::ledger::stored) fn is_others(&self) -> bool {
        matches!(self, Self::Others)
    }
}
