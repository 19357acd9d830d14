//! What a person types and sees: over a router that answers what a test tells it to, and over real repositories.
#![cfg(test)]

mod approvals;
mod areas;
mod arrivals;
mod asks;
mod bad_input;
mod builds_on;
mod crash;
mod demo;
mod early;
mod ends;
mod fake;
mod faults;
mod help;
mod housekeeping;
mod interrupt;
mod jobs;
mod mended;
mod moves;
mod old_ledgers;
mod passing_time;
mod preludes;
mod process;
mod reads;
mod record;
mod remedies;
mod resolving;
mod set_back;
mod shows;
mod shows_operations;
mod structured;
mod structured_bad;
mod taken_out;
mod together;
mod two_workers;
mod world;
