//! Where a remote is: its host is looked up here, and git is held to what was found, so that nobody's name leads it to what
//! is beside the server. A proxy, or a jump host, that the machine's own configuration names decides that itself.

use super::url::RemoteUrl;
use std::ffi::OsString;
use std::net::{IpAddr, ToSocketAddrs as _};
use std::process::{Command, Stdio};
use switchback_core::words::fault::Fault;

/// Whether an address of the network may be called.
pub type MayCall = dyn Fn(IpAddr) -> bool + Send + Sync;

/// What makes curl ask somebody else where a host is.
const PROXIES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

/// The addresses that a host may be called at.
///
/// # Errors
/// `remote-unreachable` for a host that nobody knows, `remote-address-refused` for one that is where nobody allowed.
fn found(url: &RemoteUrl, (host, port): (&str, u16), may_call: &MayCall) -> Result<Vec<IpAddr>, Fault> {
    let all = (host, port).to_socket_addrs().map_err(|error| {
        let message = format!("the remote {url} cannot be reached: where {host} is cannot be found out: {error}");
        Fault::new("remote-unreachable", message, "it is tried again by itself; see that the name is right")
    })?;
    let all: Vec<IpAddr> = all.map(|address| address.ip()).collect();
    let allowed: Vec<IpAddr> = all.iter().copied().filter(|address| may_call(*address)).collect();
    match (allowed.is_empty(), all.first()) {
        (true, Some(address)) => {
            let message =
                format!("the remote {url} is at {address}, which is no public address, and nobody allowed it");
            let hint = "name its range in `allow` of `[network]` in server.toml, if it is meant";
            Err(Fault::new("remote-address-refused", message, hint))
        }
        _ => Ok(allowed),
    }
}

/// What git is told over https: `http.curloptResolve`; nothing where a proxy looks hosts up.
///
/// # Errors
/// As of [`found`].
pub(super) fn over_https(url: &RemoteUrl, may_call: &MayCall) -> Result<Option<String>, Fault> {
    let is_proxied = PROXIES.iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    let Some(host) = url.host().filter(|_| !is_proxied) else { return Ok(None) };
    let port = url.port().unwrap_or(443);
    let addresses = found(url, (host, port), may_call)?;
    let written: Vec<String> = addresses.iter().map(|address| bracketed(*address)).collect();
    Ok(Some(format!("http.curloptResolve={host}:{port}:{}", written.join(","))))
}

fn bracketed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// The options that ssh is told; none where a proxy or a jump host of its own configuration leads on.
///
/// # Errors
/// As of [`found`].
pub(super) fn over_ssh(url: &RemoteUrl, may_call: &MayCall) -> Result<Vec<OsString>, Fault> {
    let Some(host) = url.host() else { return Ok(Vec::new()) };
    let meant = Meant::of(host, url.port());
    if meant.is_led {
        return Ok(Vec::new());
    }
    let addresses = found(url, (&meant.host, meant.port), may_call)?;
    let Some(address) = addresses.first() else { return Ok(Vec::new()) };
    let options = [format!("HostName={address}"), format!("HostKeyAlias={}", meant.alias())];
    Ok(options.into_iter().flat_map(|option| ["-o".into(), OsString::from(option)]).collect())
}

/// What ssh's own configuration makes of a host.
#[derive(Debug, PartialEq, Eq)]
struct Meant {
    host: String,
    port: u16,
    alias: Option<String>,
    is_led: bool,
}

impl Meant {
    fn of(host: &str, port: Option<u16>) -> Self {
        let mut command = Command::new("ssh");
        command.arg("-G").args(port.iter().flat_map(|port| ["-p".to_owned(), port.to_string()])).arg("--").arg(host);
        let said = command.stdin(Stdio::null()).stderr(Stdio::null()).output();
        let text = said.map(|said| String::from_utf8_lossy(&said.stdout).into_owned()).unwrap_or_default();
        Self::read(&text, (host, port))
    }

    fn read(text: &str, (host, port): (&str, Option<u16>)) -> Self {
        let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
        let leads = |key: &str| value(key).is_some_and(|value| value != "none");
        Self {
            host: value("hostname").unwrap_or(host).to_owned(),
            port: value("port").and_then(|port| port.parse().ok()).or(port).unwrap_or(22),
            alias: value("hostkeyalias").map(str::to_owned),
            is_led: leads("proxycommand") || leads("proxyjump"),
        }
    }

    /// By which name its key is known.
    fn alias(&self) -> String {
        match (&self.alias, self.port) {
            (Some(alias), _) => alias.clone(),
            (None, 22) => self.host.clone(),
            (None, port) => format!("[{}]:{port}", self.host),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::LocalRemotes;

    fn url(text: &str) -> RemoteUrl {
        RemoteUrl::parse(text, LocalRemotes::Refused).unwrap()
    }

    #[test]
    fn git_is_held_to_what_was_looked_up_and_allowed() {
        let told = over_https(&url("https://127.0.0.1:8443/shop.git"), &|_| true).unwrap();
        assert_eq!(told.as_deref(), Some("http.curloptResolve=127.0.0.1:8443:127.0.0.1"));
        let told = over_ssh(&url("ssh://git@127.0.0.1:2222/shop.git"), &|_| true).unwrap();
        assert_eq!(told, ["-o", "HostName=127.0.0.1", "-o", "HostKeyAlias=[127.0.0.1]:2222"].map(OsString::from));
    }

    #[test]
    fn what_is_beside_the_server_is_refused_also_by_another_name() {
        for text in [
            "https://localhost/x",
            "https://127.0.0.1/x",
            "https://[::1]/x",
            "ssh://git@localhost/x",
            "git@localhost:x",
        ] {
            let url = url(text);
            let said = match url.protocol() {
                "ssh" => over_ssh(&url, &|_| false).map(drop),
                _ => over_https(&url, &|_| false).map(drop),
            };
            assert_eq!(said.unwrap_err().code, "remote-address-refused", "{text}");
        }
    }

    #[test]
    fn what_sshs_own_configuration_says_counts() {
        let said = "user git\nhostname git.example.org\nport 2222\nproxyjump none\n";
        let meant = Meant::read(said, ("shop", None));
        assert_eq!((meant.host.as_str(), meant.port, meant.is_led), ("git.example.org", 2222, false));
        assert_eq!(meant.alias(), "[git.example.org]:2222");
        assert!(Meant::read("hostname x\nproxyjump hop\n", ("x", None)).is_led);
        assert_eq!(Meant::read("", ("x", None)).alias(), "x");
    }
}
