//! What stands for something that is not kept itself.

use std::fmt;

/// SHA-256 of a secret, of a request, of a name that was typed. Whoever reads it learns nothing to sign in with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint that has these bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads what [`Display`](fmt::Display) writes: 64 hexadecimal digits in lower case.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = value(pair[0])? << 4 | value(pair[1])?;
        }
        Some(Self(bytes))
    }
}

fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut bytes = [0; 32];
        (bytes[0], bytes[1], bytes[31]) = (0xab, 0x09, 0xff);
        let fingerprint = Fingerprint::new(bytes);
        let text = fingerprint.to_string();
        assert!(text.starts_with("ab09") && text.ends_with("ff"), "{text}");
        assert_eq!(Fingerprint::parse(&text), Some(fingerprint));
        for bad in ["", &text[1..], &text.to_uppercase(), &text.replace("ff", "fg"), &text.replace("ab", "ä")] {
            assert_eq!(Fingerprint::parse(bad), None, "{bad}");
        }
    }
}
