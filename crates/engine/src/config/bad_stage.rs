//! What is wrong with stages, freeze windows and schedules is told at its line and column.

use super::bad_input::{Case, hold_below_the_head};

#[test]
fn a_stage_that_waits_for_nothing() {
    hold_below_the_head(&[
        (
            "[[stage]]\nname = 'PROD'\nbranch = 'main'\nmove = 'after-deploy'",
            (4, 8),
            "`PROD` moves after its default areas were deployed to, and has none",
            "give one of its areas `default = true`, or take `move` away",
        ),
        (
            "[[stage]]\nname = 'PROD'\nbranch = 'main'\nmove = 'later'",
            (4, 8),
            "`move` knows no `later`",
            "write one of: first, after-deploy, pull-request",
        ),
    ]);
}

#[test]
fn stages_that_do_not_fit_together() {
    hold_below_the_head(&[
        (
            "[[stage]]\nname = 'PROD'\nbranch = 'main'\nnext = ['DVE']",
            (4, 9),
            "stage `PROD` leads to `DVE`, which is no stage",
            "did you mean `DEV`?",
        ),
        (
            "[[stage]]\nname = 'PROD'\nbranch = 'main'\nnext = ['QA', 'nowhere']",
            (4, 15),
            "stage `PROD` leads to `nowhere`, which is no stage",
            "write one of: DEV, QA, PROD",
        ),
        (
            "[[stage]]\nname = 'QA'\nbranch = 'main'",
            (2, 8),
            "there are two stages named `QA`",
            "give each stage a name of its own",
        ),
        (
            "[[stage]]\nname = 'PROD'\nbranch = 'qa'",
            (3, 10),
            "stages `QA` and `PROD` share the branch `qa`",
            "give each stage a branch of its own",
        ),
        (
            "[[stage]]\nname = 'PROD'\nbranch = 'main'\nnext = ['PROD']",
            (4, 8),
            "stage `PROD` is above itself: `next` leads in a circle",
            "remove one `next` of the circle",
        ),
        (
            "[[stage]]\nname = 'PROD'\nbranch = 'main'\nnext = ['QA', 'QA']",
            (4, 15),
            "`next` names `QA` twice",
            "name it once",
        ),
        (
            "[[stage]]\nname = 'PROD'\nbranch = 'main'\npromote.unpromoted_work = 'wran'",
            (4, 27),
            "`unpromoted_work` knows no `wran`",
            "did you mean `warn`?",
        ),
        (
            "[[stage]]\nname = 'PROD'\nbranch = 'main'\npromote.require = ['blessed']",
            (4, 20),
            "`require` knows no `blessed`",
            "write one of: tested, approved",
        ),
    ]);
}

#[test]
fn freeze_windows() {
    let stage = "[[stage]]\nname = 'x'\nbranch = 'x'\n";
    let windows: &[Case<'_>] = &[
        (
            "freeze = [{ from = '2026-01-02', to = '2026-01-01', reason = 'x' }]",
            (4, 39),
            "the freeze window ends before it begins",
            "swap `from` and `to`",
        ),
        (
            "freeze = [{ from = 'soon', to = '2026-01-01', reason = 'x' }]",
            (4, 20),
            "`soon` is no moment in time",
            "write it like 2026-12-01T22:00 (in the pipeline's time zone), 2026-12-01, or 2026-12-01T22:00:00Z",
        ),
        (
            "freeze = [{ from = '2026-01-01', to = '2026-01-01', reason = ' ' }]",
            (4, 62),
            "`reason` is empty",
            "say why the stage is frozen; people will read it",
        ),
        (
            "freeze = { from = '2026-01-01', to = '2026-01-01', reason = 'x' }",
            (4, 10),
            "`freeze` wants a list of tables, and this is a table",
            "write `freeze = [{ … }]`",
        ),
    ];
    for (line, place, message, hint) in windows {
        hold_below_the_head(&[(&format!("{stage}{line}"), *place, message, hint)]);
    }
}

#[test]
fn schedules() {
    hold_below_the_head(&[
        (
            "[[schedule]]\ncron = '0 2 * *'\nfrom = 'QA'",
            (2, 8),
            "`0 2 * *` has 4 fields, and a cron pattern has five",
            "write five fields: minute, hour, day of the month, month, day of the week, such as `0 2 * * 1-5`",
        ),
        (
            "[[schedule]]\ncron = '0 2 30 2 *'\nfrom = 'QA'",
            (2, 8),
            "`0 2 30 2 *` never comes round",
            "name a day that its month has",
        ),
        (
            "[[schedule]]\ncron = '0 2 * * *'\nfrom = 'Q'",
            (3, 8),
            "a schedule names `Q`, which is no stage",
            "did you mean `QA`?",
        ),
        (
            "[[schedule]]\ncron = '0 2 * * *'\nfrom = 'QA'\nto = ['DEV', 'DEVV']",
            (4, 14),
            "a schedule names `DEVV`, which is no stage",
            "did you mean `DEV`?",
        ),
        (
            "[[schedule]]\ncron = '0 2 * * *'\nfrom = 'QA'\nto = ['QA']",
            (4, 7),
            "`QA` is not below `QA`, and a schedule promotes back",
            "write one of: DEV",
        ),
        (
            "[[schedule]]\ncron = '0 2 * * *'\nmove = 'promot'\nfrom = 'QA'",
            (3, 8),
            "`move` knows no `promot`",
            "did you mean `promote`?",
        ),
        (
            "[[schedule]]\ncron = '0 2 * * *'\nmove = 'promote'\nfrom = 'QA'",
            (4, 8),
            "no stage is next to `QA`, so nothing can be promoted from it",
            "name a lower stage",
        ),
        (
            "[[schedule]]\ncron = '0 2 * * *'\nmove = 'promote'\nfrom = 'DEV'\nto = ['DEV']",
            (5, 7),
            "`DEV` is not next to `DEV`, and this schedule promotes",
            "write one of: QA",
        ),
        (
            "[[schedule]]\ncron = '0 2 * * *'\nfrom = 'DEV'",
            (3, 8),
            "no stage is below `DEV`, so nothing can be promoted back from it",
            "name a higher stage",
        ),
    ]);
}

#[test]
fn modes() {
    hold_below_the_head(&[
        (
            "[[stage]]\nname = 'PROD'\nbranch = 'main'\npromote.mode = 'auto'",
            (4, 16),
            "`mode` knows no `auto`",
            "write one of: manual, scheduled, automatic",
        ),
        (
            "[[stage]]\nname = 'OPS'\nbranch = 'ops'\nnext = ['QA']\nback_promote = { mode = 'automatic', mode_from = ['DEV'] }",
            (5, 51),
            "`back_promote.mode_from` of `OPS` names `DEV`, from which no connection leads there",
            "write one of: QA",
        ),
        (
            "[[stage]]\nname = 'OPS'\nbranch = 'ops'\nnext = ['QA']\nback_promote.mode = 'scheduled'",
            (5, 21),
            "changes go from `QA` to `OPS` by schedule, and no [[schedule]] does that",
            "add a [[schedule]] with move = \"back-promote\", from = \"QA\"",
        ),
        (
            "[[stage]]\nname = 'OPS'\nbranch = 'ops'\nnext = ['QA']\nback_promote.mode = 'scheduled'\n\
             [[schedule]]\ncron = '0 2 * * *'\nfrom = 'QA'\nto = ['DEV']",
            (5, 21),
            "changes go from `QA` to `OPS` by schedule, and no [[schedule]] does that",
            "add a [[schedule]] with move = \"back-promote\", from = \"QA\"",
        ),
    ]);
}
