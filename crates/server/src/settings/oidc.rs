//! Providers of identities, as `server.toml` names them (`SPEC W3`).

use super::{SecretWritten, Source};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use switchback_engine::config::ConfigDefect;
use switchback_oidc::address::is_safe_address;
use switchback_oidc::provider::{Named, Provider};
use switchback_people::outside::{Newcomers, Terms};
use switchback_people::sign_in::Whom;
use toml::Spanned;

/// A provider, and on which terms its word lets somebody in.
#[derive(Debug)]
pub struct OutsideProvider {
    /// Who is asked.
    pub provider: Provider,
    /// On which terms.
    pub terms: Terms,
    /// Where it sends people back to, before the name of what goes on there.
    pub back: String,
}

/// The same as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OidcWritten {
    name: Spanned<String>,
    issuer: Spanned<String>,
    client_id: String,
    client_secret: Option<Spanned<SecretWritten>>,
    scopes: Option<Vec<String>>,
    name_claim: Option<String>,
    groups_claim: Option<String>,
    #[serde(default)]
    only_groups: BTreeSet<String>,
    #[serde(default)]
    new_people: bool,
    groups: Option<BTreeMap<String, String>>,
    ca: Option<Spanned<PathBuf>>,
}

impl Source<'_> {
    /// # Errors
    /// A name that comes twice or can stand in no address, an address that is none, a secret or a certificate that cannot
    /// be read, and a server that does not know its own address.
    pub(super) fn providers(
        self,
        written: &[Spanned<OidcWritten>],
        public_url: Option<&str>,
    ) -> Result<Vec<Arc<OutsideProvider>>, ConfigDefect> {
        let mut all: Vec<Arc<OutsideProvider>> = Vec::new();
        for one in written {
            let made = self.provider(one, public_url)?;
            let is_like = |known: &&Arc<OutsideProvider>| {
                known.provider.name() == made.provider.name() || known.provider.issuer() == made.provider.issuer()
            };
            if all.iter().any(|known| is_like(&known)) {
                let message = format!("two providers have the name or the issuer of `{}`", made.provider.name());
                let step = "give it a name of its own, and name each issuer once";
                return Err(self.defect(&one.get_ref().name.span(), message, step));
            }
            all.push(Arc::new(made));
        }
        Ok(all)
    }

    /// # Errors
    /// Nobody but administrators could come in.
    pub(super) fn passwords(
        self,
        written: Option<&Spanned<bool>>,
        providers: &[Arc<OutsideProvider>],
    ) -> Result<Whom, ConfigDefect> {
        match written {
            Some(on) if !on.get_ref() && providers.is_empty() => {
                let message = "nobody but administrators could come in: passwords are off, and there is no provider";
                Err(self.defect(&on.span(), message, "add an `[[oidc]]`, or leave passwords on"))
            }
            Some(on) if !on.get_ref() => Ok(Whom::Administrators),
            _ => Ok(Whom::Everybody),
        }
    }

    fn provider(self, all: &Spanned<OidcWritten>, public_url: Option<&str>) -> Result<OutsideProvider, ConfigDefect> {
        let written = all.get_ref();
        let name = written.name.get_ref();
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            let message = format!("`{}` is no name of a provider: it stands in addresses", name.escape_debug());
            return Err(self.defect(&written.name.span(), message, "write letters, digits and `-`"));
        }
        let Some(public_url) = public_url.filter(|url| is_safe_address(url)) else {
            let message = "a provider sends people back to this server, over TLS unless it is on their machine";
            let step = "say where it is found: `public_url = \"https://switchback.example.org\"`, before any table";
            return Err(self.defect(&written.name.span(), message, step));
        };
        let secret = written.client_secret.as_ref().map(|secret| self.secret(secret)).transpose()?;
        let texts = |said: &Option<String>, usual: &str| said.clone().unwrap_or_else(|| usual.to_owned());
        let named = Named {
            name: name.clone(),
            issuer: written.issuer.get_ref().clone(),
            client_id: written.client_id.clone(),
            client_secret: secret.map(|secret| secret.reveal().to_owned()),
            scopes: written.scopes.clone().unwrap_or_else(|| vec!["profile".to_owned(), "email".to_owned()]),
            name_claim: texts(&written.name_claim, "preferred_username"),
            groups_claim: texts(&written.groups_claim, "groups"),
            ca: written.ca.as_ref().map(|path| self.certificates(path)).transpose()?,
        };
        let provider = Provider::new(named).map_err(|(key, why)| {
            let span = match (key, &written.ca) {
                ("ca", Some(path)) => path.span(),
                _ => written.issuer.span(),
            };
            self.defect(&span, format!("`{key}` of the provider {why}"), "see `[[oidc]]` in docs/server.md")
        })?;
        let newcomers = if written.new_people { Newcomers::Made } else { Newcomers::Refused };
        let terms = Terms { only: written.only_groups.clone(), newcomers, groups: written.groups.clone() };
        Ok(OutsideProvider { provider, terms, back: public_url.to_owned() })
    }

    fn certificates(self, path: &Spanned<PathBuf>) -> Result<Vec<u8>, ConfigDefect> {
        let whole = self.file.parent().unwrap_or(Path::new("")).join(path.get_ref());
        std::fs::read(&whole).map_err(|error| {
            let message = format!("the certificates in {} cannot be read: {error}", whole.display());
            self.defect(&path.span(), message, "name a file that the server may read")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Settings, Source};
    use std::path::Path;
    use switchback_engine::config::ConfigDefect;
    use switchback_people::sign_in::Whom;

    const HERE: &str = "public_url = \"https://switchback.example.org\"\n";
    const ONE: &str = "[[oidc]]\nname = \"one\"\nissuer = \"https://a.example\"\nclient_id = \"x\"\n";

    fn read(text: &str) -> Result<Settings, ConfigDefect> {
        Source { file: Path::new("/etc/server.toml"), text }.settings()
    }

    #[test]
    fn a_provider_is_read() {
        let settings = read(&format!("passwords = false\n{HERE}{ONE}only_groups = [\"staff\"]\n")).unwrap();
        let one = &settings.providers[0];
        assert_eq!((one.provider.name(), one.provider.issuer()), ("one", "https://a.example"));
        assert_eq!((one.terms.only.len(), settings.passwords), (1, Whom::Administrators));
        assert_eq!(read(&format!("passwords = true\n{HERE}{ONE}")).unwrap().passwords, Whom::Everybody);
    }

    #[test]
    fn what_is_wrong_with_one_is_told_with_its_line() {
        let other = ONE.replace("one", "two");
        let cases = [
            (ONE.to_owned(), 2, "sends people back"),
            (format!("public_url = \"http://switchback.example.org\"\n{ONE}"), 3, "sends people back"),
            (format!("{HERE}{ONE}{ONE}"), 7, "two providers"),
            (format!("{HERE}{ONE}{other}"), 7, "two providers"),
            (format!("{HERE}{}", ONE.replace("one", "a/b")), 3, "no name of a provider"),
            (format!("{HERE}{}", ONE.replace("https:", "http:")), 4, "`issuer` of the provider does not begin"),
            (format!("{HERE}{ONE}client_secret = {{ env = \"NOBODY_SET_THIS\" }}"), 6, "nothing stands in"),
            (format!("{HERE}{ONE}client_secret = \"visible\""), 6, "never written down"),
            (format!("{HERE}{ONE}ca = \"/nowhere/at/all\""), 6, "cannot be read"),
            (format!("{HERE}{ONE}ca = \"/dev/null\""), 6, "`ca` of the provider holds no certificate"),
            (format!("{HERE}{ONE}group_claim = \"x\""), 6, "unknown field"),
            ("passwords = false".to_owned(), 1, "nobody but administrators"),
        ];
        for (text, line, wanted) in cases {
            let defect = read(&text).err().unwrap_or_else(|| panic!("{text} is fine"));
            assert_eq!((defect.line, defect.message.contains(wanted)), (line, true), "{text}: {defect}");
            assert!(!defect.placed().contains("visible"), "{defect}");
        }
    }
}
