//! Drift: a managed file whose content on the target is not what the last version wrote (`SPEC A7`).

use crate::pipeline::area::{Area, DriftPolicy};
use crate::records::version::VersionKind;
use crate::words::details::Details;
use crate::words::object::{Leaf, PathChange, RepoPath};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;

/// What a version wants of one path, and what it finds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wish {
    /// Where, under the area's names.
    pub path: RepoPath,
    /// What the version before wanted there.
    pub before: Option<Leaf>,
    /// What this version wants there.
    pub after: Option<Leaf>,
    /// What stands there.
    pub standing: Option<Leaf>,
    /// Whether it loses an edit that was taken in as it stood (`SPEC A15`).
    pub loses_edit: bool,
}

/// What is to be written, and what is to be said about drift.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DriftDecision {
    /// What the target is asked to change; `before` is what stands.
    pub put: Vec<PathChange>,
    /// Edited files that are replaced, with what they held.
    pub overwritten: Vec<PathChange>,
    /// Edited files that are left alone.
    pub kept: Vec<(RepoPath, Option<Leaf>)>,
    /// What stands as wanted already, whoever wrote it: nothing is written, and the version holds it all the same
    /// (`SPEC A14`).
    pub standing: Vec<(RepoPath, Option<Leaf>)>,
}

/// Settles drift by the area's policy; a repair puts back whatever stands in the way, because that is what it was asked
/// for. A path that already stands as wanted is no drift: a worker that died may have written it.
///
/// What stands where the version before had nothing is no edit but somebody else's, and is never touched (`SPEC A6`).
///
/// What was taken in as somebody had edited it is the area's own, and gives way to the stage like all else; but it is told and
/// kept as what is overwritten.
///
/// # Errors
/// `area-drifted`, `area-blocked`, listing the files.
pub fn settle(area: &Area, kind: VersionKind, wishes: Vec<Wish>) -> Result<DriftDecision, Refusal> {
    let policy = if kind == VersionKind::Repair { DriftPolicy::Overwrite } else { area.on_drift };
    let drifted = |wish: &Wish| wish.standing != wish.before && wish.standing != wish.after;
    let foreign = |wish: &&Wish| drifted(wish) && wish.before.is_none() && wish.after.is_some();
    let files: Vec<_> = wishes.iter().filter(foreign).map(|wish| wish.path.to_string()).collect();
    if !files.is_empty() {
        return Err(blocked(area, &files));
    }
    if policy == DriftPolicy::Refuse {
        let files: Vec<_> = wishes.iter().filter(|wish| drifted(wish)).map(|wish| wish.path.to_string()).collect();
        if !files.is_empty() {
            return Err(refuse(area, &files));
        }
    }
    let mut settled = DriftDecision::default();
    for wish in wishes {
        if drifted(&wish) && policy == DriftPolicy::Keep {
            settled.kept.push((wish.path, wish.standing));
            continue;
        }
        let change = PathChange { path: wish.path.clone(), before: wish.standing, after: wish.after };
        if (drifted(&wish) || wish.loses_edit) && wish.standing.is_some() {
            settled.overwritten.push(change.clone());
        }
        match change.before == change.after {
            true => settled.standing.push((change.path, change.after)),
            false => settled.put.push(change),
        }
    }
    Ok(settled)
}

fn blocked(area: &Area, files: &[String]) -> Refusal {
    let (first, more) = (files.first().map_or("", String::as_str), files.len() - 1);
    let others = if more == 0 { String::new() } else { format!(", and {more} more") };
    let message = format!("{first} stands in area {} and is not Switchback's{others}: it is in the way", area.name);
    let details = Details::Drifted { area: area.name.clone(), files: files.to_vec() };
    Refusal::new(Code::AreaBlocked, message, Remedy::MakeWay { area: area.name.clone() }).with(details)
}

fn refuse(area: &Area, files: &[String]) -> Refusal {
    let count = files.len();
    let plural = if count == 1 { " was" } else { "s were" };
    let first = files.first().map_or("", String::as_str);
    let message =
        format!("{count} file{plural} edited on area {}: {first}{}", area.name, if count > 1 { ", …" } else { "" });
    let details = Details::Drifted { area: area.name.clone(), files: files.to_vec() };
    Refusal::new(Code::AreaDrifted, message, Remedy::SettleDrift { area: area.name.clone() }).with(details)
}
