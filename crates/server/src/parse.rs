//! Text of a request becomes names, ids and moments.

use crate::failure::Said;
use crate::failure::typed;
use switchback_api::Failure;
use switchback_api::verbs::promote as asked;
use switchback_core::moving::chosen::Chosen;
use switchback_core::moving::freeze::Freeze;
use switchback_core::moving::promoting::{Request, Start};
use switchback_core::pipeline::order_by::OrderBy;
use switchback_core::records::promotion::{DeployWish, Direction, PromotionOptions};
use switchback_core::words::admit;
use switchback_core::words::names::{AreaName, ChangeKey, OperationId, OperationKind, Seq, StageName, Time, UserName};
use switchback_core::words::refusal::{Code, Refusal};
use switchback_engine::clock::{self, DayEnd};
use switchback_engine::desk::Desk;
use switchback_engine::look::Moment;

/// Keys of changes.
pub fn keys(texts: &[String]) -> Vec<ChangeKey> {
    texts.iter().map(ChangeKey::new).collect()
}

/// Names of stages.
pub fn stages(texts: &[String]) -> Vec<StageName> {
    texts.iter().map(StageName::new).collect()
}

/// A stage, if one is named.
pub fn stage(text: &Option<String>) -> Option<StageName> {
    text.as_ref().map(StageName::new)
}

/// A person, if one is named.
pub fn user(text: &Option<String>) -> Option<UserName> {
    text.as_ref().map(UserName::new)
}

/// `P-7`.
pub fn promotion(text: &str) -> Result<OperationId, Failure> {
    operation(text, OperationKind::Promotion, Code::UnknownPromotion)
}

/// `M-2`.
pub fn demotion(text: &str) -> Result<OperationId, Failure> {
    operation(text, OperationKind::Demotion, Code::UnknownDemotion)
}

/// `D-4`.
pub fn deployment(text: &str) -> Result<OperationId, Failure> {
    operation(text, OperationKind::Deployment, Code::UnknownDeployment)
}

fn operation(text: &str, kind: OperationKind, code: Code) -> Result<OperationId, Failure> {
    let id = OperationId::parse(text).filter(|id| id.kind == kind);
    id.ok_or_else(|| Refusal::unknown(code, text, &[])).said()
}

/// A moment, in the pipeline's time zone where it names none.
pub fn time(desk: &Desk<'_>, text: &str) -> Result<Time, Failure> {
    clock::parse_time(text, &desk.pipeline().settings().time_zone).map_err(typed)
}

/// A moment up to which something counts: a day that is named counts whole.
pub fn until(desk: &Desk<'_>, text: &str) -> Result<Time, Failure> {
    clock::parse_end(text, &desk.pipeline().settings().time_zone, DayEnd::Last).map_err(typed)
}

/// `#12`, or a moment.
pub fn moment(desk: &Desk<'_>, text: &str) -> Result<Moment, Failure> {
    match text.strip_prefix('#') {
        Some(seq) => match seq.parse() {
            Ok(seq) => Ok(Moment::Seq(Seq(seq))),
            Err(_) => Err(Failure::usage(format!("`{text}` is no position in the ledger; write it like #12"))),
        },
        None => time(desk, text).map(Moment::Time),
    }
}

/// The moment as people of this pipeline write it.
pub fn written(desk: &Desk<'_>, at: Time) -> String {
    clock::format_time(at, &desk.pipeline().settings().time_zone)
}

/// An order, if one is named.
pub fn order(text: &Option<String>) -> Result<Option<OrderBy>, Failure> {
    let Some(text) = text else { return Ok(None) };
    let known: Vec<_> = OrderBy::ALL.iter().map(|(word, _)| *word).collect();
    match OrderBy::parse(text) {
        Some(order) => Ok(Some(order)),
        None => Err(Failure::usage(format!("`{text}` is no order; there are {}", known.join(", ")))),
    }
}

/// When a promotion runs.
pub fn start(desk: &Desk<'_>, start: &asked::Start) -> Result<Start, Failure> {
    Ok(match start {
        asked::Start::Now => Start::Now,
        asked::Start::Draft => Start::Draft,
        asked::Start::At(text) => Start::At(time(desk, text)?),
    })
}

/// What is deployed along.
pub fn wish(deploy: &asked::Deploy) -> DeployWish {
    match deploy {
        asked::Deploy::Nothing => DeployWish::Nothing,
        asked::Deploy::Defaults => DeployWish::Defaults,
        asked::Deploy::Areas(areas) => DeployWish::Areas(areas.iter().map(AreaName::new).collect()),
    }
}

/// What promoting and back-promoting ask alike.
pub fn promoting(
    desk: &Desk<'_>,
    what: (asked::Chosen, Option<String>),
    how: (&asked::Options, &asked::Start),
) -> Result<Request, Failure> {
    let ((changes, from), (options, begins)) = (what, how);
    let (project, release) = (options.project.clone(), options.release.clone());
    let chosen = match changes {
        asked::Chosen::All => Chosen::All { project: project.clone(), release: release.clone() },
        asked::Chosen::Keys(texts) => Chosen::Keys(keys(&texts)),
    };
    let owner = user(&options.owner);
    admit::facts(owner.as_ref(), (project.as_deref(), release.as_deref())).said()?;
    Ok(Request {
        direction: Direction::Forward,
        chosen,
        from: stage(&from),
        to: None,
        project,
        release,
        owner,
        options: promotion_options(options)?,
        start: start(desk, begins)?,
        freeze: if options.override_freeze { Freeze::Override } else { Freeze::Respect },
    })
}

/// How a promotion runs.
pub fn promotion_options(options: &asked::Options) -> Result<PromotionOptions, Failure> {
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
        pull_request: options.pull_request,
    })
}
