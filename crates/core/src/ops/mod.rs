//! One file for each verb: a request, and the plan or refusal it comes to.

pub mod attest;
pub mod back_promote;
pub mod change;
pub mod demote;
pub mod deploy;
pub mod grant;
pub mod mass;
pub mod promote;
pub mod promotion;
pub mod record;
pub mod resolution;
pub mod resolve;
pub mod rollback;
