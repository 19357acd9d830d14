//! The figures of `docs/performance.md`: Switchback's whole processes beside git's and rsync's on the same content, all in
//! one run, so that what is compared shared the machine's mood. It measures and never judges: no limit fails it.
//!
//! ```text
//! cargo bench -p switchback-cli --bench figures                        everything
//! cargo bench -p switchback-cli --bench figures -- promote where       some figures
//! cargo bench -p switchback-cli --bench figures -- --rounds 3          fewer repetitions
//! cargo bench -p switchback-cli --bench figures -- --seconds 30        a shorter crowd than five minutes
//! cargo bench -p switchback-cli --bench figures -- --others            git's and rsync's sides alone
//! cargo bench -p switchback-cli --bench figures -- write NAME FOLDER   one of the generated repositories, and nothing else
//! ```

mod ahead;
mod commands;
mod contest;
mod corpus;
mod decomposed;
mod deploy;
mod generate;
mod growth;
mod history;
mod large_changes;
mod meter;
mod move_changes;
mod plan;
mod profile;
mod report;
mod served;
mod where_is;

#[path = "../../tests/real/git.rs"]
mod git;
#[path = "../../tests/real/judge.rs"]
#[expect(dead_code, reason = "the figures ask only which changes stand alone")]
mod judge;
#[path = "../../tests/real/needs.rs"]
mod needs;
#[path = "../../tests/real/program.rs"]
mod program;
#[path = "../../tests/real/queue.rs"]
mod queue;
#[path = "../../tests/real/repository.rs"]
#[expect(dead_code, reason = "the figures do not say how a patch was found to need another")]
mod repository;
#[path = "../../crates/cli/tests/it/somebody.rs"]
mod somebody;

/// The program's own, so that a bare server is no slower for lack of it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.split_first() {
        Some((word, rest)) if word == meter::WORD => meter::run_as_meter(rest),
        Some((word, rest)) if word == profile::WORD => profile::run_as_merge(rest),
        Some((word, rest)) if word == served::bare::WORD => served::bare::run_as_server(rest),
        Some((word, rest)) if word == "write" => write(rest),
        _ => take(&plan::Wanted::parse(&arguments)),
    }
}

/// Writes a generated repository into a folder that is not there yet.
fn write(arguments: &[String]) {
    let [name, folder] = arguments else { panic!("write salesforce|changes-200|changes-10000 FOLDER") };
    let home = std::path::Path::new(folder);
    assert!(!home.exists(), "{folder} is there already");
    match name.as_str() {
        "salesforce" => decomposed::write(home),
        "changes-200" => history::write_history(home, 200, 4),
        "changes-10000" => history::write_history(home, 10_000, 4),
        _ => panic!("unknown repository {name}: salesforce, changes-200, changes-10000"),
    }
}

fn take(wanted: &plan::Wanted) {
    let folder = plan::target_folder();
    let bench = tempfile::Builder::new().prefix("figures-").tempdir_in(&folder).expect("a writable target folder");
    let mut report = report::Report::new(wanted);
    // First, while nothing has been removed yet: see `deploy::populate`.
    if wanted.includes("deploy") || wanted.includes("populate") {
        deploy::take(bench.path(), wanted, &mut report);
    }
    if wanted.includes("promote") || wanted.includes("demote") {
        for corpus in corpus::all(bench.path()) {
            move_changes::take(&corpus, wanted, &mut report);
        }
    }
    if wanted.includes("where") {
        where_is::take(bench.path(), wanted, &mut report);
    }
    if wanted.includes("growth") {
        growth::take(bench.path(), wanted, &mut report);
    }
    if wanted.includes("salesforce") {
        large_changes::take(bench.path(), wanted, &mut report);
    }
    if wanted.includes("profile") {
        profile::take(bench.path(), wanted, &mut report);
    }
    if wanted.includes("ahead") {
        ahead::take(bench.path(), wanted, &mut report);
    }
    served::take(bench.path(), wanted, &mut report);
    if wanted.includes("memory") {
        commands::take(bench.path(), wanted, &mut report);
    }
    report.write(&folder);
}
