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
