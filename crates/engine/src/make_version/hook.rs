//! Hooks around a version (`SPEC A12`).

use super::{Halt, Maker};
use crate::failure::EngineFailure;
use crate::hooks::{self, HookContext, HookOutcome, HookStatus};
use std::time::Duration;
use switchback_core::pipeline::area::Hook;
use switchback_core::words::details::Details;
use switchback_core::words::names::VersionNo;
use switchback_core::words::refusal::{Code, Refusal};
use switchback_core::words::remedy::{Mended, Remedy};
use switchback_machine::child::last_lines;

/// How many of the last lines that a hook printed are kept.
const LINES: usize = 20;

impl Maker<'_> {
    /// Runs a hook, if there is one; what it printed goes into the job's outcome.
    pub(super) fn hook(&self, hook: Option<&Hook>, number: VersionNo) -> Result<(), Halt> {
        let Some(hook) = hook else { return Ok(()) };
        let outcome = self.run(hook, number);
        self.said.borrow_mut().extend(last_lines(outcome.output.as_bytes(), LINES));
        self.watch.check()?;
        match outcome.status {
            HookStatus::Succeeded => Ok(()),
            status => {
                let said = sentence(&status);
                let message = format!("a hook of {} {said}: {}", self.area.name, hook.run.join(" "));
                let (area, command) = (self.area.name.clone(), hook.run.clone());
                let details = Details::Hook { area, command, output: outcome.output };
                let remedy = Remedy::RetryJob { after: Mended::Cause, deployment: Some(self.asked.id) };
                let refusal = Refusal::new(Code::HookFailed, message, remedy);
                Err(EngineFailure::from(refusal.with(details)).into())
            }
        }
    }

    /// The hook for cleaning up after a failure; how it ends changes nothing any more.
    pub(super) fn after_failure(&self, number: VersionNo) {
        if let Some(hook) = &self.area.hooks.on_failure {
            let outcome = self.run(hook, number);
            self.said.borrow_mut().extend(last_lines(outcome.output.as_bytes(), LINES));
        }
    }

    fn run(&self, hook: &Hook, number: VersionNo) -> HookOutcome {
        let context = HookContext {
            area: self.area.name.clone(),
            stage: self.area.stage.clone(),
            version: number,
            deployment: self.asked.id,
            kind: self.asked.kind.as_str().to_owned(),
            changes: self.asked.changes.iter().map(|(key, _)| key.clone()).collect(),
        };
        let hook = hooks::Hook {
            line: hooks::CommandLine::Program(hook.run.clone()),
            timeout: Duration::from_secs(hook.timeout_s),
            folder: Some(self.desk.folder().to_owned()),
        };
        hooks::run_hook(&hook, &context, &|| self.watch.wants_stop())
    }
}

/// What became of a hook, as the end of a sentence.
fn sentence(status: &HookStatus) -> String {
    match status {
        HookStatus::Succeeded => "succeeded".to_owned(),
        HookStatus::Failed { code } => format!("failed with exit code {code}"),
        HookStatus::TimedOut => "took too long and was ended".to_owned(),
        HookStatus::Stopped => "was stopped".to_owned(),
        HookStatus::NotStarted { reason } => format!("could not be started ({reason})"),
    }
}
