//! The API as its document tells it (`SPEC W2`).

use serde_json::Value;
use std::collections::HashSet;
use std::path::PathBuf;
use switchback_server::{openapi, serve};

fn kept() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json")
}

fn document() -> Value {
    openapi::document(&serve::described())
}

/// `SWITCHBACK_BLESS=1` writes it anew; whoever changes the API sees in the difference what clients will see.
#[test]
fn the_document_is_the_one_that_is_kept() {
    let now = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    if std::env::var_os("SWITCHBACK_BLESS").is_some() {
        std::fs::write(kept(), &now).unwrap();
    }
    let kept = std::fs::read_to_string(kept()).unwrap();
    assert!(kept == now, "the API is another than docs/openapi.json says: write it with SWITCHBACK_BLESS=1");
}

#[test]
fn every_operation_has_a_name_of_its_own_and_says_what_it_does() {
    let document = document();
    let mut names = HashSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name}");
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{method} {path}");
        }
    }
    assert!(names.contains("plan_post_demotions"));
}

/// A name with a number behind it is one that two types share.
#[test]
fn no_two_types_share_a_name() {
    let document = document();
    let numbered: Vec<_> = document["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys()
        .filter(|name| name.ends_with(|last: char| last.is_ascii_digit()))
        .collect();
    assert_eq!(numbered, Vec::<&String>::new());
}

#[test]
fn what_is_referred_to_is_there() {
    let document = document();
    let mut open = vec![&document];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(members) => {
                if let Some(Value::String(to)) = members.get("$ref") {
                    assert!(document.pointer(to.trim_start_matches('#')).is_some(), "{to}");
                }
                open.extend(members.values());
            }
            _ => {}
        }
    }
}

/// What nobody need show anything for, and what may be asked too often: everything else asks who it is.
#[test]
fn what_is_for_strangers_says_so() {
    let document = document();
    let (mut open, mut limited) = (Vec::new(), Vec::new());
    for (path, methods) in document["paths"].as_object().unwrap() {
        for operation in methods.as_object().unwrap().values() {
            if operation["security"] == serde_json::json!([]) {
                open.push(path.trim_start_matches("/api/v1"));
            }
            if operation["responses"]["429"].is_object() {
                limited.push(path.trim_start_matches("/api/v1"));
            }
        }
    }
    open.sort_unstable();
    limited.sort_unstable();
    let expected = [
        "/invitations/look",
        "/invitations/take",
        "/session",
        "/session/end",
        "/session/handover",
        "/sign-in",
        "/sign-in/oidc/{provider}",
        "/sign-in/oidc/{provider}/callback",
        "/webhooks/{remote}",
    ];
    assert_eq!(open, expected);
    assert_eq!(limited, ["/session", "/session/identity", "/session/password", "/sign-in/oidc/{provider}"]);
}

#[test]
fn every_code_is_listed_with_what_to_do() {
    let document = document();
    let codes = document["x-codes"].as_object().unwrap();
    for code in ["cursor-unknown", "plan-outdated", "stage-frozen", "sign-in-limited", "ledger-busy", "invalid-request"]
    {
        for told in ["when", "next"] {
            assert!(!codes[code][told].as_str().unwrap().is_empty(), "{code}");
        }
    }
}
