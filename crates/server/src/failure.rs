//! The engine's failures, said aloud.

use serde_json::Value;
use switchback_api::failure::FilePosition;
use switchback_api::{Failure, Fault, Refused, Usage};
use switchback_core::words::refusal::{Code, Refusal};
use switchback_engine::failure::EngineFailure;

/// Says a failure aloud.
pub fn said(failure: EngineFailure) -> Failure {
    match failure {
        EngineFailure::Refused(refusal) => Failure::Refused(Box::new(refused(&refusal))),
        EngineFailure::Fault(fault) => {
            Failure::Fault(Fault { code: fault.code.to_owned(), message: fault.message, hint: fault.hint })
        }
        EngineFailure::Defect(defect) if defect.code == Code::NotInitialized.as_str() => {
            let defect = *defect;
            Failure::Refused(Box::new(refused(&Refusal::new(Code::NotInitialized, defect.message, defect.hint))))
        }
        EngineFailure::Defect(defect) => Failure::Usage(Usage {
            code: "configuration".to_owned(),
            message: defect.placed(),
            hint: defect.hint.clone(),
            place: Some(Box::new(FilePosition {
                file: defect.file.display().to_string(),
                line: defect.line,
                column: defect.column,
                snippet: defect.snippet.clone(),
            })),
        }),
    }
}

/// Says a fault aloud that what was typed has caused.
pub fn typed(fault: switchback_core::words::fault::Fault) -> Failure {
    Failure::Usage(Usage { code: fault.code.to_owned(), message: fault.message, hint: fault.hint, place: None })
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
