//! What an operation answers.

use crate::render::page::Page;
use crate::render::{done, plan};
use switchback_api::{Answer, Operation, Preview};

/// What was done, or what would be.
pub fn answer(answer: &Answer<Operation, Preview>, page: &mut Page) {
    match answer {
        Answer::Done(operation) => done::text(operation, page),
        Answer::Plan(planned) => plan::text(planned, page),
    }
}
