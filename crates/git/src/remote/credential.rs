//! What a remote is shown, by reference: where the secret is, never the secret itself. git asks a helper for it, which
//! reads it there; so it stands in no argument, no file of ours and no ledger.

use std::fmt;
use std::path::{Path, PathBuf};
use switchback_core::words::fault::Fault;

/// Names the file to the helper that reads it.
const FILE: &str = "SWITCHBACK_CREDENTIAL_FILE";

/// Names who comes to the helper, where the address does not.
const USER: &str = "SWITCHBACK_CREDENTIAL_USER";

/// Who comes where nobody says: git hosts look at the token alone.
const NOBODY: &str = "git";

/// Where what a remote is shown comes from.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Credential {
    /// Nothing is shown; over ssh, the keys that ssh finds by itself.
    #[default]
    Nothing,
    /// The value of this variable.
    Variable(String),
    /// The first line of this file; over ssh, the private key that it is.
    File(PathBuf),
    /// What this helper of git's gives, as in `credential.helper`.
    Helper(String),
}

impl Credential {
    /// Reads `env:NAME`, `file:PATH` or `helper:NAME`.
    ///
    /// # Errors
    /// `remote-credential-unusable`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let is_variable = |name: &str| {
            let plain = |char: char| char.is_ascii_alphanumeric() || char == '_';
            !name.is_empty() && !name.starts_with(|char: char| char.is_ascii_digit()) && name.chars().all(plain)
        };
        match text.split_once(':') {
            None if text.is_empty() => Ok(Self::Nothing),
            Some(("env", name)) if is_variable(name) => Ok(Self::Variable(name.to_owned())),
            Some(("file", path)) if Path::new(path).is_absolute() => Ok(Self::File(PathBuf::from(path))),
            Some(("helper", name)) if !name.is_empty() && !name.contains('\n') => Ok(Self::Helper(name.to_owned())),
            // It may be a secret that somebody took for a reference.
            _ => Err(unusable("what a remote is to be shown is named in no way that is known".to_owned())),
        }
    }

    /// Whether what is referred to is there.
    pub(super) fn check(&self) -> Result<(), Fault> {
        match self {
            Self::Variable(name) if std::env::var_os(name).is_none_or(|value| value.is_empty()) => {
                Err(unusable(format!("the variable {name}, which holds what the remote is shown, is not set")))
            }
            Self::File(path) => std::fs::File::open(path).map(drop).map_err(|error| {
                unusable(format!("{}, which holds what the remote is shown, cannot be read: {error}", path.display()))
            }),
            Self::Variable(_) | Self::Helper(_) | Self::Nothing => Ok(()),
        }
    }

    /// The helper that git asks.
    pub(super) fn helper(&self) -> Option<String> {
        let says = |secret: &str| {
            format!(
                "!f() {{ test \"$1\" = get || exit 0; \
                 printf 'username=%s\\npassword=%s\\n' \"${USER}\" \"{secret}\"; }}; f"
            )
        };
        match self {
            Self::Nothing => None,
            Self::Variable(name) => Some(says(&format!("${name}"))),
            Self::File(_) => Some(says(&format!("$(head -n 1 \"${FILE}\")"))),
            Self::Helper(name) => Some(name.clone()),
        }
    }

    /// What the helper is told beside what git asks: names, and no secret.
    pub(super) fn told(&self, user: Option<&str>) -> Vec<(&'static str, PathBuf)> {
        let mut told = vec![(USER, PathBuf::from(user.unwrap_or(NOBODY)))];
        if let Self::File(path) = self {
            told.push((FILE, path.clone()));
        }
        told
    }
}

impl fmt::Display for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => Ok(()),
            Self::Variable(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Helper(name) => write!(f, "helper:{name}"),
        }
    }
}

fn unusable(message: String) -> Fault {
    let hint =
        "name where it is: `env:VARIABLE`, `file:/PATH` or `helper:NAME`, as `credential.helper` of git knows it";
    Fault::new("remote-credential-unusable", message, hint)
}

#[cfg(test)]
mod tests {
    use super::Credential;
    use std::process::{Command, Stdio};

    /// What git is told when it asks for `https://shop.example.org`.
    fn filled(credential: &Credential, user: Option<&str>) -> String {
        use std::io::Write as _;
        let helper = credential.helper().unwrap();
        assert!(!helper.contains("s3cret"));
        let mut command = Command::new("git");
        command.args(["-c", "credential.helper=", "-c", &format!("credential.helper={helper}"), "credential", "fill"]);
        command.envs(credential.told(user)).env("PATH_OF_TESTS", "s3cret").env("GIT_TERMINAL_PROMPT", "0");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"protocol=https\nhost=shop.example.org\n\n").unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
    }

    #[test]
    fn a_secret_is_read_where_it_is() {
        let said = filled(&Credential::parse("env:PATH_OF_TESTS").unwrap(), Some("bot"));
        assert!(said.contains("username=bot\npassword=s3cret\n"), "{said}");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a 'quoted' file");
        std::fs::write(&file, "s3cret\nmore\n").unwrap();
        let credential = Credential::parse(&format!("file:{}", file.display())).unwrap();
        assert_eq!(credential.check(), Ok(()));
        let said = filled(&credential, None);
        assert!(said.contains("username=git\npassword=s3cret\n"), "{said}");
        std::fs::remove_file(&file).unwrap();
        assert_eq!(credential.check().unwrap_err().code, "remote-credential-unusable");
    }

    #[test]
    fn what_is_no_reference_is_not_repeated() {
        for text in ["ghp_s3cret", "env:A-B", "env:1", "file:here", "helper:", "token:s3cret"] {
            let said = Credential::parse(text).unwrap_err();
            assert!(!said.message.contains("s3cret"), "{said}");
        }
    }
}
