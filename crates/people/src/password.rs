//! Passwords: which may be chosen, and hashing them slowly.
//!
//! Hashing takes tens of milliseconds and megabytes on purpose; whoever calls it from many threads limits how many do at
//! once.

use crate::not_in::{NotIn, Stop};
use crate::random;
use argon2::password_hash::Error;
use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use switchback_core::ports::people::persons::{PasswordHash, folded};
use switchback_core::words::fault::Fault;

/// The fewest characters of a password.
pub const SHORTEST: usize = 12;
/// The most bytes of a password: hashing more would be work that a stranger sets us.
pub const LONGEST: usize = 1024;

/// How much work it is to hash a password, and so to guess one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory: u32,
    /// How often it is gone over.
    pub passes: u32,
    /// In how many lanes.
    pub lanes: u32,
}

/// What OWASP asks of argon2id where signing in shares a machine with other work.
impl Default for Cost {
    fn default() -> Self {
        Self { memory: 19_456, passes: 2, lanes: 1 }
    }
}

/// Hashes passwords, and compares them with hashes.
#[derive(Debug)]
pub struct Passwords {
    argon2: Argon2<'static>,
}

impl Passwords {
    /// Hashes at a cost.
    ///
    /// # Errors
    /// `bug` where the cost cannot be.
    pub fn new(cost: Cost) -> Result<Self, Fault> {
        let params = Params::new(cost.memory, cost.passes, cost.lanes, None).map_err(|error| unhashed(error.into()))?;
        Ok(Self { argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params) })
    }

    /// The hash of a password that somebody chose.
    ///
    /// # Errors
    /// `password-weak` for one that may not be chosen; `no-randomness`, `no-memory`.
    pub fn choose(&self, password: &str, name: &str) -> Result<PasswordHash, Stop> {
        admit(password, name)?;
        Ok(hash(&self.argon2, password.as_bytes())?)
    }

    /// Whether a password is the one of a hash. Without a hash it is not, and that takes as long: whoever asks does not
    /// learn who is there.
    ///
    /// # Errors
    /// `no-randomness`, `no-memory`.
    pub fn fits(&self, password: &str, hash: Option<&PasswordHash>) -> Result<bool, Fault> {
        if password.len() > LONGEST {
            return Ok(false);
        }
        // One that cannot be read is like none.
        match hash.and_then(|hash| Phc::new(hash.as_str()).ok()) {
            Some(known) => self.verify(password, &known),
            // Nothing of a server's start is spent on this: a resting one holds none of the memory that it takes.
            None => self::hash(&self.argon2, password.as_bytes()).map(|_| false),
        }
    }

    fn verify(&self, password: &str, hash: &Phc) -> Result<bool, Fault> {
        match self.argon2.verify_password(password.as_bytes(), hash) {
            Ok(()) => Ok(true),
            Err(error @ Error::OutOfMemory) => Err(unhashed(error)),
            Err(_) => Ok(false),
        }
    }
}

fn hash(argon2: &Argon2<'_>, password: &[u8]) -> Result<PasswordHash, Fault> {
    let salt: [u8; 16] = random::bytes()?;
    let hash = argon2.hash_password_with_salt(password, &salt).map_err(unhashed)?;
    Ok(PasswordHash::new(hash.to_string()))
}

/// Whether a password may be chosen. Length is what makes one hard to guess; rules about signs only make it hard to keep.
///
/// # Errors
/// `password-weak`.
pub fn admit(password: &str, name: &str) -> Result<(), Stop> {
    let why = if password.chars().count() < SHORTEST {
        format!("has fewer than {SHORTEST} characters")
    } else if password.len() > LONGEST {
        format!("has more than {LONGEST} bytes")
    } else if folded(password.trim()) == folded(name) {
        "is the person's name".to_owned()
    } else {
        return Ok(());
    };
    let remedy = format!(
        "Choose another one, of {SHORTEST} characters or more: a few words that do not belong together do well."
    );
    Err(NotIn::new("password-weak", format!("the password {why}"), remedy).into())
}

fn unhashed(error: Error) -> Fault {
    match error {
        Error::OutOfMemory => Fault::new(
            "no-memory",
            "there is no memory to look at a password",
            "Try again in a moment; if it stays so, give the server more memory.",
        ),
        error => {
            Fault::new("bug", format!("a password could not be hashed: {error}"), "Report this, with the message.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cheap() -> Passwords {
        Passwords::new(Cost { memory: 8, passes: 1, lanes: 1 }).unwrap()
    }

    #[test]
    fn a_password_fits_its_own_hash() {
        let passwords = cheap();
        let hash = passwords.choose("correct horse", "ann").unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{}", hash.as_str());
        assert!(passwords.fits("correct horse", Some(&hash)).unwrap());
        for wrong in ["", "correct hors", "correct horse ", "Correct horse"] {
            assert!(!passwords.fits(wrong, Some(&hash)).unwrap(), "{wrong}");
        }
        assert_ne!(passwords.choose("correct horse", "ann").unwrap(), hash, "each has a salt of its own");
    }

    #[test]
    fn a_hash_goes_on_when_the_cost_is_another() {
        let hash = cheap().choose("correct horse", "ann").unwrap();
        let dearer = Passwords::new(Cost { memory: 16, passes: 2, lanes: 1 }).unwrap();
        assert!(dearer.fits("correct horse", Some(&hash)).unwrap());
        assert!(!dearer.fits("correct house", Some(&hash)).unwrap());
    }

    #[test]
    fn the_usual_cost_is_what_owasp_asks() {
        let passwords = Passwords::new(Cost::default()).unwrap();
        let hash = passwords.choose("correct horse battery", "ann").unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }

    #[test]
    fn nothing_fits_nobody() {
        let passwords = cheap();
        for hash in [None, Some(PasswordHash::new("")), Some(PasswordHash::new("$argon2id$v=19$m=8,t=1,p=1$abc"))] {
            for password in ["", "correct horse"] {
                assert!(!passwords.fits(password, hash.as_ref()).unwrap());
            }
        }
        let none = PasswordHash::new("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ");
        assert!(!passwords.fits("", Some(&none)).unwrap(), "a hash without an outcome");
    }

    #[test]
    fn passwords_that_may_not_be_chosen() {
        let weak = |password: &str, name: &str| match admit(password, name) {
            Ok(()) => String::new(),
            Err(Stop::NotIn(no)) => format!("{}: {}", no.code, no.message),
            Err(Stop::Fault(fault)) => panic!("{fault}"),
        };
        assert_eq!(weak("elevensigns", "ann"), "password-weak: the password has fewer than 12 characters");
        assert_eq!(weak("ééééééééééé", "ann"), "password-weak: the password has fewer than 12 characters");
        assert_eq!(weak("twelve signs", "ann"), "");
        assert_eq!(weak("éééééééééééé", "ann"), "");
        assert_eq!(weak("Ann@Example.org ", "ann@example.org"), "password-weak: the password is the person's name");
        assert_eq!(weak(&"x".repeat(LONGEST), "ann"), "");
        assert_eq!(weak(&"x".repeat(LONGEST + 1), "ann"), "password-weak: the password has more than 1024 bytes");
    }

    #[test]
    fn a_cost_that_cannot_be() {
        assert_eq!(Passwords::new(Cost { memory: 1, passes: 1, lanes: 1 }).unwrap_err().code, "bug");
    }
}
