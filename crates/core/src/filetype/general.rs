//! Types that every repository may have.

use super::{Check, FileType, Format, Keys, Strategy};

/// The members that tell items apart in most JSON and YAML.
const IDENTITY: [&str; 3] = ["id", "name", "key"];

/// The shipped types that belong to no vendor.
pub(super) fn types() -> Vec<FileType> {
    let lock = ["package-lock.json", "Cargo.lock", "yarn.lock", "pnpm-lock.yaml", "poetry.lock", "uv.lock", "go.sum"];
    let image = ["png", "jpg", "jpeg", "gif", "webp", "bmp", "ico", "tif", "tiff", "avif", "svgz"];
    vec![
        stop("LockFile", lock.iter().map(|name| format!("**/{name}")).collect()),
        stop("Image", image.iter().map(|suffix| format!("**/*.{suffix}")).collect()),
        structural("JSON", Format::Json, &["json", "jsonc", "webmanifest"]),
        structural("YAML", Format::Yaml, &["yaml", "yml"]),
        structural("TOML", Format::Toml, &["toml"]),
        structural("XML", Format::Xml, &["xml", "xsd", "xsl", "svg", "xhtml", "resx", "csproj", "props"]),
        structural("Properties", Format::Properties, &["properties"]),
    ]
}

fn stop(name: &str, paths: Vec<String>) -> FileType {
    let (strategy, check, keys) = (Strategy::Stop, Check::Trust, Keys::default());
    FileType { name: name.to_owned(), paths, format: None, strategy, check, keys }
}

fn structural(name: &str, format: Format, suffixes: &[&str]) -> FileType {
    FileType {
        name: name.to_owned(),
        paths: suffixes.iter().map(|suffix| format!("**/*.{suffix}")).collect(),
        format: Some(format),
        strategy: Strategy::Structural,
        check: Check::Trust,
        keys: Keys {
            otherwise: IDENTITY.map(str::to_owned).to_vec(),
            in_order: vec!["*".to_owned()],
            ..Keys::default()
        },
    }
}
