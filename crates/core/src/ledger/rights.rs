//! Who may do what (`SPEC 9`), and which privileges a plan used, explicit or implicit.

use crate::ledger::snapshot::{Snapshot, Through};
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
    if let Some(through) =
        snapshot.actor.through.as_ref().filter(|through| !allows(snapshot, through, (privilege, &scope)))
    {
        let token = &through.token;
        let message = format!("the token `{token}` of {who} does not reach to the privilege `{word}` on {scope}");
        let remedy = Remedy::Advice { text: "make a token that does, or do it yourself".to_owned() };
        let details = Details::Privilege { user: who.clone(), privilege: word, scope };
        return Err(Refusal::new(Code::NotPermitted, message, remedy).with(details));
    }
    let (message, remedy) = match denial(snapshot, privilege, &scope) {
        // No grant wins over it.
        Some(denial) => {
            let through = if denial.who == *who { String::new() } else { format!(" through {}", denial.who) };
            let at = &denial.scope;
            let remedy = Remedy::LiftDenial { who: denial.who.clone(), privilege: word.to_owned(), scope: at.clone() };
            (format!("{who} is denied the privilege `{word}` on {at}{through}"), remedy)
        }
        None => {
            let remedy = Remedy::Grant { user: who.clone(), privilege: word.to_owned(), scope: scope.clone() };
            (format!("{who} lacks the privilege `{word}` on {scope}"), remedy)
        }
    };
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
    if snapshot.actor.through.as_ref().is_some_and(|through| !allows(snapshot, through, (privilege, scope))) {
        return false;
    }
    if state.administrator.as_ref() == Some(user) {
        return true;
    }
    if denial(snapshot, privilege, scope).is_some() {
        return false;
    }
    let gives = |grant: &&Grant| {
        grant.effect == Effect::Allow
            && reaches(snapshot.pipeline, grant, scope)
            && includes(grant.privilege, privilege)
            && is_member(snapshot, &grant.who)
    };
    !state.guarded || state.grants.iter().any(|grant| gives(&grant))
}

/// What denies the actor a privilege. It takes exactly what it names; only grants reach further than their word.
fn denial<'a>(snapshot: &Snapshot<'a>, privilege: Privilege, scope: &Scope) -> Option<&'a Grant> {
    snapshot.state.grants.iter().find(|grant| {
        grant.effect == Effect::Deny
            && grant.privilege == privilege
            && reaches(snapshot.pipeline, grant, scope)
            && is_member(snapshot, &grant.who)
    })
}

/// Whether a token lets a program use a privilege its person has (`SPEC W3`). One that is for some stages changes nothing
/// that concerns the whole pipeline.
fn allows(snapshot: &Snapshot<'_>, through: &Through, what: (Privilege, &Scope)) -> bool {
    let (privilege, scope) = what;
    let stage = match scope {
        Scope::Pipeline => None,
        Scope::Stage(stage) => Some(stage),
        Scope::Area(area) => snapshot.pipeline.area(area).map(|area| &area.stage),
    };
    let uses = |held: &Privilege| includes(*held, privilege);
    (through.privileges.is_empty() || through.privileges.iter().any(uses))
        && (through.stages.is_empty() || stage.is_some_and(|stage| through.stages.contains(stage)))
}

/// Whether the actor is, or is in, what a grant names: a group of the configuration, or one that the server knows.
fn is_member(snapshot: &Snapshot<'_>, who: &UserName) -> bool {
    let actor = snapshot.actor;
    let Some(group) = who.as_str().strip_prefix('@') else { return *who == actor.user };
    let configured = snapshot.pipeline.settings().groups.get(group);
    configured.is_some_and(|members| members.contains(&actor.user)) || actor.groups.contains(group)
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
