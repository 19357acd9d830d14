//! What is wrong with a configuration is told at its line and column.

use super::{ConfigDefect, parse};
use std::path::Path;

/// Seven lines that are right; a case puts its own lines under them.
const HEAD: &str = r#"[pipeline]
name = "acme"

[[stage]]
name = "DEV"
branch = "dev"
next = ["QA"]

[[stage]]
name = "QA"
branch = "qa"

"#;
/// How many lines those are.
const HEAD_LINES: u32 = 12;

fn defect(text: &str) -> ConfigDefect {
    match parse(text, Path::new("/repo/switchback.toml")) {
        Ok(_) => panic!("this is read as right:\n{text}"),
        Err(defect) => defect,
    }
}

/// Line below the head, column, what is wrong, the next step.
type Case = (&'static str, (u32, u32), &'static str, &'static str);

fn hold_below_the_head(cases: &[Case]) {
    for (lines, (line, column), message, hint) in cases {
        let defect = defect(&format!("{HEAD}{lines}\n"));
        let told = (defect.line, defect.column, defect.message.as_str(), defect.hint.as_str());
        assert_eq!(told, (HEAD_LINES + line, *column, *message, *hint), "{lines}\n{defect}");
        assert_eq!(defect.snippet.lines().next(), lines.lines().nth(*line as usize - 1), "{lines}");
    }
}

#[test]
fn keys_and_types() {
    hold_below_the_head(&[
        ("[[area]]\nnam = 'x'", (2, 1), "`nam` is no key of an [[area]]", "did you mean `name`?"),
        ("[changes]\ncolour = 1", (2, 1), "`colour` is no key of [changes]", "write one of: key, branches"),
        ("[chnges]\nkey = 'x'", (1, 2), "`chnges` is no key of this file", "did you mean `changes`?"),
        (
            "[[stage]]\nname = 'x'\nbranch = 'b'\nback_promote.requir = []",
            (4, 14),
            "`requir` is no key of a gate",
            "did you mean `require`?",
        ),
        ("[words]\nstge = 'x'", (2, 1), "`stge` is no key of [words]", "did you mean `stage`?"),
        (
            "[area]\nname = 'x'",
            (1, 1),
            "`area` wants a list of tables, and this is a table",
            "write `[[area]]`, in double brackets",
        ),
        (
            "[[stage]]\nname = 'x'\nbranch = 'x'\nnext = 'QA'",
            (4, 8),
            "`next` wants a list of texts, and this is a text",
            "write `next = [\"QA\"]`",
        ),
        (
            "[[stage]]\nname = 'x'\nbranch = 'x'\nnext = ['QA', 7]",
            (4, 15),
            "`next` wants a list of texts, and this is a whole number",
            "write each entry in quotes",
        ),
        (
            "[[stage]]\nname = 7\nbranch = 'x'",
            (2, 8),
            "`name` wants a text, and this is a whole number",
            "write it in quotes",
        ),
        (
            "[[area]]\nname = 'x'\nstage = 'QA'\ntarget.dir = 'x'\ndefault = 'true'",
            (5, 11),
            "`default` wants true or false, and this is a text",
            "write it without quotes",
        ),
        (
            "[[area]]\nname = 'x'\nstage = 'QA'\ntarget.dir = 'x'\nsequence = 1.5",
            (5, 12),
            "`sequence` wants a whole number, and this is a number with a point",
            "write a whole number",
        ),
        (
            "[[area]]\nname = 'x'\nstage = 'QA'\ntarget.dir = 'x'\nsequence = -1",
            (5, 12),
            "`sequence` is -1, which is out of range",
            "write a number from 0 to 4294967295",
        ),
        ("[[area]]", (1, 1), "an [[area]] has no `name`", "add `name = \"qa-web\"`"),
        ("[[stage]]\nname = 'x'", (1, 1), "a [[stage]] has no `branch`", "add `branch = \"qa\"`"),
        ("[groups]\nqa = 'ann'", (2, 6), "`qa` wants a list of texts, and this is a text", "write `qa = [\"ann\"]`"),
    ]);
}

#[test]
fn syntax() {
    hold_below_the_head(&[
        (
            "[changes]\nkey = \"[A-Z]+-\\d+\"",
            (2, 16),
            "this is no TOML: missing escaped value, expected `b`, `e`, `f`, `n`, `r`, `\\`, `\"`, `x`, `u`, `U`",
            "write a backslash twice, or put the text in single quotes",
        ),
        ("[pipeline]\nname = 'b'", (1, 2), "this is no TOML: duplicate key", "keep one of the two"),
        (
            "[changes]\nkey = \"abc",
            (2, 11),
            "this is no TOML: invalid basic string, expected `\"`",
            "put texts in quotes",
        ),
        (
            "nope",
            (1, 5),
            "this is no TOML: key with no value, expected `=`",
            "mend the line; https://toml.io shows the syntax",
        ),
    ]);
}

#[test]
fn names() {
    let rule = "use letters, digits, `-`, `_` and `.`";
    hold_below_the_head(&[
        ("[[stage]]\nname = ''\nbranch = 'x'", (2, 8), "`name` is ``, which is empty", rule),
        ("[[stage]]\nname = 'a b'\nbranch = 'x'", (2, 8), "`name` is `a b`, which holds a space", rule),
        ("[[stage]]\nname = 'a/b'\nbranch = 'x'", (2, 8), "`name` is `a/b`, which holds `/`", rule),
        ("[[stage]]\nname = 'a..b'\nbranch = 'x'", (2, 8), "`name` is `a..b`, which holds `..`", rule),
        (
            "[[stage]]\nname = \"a\\u0007\"\nbranch = 'x'",
            (2, 8),
            "`name` is `a\\u{7}`, which holds a control character",
            rule,
        ),
        ("[[area]]\nname = 'qa@7'\nstage = 'QA'\ntarget.dir = 'x'", (2, 8), "`name` is `qa@7`, which holds `@`", rule),
        (
            "[[stage]]\nname = 'x'\nbranch = 'a b'",
            (3, 10),
            "`branch` is `a b`, which git takes for no branch",
            "write a name that `git branch --list` shows",
        ),
        (
            "[[stage]]\nname = 'x'\nbranch = 'refs/heads/x'",
            (3, 10),
            "`branch` is `refs/heads/x`, a full ref",
            "write the branch alone: `branch = \"x\"`",
        ),
        (
            "[groups]\n\"@qa\" = ['ann']",
            (2, 1),
            "the group `@qa` has a name that holds `@`",
            "write `qa`; the `@` is for `switchback grant @qa …`",
        ),
        (
            "[groups]\nqa = ['ann', '']",
            (2, 14),
            "`` is no user: it is empty",
            "write the name the person signs in with",
        ),
        ("[groups]\nqa = ['ann', 'ann']", (2, 14), "`qa` names `ann` twice", "name it once"),
        (
            "[words]\nchange = ''",
            (2, 10),
            "`change` would be shown as nothing people can read",
            "write the word people know, or remove the line",
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
fn freeze_windows_and_schedules() {
    let stage = "[[stage]]\nname = 'x'\nbranch = 'x'\n";
    let windows: &[(&str, (u32, u32), &str, &str)] = &[
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
        let lines: &'static str = Box::leak(format!("{stage}{line}").into_boxed_str());
        hold_below_the_head(&[(lines, *place, message, hint)]);
    }
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
            "[[schedule]]\ncron = '0 2 * * *'\nfrom = 'DEV'",
            (3, 8),
            "no stage is below `DEV`, so nothing can be promoted back from it",
            "name a higher stage",
        ),
    ]);
}
