//! The table of contents: every route there is.

use crate::door::{open_route, read_route, route};
use crate::entrance::Entrance;
use crate::routes::{
    adopt, ahead, area, attest, back_promote, behind, change, configure, conflicts, demote, depends, deploy, diff,
    encounters, grant, history, init, jobs, kept, log, mass, pending, promote, promotion, record, rehearse, resolution,
    resolve, rollback, run_due, status, verify, where_is, why,
};
use axum::Router;

/// Every route.
pub fn router() -> Router<Entrance> {
    operations(reads(Router::new()))
}

fn reads(router: Router<Entrance>) -> Router<Entrance> {
    let router = read_route(router, status::status);
    let router = read_route(router, where_is::where_is);
    let router = read_route(router, why::why);
    let router = read_route(router, depends::depends);
    let router = read_route(router, pending::pending);
    let router = read_route(router, behind::behind);
    let router = read_route(router, ahead::ahead);
    let router = read_route(router, change::list);
    let router = read_route(router, change::show);
    let router = read_route(router, promotion::list);
    let router = read_route(router, promotion::show);
    let router = read_route(router, conflicts::conflicts);
    let router = read_route(router, encounters::encounters);
    let router = read_route(router, rehearse::rehearse);
    let router = read_route(router, resolution::list);
    let router = read_route(router, resolution::show);
    let router = read_route(router, history::history);
    let router = read_route(router, area::list);
    let router = read_route(router, area::show);
    let router = read_route(router, area::verify);
    let router = read_route(router, kept::kept);
    let router = read_route(router, jobs::list);
    let router = read_route(router, jobs::show);
    let router = read_route(router, log::log);
    let router = read_route(router, diff::diff);
    let router = read_route(router, verify::verify);
    read_route(router, grant::list)
}

fn operations(router: Router<Entrance>) -> Router<Entrance> {
    let router = open_route(router, init::init);
    let router = route(router, configure::configure);
    let router = route(router, record::record);
    let router = route(router, attest::attest);
    let router = route(router, change::decide);
    let router = route(router, promote::promote);
    let router = route(router, back_promote::back_promote);
    let router = route(router, mass::mass);
    let router = route(router, promotion::edit);
    let router = route(router, promotion::run);
    let router = route(router, promotion::clone);
    let router = route(router, promotion::leave_behind);
    let router = route(router, promotion::cancel);
    let router = route(router, resolve::resolve);
    let router = route(router, resolution::forget);
    let router = route(router, demote::demote);
    let router = route(router, deploy::deploy);
    let router = route(router, rollback::rollback);
    let router = route(router, area::populate);
    let router = route(router, area::repair);
    let router = route(router, area::adopt);
    let router = route(router, area::follow);
    let router = route(router, jobs::wait);
    let router = route(router, jobs::run);
    let router = route(router, jobs::cancel);
    let router = route(router, jobs::retry);
    let router = route(router, run_due::run_due);
    let router = route(router, adopt::adopt);
    let router = route(router, verify::repair);
    let router = route(router, grant::grant);
    route(router, grant::revoke)
}
