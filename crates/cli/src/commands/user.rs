//! `user add|list|show|edit|disable|enable|reset|link|unlink`: the words it takes.

use crate::commands::console::Console;
use crate::render;
use crate::session::{Session, Told};
use clap::{Args, Subcommand};
use switchback_api::Failure;
use switchback_api::verbs::identity::{AttachRequest, DetachRequest};
use switchback_api::verbs::user::{
    AddRequest, DisableRequest, EditRequest, EnableRequest, ListRequest, ResetRequest, ShowRequest,
};

/// Say who may come in to a server
///
/// On the machine of the server itself no token is needed, only the right to write its folder: this is how an
/// administrator comes in again who is locked out.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  switchback user add ann --email ann@example.org --administrator\n  switchback user reset ann --data /var/lib/switchback"
)]
pub struct UserArguments {
    #[command(flatten)]
    pub(crate) console: Console,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    Add(AddArguments),
    List(ListArguments),
    Show(ShowArguments),
    Edit(EditArguments),
    Disable(DisableArguments),
    Enable(EnableArguments),
    Reset(ResetArguments),
    Link(LinkArguments),
    Unlink(UnlinkArguments),
}

/// Add a person, and print the secret by which they choose a password
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback user add ann --display-name \"Ann Other\" --email ann@example.org")]
struct AddArguments {
    /// The name they sign in with; it stands in the history for ever
    name: String,
    /// What others read; the name if not said
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
    /// Where mail goes
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// They run the server
    #[arg(long)]
    administrator: bool,
}

/// List people
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback user list")]
struct ListArguments {}

/// Show a person
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback user show ann")]
struct ShowArguments {
    /// Who
    name: String,
}

/// Change what others read of a person, and where mail goes
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback user edit ann --email ann.other@example.org")]
struct EditArguments {
    /// Who
    name: String,
    /// What others read
    #[arg(long, value_name = "TEXT", required_unless_present = "email")]
    display_name: Option<String>,
    /// Where mail goes; empty for nowhere
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
}

/// Do not let a person in any more: their sessions end, their tokens are of no use
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback user disable ann")]
struct DisableArguments {
    /// Who
    name: String,
}

/// Let a person in again
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback user enable ann")]
struct EnableArguments {
    /// Who
    name: String,
}

/// Print a secret by which a person chooses another password; the one they have holds until then
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback user reset ann")]
struct ResetArguments {
    /// Who
    name: String,
}

/// Say who a person is at a provider of identities, whose word lets them in from then on
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback user link ann --provider company --subject 00u1a2b3c4")]
struct LinkArguments {
    /// Who
    name: String,
    /// The provider
    #[arg(long, value_name = "NAME")]
    provider: String,
    /// What the provider calls them for ever; it is told to whoever it lets in and is nobody here
    #[arg(long, value_name = "TEXT")]
    subject: String,
}

/// Take back who a person is at a provider of identities: its word does not let them in any more
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback user unlink ann")]
struct UnlinkArguments {
    /// Who
    name: String,
}

impl UserArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        match self.what {
            What::Add(AddArguments { name, display_name, email, administrator }) => {
                let request = AddRequest { name, display_name, email, administrator };
                session.tell(&request, render::user::added).await
            }
            What::List(ListArguments {}) => session.tell(&ListRequest::default(), render::user::list).await,
            What::Show(ShowArguments { name }) => session.tell(&ShowRequest { user: name }, render::user::show).await,
            What::Edit(EditArguments { name, display_name, email }) => {
                session.tell(&EditRequest { user: name, display_name, email }, render::user::show).await
            }
            What::Disable(DisableArguments { name }) => {
                session.tell(&DisableRequest { user: name }, render::user::disabled).await
            }
            What::Enable(EnableArguments { name }) => {
                session.tell(&EnableRequest { user: name }, render::user::enabled).await
            }
            What::Link(LinkArguments { name, provider, subject }) => {
                session.tell(&AttachRequest { user: name, provider, subject }, render::user::show).await
            }
            What::Unlink(UnlinkArguments { name }) => {
                session.tell(&DetachRequest { user: name }, render::user::show).await
            }
            What::Reset(ResetArguments { name }) => {
                session.tell(&ResetRequest { user: name }, render::user::reset).await
            }
        }
    }
}
