//! Subscriptions.

use crate::render::page::Page;
use crate::render::table::Table;
use switchback_api::verbs::subscription::{Subscribed, Subscription, Subscriptions};

/// One line each.
pub fn list(view: &Subscriptions, page: &mut Page) {
    if view.subscriptions.is_empty() {
        page.line("No subscriptions.");
        return;
    }
    let mut table = Table::new(["Who", "Pipeline", "Of"]);
    for one in &view.subscriptions {
        table.row([(&one.user).into(), (&one.pipeline).into(), kinds(one).into()]);
    }
    page.table(&table);
}

/// One that was made.
pub fn added(view: &Subscribed, page: &mut Page) {
    let Subscribed { subscription, warnings } = view;
    page.line(format!(
        "{} is told by mail of {} in {}.",
        subscription.user,
        kinds(subscription),
        subscription.pipeline
    ));
    page.warnings(warnings);
}

/// One that was taken back.
pub fn removed(view: &Subscribed, page: &mut Page) {
    page.line(format!("{} is told of {} no more.", view.subscription.user, view.subscription.pipeline));
}

fn kinds(subscription: &Subscription) -> String {
    if subscription.kinds.is_empty() { "everything".to_owned() } else { subscription.kinds.join(", ") }
}
