//! The stored form of the state is a cache's: it may change at any time, but never under the same number, because an old
//! one would be read as something else.

use crate::samples;
use std::path::Path;
use switchback_core::ledger::entry::Event;
use switchback_core::ledger::fold::Attribution;
use switchback_core::ledger::state::{Irregularity, SNAPSHOT, State};
use switchback_core::records::area_line::AreaLine;
use switchback_core::records::demotion::{Demotion, StoppedDemotion, Waiting};
use switchback_core::records::deployment::Deployment;
use switchback_core::records::receipt::ChangeIx;
use switchback_core::records::version::VersionKind;
use switchback_core::words::names::{OperationId, Seq, Time, UserName, VersionNo};

fn demotion(event: &Event) -> Option<Demotion> {
    let Event::DemotionBegun { demotion, asked, first } = event else { return None };
    Some(Demotion {
        id: *demotion,
        target: asked.to.clone(),
        demoted: Vec::new(),
        rollbacks: first.clone(),
        deployments: Vec::new(),
        by: UserName::new("ann"),
        at: Time(3),
        reason: Some("outage".into()),
        waiting: Some(Waiting { asked: (**asked).clone(), first: first.clone() }),
        stopped: vec![StoppedDemotion { changes: vec!["US-2".into()], code: "c".into(), message: "m".into() }],
    })
}

/// Something of everything a state can hold, whether it can be or not.
fn state() -> State {
    let by = UserName::new("ann");
    let told = Attribution { by: &by, at: Time(2), reason: Some("why") };
    let events: Vec<Event> = samples::events().into_iter().map(|(_, event)| event).collect();
    let mut state = samples::state();
    // Twice, because what is recorded later is needed earlier.
    for event in events.iter().chain(&events) {
        if let Ok(after) = state.after(std::slice::from_ref(event), told) {
            state = after;
        }
    }
    let mut asked: Vec<Deployment> = Vec::new();
    for event in &events {
        state.demotions.extend(demotion(event));
        match event {
            Event::Promotion(promotion) => state.promotions.push((**promotion).clone()),
            Event::Demoted { demoted, .. } => {
                state.demotions.iter_mut().for_each(|known| known.demoted.extend_from_slice(demoted));
            }
            Event::DeploymentAsked(deployment) => asked.push((**deployment).clone()),
            Event::DeploymentEnded { status, .. } => {
                state.deployments.push(Deployment { status: status.clone(), ..asked[0].clone() });
            }
            Event::VersionMade { area, version } => {
                let version = (**version).clone().renamed(&|_| Ok::<_, String>(ChangeIx(3))).unwrap();
                let line: &mut AreaLine = state.areas.entry(area.clone()).or_default();
                line.push(version);
                line.on_hold.push(ChangeIx(1));
            }
            _ => {}
        }
    }
    state.deployments.extend(asked);
    state.irregularities.push(Irregularity {
        seq: Seq(12),
        area: "qa-web".into(),
        number: VersionNo(1),
        kind: VersionKind::Baseline,
        deployment: OperationId::parse("D-1").unwrap(),
    });
    (state.seq, state.at) = (Seq(13), Time(4));
    state
}

#[test]
fn the_stored_state_changes_only_with_its_number() {
    let state = state();
    assert!(state.lines.len() + state.areas.len() > 1 && state.changes.len() == 4 && state.administrator.is_some());
    let bytes = postcard::to_stdvec(&state).unwrap();
    assert_eq!(postcard::from_bytes::<State>(&bytes).unwrap(), state);
    let line = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n";
    let hex: String = bytes.chunks(32).map(line).collect();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/state.{SNAPSHOT}.hex"));
    let pinned = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        pinned == hex,
        "a state is stored otherwise than under the number {SNAPSHOT}: raise `SNAPSHOT`, and pin as {}\n{hex}",
        file.display()
    );
}
