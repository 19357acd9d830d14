//! Types that every repository may have.

use super::{Check, FileType, Format, Keys, Strategy, lists};

/// What package managers write: made again by their tool, never merged.
const LOCKS: &[&str] = &[
    "*.lock",
    "*.lockb",
    "*.lockfile",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "packages.lock.json",
    "vcpkg-lock.json",
    "pnpm-lock.yaml",
    "conda-lock.yml",
    "Package.resolved",
    "Cartfile.resolved",
    "cabal.project.freeze",
    ".terraform.lock.hcl",
    "dub.selections.json",
];

/// Lists of checksums, of which each line stands for itself: one too many does no harm.
const CHECKSUMS: &[&str] = &["go.sum", "go.work.sum"];

/// Pictures that are not text. SVG is, and is read as XML.
const IMAGES: &[&str] = &[
    "*.png", "*.jpg", "*.jpeg", "*.gif", "*.webp", "*.bmp", "*.ico", "*.icns", "*.tif", "*.tiff", "*.avif", "*.heic",
    "*.svgz", "*.psd",
];

/// Other files that are not text.
const BINARIES: &[&str] = &[
    "*.pdf",
    "*.doc",
    "*.docx",
    "*.xls",
    "*.xlsx",
    "*.ppt",
    "*.pptx",
    "*.odt",
    "*.ods",
    "*.odp",
    "*.zip",
    "*.jar",
    "*.war",
    "*.ear",
    "*.gz",
    "*.tgz",
    "*.bz2",
    "*.xz",
    "*.zst",
    "*.7z",
    "*.rar",
    "*.tar",
    "*.woff",
    "*.woff2",
    "*.ttf",
    "*.otf",
    "*.eot",
    "*.mp3",
    "*.mp4",
    "*.m4a",
    "*.mov",
    "*.avi",
    "*.mkv",
    "*.webm",
    "*.ogg",
    "*.wav",
    "*.flac",
    "*.so",
    "*.dll",
    "*.dylib",
    "*.exe",
    "*.o",
    "*.a",
    "*.class",
    "*.pyc",
    "*.wasm",
    "*.sqlite",
    "*.sqlite3",
    "*.jks",
    "*.keystore",
    "*.p12",
    "*.pfx",
    "*.der",
    "*.bin",
    "*.parquet",
];

const JSON: &[&str] = &[
    "*.json",
    "*.jsonc",
    "*.jsonld",
    "*.geojson",
    "*.topojson",
    "*.webmanifest",
    "*.importmap",
    "*.avsc",
    "*.ipynb",
    "*.code-workspace",
    "*.sublime-project",
    ".eslintrc",
    ".babelrc",
    ".prettierrc",
    ".stylelintrc",
    ".jshintrc",
    ".swcrc",
    ".nycrc",
    ".mocharc",
    ".bowerrc",
    ".watchmanconfig",
    ".arcconfig",
];

const YAML: &[&str] = &[
    "*.yaml",
    "*.yml",
    "*.cff",
    "*.sublime-syntax",
    ".clang-format",
    ".clang-tidy",
    ".clangd",
    ".yamllint",
    ".condarc",
];

const TOML: &[&str] = &["*.toml", "Pipfile"];

const XML: &[&str] = &[
    "*.xml",
    "*.xsd",
    "*.wsdl",
    "*.tld",
    "*.xlf",
    "*.xliff",
    "*.plist",
    "*.resx",
    "*.nuspec",
    "*.ruleset",
    "*.iml",
    "*.rss",
    "*.atom",
    "*.kml",
    "*.gpx",
    "app.config",
    "web.config",
    "nuget.config",
    "NuGet.config",
    "packages.config",
];

/// XML in which the order of all that is there means something.
const MARKUP: &[&str] =
    &["*.xsl", "*.xslt", "*.svg", "*.xhtml", "*.storyboard", "*.xib", "*.xaml", "*.axaml", "build.xml"];

const MSBUILD: &[&str] = &["*.csproj", "*.fsproj", "*.vbproj", "*.vcxproj", "*.props", "*.targets"];

/// Lists of tasks and plays of Ansible.
const STEPS: &[&str] = &[
    "tasks/**/*.yml",
    "tasks/**/*.yaml",
    "handlers/**/*.yml",
    "handlers/**/*.yaml",
    "playbooks/**/*.yml",
    "playbooks/**/*.yaml",
    "site.yml",
    "playbook.yml",
];

/// Files of sections. Of other `*.cfg` and `*.conf` nobody knows whether the order of their lines means something.
const INI: &[&str] = &[
    "*.ini",
    "*.desktop",
    "setup.cfg",
    ".editorconfig",
    ".gitconfig",
    ".gitmodules",
    ".npmrc",
    ".flake8",
    ".pylintrc",
    "pylintrc",
    ".coveragerc",
    ".bumpversion.cfg",
];

/// The shipped types that belong to no vendor. The first that fits is taken, so lock files come before their notation.
pub(super) fn types() -> Vec<FileType> {
    vec![
        FileType { check: Check::Distrust, ..stop("LockFile", LOCKS) },
        FileType { strategy: Strategy::Union, ..stop("Checksums", CHECKSUMS) },
        stop("Image", IMAGES),
        stop("Binary", BINARIES),
        structural("JSON", (Format::Json, lists::data()), JSON),
        structural("Ansible", (Format::Yaml, lists::steps()), STEPS),
        structural("YAML", (Format::Yaml, lists::data()), YAML),
        structural("TOML", (Format::Toml, lists::data()), TOML),
        structural("Maven", (Format::Xml, lists::maven()), &["pom.xml", "*.pom"]),
        structural("MSBuild", (Format::Xml, lists::msbuild()), MSBUILD),
        structural("Markup", (Format::Xml, lists::markup()), MARKUP),
        structural("XML", (Format::Xml, lists::xml()), XML),
        structural("Properties", (Format::Properties, lists::entries()), &["*.properties"]),
        structural("INI", (Format::Properties, lists::entries()), INI),
    ]
}

/// Names of files, wherever they are.
fn anywhere(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("**/{name}")).collect()
}

fn stop(name: &str, names: &[&str]) -> FileType {
    let (strategy, check, keys) = (Strategy::Stop, Check::Verify, Keys::default());
    FileType {
        name: name.to_owned(),
        paths: anywhere(names),
        format: None,
        strategy,
        proposals: Vec::new(),
        check,
        keys,
        regenerate: None,
    }
}

fn structural(name: &str, (format, keys): (Format, Keys), names: &[&str]) -> FileType {
    FileType {
        name: name.to_owned(),
        paths: anywhere(names),
        format: Some(format),
        strategy: Strategy::Structural,
        proposals: Vec::new(),
        check: Check::Verify,
        keys,
        regenerate: None,
    }
}

#[cfg(test)]
mod tests {
    use crate::content::filetype::{FileTypes, Strategy};
    use crate::words::object::RepoPath;

    #[test]
    fn sample_paths_find_their_type() {
        let samples = [
            (
                "LockFile",
                "package-lock.json web/npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb deno.lock",
            ),
            ("LockFile", "Cargo.lock poetry.lock uv.lock pdm.lock Pipfile.lock Gemfile.lock mix.lock"),
            (
                "LockFile",
                "composer.lock pubspec.lock ios/Podfile.lock Package.resolved flake.lock gradle.lockfile Chart.lock",
            ),
            (
                "LockFile",
                "packages.lock.json .terraform.lock.hcl stack.yaml.lock cabal.project.freeze MODULE.bazel.lock",
            ),
            ("Image", "logo.png a/b/photo.jpeg favicon.ico"),
            ("Binary", "manual.pdf lib/x.jar fonts/a.woff2 data.zip"),
            ("JSON", "package.json tsconfig.json tsconfig.build.json .eslintrc web/.babelrc composer.json a.geojson"),
            ("YAML", "a.yml .github/workflows/ci.yaml pubspec.yaml .clang-format CITATION.cff .pre-commit-config.yaml"),
            ("TOML", "Cargo.toml pyproject.toml Pipfile"),
            ("XML", "Info.plist web.config strings.xml messages.de.xlf conf/beans.xml"),
            ("Maven", "pom.xml core/pom.xml"),
            ("MSBuild", "src/App.csproj Directory.Build.props Directory.Packages.props"),
            ("Markup", "logo.svg web/page.xhtml build.xml"),
            ("Ansible", "roles/web/tasks/main.yml roles/web/handlers/main.yml playbooks/db.yml site.yml"),
            ("Properties", "gradle.properties a/messages_de.properties"),
            ("INI", "tox.ini setup.cfg .editorconfig .gitmodules .npmrc app.desktop"),
        ];
        let types = FileTypes::default();
        for (name, paths) in samples {
            for path in paths.split_whitespace() {
                let found = types.of(&RepoPath::parse(path));
                assert_eq!(found.map(|one| one.name.as_str()), Some(name), "{path}");
                let stops = found.is_some_and(|one| one.strategy == Strategy::Stop);
                assert_eq!(stops, ["LockFile", "Image", "Binary"].contains(&name), "{path}");
            }
        }
    }

    #[test]
    fn what_has_no_structure_that_is_known_has_no_type() {
        let types = FileTypes::default();
        for path in
            ["src/main.rs", "README.md", "haproxy.cfg", "nginx.conf", ".env", "Makefile", "a.csv", "json", "lock"]
        {
            assert_eq!(types.of(&RepoPath::parse(path)).map(|one| one.name.as_str()), None, "{path}");
        }
    }
}
