//! Why somebody is not let in, said aloud.

use crate::failure::said;
use crate::views::remedy::next;
use serde_json::json;
use switchback_api::{Failure, failure::Refused};
use switchback_engine::clock::format_time;
use switchback_people::not_in::Stop;

/// Says aloud why somebody is not let in.
pub fn let_in(stop: Stop) -> Failure {
    match stop {
        Stop::Fault(fault) => said(fault.into()),
        Stop::NotIn(no) => {
            let (hint, remedy) = next(&no.remedy);
            let details = match no.until {
                Some(until) => json!({ "until": format_time(until, "UTC") }),
                None => json!({}),
            };
            Failure::Refused(Box::new(Refused { code: no.code.to_owned(), message: no.message, hint, details, remedy }))
        }
    }
}
