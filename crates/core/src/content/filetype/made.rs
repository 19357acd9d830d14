//! Files that a package manager makes: how they are written, and what makes them again.

use super::Format;
use crate::words::object::RepoPath;

/// A file that a program makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Made {
    /// What it is called, in whichever folder.
    pub file: &'static str,
    /// How it is written, where that is known.
    pub format: Option<Format>,
    /// What makes it again in its folder: a program and its arguments.
    pub by: Option<&'static [&'static str]>,
}

const fn made(file: &'static str, format: Option<Format>, by: Option<&'static [&'static str]>) -> Made {
    Made { file, format, by }
}

const JSON: Option<Format> = Some(Format::Json);
const YAML: Option<Format> = Some(Format::Yaml);
const TOML: Option<Format> = Some(Format::Toml);

/// The known ones.
pub const ALL: [Made; 20] = [
    made("package-lock.json", JSON, Some(&["npm", "install", "--package-lock-only", "--ignore-scripts"])),
    made("npm-shrinkwrap.json", JSON, Some(&["npm", "install", "--package-lock-only", "--ignore-scripts"])),
    made("yarn.lock", None, Some(&["yarn", "install", "--mode=update-lockfile"])),
    made("pnpm-lock.yaml", YAML, Some(&["pnpm", "install", "--lockfile-only"])),
    made("Cargo.lock", TOML, Some(&["cargo", "update", "--workspace"])),
    made("poetry.lock", TOML, Some(&["poetry", "lock"])),
    made("uv.lock", TOML, Some(&["uv", "lock"])),
    made("pdm.lock", TOML, Some(&["pdm", "lock"])),
    made("Pipfile.lock", JSON, Some(&["pipenv", "lock"])),
    made("composer.lock", JSON, Some(&["composer", "update", "--lock", "--no-install", "--no-scripts"])),
    made("Gemfile.lock", None, Some(&["bundle", "lock"])),
    made("packages.lock.json", JSON, Some(&["dotnet", "restore", "--force-evaluate"])),
    made("pubspec.lock", YAML, Some(&["dart", "pub", "get"])),
    made("Chart.lock", YAML, Some(&["helm", "dependency", "update"])),
    made("flake.lock", JSON, Some(&["nix", "flake", "lock"])),
    made("Package.resolved", JSON, Some(&["swift", "package", "resolve"])),
    made("mix.lock", None, Some(&["mix", "deps.get"])),
    made(".terraform.lock.hcl", None, Some(&["terraform", "providers", "lock"])),
    made("deno.lock", JSON, None),
    made("conda-lock.yml", YAML, None),
];

/// What is known of a file by its name.
pub fn of(path: &RepoPath) -> Option<&'static Made> {
    let name = path.as_bytes().rsplit(|byte| *byte == b'/').next()?;
    ALL.iter().find(|made| name == made.file.as_bytes())
}
