//! Comments: none stands twice, none comes back, none is lost, and their bytes stay.

use super::{keys_of, with_keys};
use switchback_core::content::filetype::Format;

/// A format with the path of a file of it, and how `a`, `#a` and blank lines (`.`) are written in it.
type Notation = (Format, &'static str, fn(&str) -> String);

fn lines(text: &str, one: impl Fn(&str) -> String) -> String {
    text.split_whitespace().map(|word| if word == "." { "\n".to_owned() } else { one(word) }).collect()
}

fn equals(text: &str) -> String {
    lines(text, |word| match word.strip_prefix('#') {
        Some(note) => format!("#{note}\n"),
        None => format!("{} = {}\n", &word[..1], word.len()),
    })
}

fn properties(text: &str) -> String {
    equals(text)
}

fn ini(text: &str) -> String {
    format!("[s]\n{}", equals(text))
}

fn toml(text: &str) -> String {
    format!("[s]\n{}\n[t]\nx = 1\n", equals(text))
}

fn yaml(text: &str) -> String {
    equals(text).replace(" =", ":")
}

fn nested(text: &str) -> String {
    let inner = equals(text).replace(" =", ":");
    let inner: String = inner.split_inclusive('\n').map(|line| format!("  {line}").replace("  \n", "\n")).collect();
    format!("s:\n{inner}t: 1\n")
}

fn xml(text: &str) -> String {
    let inner = lines(text, |word| match word.strip_prefix('#') {
        Some(note) => format!("  <!--{note}-->\n"),
        None => format!("  <{0}>{1}</{0}>\n", &word[..1], word.len()),
    });
    format!("<r>\n{inner}</r>\n")
}

fn jsonc(text: &str) -> String {
    let last = text.split_whitespace().rev().position(|word| !word.starts_with(['#', '.']));
    let last = last.map(|from_end| text.split_whitespace().count() - 1 - from_end);
    let one = |(at, word): (usize, &str)| match word.strip_prefix('#') {
        _ if word == "." => "\n".to_owned(),
        Some(note) => format!("  //{note}\n"),
        None => {
            let comma = if Some(at) == last { "" } else { "," };
            format!("  \"{}\": {}{comma}\n", &word[..1], word.len())
        }
    };
    format!("{{\n{}}}\n", text.split_whitespace().enumerate().map(one).collect::<String>())
}

const NOTATIONS: [Notation; 7] = [
    (Format::Properties, "a.properties", properties),
    (Format::Properties, "a.ini", ini),
    (Format::Toml, "a.toml", toml),
    (Format::Yaml, "a.yaml", yaml),
    (Format::Yaml, "b.yaml", nested),
    (Format::Xml, "a.xml", xml),
    (Format::Json, "a.json", jsonc),
];

fn merged((format, path, write): Notation, sides: [&str; 3]) -> Result<String, String> {
    let [base, ours, theirs] = sides.map(write);
    with_keys(format, &keys_of(path), [&base, &ours, &theirs]).map_err(|why| why.message)
}

/// Without blank lines.
fn packed(text: &str) -> String {
    text.lines().filter(|line| !line.trim().is_empty()).map(|line| format!("{line}\n")).collect()
}

/// What comes out is one of these but for blank lines, whichever side is ours.
fn comes_out(sides: [&str; 3], wanted: &[&str]) {
    for notation in NOTATIONS {
        for [base, ours, theirs] in [sides, [sides[0], sides[2], sides[1]]] {
            let found = merged(notation, [base, ours, theirs]).map(|text| packed(&text));
            let wanted: Vec<_> = wanted.iter().map(|text| Ok(packed(&(notation.2)(text)))).collect();
            assert!(wanted.contains(&found), "{}: {sides:?}\n{found:?}\n{wanted:?}", notation.1);
        }
    }
}

fn stops(sides: [&str; 3]) {
    for notation in NOTATIONS {
        for [base, ours, theirs] in [sides, [sides[0], sides[2], sides[1]]] {
            let found = merged(notation, [base, ours, theirs]);
            assert!(found.is_err(), "{}: {sides:?}\n{}", notation.1, found.unwrap_or_default());
        }
    }
}

#[test]
fn a_comment_that_both_sides_wrote_below_stands_once() {
    comes_out(["a . #n", "a . #n . c", "a . #n b"], &["a #n b c"]);
    comes_out(["a . #n", "a . #n . c", "a . b #n"], &["a b #n c", "a #n c b"]);
    comes_out(["a", "a . #n b", "a . #n c"], &["a . #n b c", "a . #n c b"]);
    comes_out(["a b", "a #n x b", "a #n y b"], &["a #n x y b", "a #n y x b"]);
    // The same words above different entries are meant twice.
    comes_out(["a b c", "a #n x b cc", "aa b #n y c"], &["aa #n x b #n y cc"]);
}

#[test]
fn a_comment_whose_sign_one_side_took_away_is_gone() {
    comes_out(["a b #c d", "a b c d", "a bb #c d"], &["a bb c d"]);
    comes_out(["a b #c d", "a b c d", "a b #c dd"], &["a b c dd"]);
    comes_out(["a b #c d", "a b c d", "a b #c x d"], &["a b c x d", "a b x c d"]);
    comes_out(["a b #c d", "a b c d", "a b x #c d"], &["a b c x d", "a b x c d"]);
    comes_out(["a b #c . d", "a b c . d", "a #c . d"], &["a c . d"]);
    comes_out(["a #b #c d", "a b #c d", "a #b c d"], &["a b c d"]);
    comes_out(["a b c d", "a #b c d", "a b cc d"], &["a #b cc d"]);
    stops(["a b c d", "a #b c d", "a bb c d"]);
    stops(["a #b c", "a b c", "a bb c"]);
}

#[test]
fn comments_that_both_sides_wrote_otherwise_are_a_conflict() {
    stops(["a #n b", "a #m b", "a #o b"]);
    stops(["a b", "a #m b", "a #o b"]);
    stops(["a #n b c", "a #m b c", "a c"]);
    stops(["a b c", "a #m b c", "a c"]);
}

#[test]
fn the_bytes_of_a_comment_stay_in_whatever_column_it_stands() {
    let flows = |steps: &str, more: &str| {
        format!("f:\n    d:\n        s:\n            4: x\n{steps}{more}    t:\n        s: 1\n")
    };
    let note = "            # 5:\n            #     x\n\n";
    let [base, ours] = [flows("", ""), flows(note, "")];
    let theirs = flows("", "    m:\n        s: 2\n");
    for [ours, theirs] in [[&ours, &theirs], [&theirs, &ours]] {
        let found = with_keys(Format::Yaml, &keys_of("a.yaml"), [&base, ours, theirs]).unwrap();
        for line in found.lines() {
            assert!(ours.lines().chain(theirs.lines()).any(|one| one == line), "{line:?}\n{found}");
        }
        assert_eq!(found.matches("# 5:").count(), 1, "{found}");
    }
}

#[test]
fn blanks_at_the_ends_of_lines_of_block_scalars_are_content() {
    let text = |end: &str, other: &str| format!("a: |\n  one  \n  two{end}\nb: {other}\nc: 1\n");
    let merge = |sides: [String; 3]| with_keys(Format::Yaml, &keys_of("a.yaml"), [&sides[0], &sides[1], &sides[2]]);
    let found = merge([text("", "1"), text("  ", "1"), text("", "2")]).unwrap();
    assert_eq!(found, text("  ", "2"));
    assert!(merge([text("", "1"), text("  ", "1"), text(" ", "2")]).is_err());
    let gone = "b: 2\nc: 1\n".to_owned();
    assert!(merge([text("", "1"), text("  ", "1"), gone]).is_err());
}

#[test]
fn nothing_comes_between_a_comment_and_what_it_was_written_above() {
    comes_out(["a b", "#n aa b", "#m c a"], &["#m c #n aa"]);
    comes_out(["a b c", "a #n b c", "a x b c"], &["a x #n b c"]);
    comes_out(["a b c", "a y #n b c", "a x b c"], &["a y x #n b c", "a x y #n b c"]);
    comes_out(["a b c", "a y b c", "a #n b c"], &["a y #n b c"]);
}

#[test]
fn a_comment_that_one_side_moved_and_the_other_deleted_is_a_conflict() {
    stops(["#n a #m b c", "#n a c", "#m aa c"]);
    stops(["#n a #m b c", "#m b cc", "#m bb c #n d"]);
    stops(["a b #n c #m d", "a #n b", "a #n c e"]);
}

#[test]
fn a_comment_does_not_leave_the_one_that_a_side_put_in_below_it() {
    stops(["a #n b c", "a #n #m b c", "a #n x b c"]);
    stops(["a #n b c", "a #n #m b c", "a b #n c"]);
}

#[test]
fn comments_that_both_sides_moved_in_different_ways_are_a_conflict() {
    // Among entries.
    stops(["a #p b", "#p b a", "a #p"]);
    stops(["#n a b", "#n b", "z b #n a"]);
    // Among each other.
    stops(["#n #m a b c", "a #n #m b c", "c #m #n a b"]);
    // One that stands above several entries, for each of them.
    stops(["a #p b", "a #p y b", "#m a #m #p b"]);
}

#[test]
fn comments_stand_in_the_order_that_both_sides_have() {
    let sides = ["#p . #q . #n . a b", "#p . #n #q . a b", "#q . #p a #n . b"];
    for notation in NOTATIONS {
        for sides in [sides, [sides[0], sides[2], sides[1]]] {
            let Ok(found) = merged(notation, sides) else { continue };
            let at = |note: &str| {
                found.lines().position(|line| line.trim().trim_matches(['/', '<', '!', '-', '>', '#']) == note)
            };
            assert!(at("p") < at("n"), "{found}");
        }
    }
}

#[test]
fn a_comment_that_one_side_worded_anew_and_the_other_deleted_is_a_conflict_wherever_its_words_stand() {
    stops(["a #n b #m c", "a #m b #m c", "a b #m c"]);
    stops(["a #n b #m c", "a #m b #m c", "a #o b #m c"]);
    // Also beside one that stays, where what stood above both went on both sides.
    stops(["a c #p #n b", "a #p #m b", "a #p b"]);
    comes_out(["a #n b #m c", "a #m b #m c", "a #n b #m cc"], &["a #m b #m cc"]);
}

#[test]
fn an_entry_is_commented_out_below_a_comment_that_stood_by_itself() {
    let keys = keys_of("a.properties");
    let merge = |base, ours, theirs| with_keys(Format::Properties, &keys, [base, ours, theirs]).unwrap();
    let (base, without) = ("# l\n\nb = 1\na = 1\nc = 1\n", "# l\n#b = 1\na = 1\nc = 1\n");
    assert_eq!(merge(base, base, without), without);
    assert_eq!(merge(base, without, base), without);
    assert_eq!(merge(base, "# l\n\nb = 1\na = 1\nc = 2\n", without), "# l\n#b = 1\na = 1\nc = 2\n");
}

#[test]
fn a_comment_that_stands_alone_does_not_come_to_stand_above_what_follows() {
    let is_asked = |format: Format, texts: [&str; 3]| {
        let found = with_keys(format, &keys_of("a.toml"), texts);
        assert!(found.is_err(), "{found:?}");
    };
    // However often it stands there.
    for above in ["[t]\n", "[s]\nx = 1\n# n\n\n[t]\n", "[t]\n# n\n\n"] {
        let texts = ["a = 1\n# n\n\nb = 1\n", "a = 1\n# n\n\nb = 1\n# m\n[u]\nc = 1\n", "a = 1\n# n\n"];
        let [base, ours, theirs] = texts.map(|below| format!("{above}{below}"));
        is_asked(Format::Toml, [&base, &ours, &theirs]);
    }
    let above = "a: 1\n# k\n";
    let documents = ["# m\n\n---\nb: 1\n", "# m\n\n# n\n\n---\nb: 2\n", "---\nb: 1\n"];
    let [base, ours, theirs] = documents.map(|below| format!("{above}{below}"));
    is_asked(Format::Yaml, [&base, &ours, &theirs]);
}

#[test]
fn a_comment_above_the_first_item_of_a_list_that_was_empty_stays_above_it() {
    let base = "l: []\n# c\n\nk: 1\n";
    let ours = "l:\n\n  - id: i\n# c\n";
    let theirs = "l:\n  # n\n  - id: i\n\n    # m\n    b: 1\n  # - id: j\n  #   b: 1\n# c\n";
    let found = with_keys(Format::Yaml, &keys_of("a.yaml"), [base, ours, theirs]);
    assert!(found.is_err() || found.as_ref().is_ok_and(|text| text.contains("# n\n  - id")), "{found:?}");
}

#[test]
fn an_open_end_takes_line_ends_away_and_no_blanks() {
    let texts = ["a=1\nc=1", "a=1\nd=1  \nc=1", "a=1"];
    let found = with_keys(Format::Properties, &keys_of("a.properties"), texts);
    assert_eq!(found.map_err(|why| why.message).as_deref(), Ok("a=1\nd=1  "));
    let texts = ["a=1\n# n\n\nc=1", "a=2\n# n\n\nc=1", "a=1\n# n"];
    let found = with_keys(Format::Properties, &keys_of("a.properties"), texts);
    assert_eq!(found.map_err(|why| why.message).as_deref(), Ok("a=2\n# n"));
}
