//! `change attest`.

use crate::operate::{Answered, finish};
use crate::parse::keys;
use switchback_api::verbs::attest::{AttestRequest, Attestation as Kind};
use switchback_core::ops::attest::{Request, Word, plan};
use switchback_core::pipeline::stage::Attestation;
use switchback_core::words::names::RevisionNo;
use switchback_engine::desk::Desk;

/// Attests revisions.
pub fn attest(desk: &Desk<'_>, request: AttestRequest) -> Answered {
    let kinds = request.kinds.iter().map(|kind| match kind {
        Kind::Tested => Attestation::Tested,
        Kind::Approved => Attestation::Approved,
    });
    let kinds = kinds.collect();
    let word = if request.withdraw { Word::Withdrawn } else { Word::Given };
    let request = Request { changes: keys(&request.changes), revision: request.revision.map(RevisionNo), kinds, word };
    finish(desk, desk.carry_out(&request, |snapshot, _| plan(snapshot, &request)))
}
