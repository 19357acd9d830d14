//! What is said when a conflict cannot be handed over.

use switchback_api::{Failure, Fault, Refused};

/// A conflict, or what was made of it, that is not taken.
pub fn refused(code: &str, message: String, hint: &str) -> Failure {
    let (code, hint, details) = (code.to_owned(), hint.to_owned(), serde_json::json!({}));
    Failure::Refused(Box::new(Refused { code, message, hint, details, remedy: None }))
}

/// A fault while a conflict was handed over.
pub fn fault(code: &str, message: String, hint: &str) -> Failure {
    Failure::Fault(Fault { code: code.to_owned(), message, hint: hint.to_owned(), remedy: None })
}

/// The temporary folder cannot be used.
pub fn unwritable(why: &std::io::Error) -> Failure {
    fault("temporary-folder", format!("a temporary file cannot be used: {why}"), "look at TMPDIR and the disk")
}
