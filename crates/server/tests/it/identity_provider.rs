//! A provider of identities on this machine, which says what a test has it say, and signs as a test has it sign.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD as BASE64};
use hmac::{Hmac, KeyInit as _, Mac as _};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

/// The moment that it takes it to be, in seconds since 1970.
pub const NOW: i64 = 1_800_000_000;

/// How it calls the server.
pub const CLIENT: &str = "switch back";
/// What the server proves itself with.
pub const SECRET: &str = "s3cr:et/ä";

/// A provider that answers as long as the test lasts.
pub struct IdentityProvider {
    pub issuer: String,
    says: Arc<Mutex<Says>>,
}

/// What it says.
pub struct Says {
    /// Claims in place of those that it would say; null takes one away.
    pub claims: Map<String, Value>,
    /// The same of what it says beside.
    pub beside: Map<String, Value>,
    pub signs: Signs,
    /// Keys that it names; the last one signs.
    pub keys: Vec<Key>,
    /// Whether it says of itself that a browser always brings back who sent it.
    pub says_who: bool,
    /// The moment, in seconds since 1970.
    pub now: i64,
    /// Whether it answers with a failure of its own.
    pub ails: bool,
    /// Every address that it was asked at.
    pub asked: Vec<String>,
    codes: HashMap<String, HashMap<String, String>>,
}

/// How it signs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signs {
    Properly,
    /// `alg: none`.
    Not,
    /// HS256 with what everybody knows: the public key.
    WithThePublicKey,
    /// HS256 with what the server proves itself with.
    WithTheSecret,
    /// With a key that it does not name, under the name of one that it does.
    WithAnother,
}

/// A key of its own.
pub struct Key {
    id: String,
    pair: EcdsaKeyPair,
}

impl Key {
    pub fn new(id: &str) -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
        Self { id: id.to_owned(), pair }
    }

    fn public(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let (x, y) = (BASE64.encode(&point[1..33]), BASE64.encode(&point[33..65]));
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.id, "x": x, "y": y })
    }
}

impl IdentityProvider {
    pub fn new() -> Self {
        Self::behind(|own| format!("http://{own}"))
    }

    /// One that is known by another address than its own, of what stands before it.
    pub fn behind(before: impl FnOnce(SocketAddr) -> String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = before(listener.local_addr().unwrap());
        let says = Arc::new(Mutex::new(Says {
            claims: Map::new(),
            beside: Map::new(),
            signs: Signs::Properly,
            keys: vec![Key::new("first")],
            says_who: false,
            now: NOW,
            ails: false,
            asked: Vec::new(),
            codes: HashMap::new(),
        }));
        let (own, shared) = (issuer.clone(), Arc::clone(&says));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                answer(stream, &own, &mut shared.lock().unwrap());
            }
        });
        Self { issuer, says }
    }

    pub fn says(&self) -> MutexGuard<'_, Says> {
        self.says.lock().unwrap()
    }

    /// Somebody signs in there, sent by an address: what they are to bring back.
    pub fn grants(&self, address: &str) -> (String, String) {
        let asked = query(address.split_once('?').unwrap().1);
        assert!(address.starts_with(&format!("{}/authorize?", self.issuer)), "{address}");
        assert_eq!((asked["response_type"].as_str(), asked["client_id"].as_str()), ("code", CLIENT));
        assert_eq!(asked["code_challenge_method"], "S256");
        let (code, state) = (format!("code-{}", asked["nonce"]), asked["state"].clone());
        self.says().codes.insert(code.clone(), asked);
        (code, state)
    }

    /// How often it was asked at an address.
    pub fn times(&self, path: &str) -> usize {
        self.says().asked.iter().filter(|one| *one == path).count()
    }
}

fn answer(stream: TcpStream, issuer: &str, says: &mut Says) {
    let mut reader = BufReader::new(stream);
    let mut lines: Vec<String> = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
            break;
        }
        lines.push(line.trim().to_owned());
    }
    let header = |name: &str| {
        let mut pairs = lines.iter().filter_map(|line| line.split_once(": "));
        pairs.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    };
    let mut body = vec![0; header("content-length").map_or(0, |text| text.parse().unwrap())];
    reader.read_exact(&mut body).unwrap();
    let path = lines.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned();
    says.asked.push(path.clone());
    let body = String::from_utf8(body).unwrap();
    let (status, said) = match path.as_str() {
        _ if says.ails => ("500 Oh", json!({})),
        "/.well-known/openid-configuration" => ("200 OK", about(issuer, says)),
        "/keys" => ("200 OK", json!({ "keys": says.keys.iter().map(Key::public).collect::<Vec<_>>() })),
        "/token" => says.token(issuer, (header("authorization").as_deref(), &query(&body))),
        "/userinfo" => {
            assert_eq!(header("authorization").as_deref(), Some("Bearer access"));
            ("200 OK", Value::Object(says.beside.clone()))
        }
        _ => ("404 Not Found", json!({})),
    };
    let said = said.to_string();
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ");
    let _ = write!(reader.into_inner(), "{head}{}\r\n\r\n{said}", said.len());
}

fn about(issuer: &str, says: &Says) -> Value {
    json!({
        "authorization_response_iss_parameter_supported": says.says_who,
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "end_session_endpoint": format!("{issuer}/end"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        // It says so, and is not believed.
        "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"]
    })
}

impl Says {
    /// What it gives for a code: once, and to whoever knows what the sign-in was begun with.
    fn token(
        &mut self,
        issuer: &str,
        (shown, asked): (Option<&str>, &HashMap<String, String>),
    ) -> (&'static str, Value) {
        let no = |why: &str| ("400 Bad Request", json!({ "error": why }));
        let encoded =
            |text: &str| text.replace(' ', "+").replace(':', "%3A").replace('/', "%2F").replace('ä', "%C3%A4");
        let proof = BASE64_STANDARD.encode(format!("{}:{}", encoded(CLIENT), encoded(SECRET)));
        if shown != Some(&format!("Basic {proof}")) {
            return ("401 Unauthorized", json!({ "error": "invalid_client" }));
        }
        let Some(begun) = self.codes.remove(&asked["code"]) else { return no("invalid_grant") };
        let challenge = BASE64.encode(Sha256::digest(&asked["code_verifier"]));
        if challenge != begun["code_challenge"] || asked["redirect_uri"] != begun["redirect_uri"] {
            return no("invalid_grant");
        }
        let mut claims = json!({
            "iss": issuer, "sub": "248", "aud": CLIENT, "exp": self.now + 300, "iat": self.now, "nonce": begun["nonce"],
            "preferred_username": "ann", "name": "Ann Other", "email": "ann@example.org", "groups": ["testers"]
        });
        for (name, value) in &self.claims {
            match value {
                Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
                value => claims[name] = value.clone(),
            }
        }
        ("200 OK", json!({ "access_token": "access", "token_type": "Bearer", "id_token": self.signed(&claims) }))
    }

    fn signed(&self, claims: &Value) -> String {
        let key = self.keys.last().unwrap();
        let alg = match self.signs {
            Signs::Not => "none",
            Signs::WithThePublicKey | Signs::WithTheSecret => "HS256",
            Signs::Properly | Signs::WithAnother => "ES256",
        };
        let header = json!({ "alg": alg, "kid": key.id, "typ": "JWT" });
        let text = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
        let keyed = |secret: &[u8]| {
            let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().to_vec()
        };
        let by = |key: &Key| key.pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap().as_ref().to_vec();
        let signature = match self.signs {
            Signs::Not => Vec::new(),
            Signs::WithThePublicKey => keyed(key.pair.public_key().as_ref()),
            Signs::WithTheSecret => keyed(SECRET.as_bytes()),
            Signs::Properly => by(key),
            Signs::WithAnother => by(&Key::new("another")),
        };
        format!("{text}.{}", BASE64.encode(signature))
    }
}

/// What stands in a query, or in a form.
pub fn query(text: &str) -> HashMap<String, String> {
    let decoded = |text: &str| {
        let text = text.replace('+', " ");
        let mut bytes = Vec::new();
        let mut rest = text.as_bytes();
        while let Some((first, more)) = rest.split_first() {
            rest = more;
            match first {
                b'%' => {
                    bytes.push(u8::from_str_radix(std::str::from_utf8(&rest[..2]).unwrap(), 16).unwrap());
                    rest = &rest[2..];
                }
                byte => bytes.push(*byte),
            }
        }
        String::from_utf8(bytes).unwrap()
    };
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}
