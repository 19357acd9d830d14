//! A program that was built without sending spans: a collector that is named is refused, and nothing else differs.

use crate::collector::Collector;
use tracing::{Span, Subscriber};
use tracing_subscriber::layer::{Identity, Layer};

/// Nobody collects spans.
pub fn is_collected() -> bool {
    false
}

/// Nothing that sends.
#[derive(Clone, Debug, Default)]
pub struct Traces;

impl Traces {
    /// Nobody can be sent anything.
    ///
    /// # Errors
    /// Always.
    pub fn begin(_to: &Collector) -> Result<Self, String> {
        Err("this program was built without OpenTelemetry (the feature `otlp`)".to_owned())
    }

    /// Nothing hears of spans.
    pub fn layer<S: Subscriber>(&self) -> Option<impl Layer<S> + use<S>> {
        None::<Identity>
    }

    /// Nothing is left to be sent.
    pub fn end(&self) {}
}

/// Nobody can be asked.
///
/// # Errors
/// Always.
pub fn greet(_to: &Collector) -> Result<(), String> {
    Err("this program was built without OpenTelemetry (the feature `otlp`)".to_owned())
}

/// Nobody is told what a span is a part of.
pub fn continue_from(_span: &Span, _header: &dyn Fn(&str) -> Option<String>) {}

/// A place among spans that are not sent.
#[derive(Clone, Debug)]
pub struct Place;

/// There is none.
pub fn place(_span: &Span) -> Option<Place> {
    None
}

/// Nobody is told what follows from what.
pub fn link(_span: &Span, _to: &Place) {}
