//! What is told where an edit comes to nothing, or conflicts, for lack of what it was made on (`SPEC P11`, `X1`).

use crate::compose::carry::Voided;
use crate::ledger::snapshot::Snapshot;
use crate::records::promotion::Promotion;
use crate::words::details::{Because, Details, LockedChange};
use crate::words::names::ChangeKey;
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::{Addition, Remedy};
use crate::words::warning::Warning;
use std::collections::BTreeMap;

/// Who lacks what on a stage, in a sentence.
pub(super) fn sentence(snapshot: &Snapshot<'_>, voided: &Voided) -> String {
    let makers: Vec<_> = voided.ground.makers.iter().map(|maker| snapshot.state.key(*maker).as_str()).collect();
    let (key, stage, path) = (snapshot.state.key(voided.change), &voided.stage, &voided.ground.path);
    format!("{key} needs {}, which {stage} lacks: it made what {key} edits in {path}", makers.join(", "))
}

/// Refuses a promotion some edits of which would come to nothing: no merge would say so.
pub(super) fn refusal(snapshot: &Snapshot<'_>, promotion: &Promotion, voided: &[Voided]) -> Refusal {
    let mut by_change: BTreeMap<&ChangeKey, Vec<Because>> = BTreeMap::new();
    for one in voided {
        let because = Because { code: Code::DependsOn.as_str(), message: sentence(snapshot, one) };
        by_change.entry(snapshot.state.key(one.change)).or_default().push(because);
    }
    let messages: Vec<_> = by_change.values().flatten().map(|because| because.message.as_str()).collect();
    let refusal = Refusal::new(Code::DependsOn, messages.join("; "), Addition::Dependencies);
    let place = |key: &ChangeKey| promotion.changes.iter().position(|chosen| chosen.change == *key);
    let locked = |(change, reasons): (&&ChangeKey, &Vec<Because>)| LockedChange {
        change: (*change).clone(),
        reasons: reasons.clone(),
    };
    let first =
        by_change.iter().filter_map(|(key, reasons)| Some((place(key)?, *key, reasons))).min_by_key(|one| one.0);
    let Some((at, change, reasons)) = first else { return refusal };
    refusal.with(Details::Locked {
        change: change.clone(),
        revision: promotion.changes[at].revision,
        position: at + 1,
        reasons: reasons.clone(),
        locked: by_change.iter().map(locked).collect(),
    })
}

/// Who made what conflicts, one sentence for each change that lacks it.
pub(super) fn of_conflicts(promotion: &Promotion) -> Vec<Warning> {
    let mut lacking: BTreeMap<&ChangeKey, Vec<&str>> = BTreeMap::new();
    for conflict in &promotion.conflicts {
        let needs = lacking.entry(&conflict.change).or_default();
        for key in &conflict.needs {
            if !needs.contains(&key.as_str()) {
                needs.push(key.as_str());
            }
        }
    }
    let warning = |(change, needs): (&ChangeKey, Vec<&str>)| {
        let sentence = format!("{change} needs {}, which {} lacks", needs.join(", "), promotion.destination);
        Warning::new(Code::DependsOn, sentence).mended_by(Remedy::RunWithDependencies { promotion: promotion.id })
    };
    lacking.into_iter().map(warning).collect()
}
