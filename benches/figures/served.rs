//! What a server takes: answers over the network beside those of a bare route that returns the same bytes, many people at
//! once, a large pipeline, and a promotion beside the same command in a process of its own.

pub mod bare;
mod crowd;
mod host;
mod load;
mod promote;
mod size;
mod status;

use std::path::Path;

use crate::plan::Wanted;
use crate::report::Report;

/// One figure of a server.
pub struct Served {
    /// What it is about.
    pub figure: &'static str,
    /// What was taken.
    pub what: &'static str,
    /// How much, in words.
    pub reached: String,
    /// How much is wanted, in words.
    pub wanted: &'static str,
}

/// Takes one of them in a folder of its own.
type Take = fn(&Path, &Wanted, &mut Report);

/// Takes those that were asked for.
pub fn take(bench: &Path, wanted: &Wanted, report: &mut Report) {
    if !wanted.measures_switchback() {
        return;
    }
    let figures: [(&str, Take); 4] = [
        ("served-status", status::take),
        ("served-promote", promote::take),
        ("served-size", size::take),
        ("served-crowd", crowd::take),
    ];
    for (name, take) in figures {
        if wanted.includes(name) {
            let folder = bench.join(name);
            std::fs::create_dir_all(&folder).expect("a writable target folder");
            take(&folder, wanted, report);
        }
    }
}
