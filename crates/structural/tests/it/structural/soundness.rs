//! Whether a merge broke a file, or found it broken.

use super::keys_of;
use switchback_core::content::Soundness;
use switchback_core::content::filetype::Format;
use switchback_structural::soundness;

fn judge(path: &str, format: Format, made: &str, versions: [&str; 3]) -> String {
    match soundness((format, &keys_of(path)), made.as_bytes(), || Ok::<_, ()>(versions.to_vec())) {
        Ok(Soundness::Sound) => "sound".to_owned(),
        Ok(Soundness::Before(why)) => format!("before: {why}"),
        Ok(Soundness::Broken(why)) => format!("broken: {why}"),
        Err(()) => "the versions cannot be had".to_owned(),
    }
}

#[test]
fn what_a_clean_merge_of_lines_broke_is_found_in_every_format() {
    let cases = [
        ("a.json", Format::Json, "{\n\"a\": 1,\n\"b\": 2,\n\"a\": 3\n}\n", "{\n\"a\": 1,\n\"b\": 2\n}\n"),
        ("a.json", Format::Json, "{\n\"a\": 1\n\"b\": 2\n}\n", "{\n\"a\": 1\n}\n"),
        ("a.toml", Format::Toml, "[a]\nx = 1\n[b]\n[a]\n", "[a]\nx = 1\n[b]\n"),
        ("a.toml", Format::Toml, "x = 1\ny = 2\nx = 3\n", "x = 1\ny = 2\n"),
        ("a.yaml", Format::Yaml, "b: *a\nc: 1\n", "a: &a 1\nb: *a\n"),
        ("a.yaml", Format::Yaml, "b: &a 1\nc: &a 2\n", "b: &a 1\n"),
        ("a.yaml", Format::Yaml, "b: 1\nc: 1\nb: 1\n", "b: 1\nc: 1\n"),
        ("a.yaml", Format::Yaml, "b:\n  c: 1\n    d: 1\n", "b:\n  c: 1\n"),
        ("a.xml", Format::Xml, "<a>\n<b>\n</a>\n", "<a>\n<b/>\n</a>\n"),
        ("a.xml", Format::Xml, "<a x='1' y='2' x='1'/>\n", "<a x='1' y='2'/>\n"),
        ("a.properties", Format::Properties, "a=1\nb=1\na=2\n", "a=1\nb=1\n"),
        ("a.ini", Format::Properties, "[a]\nx=1\n[b]\n[a]\ny=1\n", "[a]\nx=1\n[b]\n"),
    ];
    for (path, format, made, sound) in cases {
        assert_eq!(judge(path, format, sound, [sound; 3]), "sound", "{sound}");
        let told = judge(path, format, made, [sound; 3]);
        assert!(told.starts_with("broken: "), "{told}\n{made}");
    }
}

#[test]
fn comments_may_say_the_same() {
    let cases = [
        ("a.yaml", Format::Yaml, "# a\n\n# b\n", ["", "# a\n", "# b\n"]),
        ("a.toml", Format::Toml, "#`-\n\n##\n\n#", ["", "#`-\n\n##", "\n#"]),
        ("a.properties", Format::Properties, "# a\n\n# a\n", ["", "# a\n", "# a\n"]),
        (
            "a.xml",
            Format::Xml,
            "<a><!-- b --><b/><!-- b --></a>",
            ["<a><b/></a>", "<a><!-- b --><b/></a>", "<a><b/></a>"],
        ),
    ];
    for (path, format, made, versions) in cases {
        assert_eq!(judge(path, format, made, versions), "sound", "{made}");
    }
}

#[test]
fn an_old_defect_is_no_excuse_for_a_new_one() {
    let old = "{\n\"a\": 1,\n\"a\": 2,\n\"b\": 1\n}\n";
    let more = old.replace("\"b\": 1", "\"b\": 1,\n\"c\": 1");
    let judge_json = |made: &str| judge("a.json", Format::Json, made, [old; 3]);
    assert_eq!(judge_json(&more), "before: it holds `a` twice (line 3)");
    assert_eq!(judge_json(&more.replace("\"c\"", "\"b\"")), "broken: it holds `b` twice (line 5)");
    assert_eq!(judge_json(&more.replace("\"c\"", "\"a\"")), "broken: it holds `a` twice (line 5)");
    assert!(judge_json(&more.replace("{\n", "{\n,")).starts_with("broken: it is not well-formed JSON"));
    let old = "[a]\nx = 1\nx = 2\n[b]\ny = 1\n";
    let judge_toml = |made: &str| judge("a.toml", Format::Toml, made, ["", old, old]);
    assert_eq!(judge_toml(&format!("{old}z = 1\n")), "before: line 3: duplicate key");
    assert_eq!(judge_toml(&format!("{old}[a]\n")), "broken: line 6: duplicate key");
}

#[test]
fn an_old_defect_is_the_same_in_whichever_way_lines_end() {
    let text = "[s]\nk\n  a\nk\n  a\n";
    let told = judge("a.ini", Format::Properties, &text.replace('\n', "\r\n"), ["", "\r\n", text]);
    assert!(told.starts_with("before: it holds"), "{told}");
}

#[test]
fn what_nobody_could_ever_read_is_no_fault_of_a_merge() {
    let template = "a: {{ .Values.a }}\n{{- if .Values.b }}\nb: 1\n{{- end }}\n";
    let made = format!("{template}c: 1\n");
    assert_eq!(judge("templates/a.yaml", Format::Yaml, &made, [template; 3]), "sound");
    let told = judge("templates/a.yaml", Format::Yaml, &made, ["a: 1\n", template, "b: 1\n"]);
    assert!(told.starts_with("before: "), "{told}");
}

#[test]
fn an_item_that_each_side_put_in_at_another_place_stands_twice() {
    let xml = |items: &[&str]| format!("<root>\n{}</root>\n", items.concat());
    let [a, b, one, two] = [r#"<e id="a">1</e>"#, r#"<e id="b">1</e>"#, r#"<e id="s">1</e>"#, r#"<e id="s">2</e>"#];
    let cases = [
        ("a.xml", Format::Xml, xml(&[a, b]), xml(&[one, a, b]), xml(&[a, b, two]), xml(&[one, a, b, two])),
        ("a.xml", Format::Xml, tags("a b"), tags("s a b"), tags("a b s"), tags("s a b s")),
        ("a.json", Format::Json, json("a b"), json("s a b"), json("a b s"), json("s a b s")),
        ("a.yaml", Format::Yaml, yaml("a b"), yaml("s a b"), yaml("a b s"), yaml("s a b s")),
        ("a.yaml", Format::Yaml, flow("a b"), flow("s a b"), flow("a b s"), flow("s a b s")),
        ("a.toml", Format::Toml, toml("a b"), toml("s a b"), toml("a b s"), toml("s a b s")),
        ("a.yaml", Format::Yaml, stream("a b"), stream("s a b"), stream("a b s"), stream("s a b s")),
    ];
    for (path, format, base, ours, theirs, made) in &cases {
        let judged = judge(path, *format, made, [base, ours, theirs]);
        assert!(judged.starts_with("broken: it holds `") && judged.contains("s` twice (line "), "{judged}\n{made}");
        assert_eq!(judge(path, *format, ours, [base, ours, theirs]), "sound", "{ours}");
        // What stood twice before, or what a side made so, is no new fault.
        assert_eq!(judge(path, *format, made, [base, ours, made]), "sound", "{made}");
        assert_eq!(judge(path, *format, made, [made, ours, theirs]), "sound", "{made}");
    }
}

#[test]
fn an_item_stands_twice_in_whichever_of_several_lists_it_is() {
    let lists = |second: &str| format!("lists:\n- items: [{{name: a}}, {{name: b}}]\n- items: [{second}]\n");
    let base = lists("{name: a}, {name: b}");
    let made = lists("{name: s}, {name: a}, {name: b}, {name: s}");
    let told = judge("a.yaml", Format::Yaml, &made, [&base; 3]);
    assert_eq!(told, "broken: an item has the key of another (line 3)");
}

#[test]
fn what_goes_by_position_may_stand_twice() {
    let texts = |items: &str| format!("l:\n{}", items.split(' ').map(|one| format!("- {one}\n")).collect::<String>());
    let versions = [texts("a b"), texts("s a b"), texts("a b s")];
    assert_eq!(judge("a.yaml", Format::Yaml, &texts("s a b s"), versions.each_ref().map(String::as_str)), "sound");
    let markup = ["a b", "s a b", "a b s"].map(tags);
    assert_eq!(judge("a.svg", Format::Xml, &tags("s a b s"), markup.each_ref().map(String::as_str)), "sound");
    let some = |items: &str| yaml(items).replace("- name: a\n", "- other: a\n");
    let versions = [some("a b"), some("s a b"), some("a b s")];
    assert_eq!(judge("a.yaml", Format::Yaml, &some("s a b s"), versions.each_ref().map(String::as_str)), "sound");
}

fn tags(items: &str) -> String {
    format!("<root>\n{}</root>\n", items.split(' ').map(|one| format!("<{one}>1</{one}>\n")).collect::<String>())
}

fn json(items: &str) -> String {
    let items: Vec<_> = items.split(' ').map(|one| format!("{{\"name\": \"{one}\"}}")).collect();
    format!("{{\"list\": [\n{}\n]}}\n", items.join(",\n"))
}

fn yaml(items: &str) -> String {
    format!("list:\n{}", items.split(' ').map(|one| format!("- name: {one}\n  v: 1\n")).collect::<String>())
}

fn flow(items: &str) -> String {
    let items: Vec<_> = items.split(' ').map(|one| format!("{{name: {one}}}")).collect();
    format!("list: [\n  {}\n]\n", items.join(",\n  "))
}

fn toml(items: &str) -> String {
    items.split(' ').map(|one| format!("[[list]]\nname = \"{one}\"\n")).collect()
}

fn stream(items: &str) -> String {
    items.split(' ').map(|one| format!("---\nkind: Service\nmetadata:\n  name: {one}\n")).collect()
}
