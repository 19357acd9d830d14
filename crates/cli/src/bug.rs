//! A panic is a mistake of Switchback's own. It is caught at the door and said like any other failure.

use std::any::Any;
use std::panic::{self, PanicHookInfo};
use std::sync::{Mutex, PoisonError};
use switchback_api::{Bug, Failure};

/// Where the last panic happened, as its hook saw it.
static PLACE: Mutex<Option<String>> = Mutex::new(None);

/// From now on a panic prints nothing by itself: the door says it, as text or as JSON.
pub fn quiet_panics() {
    panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        let place = info.location().map(ToString::to_string);
        *PLACE.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }));
}

/// What a caught panic is called.
pub fn failure(payload: &(dyn Any + Send)) -> Failure {
    let said = payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied());
    Failure::bug(said.unwrap_or("it stopped without a word"))
}

/// A failure with what helps to mend it, when it is a bug: where it was, if that is known, and what stays.
pub fn explained(failure: Failure) -> Failure {
    let Failure::Bug(Bug { message }) = failure else { return failure };
    let place = PLACE.lock().unwrap_or_else(PoisonError::into_inner).take();
    let place = place.map(|place| format!(" (at {place})")).unwrap_or_default();
    let message = format!("{message}{place}; what was committed stands, and the next command finishes it");
    Failure::Bug(Bug { message })
}
