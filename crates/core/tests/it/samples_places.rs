//! Samples of the kinds of versions, and of what they tell of their place.

use crate::samples::{deployment, version};
use switchback_core::ledger::entry::Event;
use switchback_core::records::deployment::{DeploymentKind, Occasion};
use switchback_core::records::version::{Place, Version, VersionKind};

pub fn places() -> Vec<(&'static str, Event)> {
    let plain = |version| Event::VersionMade { area: "qa-web".into(), version: Box::new(version) };
    let made = |kind, at: Option<&str>| {
        let place = Some(Place { id: "6f1b2c".into(), at: at.map(str::to_owned) });
        plain(Version { kind, place, ..version() })
    };
    vec![
        ("asked-adopt", deployment(DeploymentKind::Adopt, Occasion::Explicit)),
        ("asked-move", deployment(DeploymentKind::Move, Occasion::Explicit)),
        ("version-rollback", plain(version())),
        ("version-baseline", plain(Version { kind: VersionKind::Baseline, changes: Vec::new(), ..version() })),
        ("version-deploy", plain(Version { kind: VersionKind::Deploy, ..version() })),
        ("version-repair", plain(Version { kind: VersionKind::Repair, ..version() })),
        ("version-adopt", made(VersionKind::Adopt, None)),
        ("version-move", made(VersionKind::Move, Some("../web"))),
    ]
}
