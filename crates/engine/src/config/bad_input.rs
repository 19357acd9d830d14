//! What is wrong with a configuration is told at its line and column.

use super::{ConfigDefect, parse};
use std::path::Path;
use switchback_core::words::remedy::Remedy;

/// Seven lines that are right; a case puts its own lines under them.
pub(super) const HEAD: &str = r#"[pipeline]
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
pub(super) const HEAD_LINES: u32 = 12;

pub(super) fn defect(text: &str) -> ConfigDefect {
    match parse(text, Path::new("/repo/switchback.toml")) {
        Ok(_) => panic!("this is read as right:\n{text}"),
        Err(defect) => defect,
    }
}

/// The next step in the words of these cases.
pub(super) fn next(defect: &ConfigDefect) -> String {
    match &*defect.remedy {
        Remedy::Advice { text } => text.clone(),
        Remedy::DidYouMean { name } => format!("did you mean `{name}`?"),
        remedy => format!("{remedy:?}"),
    }
}

/// Line below the head, column, what is wrong, the next step.
pub(super) type Case<'a> = (&'a str, (u32, u32), &'a str, &'a str);

pub(super) fn hold_below_the_head(cases: &[Case<'_>]) {
    for (lines, (line, column), message, hint) in cases {
        let defect = defect(&format!("{HEAD}{lines}\n"));
        let next = next(&defect);
        let told = (defect.line, defect.column, defect.message.as_str(), next.as_str());
        assert_eq!(told, (HEAD_LINES + line, *column, *message, *hint), "{lines}\n{defect}");
        assert_eq!(defect.snippet.lines().next(), lines.lines().nth(*line as usize - 1), "{lines}");
    }
}

#[test]
fn keys_and_types() {
    hold_below_the_head(&[
        ("[[area]]\nnam = 'x'", (2, 1), "`nam` is no key of an [[area]]", "did you mean `name`?"),
        ("[changes]\ncolour = 1", (2, 1), "`colour` is no key of [changes]", "write one of: key, branches, record"),
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
            "BareGroup { name: \"qa\" }",
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
fn the_pipeline_itself() {
    let stage = "[[stage]]\nname = 'A'\nbranch = 'a'\n";
    let cases = [
        ("", (1, 1), "this file has no [pipeline]", "add `[pipeline]` with a `name`"),
        ("[pipline]\nname = 'x'", (1, 2), "`pipline` is no key of this file", "did you mean `pipeline`?"),
        ("[pipeline]", (1, 1), "[pipeline] has no `name`", "add `name = \"acme\"`"),
        ("pipeline = 1", (1, 12), "`pipeline` wants a table, and this is a whole number", "write a table"),
        (
            "[pipeline]\nname = 'x'\ntime_zone = 'Europe/Berln'",
            (3, 13),
            "`Europe/Berln` is no known time zone",
            "did you mean `Europe/Berlin`?",
        ),
        ("[pipeline]\nname = 'x'\norder_by = 'keys'", (3, 12), "`order_by` knows no `keys`", "did you mean `key`?"),
        (
            "[pipeline]\nname = 'x'\nexclude_from_auto_resolve = ['JSON', '[']",
            (3, 38),
            "`[` is no file type: unclosed character class; missing ']'",
            "write a type such as `ApexClass`, or a glob such as `**/*.xml`",
        ),
        (
            "[pipeline]\nname = 'x'\nexclude_from_auto_resolve = ['Profil']",
            (3, 30),
            "there is no file type `Profil`",
            "did you mean `Profile`?",
        ),
        (
            "[pipeline]\nname = 'x'\n[changes]\nkey = '['",
            (4, 7),
            "`key` is no pattern: unclosed character class",
            "write a pattern such as `'[A-Z]+-\\d+'`",
        ),
        (
            "[pipeline]\nname = 'x'\n[changes]\nkey = '\\d*'",
            (4, 7),
            "`key` is `\\d*`, which finds a key in an empty text",
            "write a pattern such as `'[A-Z]+-\\d+'`",
        ),
        (
            "[pipeline]\nname = 'x'\n[changes]\nbranches = '{a'",
            (4, 12),
            "`branches` is `{a`, which is no glob: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)",
            "write a pattern such as `feature/*`",
        ),
    ];
    for (lines, (line, column), message, hint) in cases {
        let defect = defect(&format!("{lines}\n{stage}"));
        let next = next(&defect);
        let told = (defect.line, defect.column, defect.message.as_str(), next.as_str());
        assert_eq!(told, (line, column, message, hint), "{defect}");
    }
    let none = defect("[pipeline]\nname = 'x'\n");
    assert_eq!((none.line, none.message.as_str()), (1, "the pipeline has no stage"));
}

#[test]
fn file_types() {
    let head = "[pipeline]\nname = 'x'\n[[stage]]\nname = 'A'\nbranch = 'a'\n[[file_type]]\n";
    let cases = [
        ("paths = ['a']", (6, 1), "a [[file_type]] has no `name`", "add `name = \"PriceList\"`"),
        ("name = 'P'", (6, 1), "a [[file_type]] has no `paths`", "add `paths = [\"prices/**/*.xml\"]`"),
        (
            "name = 'P'\npaths = ['[']",
            (8, 10),
            "`[` is no glob: unclosed character class; missing ']'",
            "write a pattern such as `prices/**/*.xml`",
        ),
        ("name = 'P'\npaths = ['a']\nformat = 'jsn'", (9, 10), "`format` knows no `jsn`", "did you mean `json`?"),
        (
            "name = 'P'\npaths = ['a']\nstrategy = 'structural'",
            (9, 12),
            "`structural` wants to know how the files are written",
            "add `format`: xml, json, yaml, toml, properties",
        ),
        (
            "name = 'P'\npaths = ['a']\nkeys = { a = 'b' }",
            (9, 14),
            "`a` wants a list of texts, and this is a text",
            "write `a = [\"b\"]`",
        ),
        (
            "name = 'LockFile'\nstrategy = 'regenerate'",
            (8, 12),
            "`regenerate` wants to know which program makes the files",
            "add `regenerate = [\"make\", \"lock\"]`",
        ),
        (
            "name = 'LockFile'\nstrategy = 'union'\nregenerate = ['make']",
            (9, 14),
            "the files are not made again: another strategy settles them",
            "remove `regenerate`, or the `strategy`",
        ),
        ("name = 'LockFile'\nregenerate = []", (8, 14), "`regenerate` names no program", "name the program first"),
        (
            "name = 'LockFile'\ntimeout_s = 5",
            (8, 13),
            "`timeout_s` is for the program that makes the files, and none is named",
            "remove `timeout_s`, or add `regenerate`",
        ),
        (
            "name = 'Profile'\n[[file_type]]\nname = 'Profile'",
            (9, 8),
            "the file type `Profile` stands here twice",
            "keep one of the two",
        ),
    ];
    for (lines, (line, column), message, hint) in cases {
        let defect = defect(&format!("{head}{lines}\n"));
        let next = next(&defect);
        let told = (defect.line, defect.column, defect.message.as_str(), next.as_str());
        assert_eq!(told, (line, column, message, hint), "{defect}");
    }
}

#[test]
fn a_file_named_for_a_pipeline_names_it() {
    let text = HEAD.replace("next = [\"QA\"]", "next = []");
    assert!(parse(&text, Path::new("/repo/switchback.acme.toml")).is_ok());
    let defect = parse(&text, Path::new("/repo/switchback.other.toml")).unwrap_err();
    assert_eq!(defect.message, "this file is for the pipeline `other`, and names it `acme`");
    assert_eq!((defect.line, defect.column), (2, 8));
}

#[test]
fn of_many_defects_the_first_in_the_file_is_told() {
    let text = "[pipeline]\nname = 'x'\ncolour = 1\n[[stage]]\nname = ''\nbranch = 'a'\n[changes]\nkey = '['\n";
    assert_eq!(defect(text).line, 3);
    assert_eq!(defect(&text.replace("colour = 1\n", "")).line, 4);
}

#[test]
fn what_cannot_be_read_is_told_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("switchback.toml");
    let missing = crate::config::load(&path).unwrap_err();
    assert_eq!((missing.code, missing.line), ("config-unreadable", 0));
    std::fs::write(&path, b"[pipeline]\nname = \"a\xff\"\n").unwrap();
    let garbled = crate::config::load(&path).unwrap_err();
    assert_eq!((garbled.line, garbled.column), (2, 10));
    assert_eq!(garbled.message, "the configuration is not UTF-8 here");
}
