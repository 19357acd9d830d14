//! What is particular to YAML.

use super::tables::{merged, settles, stops};
use switchback_core::content::filetype::Format;
use switchback_structural::Kind;

#[test]
fn entries_are_merged_one_by_one() {
    settles(
        Format::Yaml,
        &[
            ["a: 1\nb: 1\n", "a: 2\nb: 1\n", "a: 1\nb: 2\n", "a: 2\nb: 2\n"],
            ["a:\n  x: 1\n", "a:\n  x: 1\n  y: 1\n", "a:\n  x: 1\n  z: 1\n", "a:\n  x: 1\n  y: 1\n  z: 1\n"],
            [
                "a:\n  x: 1\n  y: 1\nb: 1\n",
                "b: 1\na:\n  x: 1\n  y: 1\n",
                "a:\n  x: 1\n  y: 2 # two\nb: 1\n",
                "b: 1\na:\n  x: 1\n  y: 2 # two\n",
            ],
            ["a: 1\nb: 1\nc: 1\n", "b: 1\nc: 1\n", "a: 1\nb: 1\nc: 2\n", "b: 1\nc: 2\n"],
            [
                "a: |\n  x\n\n  y\nb: 1\n",
                "a: |\n  x\n\n  z\nb: 1\n",
                "a: |\n  x\n\n  y\nb: 2\n",
                "a: |\n  x\n\n  z\nb: 2\n",
            ],
            [
                "a: x\n  y\nb: 'p\n\n  q'\n",
                "a: x\n  z\nb: 'p\n\n  q'\n",
                "a: x\n  y\nb: 'p\n\n  r'\n",
                "a: x\n  z\nb: 'p\n\n  r'\n",
            ],
            [
                "a: &n\n  x: 1\nb: *n\n",
                "a: &n\n  x: 2\nb: *n\n",
                "a: &n\n  x: 1\n  y: 1\nb: *n\nc: *n\n",
                "a: &n\n  x: 2\n  y: 1\nb: *n\nc: *n\n",
            ],
            [
                "a: {x: 1, y: [1, 2]}\n",
                "a: {x: 2, y: [1, 2]}\n",
                "a: {x: 1, y: [1, 2, 3], z: 1}\n",
                "a: {x: 2, y: [1, 2, 3], z: 1}\n",
            ],
            ["---\na: 1\nb: 1\n...\n", "---\na: 2\nb: 1\n...\n", "---\na: 1\nb: 2\n...\n", "---\na: 2\nb: 2\n...\n"],
        ],
    );
}

#[test]
fn items_are_known_by_what_tells_them_apart() {
    settles(
        Format::Yaml,
        &[
            [
                "l:\n- name: a\n  v: 1\n- name: b\n  v: 1\n",
                "l:\n- name: a\n  v: 2\n- name: b\n  v: 1\n- name: c\n",
                "l:\n- name: a\n  v: 1\n- name: b\n  v: 2\n  w: 1\n",
                "l:\n- name: a\n  v: 2\n- name: b\n  v: 2\n  w: 1\n- name: c\n",
            ],
            [
                "- id: 1\n  v: 1\n",
                "- id: 1\n  v: 1\n- id: 2\n",
                "- id: 1\n  v: 2\n- id: 3\n",
                "- id: 1\n  v: 2\n- id: 2\n- id: 3\n",
            ],
            ["- 1\n- 2\n- 3\n", "- 0\n- 1\n- 2\n- 3\n", "- 1\n- 2\n- 4\n", "- 0\n- 1\n- 2\n- 4\n"],
            ["- - 1\n  - 2\n- 3\n", "- - 0\n  - 1\n  - 2\n- 3\n", "- - 1\n  - 2\n- 4\n", "- - 0\n  - 1\n  - 2\n- 4\n"],
        ],
    );
}

#[test]
fn what_stands_in_the_line_of_a_dash_may_move() {
    settles(
        Format::Yaml,
        &[
            [
                "- id: a\n  v: 1\n  w: 1\n",
                "- v: 1\n  id: a\n  w: 1\n",
                "- id: a\n  v: 1\n  w: 2\n",
                "- v: 1\n  id: a\n  w: 2\n",
            ],
            ["- x: 1\n  id: a\n", "- id: a\n", "- x: 1\n  id: a\n  z: 1\n", "- id: a\n  z: 1\n"],
            ["- x: 1\n  id: a\n", "- u: 1\n  x: 1\n  id: a\n", "- x: 2\n  id: a\n", "- u: 1\n  x: 2\n  id: a\n"],
            ["- x: 1\n  id: a\n", "- id: a\n", "- x: 1\n  # two\n  id: a # b\n", "- # two\n  id: a # b\n"],
            [
                "-   x: 1\n    id: a\n",
                "-   id: a\n    x: 1\n",
                "-   x: 1\n    id: a\n    y:\n    - 1\n",
                "-   id: a\n    y:\n    - 1\n    x: 1\n",
            ],
        ],
    );
}

#[test]
fn what_is_put_in_takes_the_indentation_it_finds() {
    let four = "a:\n    x: 1\n    l:\n        - p: 1\n          q: 1\nb: 1\n";
    let two = "a:\n  x: 1\n  l:\n    - p: 1\n      q: 1\nb: 1\n";
    let added =
        two.replace("b: 1", "  m:\n    # about n\n    n: |\n      text\n\n      more\n    o: [\n      1]\nb: 2");
    let wanted = four.replace(
        "b: 1",
        "    m:\n      # about n\n      n: |\n        text\n\n        more\n      o: [\n        1]\nb: 2",
    );
    assert_eq!(merged(Format::Yaml, [two, four, &added]).map_err(|why| why.message), Ok(wanted));
    let back = "a:\n    x: 1\n    y:\n        z: 1\n";
    let found = merged(Format::Yaml, ["a:\n    x: 1\n", "a:\n  x: 1\n", back]).map_err(|why| why.message);
    assert_eq!(found.as_deref(), Ok("a:\n  x: 1\n  y:\n      z: 1\n"));
}

#[test]
fn documents_of_a_stream_are_merged_one_by_one() {
    let one = |kind: &str, v: u8| format!("kind: {kind}\nmetadata:\n  name: x\nv: {v}\n");
    let all = |parts: &[String]| parts.join("---\n");
    let base = all(&[one("A", 1), one("B", 1)]);
    let ours = all(&[one("A", 2), one("B", 1)]);
    let theirs = all(&[one("A", 1), one("B", 2), one("C", 1)]);
    let wanted = all(&[one("A", 2), one("B", 2), one("C", 1)]);
    settles(Format::Yaml, &[[&base, &ours, &theirs, &wanted]]);
}

#[test]
fn comments_go_with_what_they_stand_by() {
    settles(
        Format::Yaml,
        &[
            [
                "# l\n\n# a\na: 1 # x\nb: 1\n",
                "# m\n\n# a\na: 1 # y\nb: 1\n",
                "# l\n\n# c\na: 1 # x\nb: 2\n",
                "# m\n\n# c\na: 1 # y\nb: 2\n",
            ],
            [
                "a:\n  x: 1\n  # end of a\nb: 1\n",
                "a:\n  x: 1\n  y: 1\n  # end of a\nb: 1\n",
                "a:\n  x: 1\n  # end of a\nb: 2\n",
                "a:\n  x: 1\n  y: 1\n  # end of a\nb: 2\n",
            ],
            [
                "a: 1\n\n# part\n\nb: 1\n",
                "a: 1\n\n# part\n\nb: 1\nc: 1\n",
                "\n# part\n\nb: 1\n",
                "\n# part\n\nb: 1\nc: 1\n",
            ],
        ],
    );
}

#[test]
fn what_cannot_both_be_is_a_conflict() {
    stops(
        Format::Yaml,
        &[
            (["a: 1\n", "a: 2\n", "a: 3\n"], Kind::Disagree, "both sides changed `a`"),
            (["b: 1\n", "b: 1\na: 2\n", "b: 1\na: 3\n"], Kind::Disagree, "both sides added `a`"),
            (
                ["a:\n  x: 1\nb: 1\n", "b: 1\n", "a:\n  x: 2\nb: 1\n"],
                Kind::Disagree,
                "ours deleted `a`, which theirs changed",
            ),
            (["a: 1\na: 1\n", "a: 1\n", "a: 2\n"], Kind::Unsound, "`a` twice (line 2)"),
            (["a: &n 1\nb: 1\n", "b: 1\n", "a: &n 1\nb: *n\n"], Kind::Unsound, "unknown anchor"),
            (["b: 1\nc: 1\n", "a: &n 1\nb: 1\nc: 1\n", "b: 1\nc: &n 1\n"], Kind::Unsound, "an anchor is set twice"),
            (["a:\n  x: 1\n  y: 1\n", "a:\n  x: 1\n", "a:\n  y: 1\n"], Kind::Unsound, "does not mean what was merged"),
            (["a: 1\n", "a: 1\n b: 2\n", "a: 3\n"], Kind::Unreadable, "ours cannot be merged by element: line 2"),
            (["a: 1\n", "a: 2\n", "a:\n\t- 3\n"], Kind::Unreadable, "theirs cannot be merged by element: line 2"),
            (["- 1\n- 2\n", "- 1\n- 3\n", "- 1\n- 4\n"], Kind::Disagree, "the same items"),
            (["? a\n: 1\n", "? a\n: 2\n", "? a\n: 1\nb: 1\n"], Kind::Disagree, "both sides changed"),
        ],
    );
}

#[test]
fn what_is_nested_too_deep_is_left_to_lines() {
    for deep in ["[".repeat(100_000), "- ".repeat(50_000) + "x\n", "{a: ".repeat(100_000)] {
        let why = merged(Format::Yaml, ["a: 1\n", &deep, "a: 2\n"]).unwrap_err();
        assert_eq!(why.kind, Kind::Unreadable, "{}", why.message);
    }
}

#[test]
fn an_empty_base_is_two_files_of_one_name() {
    let found = merged(Format::Yaml, ["", "a: 1\n", "b: 1\n"]).map_err(|why| why.message);
    assert_eq!(found.as_deref(), Ok("a: 1\nb: 1\n"));
}
