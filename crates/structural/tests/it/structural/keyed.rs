//! The rules of the merge that every format shares, shown in XML.

use super::{keys_of, plain_keys, refused, with_keys, xml};
use switchback_core::content::filetype::Format;
use switchback_structural::{Kind, Why};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Profile>\n";

/// A profile whose fields are readable (`+`) or not (`-`): `A+ B-`.
fn profile(fields: &str) -> String {
    let one = |field: &str| {
        let (name, readable) = field.split_at(field.len() - 1);
        format!(
            "    <fieldPermissions>\n        <field>{name}</field>\n        <readable>{}</readable>\n    \
             </fieldPermissions>\n",
            readable == "+"
        )
    };
    format!("{HEAD}{}</Profile>\n", fields.split_whitespace().map(one).collect::<String>())
}

fn profiles(fields: [&str; 3]) -> Result<String, Why> {
    let [base, ours, theirs] = fields.map(profile);
    with_keys(Format::Xml, &keys_of("profiles/a.profile"), [&base, &ours, &theirs])
}

#[test]
fn what_one_side_did_is_taken() {
    let cases = [
        ["A+ B+ C+", "A+ B- C+", "A- B+ C+", "A- B- C+"],
        ["A+ B+ C+", "A+ C+", "A+ B+ C-", "A+ C-"],
        ["A+ B+ C+", "A+ X+ B+ C+", "A+ B+ Y+ C+", "A+ X+ B+ Y+ C+"],
        ["A+ B+ C+", "A+ X+ B+ C+", "A+ Y+ B+ C+", "A+ X+ Y+ B+ C+"],
        ["A+ B+", "X+ A+ B+", "Y+ A+ B+", "X+ Y+ A+ B+"],
        ["A+ B+", "A+ B+ X+", "A+ B+ X+ Y+", "A+ B+ X+ Y+"],
        ["A+ B+ C+", "C+ B+ A+", "A+ B- C+", "C+ B- A+"],
        ["A+ B+ C+", "A+ B- C+", "C+ B+ A+ D+", "C+ B- A+ D+"],
        ["A+ B+ C+", "C+ B+ A+", "B+ A+ C+ D+", "C+ D+ B+ A+"],
        ["A+ B+ C+", "A+ C+", "A+ C+ D-", "A+ C+ D-"],
        ["A+", "", "A+ B+", "B+"],
        ["", "A+", "B+", "A+ B+"],
    ];
    for [base, ours, theirs, wanted] in cases {
        let merged = profiles([base, ours, theirs]).map_err(|why| why.message);
        assert_eq!(merged, Ok(profile(wanted)), "{base} | {ours} | {theirs}");
    }
}

#[test]
fn what_cannot_both_be_is_a_conflict() {
    let readable = "`Profile › fieldPermissions A › readable`";
    refused(profiles(["A+ B+", "A- B+", "B-"]), Kind::Disagree, "theirs deleted `Profile › fieldPermissions A`");
    refused(profiles(["A+ B+", "B-", "A- B+"]), Kind::Disagree, "ours deleted `Profile › fieldPermissions A`");
    refused(profiles(["B+", "A+ B+", "B- A-"]), Kind::Disagree, readable);
}

#[test]
fn a_key_that_is_there_twice_is_never_merged() {
    for fields in [["A+ A+", "A+", "A-"], ["A+", "A+ A+ B-", "A+ C+"], ["A+", "A-", "A+ B+ A+"]] {
        refused(profiles(fields), Kind::Unsound, "`fieldPermissions A` twice");
    }
}

#[test]
fn what_was_there_twice_before_stops_nothing_that_leaves_it_alone() {
    let cases = [
        ["A+ A+ B+ C+", "A+ A+ B- C+", "A+ A+ B+ C+ D+", "A+ A+ B- C+ D+"],
        ["A+ B+ A- C+", "A+ X+ B+ A- C+", "A+ Y+ B+ A- C-", "A+ X+ Y+ B+ A- C-"],
        ["A+ A- B+", "A+ A- B-", "A+ B+", "A+ B-"],
        ["A+ A- B+", "A+ B-", "A+ A- B+ C+", "A+ B- C+"],
    ];
    for [base, ours, theirs, wanted] in cases {
        for [ours, theirs] in [[ours, theirs], [theirs, ours]] {
            let merged = profiles([base, ours, theirs]).map_err(|why| why.message);
            let fields = |text: &str| text.lines().filter(|line| line.contains("<field>")).count();
            let wanted = profile(wanted);
            assert_eq!(merged.as_deref().map(fields), Ok(fields(&wanted)), "{base} | {ours} | {theirs}");
        }
        assert_eq!(profiles([base, ours, theirs]).map_err(|why| why.message), Ok(profile(wanted)));
    }
    refused(profiles(["A+ A+ B+", "A+ A+ A+ B+", "A+ B-"]), Kind::Unsound, "`fieldPermissions A` twice");
}

#[test]
fn orders_that_disagree_are_a_conflict_where_order_means_something() {
    let list = |items: &str| -> String {
        let items = items.split_whitespace().map(|id| format!("<i><id>{id}</id></i>\n"));
        format!("<r>\n{}</r>\n", items.collect::<String>())
    };
    let merge = |lists: [&str; 3]| {
        let [base, ours, theirs] = lists.map(list);
        xml([&base, &ours, &theirs])
    };
    assert_eq!(merge(["a b c", "b a c", "a b c d"]).unwrap(), list("b a c d"));
    assert_eq!(merge(["a b c", "a x b c", "c b a"]).unwrap(), list("c b a x"));
    refused(merge(["a b c", "b a c", "c b a"]), Kind::Disagree, "different orders");
}

#[test]
fn what_nothing_tells_apart_is_merged_by_place() {
    let list = |items: &str| -> String {
        let items = items.split_whitespace().map(|item| format!("  <i>{item}</i>\n"));
        format!("<r>\n{}</r>\n", items.collect::<String>())
    };
    let merge = |lists: [&str; 3]| {
        let [base, ours, theirs] = lists.map(list);
        xml([&base, &ours, &theirs])
    };
    assert_eq!(merge(["1 1 2", "0 1 1 2", "1 1 3"]).unwrap(), list("0 1 1 3"));
    assert_eq!(merge(["1 2 3", "4 2 3", "1 5 3"]).unwrap(), list("4 5 3"));
    assert_eq!(merge(["1", "1 2", "3 1"]).unwrap(), list("3 1 2"));
    refused(merge(["1 2 3", "1 2 4 3", "1 2 5 3"]), Kind::Disagree, "same items");
    refused(merge(["1 2 3", "1 3", "1 4 3"]), Kind::Disagree, "same items");
}

#[test]
fn the_dress_of_the_file_is_settled_apart_from_what_is_in_it() {
    let (base, ours, theirs) = (profile("A+ B+"), profile("A- B+"), profile("A+ B+ C+"));
    let crlf = |text: &str| text.replace('\n', "\r\n");
    let wanted = profile("A- B+ C+");
    let keys = keys_of("profiles/a.profile");
    let merge = |texts: [&str; 3]| with_keys(Format::Xml, &keys, texts).map_err(|why| why.message);
    assert_eq!(merge([&crlf(&base), &crlf(&ours), &crlf(&theirs)]), Ok(crlf(&wanted)));
    assert_eq!(merge([&base, &crlf(&ours), &theirs]), Ok(crlf(&wanted)));
    assert_eq!(merge([&crlf(&base), &crlf(&ours), &theirs]), Ok(wanted.clone()));
    let marked = format!("\u{feff}{theirs}");
    assert_eq!(merge([&base, &ours, &marked]), Ok(format!("\u{feff}{wanted}")));
    let endless = |text: &str| text.trim_end().to_owned();
    assert_eq!(merge([&endless(&base), &endless(&ours), &endless(&theirs)]), Ok(endless(&wanted)));
    assert_eq!(merge([&base, &endless(&ours), &theirs]), Ok(endless(&wanted)));
}

#[test]
fn what_moves_between_lists_comes_out_once() {
    let lists = |lists: [&str; 3]| -> String {
        let item = |item: &str| format!("<i><id>{}</id><v>{}</v></i>\n", &item[..1], &item[1..]);
        let list = |(tag, items): (&str, &str)| {
            format!("<{tag}>\n{}</{tag}>\n", items.split_whitespace().map(item).collect::<String>())
        };
        format!("<r>\n{}</r>\n", ["p", "q", "s"].into_iter().zip(lists).map(list).collect::<String>())
    };
    let merge = |sides: [[&str; 3]; 3]| {
        let [base, ours, theirs] = sides.map(lists);
        xml([&base, &ours, &theirs])
    };
    let base = ["a1 b1", "c1", ""];
    assert_eq!(merge([base, ["b1", "a1 c1", ""], ["a1 b2", "c1", ""]]).unwrap(), lists(["b2", "a1 c1", ""]));
    assert_eq!(merge([base, ["b1", "c1 a1", ""], ["b1", "c1 a1", ""]]).unwrap(), lists(["b1", "c1 a1", ""]));
    refused(merge([base, ["b1", "a1 c1", ""], ["a2 b1", "c1", ""]]), Kind::Disagree, "ours deleted `r › p › i a`");
    refused(merge([base, ["b1", "a1 c1", ""], ["b1", "c1", "a1"]]), Kind::Disagree, "both sides moved `i a`");
}

#[test]
fn an_item_that_one_side_moved_to_another_list_and_the_other_deleted_is_a_conflict() {
    let item = |words: &str| format!("<i>{words}<id>5</id><f>1</f></i>\n");
    for words in ["", "<!-- about 5 -->"] {
        let text = |one: &str, other: &str| {
            format!("<r>\n<a>\n<i><id>1</id></i>\n{one}</a>\n<b>\n<i><id>2</id></i>\n{other}</b>\n</r>\n")
        };
        let (base, moved, gone) = (text(&item(words), ""), text("", &item(words)), text("", ""));
        let more = gone.replace("<id>1</id>", "<id>1</id><f>2</f>");
        for theirs in [&gone, &more] {
            for (ours, theirs, who) in [(&moved, theirs, "theirs"), (theirs, &moved, "ours")] {
                let why = with_keys(Format::Xml, &plain_keys(), [&base, ours, theirs]).unwrap_err();
                assert!(why.message.contains(&format!("{who} deleted `i 5`")), "{}", why.message);
            }
        }
        let both = moved.replace("<id>1</id>", "<id>1</id><f>2</f>");
        assert_eq!(with_keys(Format::Xml, &plain_keys(), [&base, &moved, &both]).as_deref(), Ok(both.as_str()));
    }
}
