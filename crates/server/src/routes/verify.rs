//! `verify`: the chain, the stages, the branches and the areas, recomputed (`SPEC H1`); and mending what old programs
//! told twice.

use crate::failure::Said;
use crate::operate::{Answered, finish};
use crate::parse::written;
use crate::views::remedy::next;
use switchback_api::Failure;
use switchback_api::reason::Problem;
use switchback_api::verbs::verify::{Check, RepairRequest, Verified, VerifyRequest};
use switchback_core::ops::mend;
use switchback_core::words::names::Seq;
use switchback_engine::anchored::Anchor;
use switchback_engine::desk::Desk;
use switchback_engine::lacking;
use switchback_engine::lost_refs;
use switchback_engine::verify;
use switchback_engine::visit::Depth;

/// Verifies everything.
pub fn verify(desk: &Desk<'_>, request: VerifyRequest) -> Result<Verified, Failure> {
    let anchors = request.anchors.iter().map(|text| anchor(text)).collect::<Result<Vec<_>, _>>()?;
    let report = verify::verify(desk, request.anchored.then_some(&anchors)).said()?;
    let checks: Vec<Check> = report.checks.iter().map(check).collect();
    let (pipeline, ok) = (desk.house.name().to_owned(), checks.iter().all(|check| check.ok));
    let at = written(desk, desk.clock.now());
    Ok(Verified { pipeline, at, ok, entries: report.entries, head: report.head, checks })
}

fn anchor(text: &str) -> Result<Anchor, Failure> {
    let parts = text.split_once(':').and_then(|(seq, rest)| Some((seq.parse().ok()?, rest.split_once(':')?)));
    let Some((seq, (hash, pipeline))) = parts else {
        return Err(Failure::usage(format!("`{text}` is no anchor; write it like 12:HASH:PIPELINE")));
    };
    Ok(Anchor { pipeline: pipeline.to_owned(), seq: Seq(seq), hash: hash.to_owned() })
}

fn check(one: &verify::Check) -> Check {
    let problem = |message: &String| {
        let (hint, remedy) = next(&one.remedy);
        Problem { code: "verify".to_owned(), message: message.clone(), hint, remedy, said: Vec::new() }
    };
    Check {
        what: one.what.as_str().to_owned(),
        name: one.name.clone(),
        ok: one.findings.is_empty(),
        problems: one.findings.iter().map(problem).collect(),
        note: one.note.clone(),
    }
}

/// Has what is told twice counted once, and brings back what keeps the ledger's objects.
pub fn repair(desk: &Desk<'_>, asked: RepairRequest) -> Answered {
    desk.look().said()?;
    let (lost, files) = (lost_refs::lost(desk).said()?, lacking::standing_files(desk).said()?);
    let counts = mend::Lost { refs: lost.len(), files: files.len() };
    let mut done = desk.carry_out_as_it_stands(&asked, |snapshot, _| mend::plan(snapshot, counts)).said()?;
    if done.depth == Depth::Act {
        // First the files: what a ref leads to must be there.
        done.warnings.extend(lacking::store(desk, &files));
        done.warnings.extend(lost_refs::bring_back(desk, lost));
    }
    finish(desk, Ok(done))
}
