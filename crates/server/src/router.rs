//! The table of contents: every route there is.

use crate::counter::{self, Weight};
use crate::door::{Routes, edit_route, glance_route, open_route, read_route, read_route_of_a_server, route};
use crate::routes::{
    adopt, ahead, area, attest, back_promote, behind, change, configure, conflicts, contains, demote, demotion,
    depends, deploy, deployment, diff, doctor, edges, encounters, fetch, grant, group, history, identity, init,
    invitation, jobs, kept, log, mass, outbox, password, pending, pipelines, promote, promotion, record, rehearse,
    resolution, resolve, rollback, run_due, session, sign_in, sign_out, status, subscription, token, user, verify,
    version, where_is, why,
};

/// Every route.
pub fn routes() -> Routes {
    operations(reads(Routes::default()))
}

fn reads(routes: Routes) -> Routes {
    let routes = glance_route(routes, status::status);
    let routes = glance_route(routes, where_is::where_is);
    let routes = read_route(routes, why::why);
    let routes = read_route(routes, depends::depends);
    let routes = read_route(routes, pending::pending);
    let routes = glance_route(routes, behind::behind);
    let routes = glance_route(routes, ahead::ahead);
    let routes = glance_route(routes, contains::contains);
    let routes = glance_route(routes, edges::edges);
    let routes = glance_route(routes, change::list);
    let routes = glance_route(routes, change::show);
    let routes = glance_route(routes, promotion::list);
    let routes = glance_route(routes, promotion::show);
    let routes = read_route(routes, promotion::pr_body);
    let routes = read_route(routes, conflicts::conflicts);
    let routes = read_route(routes, encounters::encounters);
    let routes = read_route(routes, rehearse::rehearse);
    let routes = read_route(routes, resolution::list);
    let routes = read_route(routes, resolution::show);
    let routes = read_route(routes, history::history);
    let routes = glance_route(routes, area::list);
    let routes = read_route(routes, area::show);
    let routes = read_route(routes, area::verify);
    let routes = read_route(routes, kept::kept);
    let routes = glance_route(routes, jobs::list);
    let routes = glance_route(routes, jobs::show);
    let routes = read_route(routes, outbox::list);
    let routes = glance_route(routes, log::log);
    let routes = read_route(routes, diff::diff);
    let routes = read_route(routes, verify::verify);
    let routes = read_route(routes, configure::show);
    let routes = glance_route(routes, demotion::list);
    let routes = glance_route(routes, demotion::show);
    let routes = glance_route(routes, deployment::list);
    let routes = glance_route(routes, deployment::show);
    let routes = glance_route(routes, version::list);
    let routes = glance_route(routes, version::show);
    let routes = read_route(routes, why::history);
    let routes = read_route_of_a_server(routes, doctor::doctor);
    glance_route(routes, grant::list)
}

fn operations(routes: Routes) -> Routes {
    let routes = open_route(routes, init::init);
    let routes = edit_route(routes, configure::configure, |desk, state, _| configure::record(desk, state));
    let routes = route(routes, record::record);
    let routes = route(routes, attest::attest);
    let routes = edit_route(routes, change::decide, change::record);
    let routes = route(routes, promote::promote);
    let routes = route(routes, back_promote::back_promote);
    let routes = route(routes, mass::mass);
    let routes = edit_route(routes, promotion::edit, |desk, state, one| promotion::record(desk, state, &one.promotion));
    let routes =
        edit_route(routes, promotion::validate, |desk, state, one| promotion::record(desk, state, &one.promotion));
    let routes = edit_route(routes, promotion::run, |desk, state, one| promotion::record(desk, state, &one.promotion));
    let routes =
        edit_route(routes, promotion::clone, |desk, state, one| promotion::record(desk, state, &one.promotion));
    let routes =
        edit_route(routes, promotion::leave_behind, |desk, state, one| promotion::record(desk, state, &one.promotion));
    let routes =
        edit_route(routes, promotion::cancel, |desk, state, one| promotion::record(desk, state, &one.promotion));
    let routes = route(routes, resolve::resolve);
    let routes = route(routes, resolution::forget);
    let routes = route(routes, demote::demote);
    let routes = route(routes, deploy::deploy);
    let routes = route(routes, rollback::rollback);
    let routes = route(routes, area::populate);
    let routes = route(routes, area::repair);
    let routes = route(routes, area::adopt);
    let routes = route(routes, area::follow);
    let routes = route(routes, jobs::wait);
    let routes = route(routes, jobs::run);
    let routes = route(routes, jobs::cancel);
    let routes = route(routes, jobs::retry);
    let routes = route(routes, outbox::retry);
    let routes = route(routes, run_due::run_due);
    let routes = route(routes, adopt::adopt);
    let routes = route(routes, fetch::fetch);
    let routes = route(routes, verify::repair);
    let routes = edit_route(routes, grant::grant, |_, state, _| grant::record(state));
    edit_route(routes, grant::revoke, |_, state, _| grant::record(state))
}

/// Every route about people, and about what else a server has beside its houses.
pub fn people_routes() -> counter::Routes {
    administration(own(counter::Routes::default()))
}

/// What everybody does for themselves.
fn own(routes: counter::Routes) -> counter::Routes {
    let routes = counter::route(routes, Weight::Password, sign_in::sign_in);
    let routes = counter::route(routes, Weight::Light, identity::ways);
    let routes = counter::route(routes, Weight::Elsewhere, identity::link);
    let routes = counter::route(routes, Weight::Light, identity::handover);
    let routes = counter::route(routes, Weight::Light, session::session);
    let routes = counter::route(routes, Weight::Light, sign_out::sign_out);
    let routes = counter::route(routes, Weight::Light, sign_out::everywhere);
    let routes = counter::route(routes, Weight::Password, password::password);
    let routes = counter::route(routes, Weight::Light, invitation::look);
    let routes = counter::route(routes, Weight::Password, invitation::take);
    let routes = counter::route(routes, Weight::Light, pipelines::pipelines);
    let routes = counter::route(routes, Weight::Light, subscription::list);
    let routes = counter::edit_route(routes, subscription::add, |at, came, one| {
        subscription::record(at, came, one.user.as_deref())
    });
    let routes = counter::edit_route(routes, subscription::remove, |at, came, one| {
        subscription::record(at, came, one.user.as_deref())
    });
    let routes = counter::route(routes, Weight::Light, token::list);
    let routes = counter::route(routes, Weight::Light, token::create);
    counter::route(routes, Weight::Light, token::revoke)
}

/// What those do who run the server, and what everybody may read of it.
fn administration(routes: counter::Routes) -> counter::Routes {
    let routes = counter::route(routes, Weight::Light, user::list);
    let routes = counter::route(routes, Weight::Light, user::show);
    let routes = counter::route(routes, Weight::Light, user::add);
    let routes = counter::edit_route(routes, user::edit, |at, came, one| user::record(at, came, &one.user));
    let routes = counter::edit_route(routes, user::disable, |at, came, one| user::record(at, came, &one.user));
    let routes = counter::edit_route(routes, user::enable, |at, came, one| user::record(at, came, &one.user));
    let routes = counter::edit_route(routes, user::reset, |at, came, one| user::record(at, came, &one.user));
    let routes = counter::edit_route(routes, identity::attach, |at, came, one| user::record(at, came, &one.user));
    let routes = counter::edit_route(routes, identity::detach, |at, came, one| user::record(at, came, &one.user));
    let routes = counter::route(routes, Weight::Light, group::list);
    let routes = counter::edit_route(routes, group::add, |at, came, _| group::record(at, came));
    counter::edit_route(routes, group::remove, |at, came, _| group::record(at, came))
}
