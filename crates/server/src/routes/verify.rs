//! `verify`: the chain, the stages, the branches and the areas, recomputed (`SPEC H1`).

use crate::door::Said;
use switchback_api::Failure;
use switchback_api::reason::Problem;
use switchback_api::verbs::verify::{Check, Verified, VerifyRequest};
use switchback_core::ports::ledger::Ledger;
use switchback_engine::session::Session;
use switchback_engine::verify;

/// Verifies everything.
pub fn verify(session: &mut Session, _request: VerifyRequest) -> Result<Verified, Failure> {
    let report = verify::verify(session).said()?;
    let (_, head) = session.ledger.head().said()?;
    let checks: Vec<Check> = report.checks.iter().map(check).collect();
    Ok(Verified { ok: checks.iter().all(|check| check.ok), entries: report.entries, head, checks })
}

fn check(one: &verify::Check) -> Check {
    let problem = |message: &String| Problem {
        code: "verify".to_owned(),
        message: message.clone(),
        hint: one.what.hint().to_owned(),
    };
    Check {
        what: one.what.as_str().to_owned(),
        name: one.name.clone(),
        ok: one.findings.is_empty(),
        problems: one.findings.iter().map(problem).collect(),
    }
}
