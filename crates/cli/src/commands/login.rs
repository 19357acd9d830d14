//! `login` and `logout`: the words they take.

use crate::browser::{self, By};
use crate::door::Door;
use crate::keyring;
use crate::prompt;
use crate::remote::{Pass, Remote};
use crate::session::{Form, Told, json};
use clap::Args;
use serde_json::json;
use switchback_api::secret::Secret;
use switchback_api::verbs::identity::{Way, WaysRequest};
use switchback_api::verbs::invitation::{LookRequest, Purpose, TakeRequest};
use switchback_api::verbs::session::{Present, SessionRequest};
use switchback_api::verbs::sign_in::SignInRequest;
use switchback_api::verbs::sign_out::SignOutRequest;
use switchback_api::verbs::token::CreateRequest;
use switchback_api::{Client, Context, Exit, Failure};

/// Sign in to a server, and keep a token for it
///
/// The token is made for this command line, and kept where git keeps passwords: by the credential helper that git is
/// configured for. Without one it is printed, for `SWITCHBACK_TOKEN`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  switchback login https://switchback.example.org --user ada\n  switchback login https://switchback.example.org --provider company"
)]
pub struct LoginArguments {
    /// The server
    #[arg(value_name = "URL")]
    server: String,
    /// Who you are there; asked for if not said
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// You were given a link or a secret to come in for the first time, or to choose another password
    #[arg(long)]
    invited: bool,
    /// Sign in with a browser, by this provider of identities; by the only one if not said, where passwords are off
    #[arg(long, value_name = "NAME", conflicts_with_all = ["user", "invited"])]
    provider: Option<String>,
    /// The browser is on another machine: type here what it shows
    #[arg(long, conflicts_with_all = ["user", "invited"])]
    paste: bool,
    /// Keep a token that you have already
    #[arg(long, conflicts_with_all = ["user", "invited", "days", "provider", "paste"])]
    with_token: bool,
    /// For how many days the token works
    #[arg(long, value_name = "N", default_value_t = 90)]
    days: u32,
}

/// Forget the token for a server
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback logout https://switchback.example.org")]
pub struct LogoutArguments {
    /// The server
    #[arg(value_name = "URL")]
    server: String,
}

impl LoginArguments {
    pub(crate) async fn run(self, form: Form) -> Result<Told, Failure> {
        let remote = Remote::as_nobody(&self.server)?;
        let token = match self.with_token {
            true => prompt::secret("Token")?,
            false => self.sign_in(&remote).await?,
        };
        let bearer = remote.with(Pass::token(token.reveal())?);
        let present = client(bearer).call(&SessionRequest {}).await?;
        let kept = keyring::keep(remote.server(), token.reveal());
        told(form, &self.server, (&present, &token, kept))
    }

    /// Signs in for as long as it takes to make a token.
    async fn sign_in(&self, remote: &Remote) -> Result<Secret, Failure> {
        let (present, cookie) = match self.way(remote).await? {
            Some(way) => {
                let by = if self.paste { By::Hand } else { By::Browser };
                let base = self.server.trim_end_matches('/');
                remote.signed_in(&browser::ask_for(&format!("{base}{}", way.address), by)?)?
            }
            None => {
                let (name, password) = if self.invited { self.come_in(remote).await? } else { self.who()? };
                remote.signed_in(&SignInRequest { name, password })?
            }
        };
        let form = present.form.as_ref().map_or("", Secret::reveal);
        let signed_in = client(remote.with(Pass::session(&cookie, form)?));
        let name = format!("command line of {}", machine());
        let made = signed_in.call(&CreateRequest { name, days: Some(self.days), ..CreateRequest::default() }).await;
        signed_in.call(&SignOutRequest {}).await?;
        made?.secret.ok_or_else(|| Failure::bug("a token came without its secret"))
    }

    /// The provider to sign in by; none for a password.
    async fn way(&self, remote: &Remote) -> Result<Option<Way>, Failure> {
        if self.invited || self.user.is_some() {
            return Ok(None);
        }
        let ways = match client(remote.clone()).call(&WaysRequest {}).await {
            Ok(ways) => ways,
            // One from before there were providers.
            Err(Failure::Refused(refused)) if refused.code == "unknown-address" && self.provider.is_none() => {
                return Ok(None);
            }
            Err(failure) => return Err(failure),
        };
        let names: Vec<_> = ways.providers.iter().map(|way| way.name.as_str()).collect();
        let named = |name: &str| ways.providers.iter().find(|way| way.name == name).cloned();
        match (&self.provider, names.as_slice()) {
            (Some(name), _) => named(name).map(Some).ok_or_else(|| {
                Failure::usage(format!("the server knows no provider named `{name}`; there are: {}", names.join(", ")))
            }),
            (None, [only]) if self.paste || !ways.passwords => Ok(named(only)),
            (None, []) if self.paste => Err(Failure::usage("the server knows no provider to sign in by")),
            (None, [_, ..]) if self.paste || !ways.passwords => {
                Err(Failure::usage(format!("say by which provider, with `--provider`: {}", names.join(", "))))
            }
            (None, _) => Ok(None),
        }
    }

    fn who(&self) -> Result<(String, Secret), Failure> {
        Ok((self.name()?, prompt::secret("Password")?))
    }

    fn name(&self) -> Result<String, Failure> {
        self.user.clone().map_or_else(|| prompt::line("Name"), Ok)
    }

    /// Takes an invitation, which lets whoever has it choose a password.
    async fn come_in(&self, remote: &Remote) -> Result<(String, Secret), Failure> {
        let given = prompt::secret("Link or secret")?;
        // What stands after `#` in a link is the secret.
        let secret = Secret::new(given.reveal().rsplit('#').next().unwrap_or_default());
        let nobody = client(remote.clone());
        let invitation = nobody.call(&LookRequest { secret: secret.clone() }).await?;
        let name = match invitation.purpose {
            Purpose::FirstAdministrator => Some(self.name()?),
            Purpose::Password => None,
        };
        let password = prompt::secret("New password, 12 characters or more")?;
        let (display_name, email) = (None, None);
        let take = TakeRequest { secret, password: password.clone(), name, display_name, email };
        Ok((nobody.call(&take).await?.person, password))
    }
}

impl LogoutArguments {
    pub(crate) fn run(self, form: Form) -> Result<Told, Failure> {
        let remote = Remote::as_nobody(&self.server)?;
        keyring::forget(remote.server());
        let text = match form {
            Form::Json => json(&json!({ "server": self.server, "kept": false }))?,
            Form::Text => {
                format!(
                    "The token for {} is forgotten here; `switchback token revoke` ends it everywhere\n",
                    self.server
                )
            }
        };
        Ok(Told { text, exit: Exit::Done })
    }
}

fn client(remote: Remote) -> Client<Door> {
    Client::new(Door::Remote(remote), Context::default())
}

fn machine() -> String {
    let name = rustix::system::uname();
    name.nodename().to_string_lossy().into_owned()
}

fn told(form: Form, server: &str, (present, token, kept): (&Present, &Secret, bool)) -> Result<Told, Failure> {
    let person = &present.person;
    let text = match (form, kept) {
        (Form::Json, true) => json(&json!({ "server": server, "person": person, "kept": true }))?,
        (Form::Json, false) => {
            json(&json!({ "server": server, "person": person, "kept": false, "secret": token.reveal() }))?
        }
        (Form::Text, true) => {
            format!("You are {person} at {server}\nAsk it with `--server {server}`, or set SWITCHBACK_SERVER\n")
        }
        (Form::Text, false) => format!(
            "You are {person} at {server}\nGit has no credential helper that would keep the token; set it yourself:\n  \
             export SWITCHBACK_SERVER={server}\n  export SWITCHBACK_TOKEN={}\n",
            token.reveal()
        ),
    };
    Ok(Told { text, exit: Exit::Done })
}
