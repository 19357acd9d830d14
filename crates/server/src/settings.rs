//! The server's own configuration, `server.toml`: what is not about any one pipeline. Unknown keys are defects, told with
//! their line; secrets stand elsewhere, in the environment or in files of their own, and are named here.

mod log;
mod oidc;
mod remote;
mod secret_files;

use log::{LogWritten, TelemetryWritten};
use oidc::OidcWritten;
pub use oidc::OutsideProvider;
pub use remote::NamedRemote;
use remote::RemoteWritten;
pub use secret_files::secret_files;
use serde::Deserialize;
use std::ops::Range as Span;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use switchback_core::records::notice::NoticeKind;
use switchback_core::words::refusal::closest;
use switchback_core::words::remedy::Remedy;
use switchback_engine::config::ConfigDefect;
use switchback_engine::offering::Offering;
use switchback_notify::address::{Allowed, Range};
use switchback_notify::mail::{MailServer, Mailer};
use switchback_notify::secret::Secret;
use switchback_notify::webhook::{Key, Receiver};
use switchback_people::sign_in::Whom;
use switchback_telemetry::{Format, Level};
use toml::Spanned;

/// What a server is told about itself.
#[derive(Clone, Default)]
pub struct Settings {
    /// Where people find it, `https://switchback.example.org`; what is sent has no links without.
    pub public_url: Option<String>,
    /// Who hands mail in.
    pub mail: Option<Mailer>,
    /// Whom to tell beside people.
    pub webhooks: Vec<Hook>,
    /// Which addresses may be called that are not public.
    pub allowed: Allowed,
    /// Repositories on remotes.
    pub remotes: Vec<NamedRemote>,
    /// How lines of the log look, and how much is said.
    pub log: (Option<Format>, Option<Level>),
    /// The address of a collector of traces, without `/v1/traces`, and what this server is called there.
    pub telemetry: (Option<String>, Option<String>),
    /// Whether figures are for everybody who asks.
    pub open_metrics: bool,
    /// What is done about configurations that come to a pipeline's base branch (`SPEC K4`). Only the server's own file says
    /// so: a repository must not grant itself that (`SPEC K3`).
    pub configuration: Offering,
    /// Whom a password lets in.
    pub passwords: Whom,
    /// Whose word lets people in beside (`SPEC W3`).
    pub providers: Vec<Arc<OutsideProvider>>,
}

/// A webhook.
#[derive(Clone, Debug)]
pub struct Hook {
    /// What deliveries call it: its address may be secret.
    pub name: String,
    /// Where it is.
    pub receiver: Receiver,
    /// Of which pipelines it is told; all when there are none.
    pub pipelines: Vec<String>,
    /// Of what it is told; everything when there are none.
    pub kinds: Vec<NoticeKind>,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    public_url: Option<Spanned<String>>,
    configuration: Option<Spanned<String>>,
    mail: Option<MailWritten>,
    #[serde(default)]
    webhook: Vec<HookWritten>,
    network: Option<NetworkWritten>,
    #[serde(default)]
    remote: Vec<RemoteWritten>,
    log: Option<LogWritten>,
    metrics: Option<MetricsWritten>,
    passwords: Option<Spanned<bool>>,
    #[serde(default)]
    oidc: Vec<Spanned<OidcWritten>>,
    telemetry: Option<TelemetryWritten>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MailWritten {
    from: Spanned<String>,
    server: Spanned<String>,
    password: Option<Spanned<SecretWritten>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HookWritten {
    name: Option<Spanned<String>>,
    url: Spanned<String>,
    secret: Spanned<SecretWritten>,
    #[serde(default)]
    pipelines: Vec<String>,
    #[serde(default)]
    kinds: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NetworkWritten {
    #[serde(default)]
    allow: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MetricsWritten {
    #[serde(default)]
    open: bool,
}

/// Where a secret stands.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretWritten {
    env: Option<String>,
    file: Option<PathBuf>,
}

impl Settings {
    /// Reads a file. Names of files in it start from its folder.
    ///
    /// # Errors
    /// `config-unreadable`, `config-defect`: the first thing that is wrong, with its place.
    pub fn read(file: &Path) -> Result<Self, ConfigDefect> {
        let text = std::fs::read_to_string(file).map_err(|error| {
            let message = format!("the server's configuration {} cannot be read: {error}", file.display());
            whole(file, "config-unreadable", (message, "name a file that the server may read"))
        })?;
        Source { file, text: &text }.settings()
    }
}

/// The text, to tell where something stands.
#[derive(Clone, Copy)]
struct Source<'a> {
    file: &'a Path,
    text: &'a str,
}

impl Source<'_> {
    fn settings(self) -> Result<Settings, ConfigDefect> {
        let written: Written = toml::from_str(self.text).map_err(|error| self.unreadable(&error))?;
        let network = written.network.map(|network| network.allow).unwrap_or_default();
        let ranges = network.iter().map(|range| self.range(range)).collect::<Result<_, _>>()?;
        let public_url = written.public_url.map(|url| self.public_url(&url)).transpose()?;
        let mail = written.mail.map(|mail| self.mailer(&mail)).transpose()?;
        let mut webhooks: Vec<Hook> = Vec::new();
        for hook in &written.webhook {
            let made = self.hook(hook)?;
            if webhooks.iter().any(|other| other.name == made.name) {
                let span = hook.name.as_ref().map_or_else(|| hook.url.span(), Spanned::span);
                let message = format!("two webhooks are called `{}`", made.name);
                return Err(self.defect(&span, message, "give one of them another `name`"));
            }
            webhooks.push(made);
        }
        let remotes = self.remotes(written.remote)?;
        let log = written.log.map(|log| self.log(&log)).transpose()?.unwrap_or_default();
        let telemetry = written.telemetry.map(|told| self.telemetry(told)).transpose()?.unwrap_or_default();
        let open_metrics = written.metrics.is_some_and(|metrics| metrics.open);
        let configuration = written.configuration.map(|word| self.offering(&word)).transpose()?.unwrap_or_default();
        let allowed = Allowed::new(ranges);
        let providers = self.providers(&written.oidc, public_url.as_deref())?;
        let passwords = self.passwords(written.passwords.as_ref(), &providers)?;
        Ok(Settings {
            public_url,
            mail,
            webhooks,
            allowed,
            remotes,
            log,
            telemetry,
            open_metrics,
            configuration,
            passwords,
            providers,
        })
    }

    fn offering(self, word: &Spanned<String>) -> Result<Offering, ConfigDefect> {
        match word.get_ref().as_str() {
            "offer" => Ok(Offering::Shown),
            "auto" => Ok(Offering::Applied),
            other => {
                let message = format!("`configuration` knows no `{}`", other.escape_debug());
                Err(self.defect(&word.span(), message, "write one of: offer, auto"))
            }
        }
    }

    /// What the parser says repeats what stands there, which a secret's place must not.
    fn unreadable(self, error: &toml::de::Error) -> ConfigDefect {
        let span = error.span().unwrap_or(0..0);
        let message = match is_private(self.line_at(span.start).1) {
            true => "what stands here is not as it should be; a secret is never written down here".to_owned(),
            false => error.message().lines().next().unwrap_or_default().to_owned(),
        };
        let hint = "a secret is `{ env = \"NAME\" }` or `{ file = \"path\" }`; docs/server.md has every key";
        self.defect(&span, message, hint)
    }

    /// Where the line begins that a byte stands in, and the line.
    fn line_at(&self, at: usize) -> (usize, &str) {
        let before = self.text.get(..at.min(self.text.len())).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        (start, self.text[start..].lines().next().unwrap_or_default())
    }

    fn range(self, range: &Spanned<String>) -> Result<Range, ConfigDefect> {
        let text = range.get_ref();
        Range::parse(text).ok_or_else(|| {
            self.defect(&range.span(), format!("`{text}` is no range of addresses"), "write it as `10.1.2.0/24`")
        })
    }

    fn public_url(self, url: &Spanned<String>) -> Result<String, ConfigDefect> {
        self.address(url, "a server", "https://switchback.example.org")
    }

    /// An address without what comes after it, and without anybody's name.
    fn address(self, url: &Spanned<String>, whose: &str, example: &str) -> Result<String, ConfigDefect> {
        let text = url.get_ref().trim_end_matches('/');
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
        let is_odd = |char: char| char.is_whitespace() || char.is_control() || "@?#\"<>\\".contains(char);
        if host.is_empty() || host.contains(is_odd) {
            let message = format!("`{}` is no address of {whose}", url.get_ref().escape_debug());
            return Err(self.defect(&url.span(), message, format!("write it as `{example}`")));
        }
        Ok(text.to_owned())
    }

    fn mailer(self, mail: &MailWritten) -> Result<Mailer, ConfigDefect> {
        let server = MailServer::parse(mail.server.get_ref()).map_err(|why| {
            let message = format!("where mail is handed in {why}");
            self.defect(&mail.server.span(), message, "write it as `smtp://user@mail.example.org:587`")
        })?;
        let password = mail.password.as_ref().map(|password| self.secret(password)).transpose()?;
        if server.has_user() != password.is_some() {
            let (message, hint) = match server.has_user() {
                true => ("a user hands mail in, and there is no password", "add `password = { file = \"…\" }`"),
                false => ("there is a password, and no user who hands mail in", "name the user in `server`"),
            };
            return Err(self.defect(&mail.server.span(), message, hint));
        }
        Mailer::new(mail.from.get_ref(), &server, password.as_ref()).map_err(|message| {
            self.defect(&mail.from.span(), message, "write it as `Switchback <switchback@example.org>`")
        })
    }

    fn hook(self, hook: &HookWritten) -> Result<Hook, ConfigDefect> {
        let key = Key::parse(&self.secret(&hook.secret)?).ok_or_else(|| {
            let message = "the secret of the webhook is none";
            self.defect(&hook.secret.span(), message, "make one: `whsec_` and 24 to 64 random bytes in base64")
        })?;
        let receiver = Receiver::new(hook.url.get_ref(), key).map_err(|why| {
            self.defect(&hook.url.span(), format!("the address of the webhook {why}"), "write it as `https://…`")
        })?;
        let name = hook.name.as_ref().map_or_else(|| receiver.host().to_owned(), |name| name.get_ref().clone());
        let kinds = hook.kinds.iter().map(|kind| self.kind(kind)).collect::<Result<_, _>>()?;
        Ok(Hook { name, receiver, pipelines: hook.pipelines.clone(), kinds })
    }

    fn kind(self, word: &Spanned<String>) -> Result<NoticeKind, ConfigDefect> {
        NoticeKind::parse(word.get_ref()).ok_or_else(|| {
            let all: Vec<String> = NoticeKind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect();
            let step = match closest(word.get_ref(), &all) {
                Some(name) => Remedy::DidYouMean { name },
                None => Remedy::advice(format!("write one of: {}", all.join(", "))),
            };
            self.defect(&word.span(), format!("nothing is told as `{}`", word.get_ref().escape_debug()), step)
        })
    }

    /// A secret from where it stands. What is wrong never repeats it.
    fn secret(self, written: &Spanned<SecretWritten>) -> Result<Secret, ConfigDefect> {
        let defect = |message: String, hint: &str| Err(self.defect(&written.span(), message, hint));
        let text = match written.get_ref() {
            SecretWritten { env: Some(name), file: None } => match std::env::var(name) {
                Ok(text) => text,
                Err(_) => return defect(format!("nothing stands in {name}"), "set it where the server is started"),
            },
            SecretWritten { env: None, file: Some(path) } => {
                let path = self.file.parent().unwrap_or(Path::new("")).join(path);
                match std::fs::read_to_string(&path) {
                    Ok(text) => text,
                    Err(error) => {
                        let message = format!("the secret in {} cannot be read: {error}", path.display());
                        return defect(message, "let the server read it, and nobody else");
                    }
                }
            }
            _ => return defect("a secret stands in one place".to_owned(), "name `env` or `file`"),
        };
        match text.trim_end_matches(['\n', '\r']) {
            "" => defect("the secret is empty".to_owned(), "put it where the configuration says it is"),
            text => Ok(Secret::new(text)),
        }
    }

    fn defect(self, span: &Span<usize>, message: impl Into<String>, remedy: impl Into<Remedy>) -> ConfigDefect {
        let start = span.start.min(self.text.len());
        let before = self.text.get(..start).unwrap_or_default();
        let (line_start, line) = self.line_at(start);
        let column = self.text[line_start..start].chars().count();
        let end = span.end.clamp(start, (line_start + line.len()).max(start));
        let wide = self.text.get(start..end).map_or(1, |part| part.chars().count().max(1));
        let snippet = match (is_private(line), line.split_once('=')) {
            (true, Some((key, _))) => format!("{key}= …"),
            (true, None) => "…".to_owned(),
            (false, _) => format!("{line}\n{}{}", " ".repeat(column), "^".repeat(wide)),
        };
        ConfigDefect {
            line: u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX),
            column: u32::try_from(column + 1).unwrap_or(u32::MAX),
            snippet,
            ..whole(self.file, "config-defect", (message, remedy))
        }
    }
}

fn whole(file: &Path, code: &'static str, (message, remedy): (impl Into<String>, impl Into<Remedy>)) -> ConfigDefect {
    let (message, remedy, file) = (message.into(), Box::new(remedy.into()), file.to_owned());
    ConfigDefect { code, message, remedy, file, line: 0, column: 0, snippet: String::new() }
}

/// Whether a line may hold what is not to be shown, though it should not.
fn is_private(line: &str) -> bool {
    ["secret", "password", "server", "url", "whsec_"].iter().any(|word| line.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings, ConfigDefect> {
        Source { file: Path::new("/etc/server.toml"), text }.settings()
    }

    #[test]
    fn an_empty_file_is_none() {
        let settings = read("").unwrap_or_else(|defect| panic!("{defect}"));
        assert!(settings.mail.is_none() && settings.webhooks.is_empty() && settings.public_url.is_none());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let hook = "[[webhook]]\nurl = \"https://a.example\"\nsecret = ";
        let cases = [
            ("a = 1".to_owned(), 1, "unknown field `a`"),
            ("\n[mail]\nfrom = 1".to_owned(), 3, "expected"),
            ("[mail]\nfrom = \"a@b.c\"\nserver = \"mx\"".to_owned(), 3, "neither `smtp://`"),
            ("[mail]\nfrom = \"x\"\nserver = \"smtp://mx\"".to_owned(), 2, "no address"),
            ("[mail]\nfrom = \"a@b.c\"\nserver = \"smtp://me@mx\"".to_owned(), 3, "no password"),
            ("[log]\nlevel = \"loud\"".to_owned(), 2, "no word"),
            ("[log]\nformat = \"xml\"".to_owned(), 2, "no word"),
            ("[network]\nallow = [\"10.0.0.1/8\"]".to_owned(), 2, "no range"),
            ("public_url = \"javascript:1\"".to_owned(), 1, "no address of a server"),
            ("configuration = \"automatic\"".to_owned(), 1, "knows no `automatic`"),
            (format!("{hook}{{ env = \"NOBODY_SET_THIS\" }}"), 3, "nothing stands in NOBODY_SET_THIS"),
            (format!("{hook}{{ env = \"A\", file = \"b\" }}"), 3, "one place"),
            (format!("{hook}{{ file = \"/nowhere/at/all\" }}"), 3, "cannot be read"),
            (format!("{hook}\"whsec_visible\""), 3, "never written down"),
            ("[[remote]]\nname = \"a\"\n[[remote]]\nname = \"a\"".to_owned(), 4, "two remotes"),
            ("[[remote]]\nname = \"a\"\ncredential = { env = \"A\", helper = \"b\" }".to_owned(), 3, "one place"),
            ("[[remote]]\nname = \"a\"\nwebhook = \"whsec_visible\"".to_owned(), 3, "never written down"),
            ("[mail]\nfrom = \"a@b.c\"\nserver = \"smtp://me:whsec_visible@mx\"".to_owned(), 3, "holds a password"),
        ];
        for (text, line, wanted) in cases {
            let defect = read(&text).err().unwrap_or_else(|| panic!("{text} is fine"));
            assert_eq!((defect.line, defect.message.contains(wanted)), (line, true), "{text}: {defect}");
            assert!(!defect.placed().contains("whsec_visible"), "{defect}");
        }
    }
}
