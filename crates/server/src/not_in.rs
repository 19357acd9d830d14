//! Why somebody is not let in, or may not let others in, said aloud.

use crate::failure::said;
use crate::views::remedy::next;
use serde_json::{Map, Value};
use switchback_api::{Failure, failure::Refused};
use switchback_engine::clock::format_time;
use switchback_people::not_in::Stop;

/// Says aloud why somebody is not let in.
pub fn let_in(stop: Stop) -> Failure {
    match stop {
        Stop::Fault(fault) => said(fault.into()),
        Stop::NotIn(no) => {
            let (hint, remedy) = next(&no.remedy);
            let mut details = Map::new();
            if let Some(until) = no.until {
                details.insert("until".to_owned(), format_time(until, "UTC").into());
            }
            if let Some((kind, name)) = no.subject {
                details.insert(kind.to_owned(), name.into());
            }
            let details = Value::Object(details);
            Failure::Refused(Box::new(Refused { code: no.code.to_owned(), message: no.message, hint, details, remedy }))
        }
    }
}
