//! What random documents showed: comments that came twice, or came to stand elsewhere.

use super::tables::merged;
use switchback_core::content::filetype::Format::{self, Json, Properties, Toml, Xml, Yaml};

/// Base, ours, theirs, and what comes out.
type Case<'t> = (Format, [&'t str; 4]);

/// What comes out of each case, whichever side is which; `-` where that is a conflict.
#[track_caller]
fn come_out(cases: &[Case<'_>]) {
    for (format, [base, ours, theirs, wanted]) in cases {
        for texts in [[base, ours, theirs], [base, theirs, ours]] {
            let found = merged(*format, texts.map(|text| *text));
            assert_eq!(found.as_deref().unwrap_or("-"), *wanted, "{base}--\n{ours}--\n{theirs}");
        }
    }
}

#[test]
fn what_both_put_in_at_one_place_is_there_once() {
    come_out(&[
        // At the end of a group that both brought, where one goes on.
        (
            Yaml,
            [
                "a: 1\n",
                "g:\n  l:\n    - id: i\n      k: 1\n      # c\na: 1\n",
                "g:\n  l:\n    - id: i\n      k: 1\n      # c\n      m: 1\na: 1\n",
                "g:\n  l:\n    - id: i\n      k: 1\n      # c\n      m: 1\na: 1\n",
            ],
        ),
        // At the end of the file, with and without a line end.
        (Toml, ["a = 1\nb = 1\n", "a = 1\nb = 1\n# c", "b = 2\n# c\n", "b = 2\n# c"]),
        // Behind an entry that one side made a group.
        (Yaml, ["g: {}\nb: 1\n", "g: # c\n  a: 1\nb: 1\n", "g: {} # c\nb: 1\n", "-"]),
        // The same entry, commented out at two places: with a comma, and with a comment behind it.
        (
            Json,
            [
                "{\n  \"a\": 1,\n  \"b\": 1,\n  \"c\": 1\n}\n",
                "{\n  // \"a\": 1\n  \"b\": 1,\n  \"c\": 1\n}\n",
                "{\n  \"b\": 1,\n  \"c\": 1\n  // \"a\": 1\n}\n",
                "-",
            ],
        ),
        (Toml, ["a = 1\nb = 1 # x\nc = 1\n", "a = 1\n# b = 1\nc = 1\n", "# b = 1\na = 1\nc = 1\n", "-"]),
        // An entry of several lines.
        (
            Xml,
            [
                "<r>\n  <a>1</a>\n  <b>\n    <x>1</x>\n  </b>\n</r>\n",
                "<r>\n  <a>1</a>\n  <!-- <b>\n    <x>1</x>\n  </b> -->\n</r>\n",
                "<r>\n  <!-- <b>\n    <x>1</x>\n  </b> -->\n  <a>1</a>\n</r>\n",
                "-",
            ],
        ),
        (
            Json,
            [
                "{\n  \"a\": 1,\n  \"b\": {\n    \"x\": 1\n  }\n}\n",
                "{\n  \"a\": 1\n  /* \"b\": {\n    \"x\": 1\n  } */\n}\n",
                "{\n  /* \"b\": {\n    \"x\": 1\n  } */\n  \"a\": 1\n}\n",
                "-",
            ],
        ),
        // The second line of what both put in, by the line above it.
        (
            Yaml,
            [
                "a: 1\n",
                "a: 1\nl:\n  - id: y\n  # - id: x\n  #   k: 1\n",
                "a: 1\nl:\n  # - id: x\n  #   k: 1\n  - id: y\n",
                "-",
            ],
        ),
    ]);
}

#[test]
fn comments_stay_where_both_sides_have_them() {
    come_out(&[
        // One that stands above a run of items, where the first of them goes.
        (
            Xml,
            [
                "<a>\n  <k>1</k>\n  <!-- c -->\n\n  <s>1</s>\n  <l>1</l>\n  <l>2</l>\n</a>\n",
                "<a>\n  <k>1</k>\n  <!-- c -->\n\n  <m>1</m>\n  <s>1</s>\n  <l>1</l>\n  <l>2</l>\n</a>\n",
                "<a>\n  <k>1</k>\n  <!-- c -->\n\n  <!-- <s>1</s> -->\n  <l>1</l>\n  <l>2</l>\n</a>\n",
                "<a>\n  <k>1</k>\n  <!-- c -->\n\n  <m>1</m>\n\n  <!-- <s>1</s> -->\n  <l>1</l>\n  <l>2</l>\n</a>\n",
            ],
        ),
        // One that a side wrote below an entry that it commented out, where the other changed the order.
        (Properties, ["k=1\na=1\nb=1\n", "b=1\na=1\n", "# k=1\n# n\na=1\nb=1\n", "b=1\n# k=1\n# n\na=1\n"]),
        // Entries that one side put in behind one that stands alone keep their order.
        (
            Properties,
            [
                "k=1\n# c\n\nm=1\n",
                "k=1\n# c\n\nm=2\n",
                "k=1\n# c\n\n# n\no=1\np=1\nm=1\n",
                "k=1\n# c\n\n# n\no=1\np=1\nm=2\n",
            ],
        ),
    ]);
}

/// These may be conflicts.
#[test]
fn comments_go_with_what_they_stand_by_or_nothing_comes_out() {
    let cases = [
        // One that ends the file does not go to an entry that both put in above it.
        ["k: 1\nm: 1\n# c\n", "k: 1\nn: 1\nm: 1\n# c", "j: 1\nk: 1\nm: 1\n# c\n\nn: 1\n", "m: 1\n# c"],
        // One above what was commented out stays there, where the other side moved what follows.
        [
            "# n\nk: 1\ng: 1\n\n# m\nj: 1\n",
            "# n\n# k: 1\ng: 1\n\n# m\nj: 1\n",
            "# n\nk: 1\n\n# m\nj: 1\ng: 1\n",
            "# n\n# k: 1\n",
        ],
    ];
    for [base, ours, theirs, wanted] in cases {
        for texts in [[base, ours, theirs], [base, theirs, ours]] {
            let found = merged(Yaml, texts).unwrap_or_else(|_| wanted.to_owned());
            assert!(found.contains(wanted), "{found}");
        }
    }
}

#[test]
fn what_one_side_comments_out_below_a_comment_is_taken() {
    let (base, ours) = ("# a\n\nk: 1\nl: 1\n", "# a\n# k: 1\nl: 1\n");
    for texts in [[base, ours, base], [base, base, ours], [base, ours, ours]] {
        assert_eq!(merged(Yaml, texts).map_err(|why| why.message).as_deref(), Ok(ours));
    }
}

#[test]
fn numbers_of_a_doubled_key_say_nothing_once_one_of_them_went() {
    let base = "k=1\na=1\nk=2\n";
    come_out(&[
        (Properties, [base, "a=1\nk=2\n", "# n\nk=1\na=1\nk=2\n", "-"]),
        (Properties, [base, "a=1\nk=2\nk=1\n", "k=1\na=1\n# n\nk=2\n", "-"]),
        (Properties, [base, "a=1\nk=2\n", "k=1\na=2\nk=2\n", "a=2\nk=2\n"]),
    ]);
}

#[test]
fn what_stands_above_an_entry_stands_above_it_when_it_is_commented_out() {
    let base = "<a>\n  <!-- n -->\n  <k>1</k>\n  <z>1</z>\n</a>\n";
    let ours = base.replace("  <z>", "  <l><x>1</x></l>\n  <l><x>2</x></l>\n  <z>");
    let theirs = base.replace("<k>1</k>", "<!-- <k>1</k> -->");
    for texts in [[base, &ours, &theirs], [base, &theirs, &ours]] {
        if let Ok(found) = merged(Xml, texts) {
            assert!(found.contains("<!-- n -->\n  <!-- <k>1</k> -->\n"), "{found}");
        }
    }
}
