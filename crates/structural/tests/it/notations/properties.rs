//! What is particular to properties.

use super::tables::{merged, settles, stops};
use switchback_core::content::filetype::{Format, Keys};
use switchback_structural::{Kind, Texts, merge};

#[test]
fn entries_are_merged_one_by_one() {
    settles(
        Format::Properties,
        &[
            ["a=1\nb=1\n", "a=2\nb=1\n", "a=1\nb=2\n", "a=2\nb=2\n"],
            ["a=1\nb=1\n", "a=1\nc=1\nb=1\n", "a=1\nb=1\nd=1\n", "a=1\nc=1\nb=1\nd=1\n"],
            ["a=1\n", "a=1\nb=1\n", "a=1\nc=1\n", "a=1\nb=1\nc=1\n"],
            ["a=1\nb=1\nc=1\n", "c=1\nb=1\na=1\n", "a=1\nb=2\nc=1\n", "c=1\nb=2\na=1\n"],
            ["a=1\nb=1\nc=1\n", "b=1\nc=1\n", "a=1\nb=1\nc=2\n", "b=1\nc=2\n"],
            ["a=1\nb=1\n", "b=1\n", "a=1\n", ""],
            ["a=1\n", "a = 1\n", "a=2\n", "a=2\n"],
            ["a=x\\\n  y\nb=1\n", "a=x\\\n  y\nb=2\n", "a=x\\\n  z\nb=1\n", "a=x\\\n  z\nb=2\n"],
            ["a:1\nb 2\n!c\nc\n", "a:2\nb 2\n!c\nc\n", "a:1\nb 3\n!d\nc\n", "a:2\nb 3\n!d\nc\n"],
        ],
    );
}

#[test]
fn comments_go_with_what_they_stand_above() {
    settles(
        Format::Properties,
        &[
            ["# a\na=1\nb=1\n", "b=1\n", "# a\na=1\nb=1\n# c\nc=1\n", "b=1\n# c\nc=1\n"],
            ["# l\n\na=1\nb=1\n", "# l\n\nb=1\n", "# l\n\na=1\nb=2\n", "# l\n\nb=2\n"],
            ["# l\n\na=1\n", "# m\n\na=1\n", "# l\n\na=2\n", "# m\n\na=2\n"],
            ["# l\n\n# a\na=1\n", "# l\n\n# b\na=1\n", "# l\n\n# a\na=2\n", "# l\n\n# b\na=2\n"],
            ["a=1\n\nb=1\n\n", "a=1\n\nb=1\nc=1\n\n", "a=1\n\nb=2\n\n", "a=1\n\nb=2\nc=1\n\n"],
        ],
    );
}

#[test]
fn sections_are_merged_one_by_one() {
    settles(
        Format::Properties,
        &[
            ["[a]\nx=1\n[b]\nx=1\n", "[a]\nx=2\n[b]\nx=1\n", "[a]\nx=1\n[b]\nx=2\n", "[a]\nx=2\n[b]\nx=2\n"],
            [
                "[a]\nx=1\n\n[b]\nx=1\n",
                "[a]\nx=1\ny=1\n\n[b]\nx=1\n",
                "[a]\nx=1\n\n[b]\nx=1\n\n[c]\nx=1\n",
                "[a]\nx=1\ny=1\n\n[b]\nx=1\n\n[c]\nx=1\n",
            ],
            [
                "[a]\nx=\n  1\n  2\ny=1\n",
                "[a]\nx=\n  1\n  2\n  3\ny=1\n",
                "[a]\nx=\n  1\n  2\ny=2\n",
                "[a]\nx=\n  1\n  2\n  3\ny=2\n",
            ],
            ["x=1\n", "x=1\n[a]\nx=1\n", "x=1\n[b]\nx=1\n", "x=1\n[a]\nx=1\n[b]\nx=1\n"],
        ],
    );
}

#[test]
fn what_cannot_both_be_is_a_conflict() {
    stops(
        Format::Properties,
        &[
            (["a=1\n", "a=2\n", "a=3\n"], Kind::Disagree, "both sides changed `a`"),
            (["b=1\n", "b=1\na=2\n", "b=1\na=3\n"], Kind::Disagree, "both sides added `a`"),
            (["a=1\nb=1\n", "b=1\n", "a=2\nb=1\n"], Kind::Disagree, "ours deleted `a`, which theirs changed"),
            (["a=1\na=2\n", "a=1\n", "a=3\n"], Kind::Unsound, "`a` twice (line 2)"),
            (
                ["a=1\n", "a=2\n\\u0061=2\n", "a=3\n"],
                Kind::Unsound,
                "ours cannot be merged by element: it holds `a` twice",
            ),
            (["a=1\n", "a=2\n", "b=1\na=\\uxyzw\n"], Kind::Unreadable, "theirs cannot be merged by element: line 2"),
            (["[a]\nx=1\nx=2\n", "[a]\nx=1\n", "[a]\nx=3\n"], Kind::Unsound, "`x` twice"),
        ],
    );
}

#[test]
fn the_same_written_in_two_ways_is_the_same() {
    let found = merged(Format::Properties, ["a=1\nb=1\n", "a=\\u00e9\nb=1\n", "a=é\nb=2\n"]);
    assert_eq!(found.unwrap(), "a=\\u00e9\nb=2\n");
}

#[test]
fn latin_1_stays_latin_1() {
    let keys = Keys::default();
    let [base, ours, theirs] = [&b"a=\xe9\nb=\xfc\n"[..], b"a=\xe8\nb=\xfc\n", b"a=\xe9\nb=\xfc\nc=\xdf\n"];
    let found = merge(Format::Properties, &keys, Texts { base, ours, theirs });
    assert_eq!(found.as_deref(), Ok(&b"a=\xe8\nb=\xfc\nc=\xdf\n"[..]));
    let theirs = "a=é\nb=ü\n".as_bytes();
    let why = merge(Format::Properties, &keys, Texts { base, ours, theirs }).unwrap_err();
    assert_eq!(why.message, "one version is written in UTF-8 and another in another encoding");
}
