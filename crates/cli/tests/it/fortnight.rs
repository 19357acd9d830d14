//! A fortnight of a made-up company: several people who promote, demote and deploy with the tool, while others push,
//! revert, merge and rewrite beside it, edit and lose areas, collect garbage, and pull the plug. After each step what
//! the tool says is compared with what git and the disk say, by a judge that knows no rule of the tool.
//!
//! `SWITCHBACK_FORTNIGHT=SEED:STEPS` plays another one; a failure prints the diary, which tells how to play it again.

mod acts;
mod beside;
mod company;
mod judge;

use company::Company;

/// Played by everybody: enough of everything in a minute.
const PLAYED: [(u64, usize); 2] = [(7, 130), (23, 130)];

fn play(seed: u64, steps: usize) {
    let mut company = Company::founded(seed);
    for step in 1..=steps {
        company.next_step(step);
        acts::any(&mut company);
        judge::judge(&mut company);
        if step % 10 == 0 || step == steps {
            judge::verify(&company);
        }
    }
    company.close_the_books();
}

#[test]
fn the_first_company_is_told_the_truth_at_every_step() {
    play(PLAYED[0].0, PLAYED[0].1);
}

#[test]
fn the_second_company_is_told_the_truth_at_every_step() {
    play(PLAYED[1].0, PLAYED[1].1);
}

#[test]
fn the_company_of_a_chosen_seed_is_told_the_truth_at_every_step() {
    let Ok(chosen) = std::env::var("SWITCHBACK_FORTNIGHT") else { return };
    let (seed, steps) = chosen.split_once(':').expect("SEED:STEPS");
    play(seed.parse().expect("a seed"), steps.parse().expect("a number of steps"));
}
