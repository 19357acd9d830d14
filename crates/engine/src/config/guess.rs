//! Which stages a repository seems to have, by the names of its branches.

/// Two names: a stage and its branch, or a stage and one above it.
type Pair = (String, String);

/// Branches that mean one stage, the likelier first, with the name the stage gets.
type Rung = &'static [(&'static str, &'static str)];

/// The usual way up. `main` ends it, unless production has a branch of its own; then it is where work comes together.
const LADDER: &[Rung] = &[
    &[("dev", "DEV"), ("develop", "DEV"), ("development", "DEV"), ("main", "DEV"), ("master", "DEV"), ("trunk", "DEV")],
    &[("int", "INT"), ("sit", "SIT"), ("integration", "INT")],
    &[("qa", "QA"), ("test", "TEST"), ("testing", "TEST")],
    &[("uat", "UAT")],
    &[("staging", "STAGING"), ("stage", "STAGING"), ("preprod", "STAGING")],
];
const TOP: Rung = &[("prod", "PROD"), ("production", "PROD"), ("main", "PROD"), ("master", "PROD"), ("trunk", "PROD")];
const HOTFIX: Rung = &[("hotfix", "HOTFIX")];

/// Guesses the stages from the short names of the branches, lowest first, and the edges between them.
///
/// Known names are taken in the usual order: development (`dev`, `develop`, `development`), integration (`int`, `sit`,
/// `integration`), test (`qa`, `test`, `testing`), acceptance (`uat`), staging (`staging`, `stage`, `preprod`) and
/// production (`prod`, `production`, `main`, `master`, `trunk`); of several names for one stage, the first. `hotfix`
/// leads straight to production. Upper and lower case are the same. The only branch of a repository is production,
/// whatever its name. Otherwise, without a branch for production there is no guess: both lists are empty, and a person
/// must say.
pub fn guess(branches: &[String]) -> (Vec<Pair>, Vec<Pair>) {
    let only = match branches {
        [only] => Some(("PROD".to_owned(), only.clone())),
        _ => None,
    };
    let Some(top) = pick(branches, TOP, None).or(only) else { return (Vec::new(), Vec::new()) };
    let mut stages: Vec<Pair> = LADDER.iter().filter_map(|rung| pick(branches, rung, Some(&top.1))).collect();
    stages.push(top);
    let mut next: Vec<Pair> = stages.windows(2).map(|pair| (pair[0].0.clone(), pair[1].0.clone())).collect();
    if let Some(hotfix) = pick(branches, HOTFIX, None) {
        next.push((hotfix.0.clone(), "PROD".to_owned()));
        stages.insert(stages.len() - 1, hotfix);
    }
    (stages, next)
}

fn pick(branches: &[String], rung: Rung, taken: Option<&str>) -> Option<Pair> {
    let free = |branch: &&String| taken != Some(branch.as_str());
    rung.iter().find_map(|(known, name)| {
        let branch = branches.iter().filter(free).find(|branch| branch.eq_ignore_ascii_case(known))?;
        Some(((*name).to_owned(), branch.clone()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `DEV=dev QA=qa | DEV>QA`.
    fn guessed(branches: &str) -> String {
        let branches: Vec<String> = branches.split_whitespace().map(str::to_owned).collect();
        let (stages, next) = guess(&branches);
        let stages: Vec<_> = stages.iter().map(|(name, branch)| format!("{name}={branch}")).collect();
        let next: Vec<_> = next.iter().map(|(low, high)| format!("{low}>{high}")).collect();
        format!("{} | {}", stages.join(" "), next.join(" "))
    }

    #[test]
    fn stages_are_guessed_in_the_usual_order() {
        let cases = [
            ("main", "PROD=main | "),
            ("main dev", "DEV=dev PROD=main | DEV>PROD"),
            ("feature/US-1 qa main sit dev", "DEV=dev SIT=sit QA=qa PROD=main | DEV>SIT SIT>QA QA>PROD"),
            (
                "master develop staging uat",
                "DEV=develop UAT=uat STAGING=staging PROD=master | DEV>UAT UAT>STAGING STAGING>PROD",
            ),
            ("main staging production", "DEV=main STAGING=staging PROD=production | DEV>STAGING STAGING>PROD"),
            ("main dev production", "DEV=dev PROD=production | DEV>PROD"),
            ("Main Dev hotfix", "DEV=Dev HOTFIX=hotfix PROD=Main | DEV>PROD HOTFIX>PROD"),
            ("trunk-2", "PROD=trunk-2 | "),
            ("dev qa", " | "),
            ("", " | "),
        ];
        for (branches, wanted) in cases {
            assert_eq!(guessed(branches), wanted, "{branches}");
        }
    }
}
