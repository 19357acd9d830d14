//! A provider that is asked over TLS, with a certificate that only `ca` vouches for.
//!
//! Below `tls/` are two authorities, and a certificate for 127.0.0.1 of the first; they hold for a hundred years.

use crate::identity_provider::IdentityProvider;
use crate::providers::{Scene, browse, now, sent};
use crate::world::World;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

const CA: &str = include_str!("tls/ca.pem");
const OTHER: &str = include_str!("tls/other.pem");

/// Ends TLS before a provider; its address there.
fn before(behind: SocketAddr) -> String {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("tls/server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            // Who does not trust the certificate hangs up.
            let _ = passed_on(StreamOwned::new(connection, stream), behind);
        }
    });
    address
}

/// One request and its answer.
fn passed_on(mut stream: StreamOwned<ServerConnection, TcpStream>, behind: SocketAddr) -> std::io::Result<()> {
    let (mut reader, mut head, mut length) = (BufReader::new(&mut stream), String::new(), 0);
    while !head.ends_with("\r\n\r\n") {
        let start = head.len();
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
        let line = head[start..].to_lowercase();
        length = line.strip_prefix("content-length:").map_or(length, |value| value.trim().parse().unwrap());
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut provider = TcpStream::connect(behind)?;
    provider.write_all(&[head.as_bytes(), &body].concat())?;
    let mut answer = Vec::new();
    provider.read_to_end(&mut answer)?;
    stream.write_all(&answer)?;
    stream.conn.send_close_notify();
    stream.flush()
}

#[test]
fn a_provider_is_trusted_by_the_authority_that_is_named_for_it_and_by_no_other() {
    let provider = IdentityProvider::behind(before);
    provider.says().now = now();
    for (ca, trusted) in [(Some(CA), true), (Some(OTHER), false), (None, false)] {
        let world = World::three_stages();
        std::fs::create_dir_all(world.path("data")).unwrap();
        std::fs::write(world.path("data/company.pem"), ca.unwrap_or_default()).unwrap();
        let more = ca.map_or("", |_| "ca = \"company.pem\"");
        let told = ("", format!("new_people = true\n{more}"));
        let scene = Scene::of(world, (&provider.issuer, crate::identity_provider::CLIENT), (told.0, &told.1));
        let sign_in = format!("{}/api/v1/sign-in/oidc/company", scene.address);
        let left = browse(&sign_in, "");
        if !trusted {
            assert!(left.status() == 503 && left.body().contains("[provider-away]"), "{left:?}");
            continue;
        }
        let (location, cookie) = sent(&left);
        assert!(location.starts_with("https://127.0.0.1:"), "{location}");
        let (code, state) = provider.grants(&location);
        let (back, session) = sent(&browse(&format!("{sign_in}/callback?code={code}&state={state}"), &cookie));
        assert!(back == "/" && session.contains("sbs_"), "{back} {session}");
    }
}
