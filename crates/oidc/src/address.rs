//! Which addresses may be asked.

use openidconnect::url::Url;

/// Whether nobody on the way reads what goes there: TLS, or no way at all.
pub(crate) fn is_safe(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.has_host(),
        "http" => is_here(url),
        _ => false,
    }
}

/// The same of an address as it is written.
pub fn is_safe_address(address: &str) -> bool {
    address.parse().is_ok_and(|url: Url| is_safe(&url))
}

/// Whether an address is on this machine.
fn is_here(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost" | "[::1]") => true,
        Some(host) => host.parse().is_ok_and(|address: std::net::Ipv4Addr| address.is_loopback()),
        None => false,
    }
}
