//! What goes in and out, member by member.

use super::{escaped, prose};
use serde_json::Value;
use std::fmt::Write as _;

/// How deep members of members are told that have no type of a name.
const DEPTH: usize = 2;

/// Tells every type that answers are made of, each once.
pub fn types(page: &mut String, document: &Value) {
    page.push_str("<section id=\"types\"><h2>Types</h2>\n<p>What answers are made of.</p>\n");
    for (name, schema) in super::members(&document["components"]["schemas"]) {
        let name = escaped(name);
        let says = prose(schema["description"].as_str().unwrap_or_default());
        let _ = writeln!(page, "<article id=\"type-{name}\"><h3>{name}</h3><p>{says}</p>");
        let is_word = schema["enum"].is_array() || schema["oneOf"][0]["const"].is_string();
        fields(page, document, (if is_word { "One of" } else { "Members" }, schema));
        page.push_str("</article>\n");
    }
    page.push_str("</section>\n");
}

/// Tells the members of what is asked or answered.
pub fn fields(page: &mut String, document: &Value, (title, schema): (&str, &Value)) {
    let mut rows = String::new();
    let title = escaped(title);
    members(&mut rows, document, (schema, &[]));
    if rows.is_empty() {
        let kind = described(document, schema);
        let _ =
            writeln!(page, "<h4>{title}</h4><p>{}</p>", if kind == "object" { "No members.".to_owned() } else { kind });
        return;
    }
    let _ = writeln!(
        page,
        "<details><summary>{title}</summary><div class=\"wide\"><table>\n{rows}</table></div></details>"
    );
}

fn members(rows: &mut String, document: &Value, (schema, above): (&Value, &[&str])) {
    // What has a name is told there.
    if schema["$ref"].is_string() {
        return;
    }
    for one in ["allOf", "anyOf", "oneOf"].iter().flat_map(|all| schema[all].as_array().into_iter().flatten()) {
        // What may be left away is no member of a choice by its own right.
        if one["type"] != "null" {
            members(rows, document, (one, above));
        }
    }
    let needed = |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
    for (name, member) in super::members(&schema["properties"]) {
        let path = [above, &[name]].concat();
        let must = if needed(name) { " <b>always</b>" } else { "" };
        let _ = writeln!(
            rows,
            "<tr><th scope=\"row\"><code>{}</code></th><td class=\"kind\">{}{must}</td><td>{}</td></tr>",
            escaped(&path.join(".")),
            described(document, member),
            prose(member["description"].as_str().unwrap_or_default()),
        );
        if path.len() < DEPTH {
            let inner = if member["items"].is_object() { &member["items"] } else { member };
            members(rows, document, (inner, &path));
        }
    }
}

/// The type of a schema, in words.
pub fn described(document: &Value, schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap_or_default();
        let known = resolved(document, schema);
        return match known["enum"].is_array() || known["oneOf"].is_array() {
            true => described(document, known),
            false => format!("<a href=\"#type-{0}\">{0}</a>", escaped(name)),
        };
    }
    if let Some(word) = schema["const"].as_str() {
        return format!("<code>{}</code>", escaped(word));
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<_> =
            words.iter().filter_map(Value::as_str).map(|word| format!("<code>{}</code>", escaped(word))).collect();
        return words.join(" | ");
    }
    for all in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[all].as_array() {
            let words: Vec<_> = choices.iter().map(|one| described(document, one)).collect();
            return words.join(" | ");
        }
    }
    let of_items = |kind: &str| match (kind, schema["items"].is_object()) {
        ("array", true) => format!("list of {}", described(document, &schema["items"])),
        _ => escaped(kind),
    };
    match &schema["type"] {
        Value::String(kind) => of_items(kind),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).map(of_items).collect::<Vec<_>>().join(" | "),
        _ => "any".to_owned(),
    }
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let to = schema["$ref"].as_str().and_then(|to| document.pointer(to.trim_start_matches('#')));
    to.unwrap_or(schema)
}
