//! What the ledger keeps records of.

pub mod area_line;
pub mod change;
pub mod configuration;
pub mod conflict;
pub mod demotion;
pub mod deployment;
pub mod freeze;
pub mod grant;
pub mod job;
pub mod kept;
pub mod key_index;
pub mod line;
pub mod notice;
pub mod numbering;
pub mod outline;
pub mod owner;
pub mod promotion;
pub mod receipt;
pub mod resolution;
pub mod roll;
pub mod schedule;
pub mod set_aside;
pub mod under_way;
pub mod validation;
pub mod version;
