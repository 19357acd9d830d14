//! `grant`, `revoke` and `grants`: the words they take.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::scope::Scope;
use switchback_api::verbs::grant::{Effect, Grant, GrantRequest, ListRequest, RevokeRequest};

/// Every privilege there is (`SPEC S1`).
pub(crate) const PRIVILEGES: [&str; 12] = [
    "record",
    "attest",
    "promote-next",
    "promote-any",
    "demote-next",
    "demote-any",
    "deploy",
    "rollback",
    "resolve",
    "configure",
    "override-freeze",
    "administer",
];

/// Grant a privilege to a user or a group
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  switchback grant ada promote-next --stage QA\n  switchback grant @interns deploy --area prod-web --deny"
)]
pub struct GrantArguments {
    #[command(flatten)]
    grant: OneGrant,
}

/// Take a grant back
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback revoke ada promote-next --stage QA")]
pub struct RevokeArguments {
    #[command(flatten)]
    grant: OneGrant,
}

/// List grants
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback grants ada")]
pub struct GrantsArguments {
    /// Only those of this user or @group
    who: Option<String>,
}

#[derive(Args, Debug)]
struct OneGrant {
    /// A user, or @group
    who: String,
    /// What
    #[arg(value_parser = PRIVILEGES)]
    privilege: String,
    /// Only on this stage and its areas
    #[arg(long, conflicts_with = "area")]
    stage: Option<String>,
    /// Only on this area
    #[arg(long)]
    area: Option<String>,
    /// Take it, whatever else gives it
    #[arg(long)]
    deny: bool,
}

impl OneGrant {
    fn into_grant(self) -> Grant {
        let scope = match (self.stage, self.area) {
            (Some(stage), _) => Scope::Stage(stage),
            (None, Some(area)) => Scope::Area(area),
            (None, None) => Scope::Pipeline,
        };
        let effect = if self.deny { Effect::Deny } else { Effect::Allow };
        Grant { who: self.who, privilege: self.privilege, scope, effect }
    }
}

impl GrantArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        session.tell(&GrantRequest { grant: self.grant.into_grant() }, render::operation::answer).await
    }
}

impl RevokeArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        session.tell(&RevokeRequest { grant: self.grant.into_grant() }, render::operation::answer).await
    }
}

impl GrantsArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        session.show(&ListRequest { who: self.who }, render::grant::text).await
    }
}
