//! The configuration that `init` writes: short, commented, and right.

use super::guess::guess;
use std::fmt::Write as _;
use switchback_core::words::name_rule::fault_in_pipeline;

/// What `switchback init` was told, or guessed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Starter {
    /// The pipeline's name; see [`name_from`].
    pub name: String,
    /// The stages with the short names of their branches, lowest first. Without any, they are [guessed](guess) from
    /// `branches`, edges included.
    pub stages: Vec<(String, String)>,
    /// Edges from a stage to one above it, by name. Without any, each stage leads to the one after it.
    pub next: Vec<(String, String)>,
    /// The short names of the repository's branches.
    pub branches: Vec<String>,
}

/// Makes a pipeline's name of any text, such as a folder's name: what names may not hold becomes `-`.
pub fn name_from(text: &str) -> String {
    let kept: String = text.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
    let name = kept.replace("..", ".");
    // A bare repository's folder is called `NAME.git`.
    let name = name.strip_suffix(".git").unwrap_or(&name).trim_matches(['-', '.']);
    if fault_in_pipeline(name).is_none() { name.to_owned() } else { "pipeline".to_owned() }
}

/// Writes the first configuration of a pipeline. What was told is written as it was told: [`parse`](super::parse) the
/// text before it is saved, and a wrong name or edge is refused with its line.
pub fn starter(starter: &Starter) -> String {
    let (stages, next) = match starter.stages.as_slice() {
        [] => guess(&starter.branches),
        told => (told.to_vec(), edges(told, &starter.next)),
    };
    let mut text = head(&starter.name);
    for (name, branch) in &stages {
        text.push_str("[[stage]]\n");
        line(&mut text, "name", &quoted(name));
        line(&mut text, "branch", &quoted(branch));
        let above: Vec<String> = next.iter().filter(|(low, _)| low == name).map(|(_, high)| quoted(high)).collect();
        if !above.is_empty() {
            line(&mut text, "next", &format!("[{}]", above.join(", ")));
        }
        text.push('\n');
    }
    if let Some((top, _)) = stages.last() {
        text.push_str(&tail(top));
    }
    text
}

/// The edges that were told, else one from each stage to the one after it.
fn edges(stages: &[(String, String)], told: &[(String, String)]) -> Vec<(String, String)> {
    if !told.is_empty() {
        return told.to_vec();
    }
    stages.windows(2).map(|pair| (pair[0].0.clone(), pair[1].0.clone())).collect()
}

fn head(name: &str) -> String {
    let name = quoted(name);
    format!(
        "# What Switchback knows of this repository: its stages, and where they deploy to.\n\
         # What counts is what was put in force: after a change here, run switchback configure.\n\n\
         [pipeline]\n\
         name = {name}\n\
         # time_zone = \"Europe/Berlin\"    # the zone of local times; UTC unless written\n\
         # four_eyes = true               # a change is approved by somebody other than its owner\n\n\
         [changes]\n\
         key = '[A-Z]+-\\d+'               # what a change's key looks like in messages and branch names\n\
         branches = \"feature/*\"           # where changes are worked on\n\n\
         # Stages, lowest first. A change climbs from a stage to one in its `next`.\n"
    )
}

/// A commented area, ready to be filled in.
fn tail(stage: &str) -> String {
    let area = quoted(&format!("{}-web", stage.to_lowercase()));
    let stage = quoted(stage);
    format!(
        "# An area is a place a stage deploys to. Take the `#` away and name the directory:\n\
         # [[area]]\n\
         # name = {area}\n\
         # stage = {stage}\n\
         # default = true                 # moves to the stage deploy here by themselves\n\
         # target = {{ dir = \"/srv/web\" }}\n\
         # include = [\"web/**\"]\n\
         # strip_prefix = \"web\"\n"
    )
}

fn line(text: &mut String, key: &str, value: &str) {
    // Writing into a String cannot fail.
    let _ = writeln!(text, "{key} = {value}");
}

/// A TOML text. JSON writes the same one.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;
    use std::path::Path;
    use switchback_core::pipeline::Pipeline;
    use switchback_core::words::remedy::Remedy;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(one, other)| ((*one).into(), (*other).into())).collect()
    }

    fn told(stages: &[(&str, &str)], next: &[(&str, &str)]) -> Starter {
        Starter { name: "acme".into(), stages: pairs(stages), next: pairs(next), branches: Vec::new() }
    }

    fn read(text: &str) -> Pipeline {
        parse(text, Path::new("/repo/switchback.toml")).unwrap_or_else(|defect| panic!("{defect}\n{text}"))
    }

    /// `DEV=dev>QA`.
    fn drawn(pipeline: &Pipeline) -> Vec<String> {
        let next = |stage: &switchback_core::pipeline::stage::Stage| {
            stage.next.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(",")
        };
        pipeline.stages().iter().map(|stage| format!("{}={}>{}", stage.name, stage.branch, next(stage))).collect()
    }

    #[test]
    fn it_is_read_back_as_it_was_told() {
        let chain = read(&starter(&told(&[("DEV", "dev"), ("QA", "qa"), ("PROD", "main")], &[])));
        assert_eq!(drawn(&chain), ["DEV=dev>QA", "QA=qa>PROD", "PROD=main>"]);
        assert_eq!(chain.name(), "acme");
        let forked = told(&[("A", "a"), ("B", "it's"), ("C", "c")], &[("A", "C"), ("B", "C"), ("A", "B")]);
        assert_eq!(drawn(&read(&starter(&forked))), ["A=a>C,B", "B=it's>C", "C=c>"]);
    }

    #[test]
    fn what_was_guessed_is_read_back_too() {
        let branches = ["main", "dev", "hotfix", "qa"].map(str::to_owned).to_vec();
        let pipeline = read(&starter(&Starter { branches, ..told(&[], &[]) }));
        assert_eq!(drawn(&pipeline), ["DEV=dev>QA", "QA=qa>PROD", "HOTFIX=hotfix>PROD", "PROD=main>"]);
    }

    #[test]
    fn the_commented_lines_are_right_as_well() {
        let text = starter(&told(&[("QA", "qa")], &[]));
        let uncommented: String = text
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(code) if code.starts_with("[[") || code.contains(" = ") => format!("{code}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let pipeline = read(&uncommented);
        assert_eq!(pipeline.settings().time_zone, "Europe/Berlin");
        assert!(pipeline.settings().four_eyes);
        assert_eq!(pipeline.areas().len(), 1);
    }

    #[test]
    fn what_was_told_wrong_is_refused_with_its_line() {
        let text = starter(&told(&[("DEV", "dev"), ("QA", "qa")], &[("DEV", "QS")]));
        let defect = parse(&text, Path::new("/repo/switchback.toml")).unwrap_err();
        assert_eq!(*defect.remedy, Remedy::DidYouMean { name: "QA".to_owned() });
        assert!(defect.snippet.starts_with("next = [\"QS\"]"));
    }

    #[test]
    fn a_name_is_made_of_any_text() {
        let cases = [
            ("acme", "acme"),
            ("My Shop", "My-Shop"),
            (".config", "config"),
            ("a..b", "a.b"),
            ("shop.git", "shop"),
            ("/", "pipeline"),
        ];
        for (text, wanted) in cases {
            assert_eq!(name_from(text), wanted, "{text}");
        }
    }
}
