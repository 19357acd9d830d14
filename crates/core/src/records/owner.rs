//! Who an owner is. People name owners by hand, commits by what git was told, and a server knows its people by names of its
//! own: all of these may be one person (`SPEC S5`).

use crate::records::change::{Attested, Change, Voice};
use crate::words::names::{RevisionNo, UserName};

/// By what somebody may be named.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// As the ledger names them.
    pub user: &'a UserName,
    /// As commits name them; empty where nobody knows.
    pub name: &'a str,
    /// Their address in commits; empty where nobody knows.
    pub email: &'a str,
    /// What else they are called, or were: a name that somebody gave up is still theirs.
    pub also: &'a [String],
}

impl<'a> Names<'a> {
    /// Of somebody of whom no more is known than what the ledger calls them.
    pub fn of(user: &'a UserName) -> Self {
        Self { user, name: "", email: "", also: &[] }
    }

    /// Whether an owner is them.
    fn are(&self, owner: &str) -> bool {
        let owner = folded(owner);
        // As git writes a person; the address tells who that is.
        let address = owner.strip_suffix('>').and_then(|owner| owner.rsplit_once('<')).map(|(_, address)| address);
        let named = address.map_or(owner.as_str(), str::trim);
        !named.is_empty() && self.all().any(|name| folded(name) == named)
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        [self.user.as_str(), self.name, self.email].into_iter().chain(self.also.iter().map(String::as_str))
    }

    /// Whether that is an address of theirs, or was.
    fn have(&self, email: &str) -> bool {
        let (email, also) = (folded(email), self.also.iter().map(String::as_str));
        !email.is_empty() && [self.email].into_iter().chain(also).any(|own| folded(own) == email)
    }
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

impl Change {
    /// Whether somebody counts as the owner of a revision where somebody else must approve it, by whichever name. What
    /// people edit about the change afterwards makes no difference (`SPEC C4`).
    pub fn owned_when_recorded(&self, number: RevisionNo, who: Names<'_>) -> bool {
        let owners = (number.0 as usize).checked_sub(1).and_then(|at| self.owners.get(at));
        let author = self.revision(number).map(|revision| &revision.author);
        owners.into_iter().flatten().any(|owner| {
            // Where the owner is who wrote it, the address that they wrote it with tells who that is.
            let wrote = author.is_some_and(|author| {
                [&author.name, &author.email].iter().any(|name| folded(name) == folded(owner.as_str()))
                    && who.have(&author.email)
            });
            who.are(owner.as_str()) || wrote
        })
    }

    /// Whether an approval of a revision is its owner's own: as it was judged when it was given, or by the names that the
    /// ledger has (`SPEC S5`).
    pub fn approved_own(&self, number: RevisionNo, approval: &Attested) -> bool {
        approval.voice == Voice::Owners || self.owned_when_recorded(number, Names::of(&approval.by))
    }

    /// Whether somebody is its owner, or counts as the owner of one of its revisions.
    pub fn is_or_was_owned(&self, who: Names<'_>) -> bool {
        let mut revisions = self.revisions.iter();
        who.are(self.facts.owner.as_str()) || revisions.any(|revision| self.owned_when_recorded(revision.number, who))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_who_they_are_by_every_name() {
        let user = UserName::new("ann");
        let also = ["248".to_owned(), "ann@old.example".to_owned()];
        let ann = Names { user: &user, name: "Ann Other", email: "ann@example.org", also: &also };
        let written = ["Ann Other <ann@example.org>", "A. Other < ANN@example.org >", "Ann <ann@old.example>"];
        for own in ["ann", "ANN", "Ann Other", "ann@Example.org", " ann ", "248"].iter().chain(&written) {
            assert!(ann.are(own), "{own}");
        }
        for other in ["", "bob", "Other", "ann@example.com", "24", "Ann Other <ann@example.com>", "<>", "x <>", ">"] {
            assert!(!ann.are(other), "{other}");
        }
        assert!(!Names::of(&user).are("") && !Names::of(&user).have(""), "what nobody knows is nobody's");
        assert!(!Names::of(&user).are("<>") && !Names::of(&user).are(" <>"));
    }
}
