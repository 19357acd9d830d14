//! Every word that can be typed: global options, and one command for each verb (`SPEC 11`).

use crate::commands::{
    adopt, ahead, area, back_promote, backup, behind, change, completions, configure, conflicts, console::Console,
    demo, demote, depends, deploy, diff, doctor, fetch, grant, group, history, init, jobs, log, login, outbox, pending,
    promote, promotion, rehearse, resolution, resolve, restore, rollback, run_due, serve, status, subscription, token,
    user, verify, where_is, why,
};
use crate::session::{Session, Told};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use switchback_api::context::{Depth, Jobs};
use switchback_api::{Context, Failure};
use switchback_server::doctor::server_folder::ServerFolder;

/// Moves changes both ways through a release pipeline.
///
/// A change climbs (promote), is carried back down (back-promote), or is taken out again (demote), and what was
/// deployed because of it is rolled back. Exit codes: 0 done, 1 fault, 2 usage, 3 refused or needs a person, 4 plan
/// outdated.
#[derive(Parser, Debug)]
#[command(name = "switchback", version, max_term_width = 100)]
#[command(after_help = "Example:\n  switchback status")]
pub struct Arguments {
    /// Options every command has.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options every command has.
#[derive(Args, Debug)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Work on the repository in this directory
    #[arg(short = 'C', value_name = "DIR", global = true, default_value = ".", hide_default_value = true)]
    pub dir: PathBuf,
    /// The pipeline, when the repository has several
    #[arg(long, value_name = "NAME", global = true)]
    pub pipeline: Option<String>,
    /// Ask this server, with the token in `SWITCHBACK_TOKEN`; the repository of `-C` itself if not said
    #[arg(
        long,
        value_name = "URL",
        global = true,
        env = "SWITCHBACK_SERVER",
        hide_env_values = true,
        conflicts_with = "user"
    )]
    pub server: Option<String>,
    /// Print one JSON object, refusals too
    #[arg(long, global = true)]
    pub json: bool,
    /// Act as this user; the operating system's if not said
    #[arg(long = "as", value_name = "USER", global = true)]
    pub user: Option<String>,
    /// Show what an operation would do, exactly, and do nothing
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// Why, recorded with the operation
    #[arg(long, value_name = "TEXT", global = true)]
    pub reason: Option<String>,
    /// Leave deployments queued; `jobs run` or the next command that deploys takes them
    #[arg(long, global = true)]
    pub no_wait: bool,
    /// Carry out this plan (its hash, from --dry-run) or nothing; exit code 4 when the plan is another by now
    #[arg(long, value_name = "HASH", global = true)]
    pub plan: Option<String>,
}

impl Global {
    /// What comes along with every request.
    pub fn context(&self) -> Context {
        Context {
            pipeline: self.pipeline.clone(),
            user: self.user.clone(),
            reason: self.reason.clone(),
            depth: if self.dry_run { Depth::Plan } else { Depth::Act },
            jobs: if self.no_wait { Jobs::Leave } else { Jobs::Wait },
            plan: self.plan.clone(),
            seen: None,
        }
    }
}

impl Global {
    /// Asks whether nothing was said that counts for a pipeline alone. People stand in no ledger: what is done to them has
    /// no plan and keeps no reason, and nobody takes a preview for one.
    ///
    /// # Errors
    /// [`Failure::Usage`] with the option that was said.
    pub fn is_about_people(&self) -> Result<(), Failure> {
        let said = [
            (self.dry_run, "--dry-run"),
            (self.plan.is_some(), "--plan"),
            (self.reason.is_some(), "--reason"),
            (self.user.is_some(), "--as"),
        ];
        match said.into_iter().find(|(is_said, _)| *is_said) {
            None => Ok(()),
            Some((_, option)) => {
                Err(Failure::usage(format!("`{option}` is for what happens to a pipeline, and this is about people")))
            }
        }
    }
}

/// What to do.
#[derive(Subcommand, Debug)]
#[expect(missing_docs, reason = "the arguments of each command say what it does, and are its help")]
pub enum Command {
    #[command(flatten)]
    Verb(Verb),
    #[command(flatten)]
    People(People),
    Backup(backup::BackupArguments),
    Restore(restore::RestoreArguments),
    Completions(completions::CompletionsArguments),
    Demo(demo::DemoArguments),
    Serve(serve::ServeArguments),
    Login(login::LoginArguments),
    Logout(login::LogoutArguments),
}

/// What can be asked of a pipeline.
#[derive(Subcommand, Debug)]
#[expect(missing_docs, reason = "the arguments of each command say what it does, and are its help")]
pub enum Verb {
    Init(init::InitArguments),
    Configure(configure::ConfigureArguments),
    Status(status::StatusArguments),
    Where(where_is::WhereArguments),
    Why(why::WhyArguments),
    Depends(depends::DependsArguments),
    Pending(pending::PendingArguments),
    Change(change::ChangeArguments),
    Behind(behind::BehindArguments),
    Ahead(ahead::AheadArguments),
    Promote(promote::PromoteArguments),
    BackPromote(back_promote::BackPromoteArguments),
    Promotion(promotion::PromotionArguments),
    Conflicts(conflicts::ConflictsArguments),
    Rehearse(rehearse::RehearseArguments),
    Resolve(resolve::ResolveArguments),
    Resolution(resolution::ResolutionArguments),
    Demote(demote::DemoteArguments),
    Deploy(deploy::DeployArguments),
    Rollback(rollback::RollbackArguments),
    History(history::HistoryArguments),
    Area(area::AreaArguments),
    Jobs(jobs::JobsArguments),
    Outbox(outbox::OutboxArguments),
    Stage(adopt::StageArguments),
    Log(log::LogArguments),
    Diff(diff::DiffArguments),
    Verify(verify::VerifyArguments),
    Doctor(doctor::DoctorArguments),
    Grant(grant::GrantArguments),
    Revoke(grant::RevokeArguments),
    Grants(grant::GrantsArguments),
    Fetch(fetch::FetchArguments),
    RunDue(run_due::RunDueArguments),
}

/// What can be asked about the people of a server.
#[derive(Subcommand, Debug)]
#[expect(missing_docs, reason = "the arguments of each command say what it does, and are its help")]
pub enum People {
    User(user::UserArguments),
    Group(group::GroupArguments),
    Token(token::TokenArguments),
    Subscription(subscription::SubscriptionArguments),
}

impl People {
    /// Which server's.
    pub fn console(&self) -> &Console {
        match self {
            Self::User(typed) => &typed.console,
            Self::Group(typed) => &typed.console,
            Self::Token(typed) => &typed.console,
            Self::Subscription(typed) => &typed.console,
        }
    }

    /// Does it.
    ///
    /// # Errors
    /// What the other side says instead of an answer.
    pub async fn run(self, session: &Session) -> Result<Told, Failure> {
        match self {
            Self::User(typed) => typed.run(session).await,
            Self::Group(typed) => typed.run(session).await,
            Self::Token(typed) => typed.run(session).await,
            Self::Subscription(typed) => typed.run(session).await,
        }
    }
}

impl Verb {
    /// Does it.
    ///
    /// # Errors
    /// What the other side says instead of an answer, or what is wrong with the words typed.
    pub async fn run(self, session: &Session) -> Result<Told, Failure> {
        match self {
            Self::Init(typed) => typed.run(session).await,
            Self::Configure(typed) => typed.run(session).await,
            Self::Status(typed) => typed.run(session).await,
            Self::Where(typed) => typed.run(session).await,
            Self::Why(typed) => typed.run(session).await,
            Self::Depends(typed) => typed.run(session).await,
            Self::Pending(typed) => typed.run(session).await,
            Self::Change(typed) => typed.run(session).await,
            Self::Behind(typed) => typed.run(session).await,
            Self::Ahead(typed) => typed.run(session).await,
            Self::Promote(typed) => typed.run(session).await,
            Self::BackPromote(typed) => typed.run(session).await,
            Self::Promotion(typed) => typed.run(session).await,
            Self::Conflicts(typed) => typed.run(session).await,
            Self::Rehearse(typed) => typed.run(session).await,
            Self::Resolve(typed) => typed.run(session).await,
            Self::Resolution(typed) => typed.run(session).await,
            Self::Demote(typed) => typed.run(session).await,
            Self::Deploy(typed) => typed.run(session).await,
            Self::Rollback(typed) => typed.run(session).await,
            Self::History(typed) => typed.run(session).await,
            Self::Area(typed) => typed.run(session).await,
            Self::Jobs(typed) => typed.run(session).await,
            Self::Outbox(typed) => typed.run(session).await,
            Self::Stage(typed) => typed.run(session).await,
            Self::Log(typed) => typed.run(session).await,
            Self::Diff(typed) => typed.run(session).await,
            Self::Verify(typed) => typed.run(session).await,
            Self::Doctor(typed) => typed.run(session).await,
            Self::Grant(typed) => typed.run(session).await,
            Self::Revoke(typed) => typed.run(session).await,
            Self::Grants(typed) => typed.run(session).await,
            Self::Fetch(typed) => typed.run(session).await,
            Self::RunDue(typed) => typed.run(session).await,
        }
    }

    /// What is to be looked at on this machine, where that is no pipeline but a server's own folder.
    pub(crate) fn server_folder(&self, global: &Global) -> Option<ServerFolder> {
        match self {
            Self::Doctor(typed) => typed.folder(global.pipeline.clone()),
            _ => None,
        }
    }
}
