//! Whether a merge broke a file, or found it broken.

use super::keys_of;
use switchback_core::content::Soundness;
use switchback_core::content::filetype::Format;
use switchback_structural::soundness;

fn judge(path: &str, format: Format, made: &str, versions: [&str; 3]) -> String {
    let versions = versions.map(str::as_bytes);
    match soundness((format, &keys_of(path)), made.as_bytes(), &versions) {
        Soundness::Sound => "sound".to_owned(),
        Soundness::Before(why) => format!("before: {why}"),
        Soundness::Broken(why) => format!("broken: {why}"),
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
