//! What `--plan` names: the hash of a plan, or of all that one request makes.

use sha2::{Digest, Sha256};
use switchback_core::ledger::plan::Plan;
use switchback_core::ledger::plan_encoding::{self, Part};
use switchback_core::words::details::Details;
use switchback_core::words::refusal::{Code, Refusal};
use switchback_core::words::remedy::Addition;

/// The hash `--plan` names: equal plans, equal hash, whenever they are made.
pub fn hash(plan: &Plan) -> String {
    short(&plan_encoding::encode(plan))
}

/// The hash that names several plans as one.
pub fn hash_of_all(parts: &[Part<'_>]) -> String {
    short(&plan_encoding::encode_all(parts))
}

fn short(bytes: &[u8]) -> String {
    faster_hex::hex_string(&Sha256::digest(bytes)[..8])
}

/// What was approved is not what would be done now.
pub(crate) fn outdated(approved: &str, now: &str, says: &str) -> Refusal {
    let message = format!("the plan is now {now}, not {approved}: {says}");
    let details = Details::Plan { approved: approved.to_owned(), plan: now.to_owned() };
    Refusal::new(Code::PlanOutdated, message, Addition::NewPlan).with(details)
}
