//! What is wrong with areas, targets and hooks is told at its line and column.

use super::bad_input::{Case, HEAD, HEAD_LINES, defect, hold_below_the_head};
use super::parse;

/// An area that is right but for one line.
fn hold_in_an_area(cases: &[Case<'_>]) {
    for (line, place, message, hint) in cases {
        let area = "[[area]]\nname = 'x'\nstage = 'QA'\ntarget.dir = 'x'\n";
        hold_below_the_head(&[(&format!("{area}{line}"), *place, message, hint)]);
    }
}

#[test]
fn areas() {
    hold_in_an_area(&[
        ("on_drift = 'overwrit'", (5, 12), "`on_drift` knows no `overwrit`", "did you mean `overwrite`?"),
        ("class = 'x'", (5, 9), "`class` knows no `x`", "write one of: deployment, development"),
        (
            "include = ['web/**', 'a[']",
            (5, 22),
            "`a[` is no glob: unclosed character class; missing ']'",
            "`*` stops at a slash, `**` does not, `[ab]` is one of, `{a,b}` is either",
        ),
        (
            "exclude = ['/web/**']",
            (5, 12),
            "`/web/**` matches nothing: paths begin at the repository's top",
            "write `web/**`",
        ),
        (
            "include = []",
            (5, 11),
            "`include` is empty, so no file would get through",
            "remove it to let every file through, or name some",
        ),
        (
            "strip_prefix = '../web'",
            (5, 16),
            "`strip_prefix` is `../web`, which is no folder of the repository",
            "name a folder from the repository's top, such as `web`",
        ),
        (
            "hooks.before = { run = ['x'], timeout_s = 0 }",
            (5, 43),
            "`timeout_s` is 0, which is out of range",
            "write a number from 1 to 86400",
        ),
        ("hooks.before = { run = [] }", (5, 24), "`run` names no program", "name the program first"),
        ("hooks.before = ' '", (5, 16), "`before` holds no command", "write the command, or remove the hook"),
        (
            "hooks.afterwards = 'x'",
            (5, 7),
            "`afterwards` is no key of hooks",
            "write one of: before, after, on_failure",
        ),
        ("hooks.after = 7", (5, 15), "`after` wants a table, and this is a whole number", "write a table"),
    ]);
}

#[test]
fn targets() {
    hold_below_the_head(&[
        (
            "[[area]]\nname = 'x'\nstage = 'QQ'\ntarget.dir = 'x'",
            (3, 9),
            "area `x` belongs to `QQ`, which is no stage",
            "did you mean `QA`?",
        ),
        (
            "[[area]]\nname = 'x'\nstage = 'QA'\ntarget = {}",
            (4, 10),
            "the target names no place",
            "write `target = { dir = \"/srv/qa/web\" }` or `target = { command = [\"program\"] }`",
        ),
        (
            "[[area]]\nname = 'x'\nstage = 'QA'\ntarget = { dir = 'x', command = ['y'] }",
            (4, 33),
            "a target is one place, and this names two",
            "keep `dir` or `command`, and make another area for the other",
        ),
        (
            "[[area]]\nname = 'x'\nstage = 'QA'\ntarget = { dir = 'x', timeout_s = 5 }",
            (4, 35),
            "`timeout_s` is for commands, and this target is a directory",
            "remove `timeout_s`",
        ),
        (
            "[[area]]\nname = 'x'\nstage = 'QA'\ntarget = { dir = 'x', check_put = true }",
            (4, 35),
            "`check_put` is for commands; a directory is always looked at",
            "remove `check_put`",
        ),
        (
            "[[area]]\nname = 'x'\nstage = 'QA'\ntarget.dir = ''",
            (4, 14),
            "`dir` is empty",
            "name the directory the area's files go to",
        ),
        (
            "[[area]]\nname = 'x'\nstage = 'QA'\ntarget.dir = '~/x'",
            (4, 14),
            "`~` is not expanded here",
            "write the whole path",
        ),
        (
            "[[area]]\nname = 'x'\nstage = 'QA'\ntarget.comand = ['x']",
            (4, 8),
            "`comand` is no key of a target",
            "did you mean `command`?",
        ),
        (
            "[[area]]\nname = 'x'\nstage = 'QA'\ntarget.dir = '/srv/a'\n[[area]]\nname = 'x'\nstage = 'DEV'\ntarget.dir = '/srv/b'",
            (6, 8),
            "there are two areas named `x`",
            "give each area a name of its own",
        ),
    ]);
}

#[test]
fn one_target_is_seen_however_it_is_written() {
    let pairs = [
        ("dir = '/srv/a'", "dir = '/srv/a'"),
        ("dir = '/srv/a'", "dir = '/srv/a/'"),
        ("dir = '/srv/a'", "dir = '/srv/./a'"),
        ("dir = '/srv/a'", "dir = '/srv/b/../a'"),
        ("dir = '/repo/out'", "dir = 'out'"),
        ("dir = '/srv/a'", "dir = '../srv/a'"),
        ("command = ['put']", "command = ['put']"),
        ("command = ['put']", "command = ['put']\ntarget.timeout_s = 9"),
    ];
    for (one, other) in pairs {
        let first = format!("[[area]]\nname = 'x'\nstage = 'QA'\ntarget.{one}\n");
        let defect = defect(&format!("{HEAD}{first}[[area]]\nname = 'y'\nstage = 'QA'\ntarget.{other}\n"));
        assert_eq!(defect.message, "areas `x` and `y` write to one target", "{one} {other}");
        assert_eq!((defect.line, defect.column), (HEAD_LINES + 8, 1), "{defect}");
    }
}

#[test]
fn a_linked_directory_is_the_directory() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("real")).unwrap();
    std::os::unix::fs::symlink("real", folder.path().join("link")).unwrap();
    let area = |name: &str, dir: &str| format!("[[area]]\nname = '{name}'\nstage = 'QA'\ntarget.dir = '{dir}'\n");
    let text = format!("{HEAD}{}{}", area("x", "real/sub"), area("y", "link/sub"));
    let defect = parse(&text, &folder.path().join("switchback.toml")).unwrap_err();
    assert_eq!(defect.message, "areas `x` and `y` write to one target");
}
