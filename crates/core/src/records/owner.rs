//! Who an owner is. People name owners by hand, commits by what git was told, and a server knows its people by names of its
//! own: all of these may be one person (`SPEC S5`).

use crate::records::change::Change;
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
    /// What else they are called.
    pub also: &'a [String],
}

impl<'a> Names<'a> {
    /// Of somebody of whom no more is known than what the ledger calls them.
    pub fn of(user: &'a UserName) -> Self {
        Self { user, name: "", email: "", also: &[] }
    }

    /// Whether an owner is them.
    fn are(&self, owner: &str) -> bool {
        let (owner, [user, name, email]) = (folded(owner), [self.user.as_str(), self.name, self.email].map(folded));
        // As git writes a person.
        let whole = format!("{name} <{email}>");
        let mut also = self.also.iter().map(|one| folded(one));
        !owner.is_empty() && ([user, name, email, whole].contains(&owner) || also.any(|one| one == owner))
    }

    fn have(&self, email: &str) -> bool {
        !email.trim().is_empty() && folded(self.email) == folded(email)
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_who_they_are_by_every_name() {
        let user = UserName::new("ann");
        let also = ["248".to_owned()];
        let ann = Names { user: &user, name: "Ann Other", email: "ann@example.org", also: &also };
        for own in ["ann", "ANN", "Ann Other", "ann@Example.org", "Ann Other <ann@example.org>", " ann ", "248"] {
            assert!(ann.are(own), "{own}");
        }
        for other in ["", "bob", "Other", "ann@example.com", "24"] {
            assert!(!ann.are(other), "{other}");
        }
        assert!(!Names::of(&user).are("") && !Names::of(&user).have(""), "what nobody knows is nobody's");
        assert!(!Names::of(&user).are("<>") && !Names::of(&user).are(" <>"));
    }
}
