//! How a request travels: both sides of the door use these, so that they cannot disagree.

use crate::context::Context;
use crate::failure::{Failure, Usage};
use crate::verb::Verb;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Uri};
use serde::Serialize;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Writes a request.
///
/// # Errors
/// [`Failure::Bug`] when it cannot be written, which no request of this crate meets.
pub fn encode<R: Verb>(request: &R, context: &Context) -> Result<Request<Vec<u8>>, Failure> {
    let mut written = Request::new(Vec::new());
    *written.method_mut() = R::METHOD;
    let mut path = R::PATH.to_owned();
    if R::METHOD == Method::GET {
        let query = serde_html_form::to_string(request).map_err(Failure::bug)?;
        if !query.is_empty() {
            path.push('?');
            path.push_str(&query);
        }
    } else {
        *written.body_mut() = serde_json::to_vec(request).map_err(Failure::bug)?;
        written.headers_mut().insert(CONTENT_TYPE, JSON);
    }
    *written.uri_mut() = path.parse::<Uri>().map_err(Failure::bug)?;
    written.headers_mut().insert(ACCEPT, JSON);
    context.encode(written.headers_mut());
    Ok(written)
}

/// Reads a request and what came along with it.
///
/// # Errors
/// [`Failure::Usage`] for what is no such request: an unknown member, a missing one, a number that is none.
pub fn decode<R: Verb>(request: &Request<Vec<u8>>) -> Result<(R, Context), Failure> {
    let context = Context::decode(request.headers())?;
    let read = match R::METHOD == Method::GET {
        true => serde_html_form::from_str(request.uri().query().unwrap_or_default()).map_err(|why| invalid(&why)),
        false => serde_json::from_slice(request.body()).map_err(|why| invalid(&why)),
    };
    Ok((read?, context))
}

/// A view or a failure as the bytes of a body.
///
/// # Errors
/// [`Failure::Bug`] when it cannot be written, which no view of this crate meets.
pub fn body(said: &impl Serialize) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(said).map_err(Failure::bug)
}

fn invalid(why: &dyn std::fmt::Display) -> Failure {
    let message = format!("this is no such request: {why}");
    Failure::Usage(Usage {
        code: "invalid-request".to_owned(),
        message,
        hint: String::new(),
        remedy: None,
        place: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verbs::behind::BehindRequest;
    use crate::verbs::demote::DemoteRequest;
    use crate::verbs::history::HistoryRequest;
    use crate::verbs::resolve::{Bytes, ResolveRequest, With};
    use crate::verbs::verify::VerifyRequest;

    fn round<R: Verb + PartialEq + std::fmt::Debug>(request: R) -> Request<Vec<u8>> {
        let written = encode(&request, &Context::default()).unwrap();
        assert_eq!(decode::<R>(&written).unwrap(), (request, Context::default()));
        written
    }

    #[test]
    fn a_read_is_a_query_with_repeated_keys() {
        let from = vec!["UAT & more".to_owned(), "PROD".to_owned()];
        let release = Some("Ünï".to_owned());
        let read = round(BehindRequest { stage: "DEV".to_owned(), from, project: None, release });
        let expected = "/v1/behind?stage=DEV&from=UAT+%26+more&from=PROD&release=%C3%9Cn%C3%AF";
        assert_eq!(read.uri().to_string(), expected);
        round(HistoryRequest { rollbackable: true, limit: Some(3), ..HistoryRequest::default() });
        assert_eq!(round(VerifyRequest::default()).uri().to_string(), "/v1/verify");
    }

    #[test]
    fn an_operation_is_json() {
        let written = round(DemoteRequest { to: Some("DEV".to_owned()), ..DemoteRequest::default() });
        assert_eq!((written.method(), written.uri().path()), (&Method::POST, "/v1/demote"));
        let with = With::Content(Bytes(vec![0, 255, b'a']));
        let (promotion, path) = ("P-1".to_owned(), "a b".to_owned());
        round(ResolveRequest { promotion, path, change: None, with, stage: None, anyway: false });
    }

    #[test]
    fn what_is_no_such_request_is_named() {
        let refused = |uri: &str, body: &str| {
            let request = Request::builder().uri(uri).body(body.as_bytes().to_vec()).unwrap();
            let asked = match uri.contains('?') {
                true => decode::<BehindRequest>(&request).map(|_| ()),
                false => decode::<DemoteRequest>(&request).map(|_| ()),
            };
            let Err(Failure::Usage(usage)) = asked else { panic!("it was taken") };
            usage.message
        };
        assert!(refused("/v1/behind?stage=DEV&form=QA", "").contains("unknown field `form`"));
        assert!(refused("/v1/behind?from=QA", "").contains("missing field `stage`"));
        let body = r#"{"changes":["US-1"],"to":"DEV","deplyo":"nothing"}"#;
        assert!(refused("/v1/demote", body).contains("unknown field `deplyo`"));
        assert!(refused("/v1/demote", r#"{"to":"DEV"}"#).contains("missing field `changes`"));
    }
}
