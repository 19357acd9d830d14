//! What nobody can guess.

use switchback_core::words::fault::Fault;

/// Random bytes.
///
/// # Errors
/// `no-randomness` when the system has none to give.
pub fn bytes<const N: usize>() -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        let message = format!("the system gives no random numbers: {error}");
        Fault::new("no-randomness", message, "Make `/dev/urandom` readable for the account Switchback runs as.")
    })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_bytes_come_twice() {
        assert_ne!(super::bytes::<16>().unwrap(), super::bytes::<16>().unwrap());
    }
}
