//! What nobody can have had before.

use std::io;
use switchback_core::words::fault::Fault;

/// 128 random bits, as 32 hexadecimal digits.
///
/// # Errors
/// `no-randomness` when the system has none to give.
pub fn name() -> Result<String, Fault> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        let message = format!("The system gives no random numbers: {}.", io::Error::other(error));
        Fault::new("no-randomness", message, "Make `/dev/urandom` readable for the account Switchback runs as.")
    })?;
    Ok(faster_hex::hex_string(&bytes))
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_name_comes_twice() {
        let (one, two) = (super::name().unwrap(), super::name().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.len(), 32);
    }
}
