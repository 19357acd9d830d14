//! What a scenario expects of the last step, and of the world after it.

use crate::expect_answers as answers;
use crate::expect_world as world;
use crate::play::{Play, operation};
use crate::step_resolving as resolving;
use crate::words::{cut, list, split};
use switchback_core::ledger::entry::Event;
use switchback_core::ledger::plan::Plan;
use switchback_core::ledger::rights::Used;
use switchback_core::records::deployment::{Deployment, DeploymentKind};
use switchback_core::records::resolution::{Resolution, Settler};
use switchback_core::words::refusal::Refusal;
use switchback_core::words::remedy::Remedy;

/// Checks one expectation.
pub fn check(play: &mut Play, line: &str) -> Result<(), String> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    match word {
        "refused" => refused(play, rest),
        "remedy" => contains("remedy", &step(&refusal(play)?.remedy), rest),
        "says" => says(play, rest),
        "detail" => detail(play, rest),
        "demoted" => same("demoted", &demoted(play), rest),
        "rollbacks" => same("rollbacks", &asked(play, |one| one.kind == DeploymentKind::Remove), rest),
        "deployments" => same(
            "deployments",
            &asked(play, |one| matches!(one.kind, DeploymentKind::Deploy | DeploymentKind::Adopt)),
            rest,
        ),
        "warns" => warns(play, rest),
        "auto" => auto(play, rest),
        "no" => no_warnings(play),
        "uses" | "implicit" => uses(play, word, rest),
        "first" => first(play, rest),
        "rows" => same("rows", &play.last.rows.iter().map(|row| row.destination.to_string()).collect(), rest),
        "row" => world::row(play, rest),
        "file" => world::file(play, rest),
        "tree" => world::tree(play, rest),
        "commit" => world::commit(play, rest),
        "version" => world::version(play, rest),
        "hold" => world::hold(play, rest),
        "pending" => world::pending(play, rest),
        "leftover" => answers::leftover(play, rest),
        "left" => answers::left(play, rest),
        "validation" => answers::validation(play, rest),
        "awaits" => answers::awaits(play, rest),
        "held" => answers::held(play, rest),
        "notices" => answers::notices(play, rest),
        "notice" => answers::notice(play, rest),
        "obstacles" => answers::obstacles(play, rest),
        "fate" => answers::fate(play, rest),
        "tells" => answers::tells(play, rest),
        "keeps" => answers::keeps(play, rest),
        "depends" => answers::depends(play, rest),
        "rollbackable" => world::rollbackable(play, rest),
        "behind" => world::behind(play, rest),
        "verdict" => world::verdict(play, rest),
        "conflict" => world::conflict(play, rest),
        "why" => world::why(play, rest),
        "needs" => world::needs(play, rest),
        "sides" => world::sides(play, rest),
        "remembered" => resolving::remembered(play, rest),
        "used" => resolving::used(play, rest),
        "settled" => resolving::settled(play, rest),
        "draft" => world::draft(play, rest),
        "revisions" => world::revisions(play, rest),
        _ if operation(word.trim_end_matches(':')).is_ok() => world::record(play, word, rest),
        _ if word.ends_with(':') => world::holds(play, word.trim_end_matches(':'), rest),
        _ => Err(format!("nobody can expect `{line}`")),
    }
}

fn refusal(play: &Play) -> Result<&Refusal, String> {
    play.last.refusal.as_ref().ok_or_else(|| "it was not refused".to_owned())
}

fn refused(play: &mut Play, code: &str) -> Result<(), String> {
    let refusal = refusal(play)?;
    if refusal.code.as_str() != code {
        return Err(format!("refused {}: {refusal}", refusal.code));
    }
    if refusal.message.is_empty() || refusal.remedy == Remedy::advice("") {
        return Err(format!("{code} lacks a sentence or a remedy"));
    }
    play.last.acknowledged = true;
    Ok(())
}

/// A step and its members as a scenario writes them: `promote-first change=US-1 to=QA`; advice as it stands.
fn step(remedy: &Remedy) -> String {
    match serde_json::to_value(remedy) {
        Ok(serde_json::Value::Object(members)) => {
            let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let each = members.iter().map(|(name, value)| match name.as_str() {
                "step" => text(value),
                _ => format!("{name}={}", text(value)),
            });
            each.collect::<Vec<_>>().join(" ")
        }
        other => format!("{other:?}"),
    }
}

fn contains(what: &str, text: &str, wanted: &str) -> Result<(), String> {
    match text.contains(wanted.trim_matches('"')) {
        true => Ok(()),
        false => Err(format!("the {what} is: {text}")),
    }
}

fn says(play: &Play, wanted: &str) -> Result<(), String> {
    let said = play.last.plans.iter().map(|plan| plan.says.as_str());
    let said: Vec<_> = said.chain(play.last.refusal.as_ref().map(|refusal| refusal.message.as_str())).collect();
    contains("sentence", &said.join("; "), wanted)
}

/// `detail /needs = ["US-2"]`
fn detail(play: &Play, rest: &str) -> Result<(), String> {
    let (pointer, wanted) = cut(rest, "=")?;
    let wanted: serde_json::Value = serde_json::from_str(wanted).map_err(|error| error.to_string())?;
    let details = serde_json::json!(refusal(play)?.details);
    match details.pointer(pointer) == Some(&wanted) {
        true => Ok(()),
        false => Err(format!("the details are {details}")),
    }
}

/// Compares a list with the words of the line; `none` is the empty list.
pub fn same(what: &str, found: &Vec<String>, wanted: &str) -> Result<(), String> {
    let wanted = if wanted == "none" { Vec::new() } else { list(wanted) };
    match *found == wanted {
        true => Ok(()),
        false => Err(format!("{what}: found {found:?}, wanted {wanted:?}")),
    }
}

/// The same, in any order.
pub fn same_set(what: &str, mut found: Vec<String>, wanted: &str) -> Result<(), String> {
    let mut wanted = list(wanted);
    wanted.sort();
    found.sort();
    same(what, &found, &wanted.join(" "))
}

fn demoted(play: &Play) -> Vec<String> {
    let each = play.events().filter_map(|event| match event {
        Event::Demoted { demoted, .. } => Some(demoted),
        _ => None,
    });
    each.flatten().map(|demoted| demoted.change.to_string()).collect()
}

fn asked(play: &Play, which: impl Fn(&Deployment) -> bool) -> Vec<String> {
    let all = play.last.plans.iter().flat_map(Plan::deployments);
    all.filter(|one| which(one)).map(|one| one.area.to_string()).collect()
}

/// `auto US-2 a structural US-3 b reused`: what the step's plans settled without asking anybody; `none` for nothing.
fn auto(play: &Play, rest: &str) -> Result<(), String> {
    let events = play.last.plans.iter().flat_map(Plan::events_to_come);
    let mut found = Vec::new();
    for event in events {
        let decided: Vec<(String, &Resolution)> = match event {
            Event::Applied { item, .. } => item.resolutions.iter().map(|one| (item.change.to_string(), one)).collect(),
            Event::Removed { decided, .. } => decided.iter().map(|one| ("stays".to_owned(), &one.resolution)).collect(),
            _ => Vec::new(),
        };
        for (change, one) in decided {
            let by = match &one.by {
                Settler::Person | Settler::Followed => continue,
                Settler::Remembered(_) => "reused".to_owned(),
                Settler::Proposed { kinds, .. } => switchback_core::records::resolution::words(kinds),
                Settler::Attribute(written) => written.clone(),
                Settler::Blocks(_) => "reused-blocks".to_owned(),
                Settler::Type { strategy, .. } => strategy.to_string(),
                Settler::AsSource(_) => "as-source".to_owned(),
                Settler::NeverHeld(_) => "never-held".to_owned(),
            };
            found.extend([change, one.path.to_string(), by]);
        }
    }
    same("auto", &found, rest)
}

/// `warns on-hold US-1`: a warning with the code, whose sentence holds the rest.
fn warns(play: &Play, rest: &str) -> Result<(), String> {
    let (code, text) = rest.split_once(' ').unwrap_or((rest, ""));
    let warnings = play.warnings();
    match warnings.iter().any(|one| one.code == code && one.message.contains(text.trim_matches('"'))) {
        true => Ok(()),
        false => Err(format!("the warnings are {warnings:?}")),
    }
}

fn no_warnings(play: &Play) -> Result<(), String> {
    let warnings = play.warnings();
    match warnings.is_empty() && play.last.refusal.is_none() {
        true => Ok(()),
        false => Err(format!("the warnings are {warnings:?}")),
    }
}

/// `uses demote-any on stage QA`; `implicit rollback on area qa-web`.
fn uses(play: &Play, word: &str, rest: &str) -> Result<(), String> {
    let (privilege, scope) = cut(rest, " on ")?;
    let used: Vec<&Used> = play.last.plans.iter().flat_map(Plan::privileges_to_come).collect();
    let fits = |used: &&Used| {
        used.privilege.as_str() == privilege
            && used.scope.to_string() == scope
            && used.implicit.is_some() == (word == "implicit")
    };
    match used.iter().any(fits) {
        true => Ok(()),
        false => Err(format!("the privileges are {used:?}")),
    }
}

/// `first dev-box: US-1`: development areas a dry run would roll back first.
fn first(play: &Play, rest: &str) -> Result<(), String> {
    let (area, wanted) = cut(rest, ":")?;
    let begun = play.last.plans.iter().filter(|plan| plan.then.is_some());
    let all = begun.flat_map(Plan::deployments).filter(|one| one.area.as_str() == area);
    same("first", &all.flat_map(|one| &one.changes).map(|(key, _)| key.to_string()).collect(), wanted)
}

/// The words of a line, quoted ones unquoted.
pub fn words(rest: &str) -> Vec<String> {
    split(rest)
}
