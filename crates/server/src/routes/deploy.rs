//! `deploy`.

use crate::operate::{Answered, finish};
use crate::parse::keys;
use switchback_api::verbs::deploy::{DeployRequest, DeployTo as SaidPlace};
use switchback_api::verbs::promote::Chosen;
use switchback_core::ops::deploy::{DeployTo, Request, Wanted, plan};
use switchback_core::words::names::{AreaName, StageName};
use switchback_engine::desk::Desk;

/// Deploys by hand.
pub fn deploy(desk: &Desk<'_>, asked: DeployRequest) -> Answered {
    let changes = match asked.changes {
        Chosen::All => Wanted::All,
        Chosen::Keys(texts) => Wanted::Keys(keys(&texts)),
    };
    let place = match asked.place {
        SaidPlace::Areas(areas) => DeployTo::Areas(areas.iter().map(AreaName::new).collect()),
        SaidPlace::Stage(stage) => DeployTo::Stage(StageName::new(stage)),
    };
    let request = Request { changes, place };
    finish(desk, desk.carry_out(&request, |snapshot, content| plan(snapshot, content, &request)))
}
