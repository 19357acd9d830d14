//! The engine's failures, said aloud.

use serde_json::Value;
use switchback_api::{Failure, Fault, Refused, Usage};
use switchback_core::refusal::Refusal;
use switchback_engine::failure::Failure as EngineFailure;

/// Says a failure aloud.
pub fn said(failure: EngineFailure) -> Failure {
    match failure {
        EngineFailure::Refused(refusal) => Failure::Refused(Box::new(refused(&refusal))),
        EngineFailure::Fault(fault) => {
            Failure::Fault(Fault { code: fault.code.to_owned(), message: fault.message, hint: fault.hint })
        }
        EngineFailure::Defect(defect) => Failure::Usage(Usage {
            code: "configuration".to_owned(),
            message: defect.to_string(),
            hint: defect.hint.clone(),
        }),
    }
}

/// Says a refusal aloud.
pub fn refused(refusal: &Refusal) -> Refused {
    Refused {
        code: refusal.code.as_str().to_owned(),
        message: refusal.message.clone(),
        hint: refusal.hint.clone(),
        details: Value::clone(&refusal.details),
    }
}
