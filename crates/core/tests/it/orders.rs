//! In which order changes move does not matter: once a stage holds the same changes as its source on a path, the path is
//! the same (`SPEC P11`, `L5`), and holds what each of them meant, whatever merged them. Tried on random histories of a
//! branch in use: every change is cut from what DEV holds by then, so that each may build on any before it, or from what
//! was there at first, so that two may say the same; and some are fixes made above, which come down later, or never.

use crate::deeds::{Deed, Maker, shortened};
use crate::played::{Orders, STAGES};
use crate::tries::tries;
use proptest::test_runner::RngSeed;

impl Orders {
    /// What somebody does next.
    fn next(&mut self, maker: &mut Maker, nth: usize) -> Deed {
        let deed = match maker.dice.throw(10) {
            0 | 5 => {
                let from = maker.dice.throw(2);
                let all = self.lacks(from);
                maker.dice.one_of(all).map(|nth| Deed::Promote(nth, from, maker.side()))
            }
            1 | 6 => {
                let down = maker.dice.throw(4) % 3;
                let there = self.holds(["QA", "PROD", "PROD"][down]);
                let all: Vec<usize> =
                    (0..self.keys.len()).filter(|nth| self.key(*nth).is_some_and(|key| there.contains(&key))).collect();
                maker.dice.one_of(all).map(|nth| Deed::Demote(nth, down, maker.along()))
            }
            7 => {
                let stage = 1 + maker.dice.throw(2);
                Some(Deed::Fix(nth, stage, maker.fixes(&self.files(STAGES[stage]))))
                    .filter(|_| maker.dice.throw(2) == 0)
            }
            8 => {
                let ends = [(1, 0), (2, 1), (2, 0)][maker.dice.throw(3)];
                let (from, to) = (self.holds(STAGES[ends.0]), self.holds(STAGES[ends.1]));
                let goes = |nth: &usize| self.key(*nth).is_some_and(|key| from.contains(&key) && !to.contains(&key));
                let all: Vec<usize> = (0..self.keys.len()).filter(goes).collect();
                maker.dice.one_of(all).map(|nth| Deed::Back(nth, ends, maker.side()))
            }
            9 => {
                let all: Vec<usize> = self.branched.keys().copied().collect();
                let one = maker.dice.one_of(all);
                one.map(|nth| match maker.dice.throw(2) {
                    0 => Deed::Revise(nth, maker.fixes(&self.branched[&nth])),
                    _ => Deed::Rework(nth, maker.edits_apart(&self.first)),
                })
            }
            2 => Some(Deed::Branch(nth, maker.edits_apart(&self.first))).filter(|_| maker.dice.throw(2) == 0),
            _ => None,
        };
        deed.unwrap_or_else(|| Deed::Push(nth, maker.edits(&self.files("DEV"))))
    }

    /// The moves at the end: in any order, and out again, until nothing more goes.
    fn last_moves(&mut self, maker: &mut Maker) -> Vec<Deed> {
        let mut deeds = Vec::new();
        for from in [0, 0, 1, 1] {
            let mut all: Vec<usize> = (0..self.keys.len()).collect();
            while !all.is_empty() {
                let nth = all.swap_remove(maker.dice.throw(all.len()));
                deeds.push(Deed::Promote(nth, from, maker.side()));
            }
        }
        deeds
    }
}

/// What some deeds come to: what is wrong then, with the whole story.
fn played(deeds: &[Deed]) -> Result<Orders, (String, String)> {
    let mut orders = Orders::begun();
    for deed in deeds {
        if let Err(wrong) = orders.does(deed) {
            return Err((wrong, orders.told()));
        }
    }
    Ok(orders)
}

/// The shortest history found that is wrong too, as a story.
fn smallest(deeds: Vec<Deed>) -> String {
    match played(&shortened(deeds, |deeds| played(deeds).is_err())) {
        Err((wrong, told)) => format!("{wrong}\nafter\n{told}"),
        Ok(_) => String::new(),
    }
}

/// A random history, and what it came to.
fn random(seed: u64) -> Result<Orders, Vec<Deed>> {
    let (mut maker, mut orders, mut deeds) = (Maker::new(seed), Orders::begun(), Vec::new());
    for nth in 0..8 + maker.dice.throw(14) {
        deeds.push(orders.next(&mut maker, nth));
        if orders.does(&deeds[nth]).is_err() {
            return Err(deeds);
        }
    }
    for deed in orders.last_moves(&mut maker) {
        let went = orders.does(&deed);
        deeds.push(deed);
        if went.is_err() {
            return Err(deeds);
        }
    }
    Ok(orders)
}

/// Which ones, and how many.
fn chosen() -> (u64, u32) {
    let tries = tries(96);
    let RngSeed::Fixed(seed) = tries.rng_seed else { return (11, tries.cases) };
    (seed, tries.cases)
}

#[test]
fn any_order_of_moves_ends_in_the_tree_of_the_source() {
    let (seed, cases) = chosen();
    let (mut done, mut conflicted, mut moved, mut apart) = (0, 0, 0, 0);
    let mut wrong = Vec::new();
    for case in 0..cases {
        let mut orders = match random(seed.wrapping_mul(0x1_0000).wrapping_add(case.into())) {
            Ok(orders) => orders,
            Err(deeds) => {
                wrong.push(format!("history {case}: {}", smallest(deeds)));
                if wrong.len() >= 5 {
                    break;
                }
                continue;
            }
        };
        moved += orders.holds("QA").len() + orders.holds("PROD").len();
        conflicted += orders.conflicted;
        apart += orders.apart;
        if orders.lacks(0).is_empty() && orders.lacks(1).is_empty() {
            done += 1;
        }
    }
    println!(
        "{done} of {cases} ended with everything there, {moved} changes moved, {conflicted} promotions conflicted, \
         {apart} paths were left apart above a removal"
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(done * 10 >= cases * 8, "{done} of {cases} ended with everything there");
}
