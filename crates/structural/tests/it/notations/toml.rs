//! What is particular to TOML.

use super::tables::{merged, settles, stops};
use switchback_core::content::filetype::Format;
use switchback_structural::Kind;

#[test]
fn entries_are_merged_one_by_one_in_their_table() {
    settles(
        Format::Toml,
        &[
            ["a = 1\n[t]\nb = 1\n", "a = 2\n[t]\nb = 1\n", "a = 1\n[t]\nb = 2\n", "a = 2\n[t]\nb = 2\n"],
            ["[t]\na = 1\n", "x = 1\n[t]\na = 1\n", "y = 1\n[t]\na = 1\nb = 1\n", "x = 1\ny = 1\n[t]\na = 1\nb = 1\n"],
            [
                "[t]\na = 1\n\n[u]\nb = 1\n",
                "[t]\na = 1\nc = 1\n\n[u]\nb = 1\n",
                "[t]\na = 1\n\n[v]\nb = 1\n\n[u]\nb = 1\n",
                "[t]\na = 1\nc = 1\n\n[v]\nb = 1\n\n[u]\nb = 1\n",
            ],
            [
                "[t]\na = 1\nb = 1\nc = 1\n",
                "[t]\nc = 1\nb = 1\na = 1\n",
                "[t]\na = 1\nb = 2 # two\nc = 1\n",
                "[t]\nc = 1\nb = 2 # two\na = 1\n",
            ],
            ["[t]\na = 1\n[u]\nb = 1\n", "[u]\nb = 1\n", "[t]\na = 1\n[u]\nb = 2\n", "[u]\nb = 2\n"],
            ["a.b = 1\n", "a.b = 2\n", "a.b = 1\na.c = 1\n", "a.b = 2\na.c = 1\n"],
            [
                "a = \"\"\"\nx\n\"\"\"\nb = 1\n",
                "a = \"\"\"\ny\n\"\"\"\nb = 1\n",
                "a = \"\"\"\nx\n\"\"\"\nb = 2\n",
                "a = \"\"\"\ny\n\"\"\"\nb = 2\n",
            ],
            [
                "# l\n\n[t] # t\n# a\na = 1\n",
                "# m\n\n[t] # t\n# a\na = 1\n",
                "# l\n\n[t] # u\n# b\na = 1\n",
                "# m\n\n[t] # u\n# b\na = 1\n",
            ],
        ],
    );
}

#[test]
fn inline_tables_and_arrays_are_merged_by_member_and_by_item() {
    settles(
        Format::Toml,
        &[
            [
                "a = { b = 1, c = 1 }\n",
                "a = { b = 2, c = 1 }\n",
                "a = { b = 1, c = 1, d = 1 }\n",
                "a = { b = 2, c = 1, d = 1 }\n",
            ],
            ["a = { b = 1 }\n", "a = { b = 1, c = 1 }\n", "a = { b = 1, d = 1 }\n", "a = { b = 1, c = 1, d = 1 }\n"],
            ["a = { b = 1, c = 1 }\n", "a = { c = 1 }\n", "a = { b = 1, c = 2 }\n", "a = { c = 2 }\n"],
            ["a = [1, 2, 3]\n", "a = [0, 1, 2, 3]\n", "a = [1, 2, 4]\n", "a = [0, 1, 2, 4]\n"],
            [
                "a = [\n  1,\n  2, # two\n  3\n]\n",
                "a = [\n  1,\n  3\n]\n",
                "a = [\n  1,\n  2, # two\n  3,\n  4\n]\n",
                "a = [\n  1,\n  3,\n  4\n]\n",
            ],
            [
                "a = [{ id = 1, v = 1 }, { id = 2, v = 1 }]\n",
                "a = [{ id = 1, v = 2 }, { id = 2, v = 1 }]\n",
                "a = [{ id = 1, v = 1 }, { id = 2, v = 2 }]\n",
                "a = [{ id = 1, v = 2 }, { id = 2, v = 2 }]\n",
            ],
        ],
    );
}

#[test]
fn tables_of_an_array_are_known_by_what_tells_them_apart() {
    let base = "[[bin]]\nname = \"a\"\nv = 1\n\n[[bin]]\nname = \"b\"\nv = 1\n[bin.x]\ny = 1\n\n[z]\n";
    let ours = base.replacen("v = 1", "v = 2", 1).replace("[z]", "[[bin]]\nname = \"c\"\n\n[z]");
    let theirs = base.replace("\nv = 1\n[bin.x]\ny = 1", "\nv = 3\nw = 1\n[bin.x]\ny = 2");
    let wanted = ours.replace("\nv = 1\n[bin.x]\ny = 1", "\nv = 3\nw = 1\n[bin.x]\ny = 2");
    settles(Format::Toml, &[[base, &ours, &theirs, &wanted]]);
    let plain = |items: [&str; 2]| items.map(|item| format!("[[p]]\nv = {item}\n")).concat();
    let [base, ours, theirs, wanted] = [["1", "2"], ["3", "2"], ["1", "4"], ["3", "4"]].map(plain);
    settles(Format::Toml, &[[&base, &ours, &theirs, &wanted]]);
}

#[test]
fn what_cannot_both_be_is_a_conflict() {
    stops(
        Format::Toml,
        &[
            (["a = 1\n", "a = 2\n", "a = 3\n"], Kind::Disagree, "both sides changed `a`"),
            (["[t]\n", "[t]\na = 2\n", "[t]\na = 3\n"], Kind::Disagree, "both sides added `[t] › a`"),
            (["[t]\na = 1\n", "", "[t]\na = 2\n"], Kind::Disagree, "ours deleted `[t]`, which theirs changed"),
            (
                ["a = 1\na = 1\n", "a = 1\n", "a = 2\n"],
                Kind::Unreadable,
                "the base cannot be merged by element: line 2: duplicate key",
            ),
            (["b = 1\n", "b = 1\na.x = 1\n", "b = 1\n[a]\ny = 1\n"], Kind::Unsound, "duplicate key"),
            (["a = [1, 2]\n", "a = [1, 3]\n", "a = [1, 4]\n"], Kind::Disagree, "the same items of `a`"),
            (["a = 1\n", "a = = 2\n", "a = 3\n"], Kind::Unreadable, "ours cannot be merged by element: line 1"),
        ],
    );
}

#[test]
fn a_table_is_not_put_into_one_that_the_other_side_took_away() {
    let base = "x = 1\n[t]\na = 1\n[t.u]\nb = 1\n[v]\nc = 1\n";
    let adds = "x = 1\n[t]\na = 1\n[t.u]\nb = 1\n[t.w]\nd = 1\n[v]\nc = 1\n";
    let moved = "x = 1\n[z]\na = 1\n[z.u]\nb = 1\n[v]\nc = 1\n";
    stops(
        Format::Toml,
        &[
            ([base, "x = 1\n[v]\nc = 1\n", adds], Kind::Disagree, "ours deleted `[t]`, into which theirs put `[t.w]`"),
            ([base, adds, moved], Kind::Disagree, "theirs deleted `[t]`, into which ours put `[t.w]`"),
            (
                ["[t]\n[v]\nc = 1\n", "[v]\nc = 2\n", "[t]\n[[t.w]]\nd = 1\n[v]\nc = 1\n"],
                Kind::Disagree,
                "ours deleted `[t]`, into which theirs put `[[t.w]]`",
            ),
            (
                [
                    "[[i]]\nid = 1\n[i.t]\na = 1\n",
                    "[[i]]\nid = 1\nx = 1\n",
                    "[[i]]\nid = 1\n[i.t]\na = 1\n[i.t.w]\nd = 1\n",
                ],
                Kind::Disagree,
                "ours deleted `[i.t]`, into which theirs put `[i.t.w]`",
            ),
        ],
    );
    // What is left of it holds the new one as well, and what is only called alike is another table.
    settles(
        Format::Toml,
        &[
            [base, "x = 1\n[t.u]\nb = 1\n[v]\nc = 1\n", adds, "x = 1\n[t.u]\nb = 1\n[t.w]\nd = 1\n[v]\nc = 1\n"],
            [
                "[t]\na = 1\n[v]\nc = 1\n",
                "[v]\nc = 1\n",
                "[t]\na = 1\n[v]\nc = 1\n[tt.w]\nd = 1\n",
                "[v]\nc = 1\n[tt.w]\nd = 1\n",
            ],
        ],
    );
}

#[test]
fn what_is_nested_too_deep_is_left_to_lines() {
    let headers: String = (1..300).map(|depth| format!("[[{}]]\n", vec!["a"; depth].join("."))).collect();
    for deep in ["a = ".to_owned() + &"[".repeat(100_000), "a = ".to_owned() + &"{a = ".repeat(100_000), headers] {
        let why = merged(Format::Toml, ["a = 1\n", &deep, "a = 2\n"]).unwrap_err();
        assert_eq!(why.kind, Kind::Unreadable, "{}", why.message);
    }
    let keys = "a.".repeat(50_000) + "b = 1\n";
    assert!(merged(Format::Toml, ["a = 1\n", &keys, "a = 2\n"]).is_err());
}
