//! Forgetting what is of no use any more.

use crate::world::{OFFICE, World, at, no};
use switchback_core::ports::people::idempotency::{Claim, Claimed, Idempotency};
use switchback_core::words::names::UserName;
use switchback_people::fingerprint;
use switchback_people::invitation::choose_password;
use switchback_people::session::who;
use switchback_people::sign_in::LIMITS;
use switchback_people::sweep::{Swept, sweep};

#[test]
fn only_what_is_over_is_forgotten() {
    let world = World::of(&["ann"]);
    let signed_in = world.signed_in("ann", 0);
    choose_password(&world.people, &UserName::new("ann"), at(0)).unwrap().unwrap();
    let claim =
        Claim { person: UserName::new("ann"), key: "k".into(), request: fingerprint::of(&[b"POST"]), at: at(0) };
    assert_eq!(world.people.claim(&claim).unwrap(), Claimed::New);
    no(world.knock("ann", "mistyped it", OFFICE, 0));
    let swept = |minute| sweep(&world.people, &LIMITS, at(minute)).unwrap();
    assert_eq!(swept(59), Swept::default());
    assert_eq!(swept(61), Swept { attempts: 1, ..Swept::default() });
    assert!(who(&world.people, signed_in.secret.reveal(), at(61)).is_ok());
    let expected = Swept { sessions: 1, invitations: 1, attempts: 0, claims: 1 };
    assert_eq!(swept(24 * 60 + 1), expected);
}
