//! The next step about an area.

use switchback_api::Remedy;
use switchback_api::remedy::{Damage, Way};

/// In a sentence.
pub(super) fn about_an_area(remedy: &Remedy, command: &str) -> String {
    match remedy {
        Remedy::SettleDrift { area } => {
            format!("look with `switchback area verify {area}`; reinstate with `{command}`, or set `on_drift`")
        }
        Remedy::SettlePlace { area, ways } => settle_place(area, ways),
        Remedy::ShowKept { .. } => format!("see what is kept with `{command}`"),
        Remedy::RepairArea { after, .. } => repair(*after, command),
        Remedy::MakeWay { .. } => format!("move it away, or take it over as it stands with `{command}`"),
        _ => command.to_owned(),
    }
}

/// What is to be typed.
pub(super) fn in_an_area(remedy: &Remedy) -> String {
    match remedy {
        Remedy::RollBack { area, version } => format!("switchback rollback {area}@{version}"),
        Remedy::RollBackAnyway { area, version } => format!("switchback rollback {area}@{version} --anyway"),
        Remedy::SettleDrift { area } => format!("switchback area repair {area}"),
        Remedy::SettlePlace { area, ways } => {
            let typed = ways.iter().find_map(|way| way_command(*way));
            typed.map(|verb| format!("switchback area {verb} {area}")).unwrap_or_default()
        }
        Remedy::ShowKept { area } => format!("switchback area kept {area}"),
        Remedy::RepairArea { area: Some(area), .. } => format!("switchback area repair {area}"),
        Remedy::RepairArea { area: None, .. } => "switchback area repair".to_owned(),
        Remedy::MakeWay { area } => format!("switchback area adopt {area}"),
        Remedy::Populate { area } => format!("switchback area populate {area}"),
        Remedy::DeployTo { area } => format!("switchback deploy --all --area {area}"),
        _ => String::new(),
    }
}

fn repair(after: Damage, command: &str) -> String {
    match after {
        Damage::Differs => format!("reinstate it with `{command}`"),
        Damage::ListLost => format!("Run `{command}`, which rebuilds it from the last version."),
        Damage::JournalDamaged => format!("Move the journal away, then run `{command}`."),
        Damage::DocumentDamaged => format!("Restore it, or run `{command}`."),
        Damage::OtherFilter => format!("its next version follows, and `{command}` brings it level at once"),
    }
}

fn way_command(way: Way) -> Option<&'static str> {
    match way {
        Way::Repair => Some("repair"),
        Way::Adopt => Some("adopt"),
        Way::Move => Some("move"),
        Way::RestoreLedger => None,
    }
}

fn settle_place(area: &str, ways: &[Way]) -> String {
    let said = ways.iter().map(|way| match way {
        Way::Repair => format!("fill it from its newest version with `switchback area repair {area}`"),
        Way::Adopt => format!("take what stands there as a new version with `switchback area adopt {area}`"),
        Way::Move => {
            format!("name where it was moved in `switchback.toml` and follow it with `switchback area move {area}`")
        }
        Way::RestoreLedger => "put the newer copy of the ledger back".to_owned(),
    });
    match said.collect::<Vec<_>>().split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{}, or {last}", rest.join(", ")),
        None => String::new(),
    }
}

pub(super) fn roll_back_first(area: &str, versions: &[u32]) -> String {
    let names: Vec<_> = versions.iter().map(|number| format!("{area}@{number}")).collect();
    let order = if names.len() == 1 { "" } else { ", in this order" };
    format!("roll back {} first{order}", names.join(", then "))
}
