//! Looking ahead finds what carrying everything would meet, and carries no more than what may meet anything.

use crate::deeds::Dice;
use crate::play::Play;
use crate::world::{Voice, World};
use std::collections::BTreeSet;
use switchback_core::compose::carry::arriving;
use switchback_core::compose::making::Making;
use switchback_core::content::PathSet;
use switchback_core::foresee::encounter::{self, Means, Memo};
use switchback_core::records::receipt::ChangeIx;
use switchback_core::words::names::StageName;
use switchback_core::words::object::RepoPath;

type Pairs = BTreeSet<(ChangeIx, Option<ChangeIx>, RepoPath)>;

const FILES: usize = 4;

fn begun(files: usize) -> Play {
    let mut play = Play::default();
    play.line("pipeline: DEV -> QA").unwrap();
    for nth in 0..files {
        play.line(&format!("base: f{nth} = 0 . . 1 . . 2")).unwrap();
    }
    play
}

/// A change of one file: a line of it, all of it, or a new one; made on the base or on one recorded before.
fn deal(play: &mut Play, nth: usize, dice: &mut Dice) {
    let file = format!("f{}", dice.throw(FILES));
    let mut lines = ["0".to_owned(), "1".to_owned(), "2".to_owned()];
    lines[dice.throw(3)] = format!("edited{nth}");
    let edit = match dice.throw(6) {
        0 => format!("-{file}"),
        1 => format!("new{} = {nth}", dice.throw(2)),
        2 => format!("{file} > moved{nth}"),
        _ => format!("{file} = {}", lines.join(" . . ")),
    };
    let on = match nth.checked_sub(1) {
        Some(last) if dice.throw(2) == 0 => format!(" --rebase US-{}", dice.throw(last + 1)),
        _ => String::new(),
    };
    // One that changes nothing, or a file that is not there, is no change.
    let _ = play.line(&format!("change US-{nth}{on}: {edit}"));
    play.last.acknowledged = true;
}

fn found(world: &World, memo: &mut Memo) -> Pairs {
    let all = world.ask(&Voice::of("root", None), |snapshot, content| {
        let means = Means { content, beside: "", between: &|| {} };
        encounter::ahead(snapshot, means, memo).unwrap()
    });
    let paths = |one: encounter::Encounter| {
        one.conflicts.into_iter().map(move |conflict| (one.change, one.other, conflict.path)).collect::<Vec<_>>()
    };
    all.into_iter().flat_map(paths).collect()
}

/// What is met when each is carried alone, and each after each other.
fn carried(world: &World) -> Pairs {
    world.ask(&Voice::of("root", None), |snapshot, content| {
        let line = &snapshot.state.lines[&StageName::new("QA")];
        let composer = snapshot.composer(content).making(Making::Suppose);
        let numbered = snapshot.state.changes.iter().enumerate().map(|(at, change)| (ChangeIx(at as u32), change));
        let coming = numbered.filter_map(|(ix, change)| arriving(line, ix, change.latest().number));
        let coming: Vec<_> = coming.collect();
        let (mut met, mut clear) = (Pairs::new(), Vec::<PathSet>::new());
        for item in &coming {
            let conflicts = composer.carry(line.tree, item, None).unwrap().conflicts;
            let mut paths = composer.touched(item).unwrap();
            paths.retain(|path| conflicts.iter().all(|conflict| conflict.path != *path));
            clear.push(paths);
            met.extend(conflicts.into_iter().map(|conflict| (item.change, None, conflict.path)));
        }
        for (nth, one) in coming.iter().enumerate() {
            for (at, other) in coming.iter().enumerate().skip(nth + 1) {
                let scope: PathSet = clear[nth].intersection(&clear[at]).cloned().collect();
                let with_one = composer.carry(line.tree, one, Some(&scope)).unwrap().tree;
                let conflicts = composer.carry(with_one, other, Some(&scope)).unwrap().conflicts;
                let within = conflicts.into_iter().filter(|conflict| scope.contains(&conflict.path));
                met.extend(within.map(|conflict| (other.change, Some(one.change), conflict.path)));
            }
        }
        met
    })
}

#[test]
fn looking_ahead_finds_what_carrying_everything_meets() {
    let mut some = 0;
    for seed in 0..16 {
        let (mut play, mut memo, dice) = (begun(FILES), Memo::default(), &mut Dice(seed + 1));
        for nth in 0..10 {
            deal(&mut play, nth, dice);
            if dice.throw(4) == 0 {
                let _ = play.line(&format!("at QA: US-{}", dice.throw(nth + 1)));
                play.last.acknowledged = true;
            }
            let world = play.world().unwrap();
            let wanted = carried(world);
            assert_eq!(found(world, &mut Memo::default()), wanted, "seed {seed}, after US-{nth}");
            assert_eq!(
                found(world, &mut memo),
                wanted,
                "seed {seed}, after US-{nth}, as what was found before is kept"
            );
            some += wanted.len();
        }
    }
    assert!(some > 60, "{some} conflicts were met");
}

/// A pipeline with so many changes in flight, each of a file of its own.
fn apart(changes: usize) -> Play {
    let mut play = begun(changes);
    for nth in 0..changes {
        play.line(&format!("change US-{nth}: f{nth} = 0 . . edited{nth} . . 2")).unwrap();
    }
    play
}

#[test]
fn only_those_that_may_meet_are_carried() {
    for changes in [10, 80] {
        let (mut play, mut memo) = (apart(changes), Memo::default());
        let merges = |play: &mut Play, memo: &mut Memo| {
            let world = play.world().unwrap();
            world.content.merges.set(0);
            let found = found(world, memo).len();
            (found, world.content.merges.get())
        };
        assert_eq!(merges(&mut play, &mut memo), (0, 0), "the stage holds what each of {changes} was made on");
        play.line("change US-A: f3 = 0 . . rival . . 2").unwrap();
        play.line("change US-B --rebase US-3: f3 = 0 . . edited3 . . later").unwrap();
        let (found, first) = merges(&mut play, &mut memo);
        assert_eq!(found, 1, "the rival meets US-3");
        assert!(first <= 6, "{first} merges, though of {changes} two are new");
        assert_eq!(merges(&mut play, &mut memo), (1, 0), "what was found is known");
        // Whatever else comes to the stage.
        play.line("at QA: US-5").unwrap();
        assert_eq!(merges(&mut play, &mut memo), (1, 0), "what was found stays true");
    }
}
