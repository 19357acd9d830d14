//! What every database of people must do about attempts to sign in and keys of requests.

use super::people_contract::{Open, Part, print};
use std::sync::Barrier;
use std::thread;
use switchback_core::ports::people::People;
use switchback_core::ports::people::attempts::{Admission, Attempt, Limit, Limits};
use switchback_core::ports::people::idempotency::{Answer, Claim, Claimed, KEPT_FOR};
use switchback_core::words::names::{Time, UserName};

/// The contract, by name.
pub const CONTRACT: &[(&str, Part)] = &[
    ("a pair of name and address is limited", a_pair_is_limited),
    ("an address is limited", an_address_is_limited),
    ("the window slides", the_window_slides),
    ("whoever got in is forgiven", whoever_got_in_is_forgiven),
    ("those who try at once get no more", those_who_try_at_once_get_no_more),
    ("a key means one request", a_key_means_one_request),
    ("a key is given back", a_key_is_given_back),
    ("a key is forgotten after a day", a_key_is_forgotten_after_a_day),
    ("one of many claims a key", one_of_many_claims_a_key),
];

const LIMITS: Limits = Limits { pair: Limit { most: 3, within: 100 }, address: Limit { most: 5, within: 1000 } };

fn attempt(people: &dyn People, who: u8, address: &str, at: i64) -> Admission {
    let attempt = Attempt { who: print(who), address: address.into(), at: Time(at) };
    people.begin_attempt(&attempt, &LIMITS).unwrap()
}

fn until(at: i64) -> Admission {
    Admission::Limited { until: Time(at) }
}

fn a_pair_is_limited(open: &Open<'_>) {
    let people = open();
    for at in [10, 20, 30] {
        assert_eq!(attempt(&*people, 1, "here", at), Admission::Admitted);
    }
    assert_eq!(attempt(&*open(), 1, "here", 31), until(110));
    assert_eq!(attempt(&*people, 1, "there", 31), Admission::Admitted, "a stranger locks nobody out");
    assert_eq!(attempt(&*people, 2, "here", 31), Admission::Admitted);
    let closed = Limits { pair: Limit { most: 0, within: 100 }, ..LIMITS };
    let attempt = Attempt { who: print(9), address: "elsewhere".into(), at: Time(40) };
    assert_eq!(people.begin_attempt(&attempt, &closed).unwrap(), until(140), "who lets none in says so");
}

fn an_address_is_limited(open: &Open<'_>) {
    let people = open();
    for who in 1..=5 {
        assert_eq!(attempt(&*people, who, "here", 10 * i64::from(who)), Admission::Admitted);
    }
    assert_eq!(attempt(&*people, 6, "here", 60), until(1010));
    assert_eq!(attempt(&*people, 6, "there", 60), Admission::Admitted);
    for at in [60, 61] {
        assert_eq!(attempt(&*people, 6, "there", at), Admission::Admitted);
    }
    assert_eq!(attempt(&*people, 6, "there", 62), until(160), "each limit by itself");
}

fn the_window_slides(open: &Open<'_>) {
    let people = open();
    for at in [10, 20, 30] {
        assert_eq!(attempt(&*people, 1, "here", at), Admission::Admitted);
    }
    for at in [40, 109] {
        assert_eq!(attempt(&*people, 1, "here", at), until(110), "what was not let through is not counted");
    }
    assert_eq!(attempt(&*people, 1, "here", 110), Admission::Admitted);
    assert_eq!(attempt(&*people, 1, "here", 111), until(120));
    assert_eq!(people.forget_attempts(Time(30)).unwrap(), 2);
    assert_eq!(attempt(&*people, 1, "here", 112), Admission::Admitted);
}

fn whoever_got_in_is_forgiven(open: &Open<'_>) {
    let people = open();
    for who in [1, 1, 1, 2, 2] {
        assert_eq!(attempt(&*people, who, "here", 10), Admission::Admitted);
    }
    assert_eq!(attempt(&*people, 3, "here", 11), until(1010));
    people.forgive_attempts(&print(1), "there").unwrap();
    assert_eq!(attempt(&*people, 1, "here", 11), until(1010));
    people.forgive_attempts(&print(1), "here").unwrap();
    assert_eq!(attempt(&*people, 1, "here", 12), Admission::Admitted);
    assert_eq!(attempt(&*people, 2, "here", 12), Admission::Admitted);
    assert_eq!(attempt(&*people, 2, "here", 12), until(110), "who guesses at another stays counted");
}

fn those_who_try_at_once_get_no_more(open: &Open<'_>) {
    let together = Barrier::new(8);
    let admitted = thread::scope(|scope| {
        let tries: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let people = open();
                    together.wait();
                    attempt(&*people, 1, "here", 10)
                })
            })
            .collect();
        tries.into_iter().map(|tried| tried.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(admitted.iter().filter(|admission| **admission == Admission::Admitted).count(), 3, "{admitted:?}");
}

fn claim(key: &str, request: u8, at: i64) -> Claim {
    Claim { person: UserName::new("ann"), key: key.into(), request: print(request), at: Time(at) }
}

fn answer(body: &[u8]) -> Answer {
    Answer { status: 201, headers: b"location: /x\r\n".to_vec(), body: body.to_vec() }
}

fn a_key_means_one_request(open: &Open<'_>) {
    let people = open();
    let first = claim("k", 1, 100);
    assert_eq!(people.claim(&first).unwrap(), Claimed::New);
    assert_eq!(open().claim(&claim("k", 1, 110)).unwrap(), Claimed::Running { since: Time(100) });
    assert_eq!(people.claim(&claim("k", 2, 110)).unwrap(), Claimed::Other);
    assert_eq!(people.claim(&claim("other", 1, 110)).unwrap(), Claimed::New);
    let bobs = Claim { person: UserName::new("bob"), ..claim("k", 2, 110) };
    assert_eq!(people.claim(&bobs).unwrap(), Claimed::New, "keys are each person's own");
    assert!(!people.answered(&claim("k", 1, 110), &answer(b"not mine")).unwrap());
    assert!(people.answered(&first, &answer(&[0, 255])).unwrap());
    assert!(!people.answered(&first, &answer(b"again")).unwrap() && !people.release(&first).unwrap());
    assert_eq!(open().claim(&claim("k", 1, 120)).unwrap(), Claimed::Same(answer(&[0, 255])));
    assert_eq!(people.claim(&claim("k", 2, 120)).unwrap(), Claimed::Other);
    assert!(people.answered(&bobs, &answer(b"")).unwrap());
    assert_eq!(people.claim(&Claim { at: Time(130), ..bobs }).unwrap(), Claimed::Same(answer(b"")));
}

fn a_key_is_given_back(open: &Open<'_>) {
    let people = open();
    let first = claim("k", 1, 100);
    assert_eq!(people.claim(&first).unwrap(), Claimed::New);
    assert!(!people.release(&claim("k", 1, 110)).unwrap(), "it is another's");
    assert!(people.release(&first).unwrap() && !people.release(&first).unwrap());
    let second = claim("k", 2, 120);
    assert_eq!(people.claim(&second).unwrap(), Claimed::New);
    assert!(!people.answered(&first, &answer(b"late")).unwrap(), "the key is not its any more");
    assert!(people.answered(&second, &answer(b"")).unwrap());
}

fn a_key_is_forgotten_after_a_day(open: &Open<'_>) {
    let people = open();
    for (key, at) in [("k", 100), ("running", 100), ("young", 200)] {
        let claim = claim(key, 1, at);
        assert_eq!(people.claim(&claim).unwrap(), Claimed::New);
        assert!(key == "running" || people.answered(&claim, &answer(b"")).unwrap());
    }
    assert_eq!(people.claim(&claim("k", 1, 100 + KEPT_FOR)).unwrap(), Claimed::Same(answer(b"")));
    assert_eq!(people.claim(&claim("k", 2, 101 + KEPT_FOR)).unwrap(), Claimed::New);
    assert_eq!(people.forget_claims(Time(200)).unwrap(), 1);
    assert_eq!(people.claim(&claim("young", 1, 210)).unwrap(), Claimed::Same(answer(b"")));
    assert_eq!(people.claim(&claim("running", 2, 210)).unwrap(), Claimed::New);
}

fn one_of_many_claims_a_key(open: &Open<'_>) {
    // Opened before: who waits for others waits in vain for one that cannot be opened.
    let (together, all) = (Barrier::new(8), (0..8).map(|_| open()).collect::<Vec<_>>());
    let claimed = thread::scope(|scope| {
        let tries: Vec<_> = (0..)
            .zip(&all)
            .map(|(number, people)| {
                let together = &together;
                scope.spawn(move || {
                    together.wait();
                    people.claim(&claim("k", 1, 100 + number)).unwrap()
                })
            })
            .collect();
        tries.into_iter().map(|tried| tried.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(claimed.iter().filter(|claimed| **claimed == Claimed::New).count(), 1, "{claimed:?}");
    assert!(claimed.iter().all(|claimed| matches!(claimed, Claimed::New | Claimed::Running { .. })), "{claimed:?}");
}
