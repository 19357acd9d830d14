//! Those who are elsewhere: whether they answer and let this program in, and how long that takes. Nothing is sent to them,
//! and no address is told that may be secret.

use super::{Found, Looked, Subject, remedy};
use crate::notices::ways::Means;
use std::fmt::Display;
use std::time::Instant;
use switchback_engine::clock::Clock;

/// Asks somebody; what is said where they answer, with how long it took, or why they did not.
fn asked<E: Display>(who: &str, ask: impl FnOnce() -> Result<(), E>, step: &str) -> Found {
    let began = Instant::now();
    match ask() {
        Ok(()) => Found::good(format!("{who} answers, in {} ms", began.elapsed().as_millis())),
        Err(why) => Found::fault(format!("{who} does not answer as it should: {why}"), step),
    }
}

/// The remote that the branches are on: read from it, and come to it as if to push.
pub fn remote(Subject { desk, .. }: &Subject<'_>) -> Looked {
    let began = Instant::now();
    Ok(match desk.knock() {
        Ok(None) => Vec::new(),
        Ok(Some(address)) => {
            let took = began.elapsed().as_millis();
            vec![Found::good(format!("the remote {address} answers and lets this program in to push, in {took} ms"))]
        }
        Err(fault) => vec![Found::fault(fault.message.clone(), remedy(&fault.into()))],
    })
}

/// The mail server: greeted, with whatever lets mail be handed in, and left again.
pub fn mail(means: &Means) -> Looked {
    let mailer = means.settings.mail.iter();
    let step = "see `[mail]` in the server's configuration, and that the mail server runs";
    Ok(mailer.map(|mailer| asked("the mail server", || mailer.greet(), step)).collect())
}

/// The hosts that webhooks go to.
pub fn webhooks(means: &Means) -> Looked {
    let step = "see that its host runs, and that `[network] allow` lets it be called";
    let one = |hook: &crate::settings::Hook| {
        asked(&format!("the host of the webhook {}", hook.name), || means.webhooks.greet(&hook.receiver), step)
    };
    Ok(means.settings.webhooks.iter().map(one).collect())
}

/// The providers of identities: each is asked for what it says of itself, and for its keys.
pub fn providers(means: &Means) -> Looked {
    let now = Clock::from_surroundings()?.now().0;
    let step = "see that it runs, and `issuer` and `ca` in the server's configuration";
    let one = |known: &std::sync::Arc<crate::settings::OutsideProvider>| {
        let provider = &known.provider;
        asked(&format!("the provider {}", provider.name()), || provider.greet(now), step)
    };
    Ok(means.settings.providers.iter().map(one).collect())
}

/// The collector of traces.
pub fn collector(means: &Means) -> Looked {
    let step = "see that it runs, and `[telemetry] endpoint` or OTEL_EXPORTER_OTLP_ENDPOINT";
    let named = means.settings.collector();
    Ok(named
        .iter()
        .map(|collector| asked("the collector of traces", || switchback_telemetry::greet(collector), step))
        .collect())
}
