//! A change that one stage holds and another lacks, with what a person needs to choose it.

use crate::parse::written;
use crate::views::attested::attested;
use crate::views::reason::reason;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use switchback_api::candidate::Candidate;
use switchback_core::content::Delta;
use switchback_core::ledger::state::State;
use switchback_core::moving::verdict::Verdict;
use switchback_core::records::receipt::ChangeIx;
use switchback_core::words::names::StageName;
use switchback_core::words::object::RepoPath;
use switchback_core::words::refusal::Code;
use switchback_engine::desk::Desk;

/// Candidates on their way from one stage to another. Those that are there already touch nothing on the way.
pub fn candidates(
    (desk, state): (&Desk<'_>, &State),
    verdicts: &[Verdict],
    ends: (&StageName, &StageName),
) -> Vec<Candidate> {
    let touched: Vec<_> = verdicts.iter().map(|one| delta((desk, state), one)).collect();
    let goes = |one: &Verdict| one.reasons.iter().all(|reason| reason.code != Code::AlreadyThere);
    let mut touching: HashMap<&RepoPath, Vec<ChangeIx>> = HashMap::new();
    for (verdict, delta) in verdicts.iter().zip(&touched).filter(|(verdict, _)| goes(verdict)) {
        for one in delta.iter().flat_map(|delta| &delta.changes) {
            touching.entry(&one.path).or_default().push(verdict.change);
        }
    }
    let overlaps = |verdict: &Verdict, delta: &Delta| {
        let paths = delta.changes.iter().filter(|_| goes(verdict)).filter_map(|one| touching.get(&one.path));
        let others: BTreeSet<_> = paths.flatten().filter(|ix| **ix != verdict.change).collect();
        others.into_iter().map(|ix| state.key(*ix).to_string()).collect()
    };
    let told = verdicts.iter().zip(&touched).map(|(verdict, delta)| Candidate {
        // Objects may be missing, in a shallow clone say: then this alone is not told.
        files: delta.as_ref().map(|delta| delta.changes.len() as u64),
        overlaps: delta.as_ref().map(|delta| overlaps(verdict, delta)).unwrap_or_default(),
        ..candidate((desk, state), verdict, ends)
    });
    told.collect()
}

fn delta((desk, state): (&Desk<'_>, &State), verdict: &Verdict) -> Option<Arc<Delta>> {
    let revision = state.at(verdict.change).revisions.iter().find(|one| one.number == verdict.revision)?;
    desk.repo.delta(revision.base_tree, revision.tip_tree).ok()
}

fn candidate(
    (desk, state): (&Desk<'_>, &State),
    verdict: &Verdict,
    (source, destination): (&StageName, &StageName),
) -> Candidate {
    let change = state.at(verdict.change);
    let (facts, there) = (&change.facts, state.lines.get(destination));
    let revision = change.revisions.iter().find(|one| one.number == verdict.revision);
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
        files: None,
        overlaps: Vec::new(),
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
