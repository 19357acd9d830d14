//! The engine's failures, said aloud.

use crate::views::remedy::next;
use serde_json::json;
use switchback_api::failure::FilePosition;
use switchback_api::{Failure, Fault, Refused, Usage};
use switchback_core::words::refusal::{Code, Refusal};
use switchback_core::words::remedy::Remedy;
use switchback_engine::failure::EngineFailure;

/// Says a failure aloud.
pub fn said(failure: EngineFailure) -> Failure {
    match failure {
        EngineFailure::Refused(refusal) => Failure::Refused(Box::new(refused(&refusal))),
        EngineFailure::Fault(fault) => {
            let (hint, remedy) = next(&fault.remedy);
            Failure::Fault(Fault { code: fault.code.to_owned(), message: fault.message, hint, remedy })
        }
        EngineFailure::Defect(defect) if defect.code == Code::NotInitialized.as_str() => {
            let defect = *defect;
            Failure::Refused(Box::new(refused(&Refusal::new(Code::NotInitialized, defect.message, *defect.remedy))))
        }
        EngineFailure::Defect(defect) => Failure::Usage(Usage {
            code: "configuration".to_owned(),
            message: defect.placed(),
            hint: next(&defect.remedy).0,
            remedy: next(&defect.remedy).1,
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
    let (hint, remedy) = next(&fault.remedy);
    Failure::Usage(Usage { code: fault.code.to_owned(), message: fault.message, hint, remedy, place: None })
}

/// A "no" of the server itself, which no rule of a pipeline says.
pub fn no(code: &'static str, message: impl Into<String>, step: impl Into<Remedy>) -> Failure {
    let (hint, remedy) = next(&step.into());
    Failure::Refused(Box::new(Refused {
        code: code.to_owned(),
        message: message.into(),
        hint,
        details: json!({}),
        remedy,
    }))
}

/// Says a refusal aloud.
pub fn refused(refusal: &Refusal) -> Refused {
    let (hint, remedy) = next(&refusal.remedy);
    Refused {
        code: refusal.code.as_str().to_owned(),
        message: refusal.message.clone(),
        hint,
        details: json!(refusal.details),
        remedy,
    }
}

/// A failure of the engine, as it is said aloud; `?` does this in routes.
pub trait Said<T> {
    /// Says it.
    ///
    /// # Errors
    /// What the engine failed with.
    fn said(self) -> Result<T, Failure>;
}

impl<T, E: Into<EngineFailure>> Said<T> for Result<T, E> {
    fn said(self) -> Result<T, Failure> {
        self.map_err(|failure| said(failure.into()))
    }
}
