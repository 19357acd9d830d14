//! Making fingerprints: what is kept in place of secrets, names and requests.

use sha2::{Digest, Sha256};
use switchback_core::ports::people::fingerprint::Fingerprint;

/// The fingerprint of several parts. Each is preceded by its length, so that no two lists of parts are one.
pub fn of(parts: &[&[u8]]) -> Fingerprint {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    Fingerprint::new(hasher.finalize().into())
}

/// The fingerprint of a secret as it is shown to whoever holds it: plain SHA-256 of its text. A secret is random, so there
/// is nothing to try: no salt and no slow hash is needed, as a password does.
pub fn of_secret(text: &str) -> Fingerprint {
    Fingerprint::new(Sha256::digest(text).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_part_ends_is_part_of_it() {
        assert_ne!(of(&[b"ab", b"c"]), of(&[b"a", b"bc"]));
        assert_ne!(of(&[b"a"]), of(&[b"a", b""]));
        assert_eq!(of(&[b"a", b"b"]), of(&[b"a", b"b"]));
    }

    #[test]
    fn the_fingerprint_of_a_secret_never_changes() {
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(of_secret("abc").to_string(), known, "what is stored must be found again");
    }
}
