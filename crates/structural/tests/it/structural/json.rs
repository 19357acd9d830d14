//! What is particular to JSON.

use super::{refused, with_keys};
use switchback_core::content::filetype::Format;
use switchback_structural::{Kind, Why};

fn json(texts: [&str; 3]) -> Result<String, Why> {
    with_keys(Format::Json, &super::keys_of("some/file.json"), texts)
}

#[track_caller]
fn comes_out(texts: [&str; 3], wanted: &str) {
    assert_eq!(json(texts).map_err(|why| why.message).as_deref(), Ok(wanted), "{texts:?}");
}

#[test]
fn commas_stand_where_they_must() {
    let base = "{\n  \"a\": 1,\n  \"b\": 2\n}\n";
    comes_out(
        [base, "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}\n", "{\n  \"a\": 1,\n  \"b\": 2,\n  \"d\": 4\n}\n"],
        "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3,\n  \"d\": 4\n}\n",
    );
    comes_out([base, "{\n  \"a\": 1\n}\n", "{\n  \"a\": 2,\n  \"b\": 2\n}\n"], "{\n  \"a\": 2\n}\n");
    comes_out([base, "{\n  \"b\": 2\n}\n", "{\n  \"a\": 1,\n  \"b\": 3\n}\n"], "{\n  \"b\": 3\n}\n");
    comes_out([base, "{\n  \"b\": 2\n}\n", "{\n  \"a\": 1\n}\n"], "{\n}\n");
    comes_out(["[\n1,\n2\n]", "[\n1,\n2,\n3\n]", "[\n0,\n1,\n2\n]"], "[\n0,\n1,\n2,\n3\n]");
    // In one line a merge of lines would stop, and no more is known of the order here.
    refused(json(["[1, 2]", "[1, 2, 3]", "[0, 1, 2]"]), Kind::Disagree, "their order decides");
    comes_out(["{}", "{\"a\": 1}", "{\"b\": 2}"], "{\"a\": 1,\"b\": 2}");
}

#[test]
fn comments_and_trailing_commas_stay() {
    let base = "// head\n{\n  // about a\n  \"a\": 1, // one\n  \"b\": 2, /* two */\n}\n";
    let ours = base.replace("\"a\": 1", "\"a\": 3").replace("two", "zwei");
    let theirs = base.replace("\"b\": 2", "\"b\": 4").replace("  \"b\"", "  \"c\": 5,\n  \"b\"");
    comes_out(
        [base, &ours, &theirs],
        "// head\n{\n  // about a\n  \"a\": 3, // one\n  \"c\": 5,\n  \"b\": 4, /* zwei */\n}\n",
    );
    let leading = "{ \"a\": 1\n, \"b\": 2\n}";
    comes_out(
        [leading, &leading.replace('1', "3"), "{ \"a\": 1\n, \"b\": 2\n, \"c\": 4\n}"],
        "{ \"a\": 3\n, \"b\": 2\n, \"c\": 4\n}",
    );
}

#[test]
fn items_are_told_apart_by_a_key_that_each_has() {
    let base = "[\n {\"id\": 1, \"v\": 1},\n {\"id\": 2, \"v\": 1}\n]\n";
    comes_out(
        [
            base,
            &base.replace("2, \"v\": 1", "2, \"v\": 5"),
            "[\n {\"id\": 1, \"v\": 9},\n {\"id\": 2, \"v\": 1},\n {\"id\": 3}\n]\n",
        ],
        "[\n {\"id\": 1, \"v\": 9},\n {\"id\": 2, \"v\": 5},\n {\"id\": 3}\n]\n",
    );
    let deleted = "[\n {\"id\": 2, \"v\": 1}\n]\n";
    refused(json([base, deleted, &base.replacen("\"v\": 1", "\"v\": 2", 1)]), Kind::Disagree, "ours deleted `1`");
    let numbers = "[1, 2, 3]";
    comes_out([numbers, "[9, 2, 3]", "[1, 2, 4]"], "[9, 2, 4]");
    refused(json([numbers, "[1, 9, 3]", "[1, 8, 3]"]), Kind::Disagree, "the document");
}

#[test]
fn values_are_what_they_say_not_how() {
    let base = "{\"a\": \"x\", \"b\": 1}";
    comes_out([base, "{\"a\": \"\\u0079\", \"b\": 1}", "{\"a\": \"y\", \"b\": 2}"], "{\"a\": \"\\u0079\", \"b\": 2}");
    refused(json([base, "{\"a\": \"x\", \"b\": 1.0}", "{\"a\": \"x\", \"b\": 1.00}"]), Kind::Disagree, "`b`");
    refused(json([base, "{\"a\": {}, \"b\": 1}", "{\"a\": [], \"b\": 1}"]), Kind::Disagree, "`a`");
}

#[test]
fn what_cannot_be_read_is_said() {
    let good = "{}";
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let cases = [
        ("{", "not well-formed"),
        ("{\"a\" 1}", "line 1"),
        ("[1\n [2]]", "line 1"),
        ("[1,,2]", "line 1"),
        ("[1] [2]", "line 1"),
        ("{a: 1}", "line 1"),
        ("['a']", "line 1"),
        ("\0", "line 1"),
        ("// only a comment", "no value"),
        (&deep, "nest"),
    ];
    for (bad, named) in cases {
        for texts in [[bad, good, good], [good, bad, good], [good, good, bad]] {
            refused(json(texts), Kind::Unreadable, named);
        }
    }
    let deep = "[".repeat(300) + &"]".repeat(300);
    refused(json([good, &deep, good]), Kind::Unreadable, "deeper than 256");
    refused(json([good, "{\"a\": 1, \"a\": 2}", "{\"b\": 1}"]), Kind::Unsound, "`a` twice");
}

#[test]
fn a_carriage_return_alone_ends_no_line() {
    for text in ["[\r1, //\r2,\n3]\n", "// a\r[1]\n", "{\r\"a\": 1}\n"] {
        refused(json(["[1]\n", text, "[1, 2]\n"]), Kind::Unreadable, "carriage return");
    }
    comes_out(["{\r\n}\r\n", "{ // c\r\n\"a\": 1\r\n}\r\n", "{\r\n}\r\n"], "{ // c\r\n\"a\": 1\r\n}\r\n");
}

#[test]
fn items_of_which_some_have_a_key_are_known_by_it_where_they_moved() {
    let list = |items: &[&str]| format!("[\n  {}\n]\n", items.join(",\n  "));
    let (plain, a, b) = (r#"{"run": "x"}"#, r#"{"id": "a", "v": 1}"#, r#"{"id": "b", "v": 1}"#);
    let b2 = r#"{"id": "b", "v": 2}"#;
    let base = list(&[plain, a, b]);
    // What one side deleted does not come back because the other moved and changed it.
    refused(json([&base, &list(&[b2, plain, a]), &list(&[plain, a])]), Kind::Disagree, "theirs deleted `b`");
    refused(json([&base, &list(&[plain, a]), &list(&[b2, plain, a])]), Kind::Disagree, "ours deleted `b`");
    // Nor is it there twice, changed by one and moved by the other, or added by both.
    refused(json([&base, &list(&[b, plain, a]), &list(&[plain, a, b2])]), Kind::Disagree, "the same items");
    let (c, c2) = (r#"{"id": "c", "v": 1}"#, r#"{"id": "c", "v": 2}"#);
    refused(json([&base, &list(&[c, plain, a, b]), &list(&[plain, a, b, c2])]), Kind::Disagree, "the same items");
    refused(json([&base, &list(&[c, plain, a, b]), &list(&[plain, a, b, c])]), Kind::Disagree, "the same items");
    // What stays where it is is merged as before.
    let merged = list(&[c, plain, a, b2]);
    comes_out([&base, &list(&[plain, a, b2]), &list(&[c, plain, a, b])], &merged);
    comes_out([&base, &list(&[a, b]), &list(&[plain, a, b2])], &list(&[a, b2]));
}

#[test]
fn items_without_a_key_do_not_come_twice_when_both_sides_move_them() {
    let list = |items: &[&str]| format!("[\n  {}\n]\n", items.join(",\n  "));
    let base = list(&["1", "2", "3", "4"]);
    refused(
        json([&base, &list(&["3", "1", "2", "4"]), &list(&["1", "2", "4", "3"])]),
        Kind::Disagree,
        "the same items",
    );
    comes_out(
        [&base, &list(&["3", "1", "2", "4"]), &list(&["3", "1", "2", "4", "5"])],
        &list(&["3", "1", "2", "4", "5"]),
    );
}
