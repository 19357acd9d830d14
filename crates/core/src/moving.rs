//! What may move where, along which way, and what moving it does.

pub mod ahead_of_schedule;
pub mod candidates;
pub mod choose;
pub mod chosen;
pub mod concerns;
pub mod demoting;
pub mod deploy_on_arrival;
pub mod deployed_first;
pub mod family;
pub mod freeze;
pub mod go_on;
pub mod kept_back;
pub mod left_to_people;
pub mod line_taken;
pub mod promoting;
pub mod ready;
pub mod route;
pub mod run;
mod unpromoted;
pub mod validated;
pub mod verdict;
mod voided;
pub mod withdrawing;
