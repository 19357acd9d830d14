//! A change that one stage holds and another lacks, with what a person needs to choose it.

use crate::parse::written;
use crate::views::attested::attested;
use crate::views::reason::reason;
use switchback_api::candidate::Candidate;
use switchback_core::ledger::state::State;
use switchback_core::moving::verdict::Verdict;
use switchback_core::records::receipt::ChangeIx;
use switchback_core::words::names::StageName;
use switchback_engine::desk::Desk;

/// A candidate on its way from one stage to another.
pub fn candidate(
    (desk, state): (&Desk<'_>, &State),
    verdict: &Verdict,
    (source, destination): (&StageName, &StageName),
) -> Candidate {
    let change = state.at(verdict.change);
    let (facts, there) = (&change.facts, state.lines.get(destination));
    let revision = change.revisions.iter().find(|one| one.number == verdict.revision);
    // Objects may be missing, in a shallow clone say: then this alone is not told.
    let files = revision.and_then(|one| desk.repo.delta(one.base_tree, one.tip_tree).ok());
    Candidate {
        change: change.key.to_string(),
        title: facts.title.clone(),
        project: facts.project.clone(),
        release: facts.release.clone(),
        owner: facts.owner.to_string(),
        revision: verdict.revision.0,
        newest: change.latest().number.0,
        held: there.and_then(|line| line.receipts.revision(verdict.change)).map(|held| held.0),
        source: source.to_string(),
        destination: destination.to_string(),
        eligible: verdict.eligible(),
        reasons: verdict.reasons.iter().map(|one| reason(desk, one)).collect(),
        attested: revision.map(|one| one.attested.iter().map(|one| attested(desk, one)).collect()).unwrap_or_default(),
        files: files.map(|delta| delta.changes.len() as u64),
        recorded_at: revision.map(|one| written(desk, one.recorded_at)).unwrap_or_default(),
        at_source_since: since((desk, state), verdict.change, source),
        depends_on: revision.map(|one| one.depends_on.iter().map(ToString::to_string).collect()).unwrap_or_default(),
        tasks: change.tasks.len() as u64,
    }
}

/// Since when a stage holds a change as it does, by the commit that brought it there.
fn since((desk, state): (&Desk<'_>, &State), change: ChangeIx, stage: &StageName) -> Option<String> {
    let newest = state.lines.get(stage)?.items_of(change).last()?.commit;
    Some(written(desk, desk.repo.commit_info(newest).ok()?.committer.time))
}
