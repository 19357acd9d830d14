//! Mail that was asked for where nobody sends any: said on the record, not left to silence.

use crate::ledger::entry::Event;
use crate::ledger::plan::Plan;
use crate::ports::outbox::Mail;
use crate::records::promotion::Promotion;
use crate::words::warning::Warning;

/// The code of the warning.
pub const CODE: &str = "mail-not-set-up";

/// Whether a plan writes a promotion that asks to be told of by mail and has yet to end.
pub fn asks_for_mail(plan: &Plan) -> bool {
    asking(plan).next().is_some()
}

/// The same plan, with a warning for each promotion that asks for mail nobody would send.
#[must_use]
pub fn warned(mut plan: Plan, mail: Mail) -> Plan {
    if mail == Mail::NotSetUp {
        let warnings: Vec<_> = asking(&plan).map(warning).collect();
        plan.warnings.extend(warnings);
    }
    plan
}

fn asking(plan: &Plan) -> impl Iterator<Item = &Promotion> {
    let written = plan.events.iter().filter_map(|event| match event {
        Event::Promotion(promotion) => Some(&**promotion),
        _ => None,
    });
    written.filter(|promotion| promotion.options.email_on_complete && promotion.status.is_under_way())
}

fn warning(promotion: &Promotion) -> Warning {
    let message = format!(
        "{} is to tell {} by mail when its deployment is complete, and nobody sends mail for this pipeline",
        promotion.id, promotion.owner
    );
    Warning::of(CODE, message).mended_by("serve the pipeline with a mail server in the server's configuration")
}
