//! What is particular to XML.

use super::{plain_keys, refused, xml};
use switchback_core::content::filetype::{Format, Keys};
use switchback_structural::{Kind, Texts, check};

#[test]
fn attributes_are_merged_one_by_one() {
    let merged = xml([
        "<a x='1' y='1' z='1'><b/></a>\n",
        "<a x='2' y='1' z='1'><b/></a>\n",
        "<a x='1' y='1'  w='3'><b/><c/></a>\n",
    ]);
    assert_eq!(merged.unwrap(), "<a x='2' y='1'  w='3'><b/><c/></a>\n");
    let both = xml(["<a x='1'><b/></a>", "<a x='2'><b/></a>", "<a x='3'><b/></a>"]);
    refused(both, Kind::Disagree, "`a`");
}

#[test]
fn an_element_without_end_tag_gets_one_when_children_come() {
    let merged = xml(["<r>\n<a>\n<b/>\n</a>\n</r>\n", "<r>\n<a/>\n</r>\n", "<r>\n<a>\n<b/>\n<c/>\n</a>\n</r>\n"]);
    assert_eq!(merged.unwrap(), "<r>\n<a>\n<c/>\n</a>\n</r>\n");
}

#[test]
fn comments_travel_with_their_element() {
    let base = "<r>\n  <!-- about a -->\n  <a>1</a>\n  <b>1</b> <!-- about b -->\n</r>\n";
    let ours = base.replace("<a>1", "<a>2").replace("about b", "on b");
    let theirs = base.replace("about a", "on a").replace("<b>1", "<b>2");
    let merged = xml([base, &ours, &theirs]).unwrap();
    assert_eq!(merged, "<r>\n  <!-- on a -->\n  <a>2</a>\n  <b>2</b> <!-- on b -->\n</r>\n");
    let theirs = base.replace("about b", "regarding b");
    refused(xml([base, &ours, &theirs]), Kind::Disagree, "`r › b`");
}

#[test]
fn entities_and_cdata_mean_the_text_they_stand_for() {
    let base = "<r>\n<a>x</a>\n<b>1</b>\n</r>\n";
    let ours = base.replace(">x<", ">p &amp; q<");
    let theirs = base.replace(">x<", "><![CDATA[p & q]]><").replace(">1<", ">2<");
    assert_eq!(xml([base, &ours, &theirs]).unwrap(), ours.replace(">1<", ">2<"));
}

#[test]
fn a_prefix_is_brought_along_by_who_declares_it() {
    let base = "<r xmlns='u'>\n<a>1</a>\n<b>1</b>\n</r>\n";
    let ours = base.replace("<a>1", "<a>2");
    let theirs = base.replace("'u'", "'u' xmlns:x='v'").replace("<b>1</b>", "<b>1</b>\n<x:c/>");
    assert_eq!(xml([base, &ours, &theirs]).unwrap(), theirs.replace("<a>1", "<a>2"));
    let ours = "<r xmlns='u'>\n<a>2</a>\n<b>1</b>\n</r>\n";
    let base = "<r xmlns='u' xmlns:x='v'>\n<a>1</a>\n<b>1</b>\n</r>\n";
    let theirs = base.replace("<b>1</b>", "<b>1</b>\n<x:c/>");
    refused(xml([base, ours, &theirs]), Kind::Unsound, "`x` is not declared");
}

#[test]
fn text_among_elements_is_merged_whole() {
    let base = "<r>\n<p>some <b>bold</b> text</p>\n<q>1</q>\n</r>\n";
    let ours = base.replace("some", "any");
    let theirs = base.replace("<q>1", "<q>2");
    assert_eq!(xml([base, &ours, &theirs]).unwrap(), ours.replace("<q>1", "<q>2"));
    refused(xml([base, &ours, &base.replace("text", "words")]), Kind::Disagree, "`r › p`");
}

#[test]
fn what_cannot_be_read_is_said() {
    let good = "<r/>";
    let deep = "<a>".repeat(100_000) + &"</a>".repeat(100_000);
    let bomb = "<!DOCTYPE r [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><r>&b;</r>";
    let cases = [
        ("<r>", "`r` is not closed"),
        ("<r></s>", "line 1"),
        ("<r a='1' a='2'/>", "line 1"),
        ("<r>\n<a b=c/></r>", "line 2"),
        ("<r/><s/>", "second root"),
        ("<r/>text", "outside"),
        ("<r>&nothing;</r>", "nothing"),
        ("<x:r/>", "`x` is not declared"),
        ("<r><a xmlns:x='u'><x:b/></a><x:c/></r>", "`x` is not declared"),
        ("<r>\0</r>", "control character"),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><r/>", "ISO-8859-1"),
        (&deep, "deeper than 256"),
        (bomb, "document type"),
        (" ", "no element"),
    ];
    for (bad, named) in cases {
        for texts in [[bad, good, good], [good, bad, good], [good, good, bad]] {
            refused(xml(texts), Kind::Unreadable, named);
        }
    }
}

#[test]
fn a_document_type_without_definitions_is_kept() {
    let base = "<!DOCTYPE r SYSTEM 'r.dtd'>\n<r>\n<a>&known;</a>\n<b>1</b>\n</r>\n";
    let ours = base.replace("<b>1", "<b>2");
    let theirs = base.replace("&known;", "&other;");
    assert_eq!(xml([base, &ours, &theirs]).unwrap(), theirs.replace("<b>1", "<b>2"));
}

#[test]
fn many_namespaces_take_no_longer_than_their_share() {
    let many: String = (0..50_000).map(|at| format!(" xmlns:p{at}='u'")).collect();
    let base = format!("<r{many}>\n<a>1</a>\n<b>1</b>\n</r>\n");
    let merged = xml([&base, &base.replace("<a>1", "<a>2"), &base.replace("<b>1", "<b>2")]);
    assert_eq!(merged.unwrap(), base.replace("<a>1", "<a>2").replace("<b>1", "<b>2"));
}

#[test]
fn a_text_that_is_too_large_is_not_read() {
    let large = vec![b' '; switchback_structural::LARGEST + 1];
    let texts = Texts { base: b"<a/>", ours: &large, theirs: b"<a/>" };
    let why = switchback_structural::merge(Format::Xml, &Keys::default(), texts).unwrap_err();
    assert!(why.message.contains("files of more than 64 MiB are not merged by element"), "{}", why.message);
}

#[test]
fn a_second_byte_order_mark_is_said() {
    for text in ["\u{feff}\u{feff}<r/>", "\u{feff}\u{feff}<r>\n<a>é</a>\n</r>\n", "\u{feff}\u{feff}:"] {
        let why = check(Format::Xml, &plain_keys(), text.as_bytes()).unwrap_err();
        assert_eq!(why.message, "it has two byte order marks");
    }
}
