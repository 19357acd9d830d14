//! How a request travels: both sides of the door use these, so that they cannot disagree.

use crate::address::{self, Below, ONLY, Of};
use crate::context::{Context, Depth};
use crate::failure::{Failure, Fault};
use crate::problem::ProblemDetails;
use crate::verb::Verb;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri};
use serde::Serialize;
use serde_json::{Map, Value};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The members of a request by name, as a query carries them.
type Pairs = Vec<(String, String)>;

/// Writes a request.
///
/// # Errors
/// [`Failure::Usage`] for an empty name; [`Failure::Bug`] when it cannot be written, which no request of this crate
/// meets.
pub fn encode<R: Verb>(request: &R, context: &Context) -> Result<Request<Vec<u8>>, Failure> {
    let mut written = Request::new(Vec::new());
    *written.method_mut() = method::<R>(context.depth);
    let pattern = R::pattern(asked_of::<R>(context.depth));
    let mut address = if R::METHOD == Method::GET {
        let (names, query) = apart::<R>(pairs(&serde_html_form::to_string(request).map_err(Failure::bug)?)?);
        let mut address = fill(&pattern, context, |name| named(&names, name))?;
        if !query.is_empty() {
            address.push('?');
            address.push_str(&serde_html_form::to_string(query).map_err(Failure::bug)?);
        }
        address
    } else {
        let mut members = members(request)?;
        let address = fill(&pattern, context, |name| members.get(name)?.as_str().map(str::to_owned))?;
        address::names(R::PATH).for_each(|name| drop(members.shift_remove(name)));
        *written.body_mut() = serde_json::to_vec(&members).map_err(Failure::bug)?;
        written.headers_mut().insert(CONTENT_TYPE, JSON);
        address
    };
    if address.is_empty() {
        address.push('/');
    }
    *written.uri_mut() = address.parse::<Uri>().map_err(Failure::bug)?;
    written.headers_mut().insert(ACCEPT, JSON);
    context.encode(written.headers_mut());
    Ok(written)
}

/// Reads a request and what came along with it.
///
/// # Errors
/// [`Failure::Usage`] for what is no such request: an unknown member, a missing one, a number that is none.
pub fn decode<R: Verb>(request: &Request<Vec<u8>>) -> Result<(R, Context), Failure> {
    let (of, mut names) = read_address::<R>(request.uri().path())?;
    let mut context = Context::decode(request.headers())?;
    if R::BELOW == Below::Pipeline {
        let (_, pipeline) = names.remove(0);
        context.pipeline = Some(pipeline).filter(|name| name != ONLY);
    }
    if of == Of::Plans {
        context.depth = Depth::Plan;
    }
    let read = if R::METHOD == Method::GET {
        let mut pairs = pairs(request.uri().query().unwrap_or_default())?;
        match names.iter().find(|(name, _)| named(&pairs, name).is_some()) {
            Some((name, _)) => return Err(in_the_address(name)),
            None => pairs.extend(names),
        }
        let all = serde_html_form::to_string(pairs).map_err(Failure::bug)?;
        serde_html_form::from_str(&all).map_err(Failure::invalid)
    } else {
        let body: &[u8] = if request.body().is_empty() { b"{}" } else { request.body() };
        let mut members: Map<String, Value> = serde_json::from_slice(body).map_err(Failure::invalid)?;
        for (name, value) in names {
            if members.insert(name.clone(), Value::String(value)).is_some() {
                return Err(in_the_address(&name));
            }
        }
        serde_json::from_value(Value::Object(members)).map_err(Failure::invalid)
    };
    Ok((read?, context))
}

fn in_the_address(name: &str) -> Failure {
    Failure::invalid(format!("`{name}` is named in the address"))
}

/// The method of a verb, or of its plans.
fn method<R: Verb>(depth: Depth) -> Method {
    match asked_of::<R>(depth) {
        Of::Verb => R::METHOD,
        Of::Plans => Method::POST,
    }
}

/// What has no plans is asked itself.
fn asked_of<R: Verb>(depth: Depth) -> Of {
    if depth == Depth::Plan && R::has_plans() { Of::Plans } else { Of::Verb }
}

fn read_address<R: Verb>(path: &str) -> Result<(Of, Pairs), Failure> {
    let read = |of| address::read(&R::pattern(of), path).map(|names| (of, names));
    read(Of::Verb).or_else(|| read(Of::Plans)).ok_or_else(|| Failure::invalid(format!("`{path}` is another address")))
}

fn fill(pattern: &str, context: &Context, value: impl Fn(&str) -> Option<String>) -> Result<String, Failure> {
    address::fill(pattern, |name| match name {
        "pipeline" => Some(context.pipeline.clone().unwrap_or_else(|| ONLY.to_owned())),
        name => value(name),
    })
}

/// What stands in the address, and what in the query.
fn apart<R: Verb>(pairs: Pairs) -> (Pairs, Pairs) {
    pairs.into_iter().partition(|(name, _)| address::names(R::PATH).any(|of_address| of_address == name))
}

fn named(pairs: &Pairs, name: &str) -> Option<String> {
    pairs.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone())
}

fn pairs(query: &str) -> Result<Pairs, Failure> {
    serde_html_form::from_str(query).map_err(Failure::invalid)
}

fn members<R: Verb>(request: &R) -> Result<Map<String, Value>, Failure> {
    match serde_json::to_value(request).map_err(Failure::bug)? {
        Value::Object(members) => Ok(members),
        other => Err(Failure::bug(format!("a request is no object: {other}"))),
    }
}

/// Reads an answer.
///
/// # Errors
/// Whatever it says instead of a view; [`Failure::Bug`] when it says nothing of the kind.
pub fn view<R: Verb>(answer: &Response<Vec<u8>>) -> Result<R::View, Failure> {
    let unreadable = |why| Failure::bug(format!("the answer to {} {} is not readable: {why}", R::METHOD, R::PATH));
    match answer.status().is_success() {
        true => serde_json::from_slice(answer.body()).map_err(unreadable),
        false => {
            let problem = serde_json::from_slice::<ProblemDetails>(answer.body()).ok();
            Err(problem.and_then(ProblemDetails::failure).unwrap_or_else(|| foreign(answer.status())))
        }
    }
}

/// A view or a failure as the bytes of a body.
///
/// # Errors
/// [`Failure::Bug`] when it cannot be written, which no view of this crate meets.
pub fn body(said: &impl Serialize) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(said).map_err(Failure::bug)
}

/// Something between us and a server answered.
fn foreign(status: StatusCode) -> Failure {
    Failure::Fault(Fault {
        code: "server-unreadable".to_owned(),
        message: format!("the answer is none of Switchback's: {status}"),
        hint: "check the server's address, and what stands between you and it".to_owned(),
        remedy: None,
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
        let expected = "/api/v1/pipelines/-/stages/DEV/behind?from=UAT+%26+more&from=PROD&release=%C3%9Cn%C3%AF";
        assert_eq!(read.uri().to_string(), expected);
        round(HistoryRequest { rollbackable: true, limit: Some(3), ..HistoryRequest::default() });
        assert_eq!(round(VerifyRequest::default()).uri().to_string(), "/api/v1/pipelines/-/verification");
    }

    #[test]
    fn an_operation_is_json() {
        let written = round(DemoteRequest { to: Some("DEV".to_owned()), ..DemoteRequest::default() });
        assert_eq!((written.method(), written.uri().path()), (&Method::POST, "/api/v1/pipelines/-/demotions"));
        let with = With::Content(Bytes(vec![0, 255, b'a']));
        let (promotion, path) = ("P-1".to_owned(), "a b".to_owned());
        round(ResolveRequest { promotion, path, change: None, with, stage: None, anyway: false });
    }

    #[test]
    fn what_is_no_such_request_is_named() {
        let refused = |uri: &str, body: &str| {
            let request =
                Request::builder().uri(format!("/api/v1/pipelines/acme{uri}")).body(body.as_bytes().to_vec()).unwrap();
            let asked = match uri.contains('?') {
                true => decode::<BehindRequest>(&request).map(|_| ()),
                false => decode::<DemoteRequest>(&request).map(|_| ()),
            };
            let Err(Failure::Usage(usage)) = asked else { panic!("it was taken") };
            usage.message
        };
        assert!(refused("/stages/DEV/behind?form=QA", "").contains("unknown field `form`"));
        assert!(refused("/stages/DEV/behind?stage=QA", "").contains("`stage` is named in the address"));
        let body = r#"{"changes":["US-1"],"to":"DEV","deplyo":"nothing"}"#;
        assert!(refused("/demotions", body).contains("unknown field `deplyo`"));
        assert!(refused("/demotions", r#"{"to":"DEV"}"#).contains("missing field `changes`"));
    }
}
