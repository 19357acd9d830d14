//! The API as a page that people read, made of its document: `/api/v1/`. It needs no script, and brings its own style.

mod schema;

use crate::openapi::{Describe, document};
use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schema::{described, fields, types};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{LazyLock, OnceLock};

const STYLE: &str = include_str!("reference/page.css");

/// The order in which methods of one address are told.
const METHODS: [&str; 4] = ["get", "post", "patch", "delete"];

/// An operation of the API, and where it is asked.
struct Operation<'a> {
    path: &'a str,
    method: &'a str,
    said: &'a Value,
}

/// The page about what all this describes.
pub fn page(all: fn() -> Vec<Describe>) -> Response<Body> {
    static PAGE: OnceLock<String> = OnceLock::new();
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        let hash = STANDARD.encode(Sha256::digest(STYLE));
        format!(
            "default-src 'none'; style-src 'sha256-{hash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        )
    });
    let mut response = Response::new(Body::from(PAGE.get_or_init(|| written(&document(&all()))).as_str()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::from_str(&POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The page about a document.
fn written(document: &Value) -> String {
    let groups = grouped(document);
    let mut page = String::new();
    let title = escaped(document["info"]["title"].as_str().unwrap_or_default());
    let version = escaped(document["info"]["version"].as_str().unwrap_or_default());
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>{title} \
         API</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header><h1>{title} API <small>{version}</small></h1>\n<p>{}</p>\n<p>\
         <a href=\"openapi.json\">openapi.json</a> says the same to programs. An answer that is no success is a problem with a \
         code: <a href=\"#codes\">every code</a>.</p></header>\n",
        prose(document["info"]["description"].as_str().unwrap_or_default())
    );
    page.push_str("<nav aria-label=\"Resources\"><ul>\n");
    for name in groups.keys() {
        let _ = writeln!(page, "<li><a href=\"#{0}\">{0}</a></li>", escaped(name));
    }
    page.push_str(
        "<li><a href=\"#types\">types</a></li>\n<li><a href=\"#codes\">codes</a></li>\n</ul></nav>\n<main>\n",
    );
    for (name, operations) in &groups {
        let _ = writeln!(page, "<section id=\"{0}\"><h2>{0}</h2>", escaped(name));
        operations.iter().for_each(|one| operation(&mut page, document, one));
        page.push_str("</section>\n");
    }
    types(&mut page, document);
    codes(&mut page, document);
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

/// The operations by resource, each resource's by address; plans stand beside what they are plans of.
fn grouped(document: &Value) -> BTreeMap<&str, Vec<Operation<'_>>> {
    let mut groups: BTreeMap<&str, Vec<Operation<'_>>> = BTreeMap::new();
    for (path, methods) in members(&document["paths"]) {
        for method in METHODS {
            let said = &methods[method];
            let group = said["tags"][0].as_str();
            group.into_iter().for_each(|group| groups.entry(group).or_default().push(Operation { path, method, said }));
        }
    }
    groups.values_mut().for_each(|all| all.sort_by_key(|one| one.path.replacen("/plans/", "/", 1)));
    groups
}

fn operation(page: &mut String, document: &Value, one: &Operation<'_>) {
    let Operation { path, method, said } = one;
    let id = escaped(said["operationId"].as_str().unwrap_or_default());
    let who = if said["security"] == serde_json::json!([]) { "<p class=\"who\">Asked by anybody.</p>" } else { "" };
    let _ = write!(
        page,
        "<article id=\"{id}\"><h3><span class=\"method {method}\">{}</span> <code>{}</code></h3>\n<p \
         class=\"summary\">{}</p>\n{who}<p>{}</p>\n",
        method.to_uppercase(),
        broken(path),
        prose(said["summary"].as_str().unwrap_or_default()),
        prose(said["description"].as_str().unwrap_or_default()),
    );
    parameters(page, document, said);
    let body = &said["requestBody"]["content"]["application/json"]["schema"];
    if !body.is_null() {
        fields(page, document, ("Body", body));
    }
    let answer = members(&said["responses"]["200"]["content"]).next();
    if let Some((media, content)) = answer {
        fields(page, document, (&format!("Answer, {media}"), &content["schema"]));
    }
    problems(page, document, said);
    page.push_str("</article>\n");
}

fn parameters(page: &mut String, document: &Value, said: &Value) {
    let all = said["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    if all.is_empty() {
        return;
    }
    page.push_str("<h4>Parameters</h4>\n<div class=\"wide\"><table>\n");
    for one in all {
        let needed = if one["required"] == true { " <b>needed</b>" } else { "" };
        let _ = writeln!(
            page,
            "<tr><th scope=\"row\"><code>{}</code></th><td class=\"kind\">{}, {}{needed}</td><td>{}</td></tr>",
            escaped(one["name"].as_str().unwrap_or_default()),
            escaped(one["in"].as_str().unwrap_or_default()),
            described(document, &one["schema"]),
            prose(one["description"].as_str().unwrap_or_default()),
        );
    }
    page.push_str("</table></div>\n");
}

fn problems(page: &mut String, document: &Value, said: &Value) {
    let told = members(&said["responses"]).filter(|(status, _)| *status != "200").map(|(status, response)| {
        let kept = response["$ref"].as_str().and_then(|to| document.pointer(to.trim_start_matches('#')));
        let when = kept.unwrap_or(response)["description"].as_str().unwrap_or_default();
        format!("<li><code>{}</code> {}</li>", escaped(status), prose(when))
    });
    let told: Vec<_> = told.collect();
    let _ = writeln!(page, "<details><summary>Other answers</summary><ul>{}</ul></details>", told.join("\n"));
}

fn codes(page: &mut String, document: &Value) {
    page.push_str("<section id=\"codes\"><h2>Codes</h2>\n<p>Of problems, of reasons why a change cannot go, and of warnings.</p>\n");
    page.push_str("<div class=\"wide\"><table class=\"codes\">\n<tr class=\"head\"><th>code</th><th>when</th><th>next step</th></tr>\n");
    for (code, told) in members(&document["x-codes"]) {
        let [when, next] = ["when", "next"].map(|name| prose(told[name].as_str().unwrap_or_default()));
        let _ = writeln!(
            page,
            "<tr><th scope=\"row\"><code>{}</code></th><td>{when}</td><td>{next}</td></tr>",
            escaped(code)
        );
    }
    page.push_str("</table></div></section>\n");
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter).map(|(name, value)| (name.as_str(), value))
}

/// An address that may be broken before its slashes.
fn broken(path: &str) -> String {
    escaped(path).replace('/', "<wbr>/")
}

/// Text with its code set as code. Links of the pages it comes from lead nowhere here: their words stay.
fn prose(text: &str) -> String {
    let mut told = String::new();
    for (at, part) in text.split('`').enumerate() {
        match at % 2 {
            0 => told.push_str(&escaped(&without_links(part))),
            _ => told.push_str(&format!("<code>{}</code>", escaped(part))),
        }
    }
    told
}

fn without_links(text: &str) -> String {
    let mut told = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        told.push_str(before);
        let link = after.split_once("](").and_then(|(words, to)| Some((words, to.split_once(')')?.1)));
        match link {
            Some((words, behind)) => {
                told.push_str(words);
                rest = behind;
            }
            None => {
                told.push('[');
                rest = after;
            }
        }
    }
    told + rest
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::router;

    #[test]
    fn text_stays_text() {
        assert_eq!(prose("a `<b>` & [the page](x.md#y), [x]"), "a <code>&lt;b&gt;</code> &amp; the page, [x]");
    }

    /// Every operation and every code is on the page, and every link on it leads somewhere on it.
    #[test]
    fn everything_of_the_document_is_told() {
        let document = document(&[router::routes().described, router::people_routes().described].concat());
        let page = written(&document);
        for methods in document["paths"].as_object().unwrap().values() {
            for one in methods.as_object().unwrap().values() {
                assert!(page.contains(&format!("id=\"{}\"", one["operationId"].as_str().unwrap())), "{one}");
            }
        }
        for code in document["x-codes"].as_object().unwrap().keys() {
            assert!(page.contains(&format!("<th scope=\"row\"><code>{code}</code>")), "{code}");
        }
        for to in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(page.contains(&format!("id=\"{to}\"")), "{to}");
        }
        assert!(page.len() < 1_500_000, "{} bytes", page.len());
        assert!(!page.contains("<script") && !page.contains("style=\"") && !page.contains("$ref"));
    }
}
