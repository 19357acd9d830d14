//! Who attested what.

use crate::parse::written;
use switchback_api::verbs::attest::Attestation;
use switchback_api::verbs::change::Attested;
use switchback_core::pipeline::stage;
use switchback_core::records::change;
use switchback_engine::desk::Desk;

/// One attestation, with who and when (`SPEC C4`).
pub fn attested(desk: &Desk<'_>, attested: &change::Attested) -> Attested {
    Attested { kind: kind(attested.kind), by: attested.by.to_string(), at: written(desk, attested.at) }
}

/// Which it is.
pub fn kind(kind: stage::Attestation) -> Attestation {
    match kind {
        stage::Attestation::Tested => Attestation::Tested,
        stage::Attestation::Approved => Attestation::Approved,
    }
}
