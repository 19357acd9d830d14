//! What the readers of YAML, TOML and properties see in a text, as an outline: a line for each node with its name and
//! its core, and `|` where a container has its children.

use super::document::{Between, Document, List, Node, Order};
use super::{properties, toml, yaml};
use std::fmt::Write;
use switchback_core::content::filetype::Keys;

fn keys() -> Keys {
    Keys { otherwise: ["id", "name", "key"].map(str::to_owned).to_vec(), ..Keys::default() }
}

/// The outline, after checking that spans tile the text.
fn outline(document: &Document<'_>) -> String {
    assert_eq!(document.root.span, 0..document.text.len());
    let mut out = String::new();
    write(document.text, &document.root, (&mut out, 0));
    out
}

fn write(text: &[u8], node: &Node<'_>, (out, depth): (&mut String, usize)) {
    let words = |range: std::ops::Range<usize>| String::from_utf8_lossy(&text[range]).into_owned();
    assert!(node.span.start <= node.core.start && node.core.end <= node.span.end, "{node:?}");
    let name = node.name.shown();
    let Some(list) = node.as_list() else {
        let _ = writeln!(out, "{:depth$}{name}: {:?}", "", words(node.core.clone()));
        return;
    };
    tiles(node, list);
    let sign = match (list.order, list.between) {
        (Order::Keyed, Between::Nothing) => "",
        (Order::KeyedInOrder, Between::Nothing) => " (in order)",
        (Order::Positional, Between::Nothing) => " (by position)",
        (Order::Keyed, Between::Comma) => ",",
        (Order::KeyedInOrder, Between::Comma) => ", (in order)",
        (Order::Positional, Between::Comma) => ", (by position)",
    };
    let open = words(node.core.start..list.within.start);
    let close = words(list.within.end..node.core.end);
    let _ = writeln!(out, "{:depth$}{name}: {open:?}|{close:?}{sign}", "");
    for child in &list.nodes {
        write(text, child, (out, depth + 2));
    }
}

fn tiles(node: &Node<'_>, list: &List<'_>) {
    assert!(node.core.start <= list.within.start && list.within.end <= node.core.end, "{node:?}");
    let mut at = list.within.start;
    for child in &list.nodes {
        assert_eq!(child.span.start, at, "{child:?}");
        at = child.span.end;
    }
    assert_eq!(at, list.within.end, "{node:?}");
}

fn of_properties(text: &str) -> String {
    properties::read(text.as_bytes()).map_or_else(|why| why.message, |document| outline(&document))
}

fn of_toml(text: &str) -> String {
    toml::read(text, &keys()).map_or_else(|why| why.message, |document| outline(&document))
}

fn of_yaml(text: &str) -> String {
    yaml::read(text, &keys()).map_or_else(|why| why.message, |document| outline(&document))
}

fn check(found: &str, wanted: &str) {
    let wanted: Vec<&str> = wanted.lines().map(|line| line.strip_prefix("        ").unwrap_or(line)).collect();
    assert_eq!(found.trim(), wanted.join("\n").trim(), "found:\n{found}");
}

#[test]
fn properties_are_entries_with_the_comments_above_them() {
    let text = "# license\n\n# about a\na=1\n\n! note\nb : 2\\\n   3\nc\n\\u0061\\ b\\=c  d e \n\n# end\n\n";
    check(
        &of_properties(text),
        r##"
        : ""|""
          : ""|""
            # # license: "# license"
            a: "a=1"
            b: "b : 2\\\n   3"
            c: "c"
            a b=c: "\\u0061\\ b\\=c  d e "
            # # end: "# end"
        "##,
    );
}

#[test]
fn sections_own_their_entries_and_the_lines_that_continue_them() {
    let text = "x=1\n[s]\n  a = 1\n  b = 2\n     more\n\n# about t\n[t] ; c\nk: v\n\n; alone\n\n# end\n";
    check(
        &of_properties(text),
        r##"
        : ""|""
          : ""|""
            x: "x=1"
          [s]: "[s]\n"|""
            a: "a = 1"
            b: "b = 2\n     more"
          [t]: "[t] ; c\n"|""
            k: "k: v"
            # ; alone: "; alone"
        "##,
    );
}

#[test]
fn properties_that_readers_disagree_about_are_named() {
    assert_eq!(of_properties("a=1\nb=\\u12\n"), "line 2: `\\u` wants four hexadecimal digits");
    assert_eq!(of_properties("a=1\rb=2\n"), "line 1: there is a carriage return without a line feed");
    assert_eq!(of_properties("a=1\n\0\n"), "line 2: there is a NUL byte, so this is not text");
    let backslash = "line 3: the line before ends in a backslash, and readers of such files disagree what that means";
    assert_eq!(of_properties("[s]\na=1\\\nb=2\n"), backslash);
}

#[test]
fn toml_is_tables_with_entries() {
    let text = "# top\n\na = 1 # x\nb.c = { d = 1, e = [1, 2] }\n'q r' = 2\n[t]\n# about\nx = [\n  \"a\", # c\n  # lead\n  \"b\"\n]\n\n# alone\n\n[t.\"u v\"]\n";
    check(
        &of_toml(text),
        r##"
        : ""|""
          : ""|""
            # # top: "# top"
            a: "a = 1"
            b.c: "b.c = {"|" }",
              d: "d = 1"
              e: "e = ["|"]", (by position)
                : "1"
                : "2"
            "q r": "'q r' = 2"
          [t]: "[t]\n"|""
            x: "x = [\n"|"]", (by position)
              : "\"a\""
              : "\"b\""
            # # alone: "# alone"
          [t."u v"]: "[t.\"u v\"]\n"|""
        "##,
    );
}

#[test]
fn tables_of_an_array_stand_together_with_the_tables_below_them() {
    let text = "[[bin]]\nname = \"a\"\n[bin.sub]\nz = 1\n# b\n[[bin]]\nname = \"b\"\n[[bin.part]]\n[[bin.part]]\n";
    check(
        &of_toml(text),
        r##"
        : ""|""
          : ""|""
          [[bin]]: ""|"" (in order)
            [[bin]] a: "[[bin]]\n"|""
              : ""|""
                name: "name = \"a\""
              [bin.sub]: "[bin.sub]\n"|""
                z: "z = 1"
            [[bin]] b: "[[bin]]\n"|""
              : ""|""
                name: "name = \"b\""
              [[bin.part]]: ""|"" (by position)
                [[bin.part]]: "[[bin.part]]\n"|""
                  : ""|""
                [[bin.part]]: "[[bin.part]]\n"|""
                  : ""|""
        "##,
    );
}

#[test]
fn toml_that_cannot_be_read_is_named() {
    assert_eq!(of_toml("a = 1\na = 2\n"), "line 2: duplicate key");
    assert_eq!(of_toml("a = 1\n[a\n"), "line 2: unclosed table, expected `]`");
    let apart = "line 3: this belongs to an item of `[[a]]`, and other tables stand between";
    assert_eq!(of_toml("[[a]]\n[b]\n[a.c]\n"), apart);
    let deep = format!("a = {}", "[".repeat(100_000));
    assert_eq!(of_toml(&deep), "line 1: cannot recurse further; max recursion depth met");
    for deep in [
        "a.".repeat(100_000) + "a = 1",
        format!("[{}a]", "a.".repeat(100_000)),
        format!("a = {{{}a = 1}}", "a.".repeat(100_000)),
    ] {
        assert_eq!(of_toml(&deep), "line 1: recursion limit");
    }
}

#[test]
fn yaml_mappings_are_entries_and_sequences_are_items() {
    let text = "a: 1 # c\nb:\n  x: |\n    l1\n\n    l2\n\n\n  # c\n  y: 'q'\n  # of b\nn:\nl:\n- name: z\n  v: 1\n\n- name: w\n  # of v\n  v: 2\nf: [1, {b: 2}, \"x\" ,]\n\"1\": m\n";
    check(
        &of_yaml(text),
        r##"
        : ""|""
          a: "a: 1"
          b: "b:\n"|"  # of b\n"
            x: "x: |\n    l1\n\n    l2"
            y: "y: 'q'"
          n: "n:"
          l: "l:\n"|"" (in order)
            z: "- "|""
              name: "name: z"
              v: "v: 1"
            w: "- "|""
              name: "name: w"
              v: "v: 2"
          f: "f: ["|"]", (by position)
            : "1"
            : "{"|"}",
              b: "b: 2"
            : "\"x\""
          "1": "\"1\": m"
        "##,
    );
}

#[test]
fn items_may_stand_in_the_line_of_a_dash() {
    let text = "%YAML 1.2\n---\n- - x\n  - y\n-\n  z: 1\n- &q !!str foo\n- *q\n- - - k: 1\n      l: 2\n-\n- # c\n  # d\n  u: 1";
    check(
        &of_yaml(text),
        r##"
        : "%YAML 1.2\n---\n"|"" (by position)
          : "- "|"" (by position)
            : "- x"
            : "- y"
          : "-\n"|""
            z: "z: 1"
          : "- &q !!str foo"
          : "- *q"
          : "- "|"" (by position)
            : "- "|"" (by position)
              : "- "|""
                k: "k: 1"
                l: "l: 2"
          : "-"
          : "- # c\n"|""
            u: "u: 1"
        "##,
    );
}

#[test]
fn documents_of_a_stream_are_known_by_kind_and_name() {
    check(
        &of_yaml("kind: A\nmetadata:\n  name: x\n---\nkind: B\nmetadata: {name: x, labels: {a, b: }}\n"),
        r##"
        : ""|"" (in order)
          --- A  x: ""|""
            kind: "kind: A"
            metadata: "metadata:\n"|""
              name: "name: x"
          --- B  x: "---\n"|""
            kind: "kind: B"
            metadata: "metadata: {"|"}",
              name: "name: x"
              labels: "labels: {a, b: }"
        "##,
    );
    check(
        &of_yaml("--- # d\n!!map\na: &x\n  b: 1\nc: *x\n...\n---\ne\n"),
        r##"
        : ""|"" (by position)
          ---: "--- # d\n!!map\n"|""
            a: "a: &x\n"|""
              b: "b: 1"
            c: "c: *x"
          ---: "---\ne\n"
        "##,
    );
}

#[test]
fn yaml_that_cannot_be_cut_is_one_value() {
    check(&of_yaml("? a\n: b\nc: d\n"), r##": "? a\n: b\nc: d\n""##);
    check(&of_yaml("# only\n"), r##": "# only\n""##);
    check(&of_yaml("&k a: b\n"), r##": "&k a: b\n""##);
    check(&of_yaml("[a: 1, b]\n"), ": \"[\"|\"]\", (by position)\n  : \"a: 1\"\n  : \"b\"");
    check(
        &of_yaml("k: |+\n  a\n\n\n# c\nb: >-\n  x\n"),
        ": \"\"|\"\"\n  k: \"k: |+\\n  a\\n\\n\\n\"\n  b: \"b: >-\\n  x\"",
    );
}

#[test]
fn yaml_that_cannot_be_read_is_named() {
    assert_eq!(of_yaml("a: 1\n b: 2\n"), "line 2: mapping values are not allowed in this context");
    assert_eq!(of_yaml("a: *b\n"), "line 1: while parsing node, found unknown anchor");
    let twice = "line 1: an anchor is set twice in this document, so what an alias means depends on where it stands";
    assert_eq!(of_yaml("a: &b 1\nc: &b 2\n"), twice);
    let deep = of_yaml(&"[".repeat(100_000));
    assert_eq!(deep, "line 1: it is nested too deep");
    let deep = of_yaml(&"- ".repeat(100_000));
    assert_eq!(deep, "line 1: it is nested too deep");
}

#[test]
fn what_is_named_a_billion_times_is_read_once() {
    let level = |at: usize| format!("a{at}: &a{at} [{}]\n", vec![format!("*a{}", at.saturating_sub(1)); 9].join(", "));
    let bomb: String = std::iter::once("a0: &a0 [lol]\n".to_owned()).chain((1..30).map(level)).collect();
    assert_eq!(of_yaml(&bomb).lines().filter(|line| line.contains("*a0")).count(), 9);
}

#[test]
fn empty_block_scalars_end_with_their_line() {
    check(
        &of_yaml("a:\n  b: |\n  c: |\n    x\nd: >-\n\ne: |\n  # no comment\nf: |\n# c\ng: 1\n"),
        r##"
        : ""|""
          a: "a:\n"|""
            b: "b: |"
            c: "c: |\n    x"
          d: "d: >-"
          e: "e: |\n  # no comment"
          f: "f: |"
          g: "g: 1"
        "##,
    );
}
