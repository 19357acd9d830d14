//! API tokens.

use crate::render::page::{Page, minute};
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use switchback_api::verbs::token::{State, Token, TokenMade, Tokens};

/// One line each.
pub fn list(view: &Tokens, page: &mut Page) {
    if view.tokens.is_empty() {
        page.line("No tokens.");
        return;
    }
    let mut table = Table::new(["", "ID", "Name", "For", "Reach", "State", "Expires", "Used"]);
    for token in &view.tokens {
        let (sign, tone, word) = match token.state {
            State::Active => ("✓", Tone::Good, "active"),
            State::Expired => ("✗", Tone::Dim, "expired"),
            State::Revoked => ("✗", Tone::Bad, "revoked"),
        };
        table.row([
            Cell::toned(sign, tone),
            (&token.id).into(),
            (&token.name).into(),
            (&token.user).into(),
            reach(token).into(),
            Cell::toned(word, tone),
            minute(&token.expires).into(),
            token.used.as_deref().map(minute).into(),
        ]);
    }
    page.table(&table);
}

/// One that was made. Its secret stands on a line of its own.
pub fn made(view: &TokenMade, page: &mut Page) {
    let TokenMade { token, secret } = view;
    let until = minute(&token.expires);
    page.line(format!(
        "{} Token {} ({}) acts for {} until {until} UTC.",
        Tone::Good.paint("✓"),
        token.id,
        token.name,
        token.user
    ));
    page.line(format!("It reaches {}.", reach(token)));
    match secret {
        Some(secret) => {
            page.line("Its secret, for `SWITCHBACK_TOKEN`; it is shown once:");
            page.line(secret.reveal());
        }
        None => page.line(format!(
            "Its secret went with an answer that got lost: take it back with `switchback token revoke {}`, and make another.",
            token.id
        )),
    }
}

/// One that was taken back.
pub fn revoked(token: &Token, page: &mut Page) {
    let done = Tone::Good.paint("✓");
    page.line(format!("{done} Token {} ({}) of {} was taken back.", token.id, token.name, token.user));
}

/// `deploy, record; on QA; of acme; only plans`.
fn reach(token: &Token) -> String {
    let limits = [
        Some(token.privileges.join(", ")).filter(|said| !said.is_empty()),
        limit("on", &token.stages),
        limit("of", &token.pipelines),
        token.plan_only.then(|| "only plans".to_owned()),
    ];
    let said: Vec<_> = limits.into_iter().flatten().collect();
    if said.is_empty() { "all that its person may".to_owned() } else { said.join("; ") }
}

fn limit(word: &str, names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| format!("{word} {}", names.join(", ")))
}
