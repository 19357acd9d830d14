//! People, and what they choose a password with.

use crate::render::page::{Page, minute};
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use switchback_api::verbs::user::{Account, Invited, State, User, Users};

/// One line each.
pub fn list(view: &Users, page: &mut Page) {
    if view.users.is_empty() {
        page.line("Nobody yet: `switchback user add` adds somebody.");
        return;
    }
    let mut table = Table::new(["", "Name", "Display name", "E-mail", "State", "Groups"]);
    for user in &view.users {
        let account = user.account.as_ref();
        let (sign, tone, word) = account.map_or(("", Tone::Plain, ""), state);
        table.row([
            Cell::toned(sign, tone),
            (&user.name).into(),
            (&user.display_name).into(),
            account.and_then(|account| account.email.as_deref()).unwrap_or_default().into(),
            Cell::toned(word, tone),
            account.map(|account| account.groups.join(", ")).unwrap_or_default().into(),
        ]);
    }
    page.table(&table);
}

/// One person.
pub fn show(user: &User, page: &mut Page) {
    page.line(Tone::Strong.paint(&user.name));
    page.fact("shown as", Some(&user.display_name));
    let Some(account) = &user.account else { return };
    page.fact("e-mail", account.email.as_ref());
    let (sign, tone, word) = state(account);
    page.fact("state", Some(tone.paint(format!("{sign} {word}"))));
    page.fact("groups", Some(account.groups.join(", ")).filter(|groups| !groups.is_empty()));
    let identity = account.identity.as_ref();
    page.fact("at a provider", identity.map(|identity| format!("{} at {}", identity.subject, identity.issuer)));
    page.fact("added", Some(minute(&account.created)));
}

/// Somebody who was added.
pub fn added(view: &Invited, page: &mut Page) {
    let what = match &view.user.account {
        Some(account) if account.administrator => ", who runs this server",
        _ => "",
    };
    page.line(format!("{} Added {}{what}.", Tone::Good.paint("✓"), named(&view.user)));
    invited(view, page);
}

/// Somebody who may choose another password.
pub fn reset(view: &Invited, page: &mut Page) {
    page.line(format!("{} {} may choose another password.", Tone::Good.paint("✓"), named(&view.user)));
    invited(view, page);
}

/// Somebody who does not come in any more.
pub fn disabled(user: &User, page: &mut Page) {
    page.line(format!("{} {} does not come in any more, by no way.", Tone::Good.paint("✓"), named(user)));
}

/// Somebody who comes in again.
pub fn enabled(user: &User, page: &mut Page) {
    page.line(format!("{} {} may come in again.", Tone::Good.paint("✓"), named(user)));
}

fn invited(view: &Invited, page: &mut Page) {
    let name = &view.user.name;
    let Some(expires) = &view.expires else {
        page.line(format!("{name} comes in by a provider: passwords are for those alone who run this server."));
        return;
    };
    let Some(secret) = &view.secret else {
        page.line(format!(
            "The secret went with an answer that got lost: `switchback user reset {name}` makes another."
        ));
        return;
    };
    page.line("This secret is for `switchback login`, or the server's page; it is shown once:");
    page.line(secret.reveal());
    page.line(format!("{name} chooses a password with it, once, until {} UTC.", minute(expires)));
}

/// `ann (Ann Other)`.
fn named(user: &User) -> String {
    match user.display_name == user.name {
        true => user.name.clone(),
        false => format!("{} ({})", user.name, user.display_name),
    }
}

fn state(account: &Account) -> (&'static str, Tone, &'static str) {
    match (account.state, account.has_password) {
        (State::Disabled, _) => ("✗", Tone::Bad, "disabled"),
        (State::Active, true) => ("✓", Tone::Good, "active"),
        (State::Active, false) => ("…", Tone::Warn, "active, without a password"),
    }
}
