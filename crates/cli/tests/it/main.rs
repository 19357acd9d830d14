//! What a person types and sees: over a router that answers what a test tells it to, and over real repositories.
#![cfg(test)]

mod adopted;
mod anchors;
mod approvals;
mod areas;
mod arrivals;
mod as_well;
mod asks;
mod attributes;
mod backups;
mod bad_input;
mod base_branch;
mod branches;
mod builds_on;
mod by_itself;
mod crash;
mod demo;
mod doctor;
mod drifted;
mod early;
mod edits;
mod ends;
mod every_remedy;
mod fake;
mod faults;
mod faults_served;
mod file_or_folder;
mod folders;
mod fortnight;
mod goes_on;
mod help;
mod hindrances;
mod housekeeping;
#[path = "../../../server/tests/it/identity_provider.rs"]
#[expect(dead_code, reason = "the tests of the server have it say more")]
mod identity_provider;
mod in_force;
mod interleaved;
mod interrupt;
mod jobs;
mod kept_state;
mod keys;
mod later;
mod logging_in;
mod looked_at;
mod lost_refs;
mod made_again;
mod mended;
mod moves;
mod newer_revisions;
mod observed;
mod odd_worlds;
mod offered;
mod offered_resolutions;
mod old_ledgers;
mod older_ledger;
mod originates;
mod own_commits;
mod passing_time;
mod people;
mod picture;
mod places;
mod preludes;
mod process;
mod providers;
mod pushes;
mod reads;
mod rebuilt;
#[path = "../../../notify/tests/it/receiver.rs"]
#[expect(dead_code, reason = "the tests of the crate that sends look at more of it")]
mod receiver;
mod record;
mod records;
mod remedies;
mod remote_world;
mod remotes;
mod renamed;
mod resolving;
mod schedules;
mod served;
mod serving;
mod set_back;
mod settled_entries;
mod shows;
mod shows_operations;
#[path = "../../../notify/tests/it/sink.rs"]
#[expect(dead_code, reason = "the tests of the crate that sends look at more of it")]
mod sink;
mod squashed;
mod structured;
mod structured_bad;
mod taken_for_moved;
mod taken_out;
mod together;
mod told;
#[cfg(feature = "otlp")]
mod traced;
mod traces;
mod two_hosts;
mod two_workers;
mod unsettled;
mod what_is_new;
mod what_pages_need;
mod withdrawn;
mod work_trees;
mod world;
