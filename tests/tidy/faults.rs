//! Whatever `docs/operations.md` says of what goes wrong is tried: each row of its table has tests, by name, here.

use crate::files::{Complaint, Files, complaint};

const PAGE: &str = "docs/operations.md";
const HEADING: &str = "## What goes wrong, and what happens then";

/// How a row begins, and the tests that try what it says: `file::test`, below `crates/`.
const TRIED: &[(&str, &[&str])] = &[
    (
        "The database is locked",
        &[
            "cli/tests/it/faults_served.rs::a_ledger_that_another_process_keeps_locked_is_read_and_passes",
            "cli/tests/it/faults_served.rs::a_ledger_that_is_locked_in_the_middle_of_a_job_is_waited_for",
            "cli/tests/it/faults_served.rs::people_that_another_process_keeps_locked_are_read_and_nobody_new_comes_in_meanwhile",
            "engine/src/again.rs::what_is_given_up_says_how_often_it_was_tried",
        ],
    ),
    ("The disk is full", &["cli/tests/it/faults.rs::a_full_disk_loses_nothing_wherever_it_strikes"]),
    (
        "The remote is gone",
        &[
            "cli/tests/it/remotes.rs::while_a_remote_is_away_reads_go_on_and_nothing_is_written",
            "cli/tests/it/remotes.rs::whatever_step_it_dies_at_the_remote_is_that_of_an_undisturbed_twin",
        ],
    ),
    (
        "The mail server is down",
        &[
            "server/tests/it/notices.rs::a_mail_server_that_is_down_is_tried_until_it_is_up",
            "server/tests/it/notices.rs::what_nobody_takes_is_given_up_and_sent_again_when_asked",
        ],
    ),
    ("The clock jumps back", &["cli/tests/it/faults_served.rs::a_clock_that_jumps_back_changes_no_order"]),
    ("A newer program wrote", &["cli/tests/it/faults.rs::a_ledger_by_a_newer_program_is_left_to_it"]),
    (
        "A token is revoked",
        &["cli/tests/it/faults_served.rs::what_a_token_began_before_it_was_revoked_comes_to_its_end"],
    ),
    ("The plan that was approved", &["cli/tests/it/serving.rs::a_plan_is_carried_out_by_its_hash_or_not_at_all"]),
    ("A body is too large", &["cli/tests/it/faults_served.rs::a_body_that_is_too_large_is_not_read"]),
    ("More call than", &["server/src/listen.rs::who_calls_when_too_many_do_is_told_so_until_one_hangs_up"]),
    ("A worker stops", &["cli/tests/it/together.rs::a_stopped_process_loses_its_lease_and_does_nothing_twice"]),
    (
        "The process is killed",
        &["cli/tests/it/crash.rs::whatever_step_it_dies_at_the_end_is_that_of_an_undisturbed_twin"],
    ),
    (
        "The server is killed",
        &[
            "cli/tests/it/limits_served.rs::of_a_request_that_a_killed_server_had_under_way_it_is_said_that_nobody_knows",
        ],
    ),
    (
        "The collector of traces",
        &["cli/tests/it/traced.rs::a_collector_that_is_away_is_said_once_and_holds_up_nothing"],
    ),
];

/// Rows that nothing tries, and tests that are not there.
pub fn complaints(files: &Files) -> Vec<Complaint> {
    let Some(page) = files.text(PAGE) else { return Vec::new() };
    let (rows, mut found) = (rows(page), Vec::new());
    for (line, row) in &rows {
        if !TRIED.iter().any(|(begins, _)| row.starts_with(begins)) {
            found.push(complaint(PAGE, *line, format!("no test tries what is said of `{row}`")));
        }
    }
    for (begins, tests) in TRIED {
        if !rows.iter().any(|(_, row)| row.starts_with(begins)) {
            found.push(complaint(PAGE, 1, format!("no row begins with `{begins}`")));
        }
        found.extend(
            tests
                .iter()
                .filter(|test| !is_there(files, test))
                .map(|test| complaint(PAGE, 1, format!("there is no test `{test}`, which is to try `{begins}`"))),
        );
    }
    found
}

/// The first cell of each row of the table, with its line.
fn rows(page: &str) -> Vec<(usize, &str)> {
    let lines = page.lines().enumerate().skip_while(|(_, line)| *line != HEADING).skip(1);
    let table = lines.take_while(|(_, line)| !line.starts_with("## ")).filter(|(_, line)| line.starts_with("| "));
    // The first row says what the columns are.
    table.skip(1).filter_map(|(at, line)| Some((at + 1, line.split('|').nth(1)?.trim()))).collect()
}

fn is_there(files: &Files, test: &str) -> bool {
    let Some((file, name)) = test.split_once("::") else { return false };
    let text = files.text(&format!("crates/{file}"));
    text.is_some_and(|text| {
        text.contains(&format!("#[test]\nfn {name}()")) || text.contains(&format!("    fn {name}()"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_nothing_tries_is_found() {
        let page = format!(
            "{HEADING}\n\n| what | then |\n|---|---|\n| The moon falls | Run. |\n| The disk is full | No. |\n\n## More\n\n| x |\n"
        );
        assert_eq!(rows(&page), [(5, "The moon falls"), (6, "The disk is full")]);
        let test = "#[test]\nfn a_full_disk_loses_nothing_wherever_it_strikes() {\n";
        let found = complaints(&Files::new(&[(PAGE, &page), ("crates/cli/tests/it/faults.rs", test)]));
        let says = |what: &str| found.iter().filter(|one| one.what.contains(what)).count();
        assert_eq!((says("`The moon falls`"), says("The disk is full")), (1, 0));
        assert_eq!(says("no row begins with"), TRIED.len() - 1);
        assert!(complaints(&Files::new(&[])).is_empty());
    }
}
