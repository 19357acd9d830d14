//! Who may do what (`SPEC 9`), and which privileges a plan used, explicit or implicit.

use crate::ledger::snapshot::Snapshot;
use crate::pipeline::Pipeline;
use crate::records::grant::{Effect, Grant, Privilege, Scope};
use crate::words::details::Details;
use crate::words::names::{StageName, UserName};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;

/// A privilege a plan relied on (`SPEC D11`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Used {
    /// Which.
    pub privilege: Privilege,
    /// Where.
    pub scope: Scope,
    /// Why nobody had to grant it, `qa-web is a default area`; `None` when it was explicit (`SPEC S2`).
    pub implicit: Option<String>,
}

impl Used {
    /// A privilege that was asked and held.
    pub fn explicit(privilege: Privilege, scope: Scope) -> Self {
        Self { privilege, scope, implicit: None }
    }

    /// A privilege that nobody needs here.
    pub fn implicit(privilege: Privilege, scope: Scope, why: String) -> Self {
        Self { privilege, scope, implicit: Some(why) }
    }
}

/// Asks whether the actor holds a privilege.
///
/// # Errors
/// `not-permitted`, naming the privilege and its scope (`SPEC S4`).
pub fn require(snapshot: &Snapshot<'_>, privilege: Privilege, scope: Scope) -> Result<Used, Refusal> {
    if holds(snapshot, privilege, &scope) {
        return Ok(Used::explicit(privilege, scope));
    }
    let who = &snapshot.actor.user;
    let word = privilege.as_str();
    let message = format!("{who} lacks the privilege `{word}` on {scope}");
    let remedy = Remedy::Grant { user: who.clone(), privilege: word.to_owned(), scope: scope.clone() };
    Err(Refusal::new(Code::NotPermitted, message, remedy).with(Details::Privilege {
        user: who.clone(),
        privilege: word,
        scope,
    }))
}

/// Whether the actor holds a privilege, without saying why not.
pub fn holds(snapshot: &Snapshot<'_>, privilege: Privilege, scope: &Scope) -> bool {
    let user = &snapshot.actor.user;
    let state = snapshot.state;
    if state.administrator.as_ref() == Some(user) {
        return true;
    }
    let concerns = |grant: &&Grant| is_member(snapshot.pipeline, user, &grant.who);
    let mine: Vec<_> = state.grants.iter().filter(concerns).collect();
    let gives = |grant: &&&Grant| reaches(snapshot.pipeline, grant, scope) && includes(grant.privilege, privilege);
    // A deny takes exactly what it names; only grants reach further than their word.
    let denied = mine.iter().any(|grant| {
        grant.effect == Effect::Deny && grant.privilege == privilege && reaches(snapshot.pipeline, grant, scope)
    });
    if denied {
        return false;
    }
    !state.guarded || mine.iter().filter(gives).any(|grant| grant.effect == Effect::Allow)
}

fn is_member(pipeline: &Pipeline, user: &UserName, who: &UserName) -> bool {
    match who.as_str().strip_prefix('@') {
        Some(group) => pipeline.settings().groups.get(group).is_some_and(|members| members.contains(user)),
        None => who == user,
    }
}

fn includes(granted: Privilege, asked: Privilege) -> bool {
    granted == asked || granted == Privilege::Administer || asked.included_in() == Some(granted)
}

/// Whether a grant's scope covers the one asked: the pipeline covers all, a stage covers its areas.
fn reaches(pipeline: &Pipeline, grant: &Grant, asked: &Scope) -> bool {
    match (&grant.scope, asked) {
        (Scope::Pipeline, _) => true,
        (Scope::Stage(stage), Scope::Area(area)) => pipeline.area(area).is_some_and(|area| area.stage == *stage),
        (granted, asked) => granted == asked,
    }
}

/// The scope of a stage.
pub fn on_stage(stage: &StageName) -> Scope {
    Scope::Stage(stage.clone())
}
