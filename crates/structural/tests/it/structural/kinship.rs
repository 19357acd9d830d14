//! Lists whose versions tell their items apart in different ways: nothing that was deleted comes back.

use super::{keys_of, with_keys};
use switchback_core::content::filetype::{Format, Keys};
use switchback_structural::Why;

/// Beans: `A` has an id, `-X` has none, `A1` another content, `a:B` a name instead of an id.
fn beans(items: &str) -> String {
    let one = |item: &str| match (item.strip_prefix('-'), item.split_once(':')) {
        (Some(class), _) => format!("  <bean class=\"c{class}\">\n    <p/>\n  </bean>\n"),
        (_, Some((_, name))) => format!("  <bean name=\"{name}\" class=\"c{name}\">\n    <p/>\n  </bean>\n"),
        _ => format!("  <bean id=\"{}\" class=\"c{item}\">\n    <p/>\n  </bean>\n", &item[..1]),
    };
    format!("<beans>\n{}</beans>\n", items.split_whitespace().map(one).collect::<String>())
}

fn labels(items: &str) -> String {
    let one = |item: &str| match item.strip_prefix('-') {
        Some(label) => format!("    <customLabels>\n        <label>c{label}</label>\n    </customLabels>\n"),
        None => format!(
            "    <customLabels>\n        <name>{}</name>\n        <label>c{item}</label>\n    </customLabels>\n",
            &item[..1]
        ),
    };
    format!("<Translations>\n{}</Translations>\n", items.split_whitespace().map(one).collect::<String>())
}

/// A list of objects, each with its members: `i1` is an id, `na` a name, `v2` another member.
fn objects(items: &str) -> String {
    let member = |letter: char, value: char| match letter {
        'i' => format!("\"id\": {value}"),
        'n' => format!("\"name\": \"{value}\""),
        _ => format!("\"v\": {value}"),
    };
    let one = |item: &str| {
        let letters: Vec<char> = item.chars().collect();
        let members: Vec<String> = letters.chunks(2).map(|pair| member(pair[0], pair[1])).collect();
        format!("  {{ {} }}", members.join(", "))
    };
    format!("[\n{}\n]\n", items.split_whitespace().map(one).collect::<Vec<_>>().join(",\n"))
}

/// The same in YAML.
fn items(text: &str) -> String {
    let lines = objects(text).replace(",\n", "\n").replace("  { ", "- { ");
    lines.trim_start_matches("[\n").trim_end_matches("]\n").to_owned()
}

type Merge = fn([&str; 3]) -> Result<String, Why>;

fn of(format: Format, path: &str, texts: [String; 3]) -> Result<String, Why> {
    let [base, ours, theirs] = &texts;
    let keys: Keys = keys_of(path);
    with_keys(format, &keys, [base, ours, theirs])
}

fn of_beans(sides: [&str; 3]) -> Result<String, Why> {
    of(Format::Xml, "conf/app.xml", sides.map(beans))
}

fn of_labels(sides: [&str; 3]) -> Result<String, Why> {
    of(Format::Xml, "translations/de.translation", sides.map(labels))
}

fn of_objects(sides: [&str; 3]) -> Result<String, Why> {
    of(Format::Json, "a.json", sides.map(objects))
}

fn of_items(sides: [&str; 3]) -> Result<String, Why> {
    of(Format::Yaml, "a.yaml", sides.map(items))
}

fn comes_out((merge, write): (Merge, fn(&str) -> String), [base, ours, theirs, wanted]: [&str; 4]) {
    for sides in [[base, ours, theirs], [base, theirs, ours]] {
        assert_eq!(merge(sides).map_err(|why| why.message), Ok(write(wanted)), "{sides:?}");
    }
}

fn stops(merge: Merge, [base, ours, theirs]: [&str; 3]) {
    for sides in [[base, ours, theirs], [base, theirs, ours]] {
        assert!(merge(sides).is_err(), "{sides:?}\n{}", merge(sides).unwrap_or_default());
    }
}

#[test]
fn elements_that_lack_the_key_of_their_siblings_are_known_by_their_content() {
    for how in [(of_beans as Merge, beans as fn(&str) -> String), (of_labels, labels)] {
        comes_out(how, ["A B -X C D", "A B", "A B C D", "A B"]);
        comes_out(how, ["A B -X C D", "A B C D", "A1 B -X C D", "A1 B C D"]);
        comes_out(how, ["A B -X C D", "A B -Y C D", "A B -X C D1", "A B -Y C D1"]);
        comes_out(how, ["A -X B", "A -X B -Y", "A1 B", "A1 B -Y"]);
        comes_out(how, ["A -X B -Y", "A -Z B -Y", "A -X B -W", "A -Z B -W"]);
        comes_out(how, ["-X -Y", "-X -Y A", "-Y", "-Y A"]);
        comes_out(how, ["-X A", "-X A B", "-Y -X A", "-Y -X A B"]);
        stops(how.0, ["A -X B", "A -Y B", "A -Z B"]);
        stops(how.0, ["A -X B", "A -Y B", "A B"]);
        stops(how.0, ["A -X B", "A X B", "A B"]);
        stops(how.0, ["A -X B", "A X B", "A -Y B"]);
        stops(how.0, ["A B C", "A -B C", "A B1 C"]);
    }
}

#[test]
fn nothing_comes_back_where_versions_know_their_items_by_different_members() {
    comes_out((of_beans, beans), ["A B C", "A B C x:D x:E", "B C1", "B C1 x:D x:E"]);
    stops(of_objects, ["i1na i2nb i3nc", "i1na i2nb i3nc nd", "i2nb i3nc ne"]);
    comes_out((of_objects, objects), ["i1na i2nb i3nc", "i1na i2nb i3nc nd", "i2nb i3nc", "i2nb i3nc nd"]);
    comes_out((of_items, items), ["i1na i2nb i3nc", "i1na i2nb i3nc nd", "i2nb i3nc", "i2nb i3nc nd"]);
    stops(of_objects, ["i1v1 v2 i3v3 i4v4", "i1v1", "i1v1 i3v3 i4v4"]);
}

#[test]
fn where_order_decides_only_one_side_may_change_it() {
    let keys = Keys { order_decides: vec!["rules".to_owned(), "rule".to_owned()], ..keys_of("a.json") };
    let rules = |items: &str| format!("{{\n\"rules\": {}}}\n", objects(items));
    let xml = |items: &str| {
        let one = |item: &str| format!("  <rule><name>{}</name><v>{}</v></rule>\n", &item[..1], &item[1..]);
        format!("<r>\n{}</r>\n", items.split_whitespace().map(one).collect::<String>())
    };
    let merge = |sides: [&str; 3]| {
        let [base, ours, theirs] = sides.map(rules);
        with_keys(Format::Json, &keys, [&base, &ours, &theirs]).map_err(|why| why.message)
    };
    let merge_xml = |sides: [&str; 3]| {
        let [base, ours, theirs] = sides.map(xml);
        with_keys(Format::Xml, &keys, [&base, &ours, &theirs]).map_err(|why| why.message)
    };
    let decided = |found: Result<String, String>| {
        assert!(found.as_ref().is_err_and(|why| why.contains("their order decides")), "{found:?}");
    };
    decided(merge(["na nb", "na nx nb", "na nb ny"]));
    decided(merge(["na nb", "nb na", "na nb ny"]));
    assert_eq!(merge(["nav1 nbv1", "nav1 nxv1 nbv1", "nav2 nbv1"]), Ok(rules("nav2 nxv1 nbv1")));
    assert_eq!(merge(["nav1 nb", "nav2 nx nb", "nav1 nx nb"]), Ok(rules("nav2 nx nb")));
    decided(merge(["v1 v2 v3", "v0 v1 v2 v3", "v1 v2 v3 v4"]));
    decided(merge_xml(["a1 b1", "a1 x1 b1", "a1 b1 y1"]));
    assert_eq!(merge_xml(["a1 b1", "a1 x1 b1", "a2 b1"]), Ok(xml("a2 x1 b1")));
}
