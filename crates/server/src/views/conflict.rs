//! Conflicts, with their three contents.

use crate::failure::Said;
use crate::parse::written;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use switchback_api::Failure;
use switchback_api::conflict::{Conflict, ConflictPaths, Offered, Proposed};
use switchback_core::compose::recall::Offer;
use switchback_core::content::ConflictKind;
use switchback_core::content::entry::Taken;
use switchback_core::content::proposal::Proposal;
use switchback_core::ledger::state::State;
use switchback_core::records::conflict::MoveConflict;
use switchback_core::words::object::{BlobId, Leaf, Mode, Oid, RepoPath};
use switchback_engine::desk::Desk;

/// Some conflicts.
pub fn conflicts(desk: &Desk<'_>, conflicts: &[MoveConflict]) -> Result<Vec<Conflict>, Failure> {
    if conflicts.is_empty() {
        return Ok(Vec::new());
    }
    let state = desk.look_at_resolutions().said()?;
    conflicts.iter().map(|conflict| self::conflict(desk, &state, conflict)).collect()
}

fn conflict(desk: &Desk<'_>, state: &State, conflict: &MoveConflict) -> Result<Conflict, Failure> {
    let snapshot = desk.snapshot(state);
    let composer = snapshot.composer(&*desk.repo);
    let offers = composer.offers(conflict.dispute()).said()?;
    let proposal = composer.proposal(conflict.dispute(), &Proposal::all()).said()?;
    let offered = [proposal.as_ref().map(|one| one.leaf)].into_iter().chain(offers.iter().map(|offer| offer.leaf));
    let leaves = [conflict.sides.base, conflict.sides.ours, conflict.sides.theirs].into_iter().chain(offered);
    let contents = leaves.map(|leaf| bytes(desk, leaf)).collect::<Result<_, _>>()?;
    let Written { mut texts, encoding } = Written::of(contents);
    let mut contents = texts.split_off(3);
    let proposed = contents.remove(0);
    let [base, ours, theirs] = texts.try_into().unwrap_or_default();
    let told = |(offer, content): (&Offer, Option<String>)| {
        let known = state.resolutions.get(offer.id)?;
        let (resolution, path, by) = (offer.id.to_string(), known.path.to_string(), known.by.to_string());
        Some(Offered { resolution, path, by, at: written(desk, known.at), content })
    };
    Ok(Conflict {
        change: conflict.change.to_string(),
        path: conflict.path.to_string(),
        kind: kind(conflict.kind),
        stage: conflict.stage.to_string(),
        base,
        ours,
        theirs,
        encoding,
        paths: paths(conflict),
        proposal: proposal.map(|one| Proposed {
            by: one.kinds.iter().map(|kind| kind.as_str().to_owned()).collect(),
            why: one.why,
            content: proposed,
        }),
        offers: offers.iter().zip(contents).filter_map(told).collect(),
        other_side: conflict.other_side.as_ref().map(ToString::to_string),
        needs: conflict.needs.iter().map(ToString::to_string).collect(),
        why: conflict.why.clone(),
    })
}

/// Where the sides have the file, if not all at the conflict's path.
fn paths(conflict: &MoveConflict) -> Option<ConflictPaths> {
    let MoveConflict { path, places, .. } = conflict;
    let at = |place: &Option<RepoPath>| place.as_ref().unwrap_or(path).to_string();
    let result = conflict.dispute().entry(Taken::Content(BlobId(Oid([0; 20])))).at;
    places.all().next().map(|_| ConflictPaths {
        base: at(&places.base),
        ours: at(&places.ours),
        theirs: at(&places.theirs),
        result: at(&result),
        left: places.left.iter().map(ToString::to_string).collect(),
    })
}

/// The bytes of a leaf; a submodule's are its commit.
pub fn bytes(desk: &Desk<'_>, leaf: Option<Leaf>) -> Result<Option<Vec<u8>>, Failure> {
    match leaf {
        None => Ok(None),
        Some(Leaf { mode: Mode::Submodule, id }) => Ok(Some(id.to_string().into_bytes())),
        Some(leaf) => desk.repo.read(leaf.id).map(Some).said(),
    }
}

/// Several contents, all written in one way.
pub struct Written {
    /// Each, in the order given; `None` where there is nothing.
    pub texts: Vec<Option<String>>,
    /// `utf-8`, or `base64` when one of them is no text.
    pub encoding: String,
}

impl Written {
    /// Writes them.
    pub fn of(contents: Vec<Option<Vec<u8>>>) -> Self {
        let is_text = contents.iter().flatten().all(|bytes| std::str::from_utf8(bytes).is_ok());
        let written = |bytes: Vec<u8>| match is_text {
            true => String::from_utf8_lossy(&bytes).into_owned(),
            false => STANDARD.encode(bytes),
        };
        let texts = contents.into_iter().map(|content| content.map(written)).collect();
        Self { texts, encoding: if is_text { "utf-8" } else { "base64" }.to_owned() }
    }
}

/// Why a path could not be merged, in a word.
pub fn kind(kind: ConflictKind) -> String {
    let word = serde_json::to_value(kind).unwrap_or_default();
    word.as_str().unwrap_or_default().to_owned()
}
