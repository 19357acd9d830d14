//! `promote`.

use crate::operate::{Answered, finish};
use crate::parse::{keys, order, stage, start, user, wish};
use switchback_api::Failure;
use switchback_api::verbs::promote::{Chosen as Said, Options, PromoteRequest, Start};
use switchback_core::moving::choose::Chosen;
use switchback_core::moving::freeze::Freeze;
use switchback_core::moving::promoting::Request;
use switchback_core::ops::promote::plan;
use switchback_core::records::promotion::{Direction, PromotionOptions};
use switchback_engine::desk::Desk;

/// Promotes.
pub fn promote(desk: &Desk<'_>, asked: PromoteRequest) -> Answered {
    let PromoteRequest { changes, from, to, options, start } = asked;
    let request = Request { to: stage(&to), ..request(desk, (changes, from), (&options, &start))? };
    finish(desk, desk.carry_out(&request, |snapshot, content| plan(snapshot, content, &request)))
}

/// What promoting and back-promoting ask alike.
pub fn request(desk: &Desk<'_>, what: (Said, Option<String>), how: (&Options, &Start)) -> Result<Request, Failure> {
    let ((changes, from), (options, begins)) = (what, how);
    let (project, release) = (options.project.clone(), options.release.clone());
    let chosen = match changes {
        Said::All => Chosen::All { project: project.clone(), release: release.clone() },
        Said::Keys(texts) => Chosen::Keys(keys(&texts)),
    };
    Ok(Request {
        direction: Direction::Forward,
        chosen,
        from: stage(&from),
        to: None,
        project,
        release,
        owner: user(&options.owner),
        options: promotion_options(options)?,
        start: start(desk, begins)?,
        freeze: if options.override_freeze { Freeze::Override } else { Freeze::Respect },
    })
}

/// How a promotion runs.
pub fn promotion_options(options: &Options) -> Result<PromotionOptions, Failure> {
    Ok(PromotionOptions {
        order_by: order(&options.order_by)?,
        exclude_from_auto_resolve: options.exclude_from_auto_resolve.clone(),
        full_profiles: options.full_profiles,
        full_permission_sets: options.full_permission_sets,
        email_on_complete: options.email_on_complete,
        with_dependencies: options.with_dependencies,
        skip_conflicted: options.skip_conflicted,
        recursive: options.recursive,
        deploy: wish(&options.deploy),
    })
}
