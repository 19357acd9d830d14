//! Jobs.

use crate::render::page::{Page, minute};
use crate::render::sign;
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use switchback_api::Answer;
use switchback_api::verbs::jobs::{CalledOff, Job, Listed, Planned, Shown, Touched};

/// A list.
pub fn list(view: &Listed, page: &mut Page) {
    jobs(&view.jobs, page);
}

/// Jobs somebody waited for, ran, cancelled or retried.
pub fn touched(view: &Touched, page: &mut Page) {
    jobs(&view.jobs, page);
    page.warnings(&view.warnings);
}

/// Jobs that were queued again, or would be.
pub fn retried(answer: &Answer<Touched, Planned>, page: &mut Page) {
    match answer {
        Answer::Done(view) => touched(view, page),
        Answer::Plan(plan) => planned(plan, page),
    }
}

/// Jobs that were called off, or would be.
pub fn called_off(answer: &Answer<CalledOff, Planned>, page: &mut Page) {
    match answer {
        Answer::Done(view) => touched(&view.touched, page),
        Answer::Plan(plan) => planned(plan, page),
    }
}

fn planned(plan: &Planned, page: &mut Page) {
    page.line("A plan: nothing was written.");
    page.line(&plan.says);
    page.line(format!("To do exactly this: repeat the command with `--plan {}`", plan.hash));
}

/// One job, with what its hooks said.
pub fn show(view: &Shown, page: &mut Page) {
    jobs(std::slice::from_ref(&view.job), page);
    if !view.job.said.is_empty() {
        page.line("Its hooks said last:");
    }
    view.job.said.iter().for_each(|line| page.line(format!("  {line}")));
}

fn jobs(jobs: &[Job], page: &mut Page) {
    if jobs.is_empty() {
        page.line("No jobs.");
        return;
    }
    let mut table = Table::new(["", "Job", "Area", "Deployment", "For", "State", "Runs", "Attempts", "Version", "Why"]);
    for job in jobs {
        let version = job.version.map(|number| format!("@{number}")).unwrap_or_default();
        let why = job.problem.as_ref().map(|problem| format!("[{}] {}", problem.code, problem.message));
        table.row([
            sign::cell(&job.state),
            Cell::toned(job.id.to_string(), Tone::Strong),
            (&job.area).into(),
            (&job.deployment).into(),
            (&job.operation).into(),
            sign::word(&job.state),
            minute(&job.run_at).into(),
            job.attempts.to_string().into(),
            version.into(),
            why.unwrap_or_default().into(),
        ]);
    }
    page.table(&table);
}
