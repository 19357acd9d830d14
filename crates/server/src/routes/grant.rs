//! `grant`, `revoke`, `grants`.

use crate::failure::Said;
use crate::operate::{Answered, finish};
use crate::tags::Record;
use crate::views::plan::scope;
use switchback_api::Failure;
use switchback_api::scope::Scope as SaidScope;
use switchback_api::verbs::grant::{
    Effect as SaidEffect, Grant as SaidGrant, GrantRequest, Grants, ListRequest, RevokeRequest,
};
use switchback_core::ledger::state::State;
use switchback_core::ops::grant::{Request, plan};
use switchback_core::records::grant::{Effect, Grant, Privilege, Scope};
use switchback_core::words::names::{AreaName, StageName, UserName};
use switchback_engine::desk::Desk;

/// Grants or denies a privilege.
pub fn grant(desk: &Desk<'_>, asked: GrantRequest) -> Answered {
    operate(desk, Request::Grant(named(&asked.grant)?))
}

/// Takes a grant back.
pub fn revoke(desk: &Desk<'_>, asked: RevokeRequest) -> Answered {
    operate(desk, Request::Revoke(named(&asked.grant)?))
}

fn operate(desk: &Desk<'_>, request: Request) -> Answered {
    finish(desk, desk.carry_out(&request, |snapshot, _| plan(snapshot, &request)))
}

/// Lists grants.
pub fn list(desk: &Desk<'_>, request: ListRequest) -> Result<Grants, Failure> {
    Ok(listed(&*desk.look().said()?, &request))
}

/// All of them as [`list`] lists them, for whoever gives one or takes one back.
pub fn record(state: &State) -> Result<Record, Failure> {
    Record::of("who was granted what", &listed(state, &ListRequest::default()))
}

fn listed(state: &State, request: &ListRequest) -> Grants {
    let wanted = |grant: &&Grant| request.who.as_ref().is_none_or(|who| grant.who.as_str() == who);
    Grants {
        administrator: state.administrator.as_ref().map(ToString::to_string).unwrap_or_default(),
        grants: state.grants.iter().filter(wanted).map(told).collect(),
    }
}

fn told(grant: &Grant) -> SaidGrant {
    SaidGrant {
        who: grant.who.to_string(),
        privilege: grant.privilege.as_str().to_owned(),
        scope: scope(&grant.scope),
        effect: match grant.effect {
            Effect::Allow => SaidEffect::Allow,
            Effect::Deny => SaidEffect::Deny,
        },
    }
}

fn named(said: &SaidGrant) -> Result<Grant, Failure> {
    let Some(privilege) = Privilege::parse(&said.privilege) else {
        let known: Vec<_> = Privilege::ALL.iter().map(|privilege| privilege.as_str()).collect();
        return Err(Failure::usage(format!("`{}` is no privilege; there are {}", said.privilege, known.join(", "))));
    };
    Ok(Grant {
        who: UserName::new(&said.who),
        privilege,
        scope: match &said.scope {
            SaidScope::Pipeline => Scope::Pipeline,
            SaidScope::Stage(stage) => Scope::Stage(StageName::new(stage)),
            SaidScope::Area(area) => Scope::Area(AreaName::new(area)),
        },
        effect: match said.effect {
            SaidEffect::Allow => Effect::Allow,
            SaidEffect::Deny => Effect::Deny,
        },
    })
}
