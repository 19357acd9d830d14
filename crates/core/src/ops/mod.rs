//! One file for each verb: a request, and the plan or refusal it comes to.

pub mod adopt;
pub mod after_deploy;
pub mod attest;
pub mod automatic;
pub mod back_promote;
pub mod change;
pub mod configure;
pub mod demote;
pub mod deploy;
pub mod grant;
pub mod init;
pub mod jobs;
pub mod learn;
pub mod mass;
pub mod mend;
pub mod merged;
pub mod prelude;
pub mod promote;
pub mod promotion;
pub mod rebuild;
pub mod record;
pub mod resolution;
pub mod resolve;
pub mod rollback;
pub mod schedule;
pub mod version;
