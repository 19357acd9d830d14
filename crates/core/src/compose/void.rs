//! Edits that come to nothing, because what they were made on is not there (`SPEC P11`, `D4`).
//!
//! Every merge takes it for clean that both sides took the same lines out, or put the same ones in. Where the one side has
//! done it, that is so; where it merely never got those lines, because who wrote them has not arrived, the edit is lost,
//! and whoever arrives later brings back what the edit took out. So who made what is edited counts, whatever merged it: a
//! line counts as lost on both sides where the result holds it more often than both edits together would leave it.

use crate::compose::moved::moved;
use crate::compose::trail::{Earlier, Made, Names, Trail};
use crate::compose::{Composer, touching};
use crate::content::filetype::Strategy;
use crate::content::lines::LineCounts;
use crate::content::{Conflict, ConflictKind, Content, Delta, Hunk, PathSet, Sides};
use crate::records::line::Item;
use crate::records::receipt::ChangeIx;
use crate::records::resolution::Settler;
use crate::words::fault::Fault;
use crate::words::object::{Leaf, Mode, PathChange, RepoPath, TreeId};
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::compose::settle::Settled;

/// An item on its way onto a tree that lacks some of what came before it.
#[derive(Clone, Copy)]
pub struct Onto<'a> {
    /// What is carried.
    pub item: &'a Item,
    /// Onto which tree.
    pub tree: TreeId,
    /// What came before it elsewhere, in order.
    pub earlier: &'a [Earlier<'a>],
    /// The paths that are asked about, with all that renames tie to them; all paths where none are named.
    pub within: Option<&'a PathSet>,
}

/// A path on which an item edits what others made that the tree lacks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ground {
    /// Where, as the item's base knows it.
    pub path: RepoPath,
    /// What the item edits, what stands there, what it wants.
    pub sides: Sides,
    /// Who made it, in order.
    pub makers: Vec<ChangeIx>,
}

/// An edit that came to nothing, told as the conflict that it should have been.
pub fn conflict(ground: &Ground) -> Conflict {
    let kind = match ground.sides.ours {
        None => ConflictKind::EditDelete,
        Some(_) => ConflictKind::Content,
    };
    Conflict::new(ground.path.clone(), kind, ground.sides)
}

impl Composer<'_> {
    /// The paths on which an item edits what lacking ones made, or edits right beside it. No merge is made.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn grounds(&self, onto: Onto<'_>) -> Result<Vec<Ground>, Fault> {
        self.look(onto, Asked::Near(None))
    }

    /// The same where a merge was made, which tells where the tree has files.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn grounds_of(&self, onto: Onto<'_>, merged: &Settled) -> Result<Vec<Ground>, Fault> {
        self.look(onto, Asked::Near(Some(merged)))
    }

    /// The paths on which an item's edits of what lacking ones made came to nothing in a merge, though nobody was asked.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn voided(&self, onto: Onto<'_>, merged: &Settled) -> Result<Vec<Ground>, Fault> {
        self.look(onto, Asked::Lost(merged))
    }

    fn look(&self, onto: Onto<'_>, asked: Asked<'_>) -> Result<Vec<Ground>, Fault> {
        let mut found = Vec::new();
        if !onto.earlier.iter().any(Earlier::is_lacking) {
            return Ok(found);
        }
        let Some((base, theirs)) = self.trees(onto.item)? else { return Ok(found) };
        let did = self.content.delta(base, theirs)?;
        let trails = self.trails(onto.earlier)?;
        let tracks: Vec<(Track, Trail)> = tracks(&did, onto.within)
            .into_iter()
            .map(|one| {
                let trail = trails.of(&one.from);
                (one, trail)
            })
            .collect();
        let names: Names<'_> =
            tracks.iter().flat_map(|(one, trail)| trail.names().chain([&one.from, &one.to])).collect();
        let works = self.works(onto.earlier, &names)?;
        if works.is_empty() {
            return Ok(found);
        }
        let settled = match asked {
            Asked::Near(_) => HashSet::new(),
            Asked::Lost(merged) => settled_on(merged),
        };
        let (texts, elsewhere) = (Texts(self.content), OnceCell::new());
        for (track, trail) in tracks {
            let there: Vec<Made> = works.iter().filter_map(|work| work.on(&trail)).collect();
            if there.is_empty() || settled.contains(&track.from) || settled.contains(&track.to) {
                continue;
            }
            if let Some(ground) = self.not_there(&track, &trail, (onto.tree, &there))? {
                found.push(ground);
                continue;
            }
            // Where one that is lacking made it, it is nowhere else.
            let place = match there.iter().any(Made::is_new) {
                true => track.from.clone(),
                false => self.place_of(&track, (base, onto.tree), (asked, &elsewhere))?,
            };
            let mut sides =
                Sides { base: track.base, ours: self.content.leaf(onto.tree, &place)?, theirs: track.theirs };
            if sides.ours == sides.base {
                if place == track.from || !matches!(asked, Asked::Near(_)) {
                    continue;
                }
                // It is there to the byte, by another name: who gave it this one may matter.
                sides.ours = None;
            }
            let to = if place == track.from { &track.to } else { &place };
            let makers = match asked {
                Asked::Near(_) => texts.near(sides, &there)?,
                Asked::Lost(merged) => texts.lost(sides, self.content.leaf(merged.tree, to)?, &there)?,
            };
            if !makers.is_empty() {
                found.push(Ground { path: track.from, sides, makers });
            }
        }
        Ok(found)
    }

    /// A file that a tree has under no name, because who brought it is lacking. Whatever there looks like it is another.
    fn not_there(
        &self,
        track: &Track,
        trail: &Trail,
        (tree, there): (TreeId, &[Made]),
    ) -> Result<Option<Ground>, Fault> {
        for name in trail.names() {
            if self.content.leaf(tree, name)?.is_some() {
                return Ok(None);
            }
        }
        let sides = Sides { base: track.base, ours: None, theirs: track.theirs };
        let makers = by_presence(sides, there);
        Ok((!makers.is_empty()).then(|| Ground { path: track.from.clone(), sides, makers }))
    }

    /// Where a tree has a file, that may have been renamed there. Where files went is found out once.
    fn place_of(
        &self,
        track: &Track,
        (base, tree): (TreeId, TreeId),
        (asked, known): (Asked<'_>, &OnceCell<Elsewhere>),
    ) -> Result<RepoPath, Fault> {
        if track.base.is_none() || self.content.leaf(tree, &track.from)?.is_some() {
            return Ok(track.from.clone());
        }
        if known.get().is_none() {
            let found = self.elsewhere((base, tree), asked)?;
            known.get_or_init(|| found);
        }
        let place = known.get().and_then(|known| known.get(&track.from));
        Ok(place.unwrap_or(&track.from).clone())
    }

    /// Where a tree has files that the item's base has elsewhere: a merge tells, and without one renames are looked for.
    fn elsewhere(&self, (base, tree): (TreeId, TreeId), asked: Asked<'_>) -> Result<Elsewhere, Fault> {
        let (Asked::Near(Some(merged)) | Asked::Lost(merged)) = asked else {
            return Ok(self.content.delta(base, tree)?.renames.iter().cloned().collect());
        };
        let disputed = merged
            .conflicts
            .iter()
            .filter_map(|one| Some((one.places.base.clone()?, one.places.ours.as_ref().unwrap_or(&one.path).clone())));
        Ok(disputed.chain(merged.followed.iter().cloned()).collect())
    }
}

/// Where files are, by where they were.
type Elsewhere = HashMap<RepoPath, RepoPath, foldhash::fast::FixedState>;

/// What is asked about an item's edits.
#[derive(Clone, Copy)]
enum Asked<'a> {
    /// Who made what is there, or right beside; with what a merge came to, where one was made.
    Near(Option<&'a Settled>),
    /// What came to nothing in a merge.
    Lost(&'a Settled),
}

/// The paths of a merge that are in conflict, or for which somebody chose what they hold.
fn settled_on(merged: &Settled) -> HashSet<&RepoPath> {
    let by_element = |by: &Settler| {
        matches!(by, Settler::Followed | Settler::Type { strategy: Strategy::Structural | Strategy::Union, .. })
            || matches!(by, Settler::Attribute(written) if written.ends_with("union"))
    };
    let chosen = merged.decided.iter().filter(|one| !by_element(&one.by)).map(|one| &one.path);
    merged.conflicts.iter().flat_map(Conflict::names).chain(chosen).collect()
}

/// One file through a difference.
struct Track {
    from: RepoPath,
    to: RepoPath,
    base: Option<Leaf>,
    theirs: Option<Leaf>,
}

/// Every path of a difference, or those of some; a file that it renamed is looked at under both names, and as one.
fn tracks(did: &Delta, within: Option<&PathSet>) -> Vec<Track> {
    let (changes, renames): (Vec<_>, Vec<_>) = match within {
        Some(paths) => (did.changes_at(paths), paths.iter().flat_map(|path| did.renames_to(path)).collect()),
        None => (did.changes.iter().collect(), did.renames.iter().collect()),
    };
    let track = |one: &PathChange| {
        let (from, to) = (one.path.clone(), one.path.clone());
        Track { from, to, base: one.before, theirs: one.after }
    };
    let mut tracks: Vec<Track> = changes.into_iter().map(track).collect();
    for (from, to) in renames {
        if let (Some(gone), Some(new)) = (did.change(from), did.change(to))
            && gone.before != new.after
        {
            tracks.push(Track { from: from.clone(), to: to.clone(), base: gone.before, theirs: new.after });
        }
    }
    tracks
}

/// What is asked of texts.
struct Texts<'a>(&'a dyn Content);

impl Texts<'_> {
    /// Who made what stands near the edits: where both sides differ from the base at one place.
    fn near(&self, sides: Sides, there: &[Made]) -> Result<Vec<ChangeIx>, Fault> {
        let (Some(base), Some(ours)) = (sides.base, sides.ours) else { return Ok(by_presence(sides, there)) };
        let Some(theirs) = sides.theirs else {
            let lacking = self.difference(base, ours)?;
            // Of a file that goes its mode goes as well, and all that is no text.
            return self.makers(there, &lacking, Sides { theirs: sides.ours, ..sides });
        };
        if !(is_text(base) && is_text(ours) && is_text(theirs)) {
            return self.makers(there, &LineCounts::default(), sides);
        }
        let all = (self.0.hunks(base.id, ours.id)?, self.0.hunks(base.id, theirs.id)?);
        let wanted = match all {
            (Some(our_hunks), Some(their_hunks)) => {
                let bytes = (self.0.read(base.id)?, self.0.read(ours.id)?);
                let lines = (touching::lines(&bytes.0), touching::lines(&bytes.1));
                let meets = |hunk: &&Hunk| their_hunks.iter().any(|edit| meet(hunk, edit));
                let mut wanted = LineCounts::default();
                for hunk in our_hunks.iter().filter(meets) {
                    wanted.add_lines(lines.0[hunk.old.clone()].iter().copied(), 1);
                    wanted.add_lines(lines.1[hunk.new.clone()].iter().copied(), -1);
                }
                wanted
            }
            _ => LineCounts::default(),
        };
        self.makers(there, &wanted, sides)
    }

    /// Who made what both sides took out, or put in, where the result holds that only once.
    fn lost(&self, sides: Sides, result: Option<Leaf>, there: &[Made]) -> Result<Vec<ChangeIx>, Fault> {
        let (base, ours, theirs, result) = match (sides.base, sides.ours, sides.theirs, result) {
            (Some(base), Some(ours), Some(theirs), Some(result)) => (base, ours, theirs, result),
            (Some(_), None, None, _) | (None, Some(_), Some(_), _) => return Ok(by_presence(sides, there)),
            _ => return Ok(Vec::new()),
        };
        let alike = Sides { theirs: sides.theirs.filter(|_| ours == theirs), ..sides };
        if [base, ours, theirs, result].into_iter().any(|leaf| !is_text(leaf)) {
            return match alike.theirs {
                Some(_) => self.makers(there, &LineCounts::default(), sides),
                None => Ok(Vec::new()),
            };
        }
        let mut lost = (*self.0.lines(result.id)?).clone();
        for (leaf, times) in [(base, 1), (ours, -1), (theirs, -1)] {
            lost.add(&*self.0.lines(leaf.id)?, times);
        }
        lost.add(&moved(self.0, [base, ours, theirs, result])?, 1);
        let mode = Sides { theirs: sides.theirs.filter(|_| ours.mode == theirs.mode), ..sides };
        self.makers(there, &lost, mode)
    }

    /// What one text has more, or less, than another.
    fn difference(&self, more: Leaf, less: Leaf) -> Result<LineCounts, Fault> {
        if !is_text(more) || !is_text(less) {
            return Ok(LineCounts::default());
        }
        let mut counts = (*self.0.lines(more.id)?).clone();
        counts.add(&*self.0.lines(less.id)?, -1);
        Ok(counts)
    }

    /// Those who brought lines of which there are more than there should be, or took out lines of which there are less; and
    /// who gave the whole its mode, or made what is no text.
    fn makers(&self, there: &[Made], wanted: &LineCounts, sides: Sides) -> Result<Vec<ChangeIx>, Fault> {
        let mut makers = Vec::new();
        for made in there {
            if !makers.contains(&made.change) && (made.whole(sides) || self.wrote(made, wanted, sides.base)?) {
                makers.push(made.change);
            }
        }
        Ok(makers)
    }

    /// Whether somebody brought some lines, or took them out. Lines that every item of a list has say little: of what stands
    /// but once, something must show in what the edit was made on.
    fn wrote(&self, made: &Made, wanted: &LineCounts, base: Option<Leaf>) -> Result<bool, Fault> {
        if wanted.is_even() {
            return Ok(false);
        }
        let (after, before) = (self.of(made.after)?, self.of(made.from)?);
        let net = |line: u64| after.of_line(line) - before.of_line(line);
        if !wanted.iter().any(|(line, count)| count.signum() * net(line) > 0) {
            return Ok(false);
        }
        let base = self.of(base)?;
        let brought = after.iter().filter(|(line, count)| (*count, before.of_line(*line)) == (1, 0));
        let taken = before.iter().filter(|(line, count)| (*count, after.of_line(*line)) == (1, 0));
        let mut shows =
            brought.map(|(line, _)| base.of_line(line) > 0).chain(taken.map(|(line, _)| base.of_line(line) == 0));
        Ok(shows.next().is_none_or(|first| first || shows.any(|one| one)))
    }

    fn of(&self, leaf: Option<Leaf>) -> Result<Arc<LineCounts>, Fault> {
        match leaf.filter(|leaf| is_text(*leaf)) {
            Some(leaf) => self.0.lines(leaf.id),
            None => Ok(Arc::default()),
        }
    }
}

impl Made {
    /// Whether nothing stood there before it.
    fn brought(&self) -> bool {
        self.before.is_none() && self.after.is_some()
    }

    /// Whether it was nowhere before it, under no other name either.
    fn is_new(&self) -> bool {
        self.brought() && self.from.is_none()
    }

    /// Whether it gave a file the mode that both sides took from it, or made the whole that is no text.
    fn whole(&self, sides: Sides) -> bool {
        let Sides { base: Some(base), ours: Some(ours), theirs: Some(theirs) } = sides else { return false };
        let Some(after) = self.after else { return false };
        let same_mode = ours.mode == theirs.mode && ours.mode != base.mode;
        let gave_mode = same_mode && after.mode == base.mode && self.before.is_none_or(|one| one.mode != after.mode);
        gave_mode || (!is_text(base) && after == base)
    }
}

/// Who brought what is not there, with everybody who edited it since; or who took out what is still there.
fn by_presence(sides: Sides, there: &[Made]) -> Vec<ChangeIx> {
    let deleted = |made: &&Made| made.before.is_some() && made.after.is_none();
    let makers: Vec<ChangeIx> = match (sides.base, sides.ours) {
        (Some(_), None) => match there.iter().rposition(Made::brought) {
            Some(first) => there[first..].iter().map(|made| made.change).collect(),
            None => Vec::new(),
        },
        (None, Some(_)) => there.iter().rfind(deleted).map(|made| made.change).into_iter().collect(),
        _ => Vec::new(),
    };
    let mut once: Vec<ChangeIx> = Vec::new();
    for maker in makers {
        if !once.contains(&maker) {
            once.push(maker);
        }
    }
    once
}

fn is_text(leaf: Leaf) -> bool {
    matches!(leaf.mode, Mode::File | Mode::Executable)
}

/// Whether two edits of a text touch.
fn meet(one: &Hunk, two: &Hunk) -> bool {
    one.old.start <= two.old.end && two.old.start <= one.old.end
}
