//! What a promotion moves, as the text of a pull request: Markdown, of which nothing that people wrote is (`SPEC W4`).

use crate::failure::Said;
use crate::views::decision::recorded;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use switchback_api::Failure;
use switchback_api::decision::AutoResolved;
use switchback_api::verbs::promotion::PrBody;
use switchback_core::ledger::state::State;
use switchback_core::records::change::Attested;
use switchback_core::records::promotion::{DeployWish, Direction, PromotedChange, Promotion};
use switchback_core::records::resolution::Settler;
use switchback_core::records::under_way::ready_branch;
use switchback_engine::desk::Desk;
use switchback_notify::plain::line;

/// How many files are named; the rest is counted.
const FILES: usize = 200;

/// How many changes a title names.
const NAMED: usize = 3;

/// Describes a promotion.
///
/// # Errors
/// A stage that is not in the configuration any more, or objects that are missing.
pub fn pr_body(desk: &Desk<'_>, state: &State, record: &Promotion) -> Result<PrBody, Failure> {
    let base = desk.snapshot(state).stage(&record.destination).said()?.branch.clone();
    let mut body = String::new();
    let told = Told { desk, state, record };
    for part in [told.opening(&base), told.changes(), told.settled(), told.files()?, told.deployments(), told.closing()]
    {
        body.push_str(&part);
    }
    Ok(PrBody { promotion: record.id.to_string(), head: ready_branch(record.id), base, title: told.title(), body })
}

struct Told<'a> {
    desk: &'a Desk<'a>,
    state: &'a State,
    record: &'a Promotion,
}

impl Told<'_> {
    fn title(&self) -> String {
        let keys: Vec<&str> = self.record.carried().map(|one| one.change.as_str()).collect();
        let more = keys.len().saturating_sub(NAMED);
        let mut named = keys.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        if more > 0 {
            named = format!("{named} and {more} more");
        }
        let verb = match self.record.direction {
            Direction::Forward => "Promote",
            Direction::Back => "Back-promote",
        };
        // The key of a change first: whoever reads keys out of titles takes the first.
        format!("{verb} {named} to {} ({})", self.record.destination, self.record.id)
    }

    fn opening(&self, base: &str) -> String {
        let Promotion { id, source, destination, project, release, owner, .. } = self.record;
        let mut about: Vec<String> = vec![format!("owner {}", plain(owner.as_str()))];
        about.extend(project.iter().map(|project| format!("project {}", plain(project))));
        about.extend(release.iter().map(|release| format!("release {}", plain(release))));
        let count = self.record.carried().count();
        let plural = if count == 1 { "" } else { "s" };
        format!(
            "**{id}** takes {count} change{plural} from **{}** to **{}** ({}): branch {} into {}.\n\n",
            plain(source.as_str()),
            plain(destination.as_str()),
            about.join(", "),
            code(&ready_branch(*id)),
            code(base)
        )
    }

    fn changes(&self) -> String {
        let mut text =
            "| Change | Revision | Title | Owner | Attested | Needs |\n|---|---|---|---|---|---|\n".to_owned();
        for chosen in self.record.carried() {
            let _ = writeln!(text, "{}", self.row(chosen));
        }
        text + "\n"
    }

    fn row(&self, chosen: &PromotedChange) -> String {
        let change = self.state.change(&chosen.change).map(|(_, change)| change);
        let revision = change.as_ref().and_then(|change| change.revision(chosen.revision));
        let facts = change.as_ref().map(|change| &change.facts);
        let attested = revision.map(|one| one.attested.iter().map(said).collect::<Vec<_>>()).unwrap_or_default();
        let needs = revision.map(|one| one.depends_on.iter().map(|key| plain(key.as_str())).collect::<Vec<_>>());
        format!(
            "| {} | {} | {} | {} | {} | {} |",
            plain(chosen.change.as_str()),
            chosen.revision,
            facts.map(|facts| plain(&facts.title)).unwrap_or_default(),
            facts.map(|facts| plain(facts.owner.as_str())).unwrap_or_default(),
            attested.join(", "),
            needs.unwrap_or_default().join(", ")
        )
    }

    /// Conflicts that are settled, by people and without them, and those that are not.
    fn settled(&self) -> String {
        let by_hand = self.record.resolutions.iter().filter(|one| one.resolution.by == Settler::Person);
        let by_hand = by_hand.map(|one| {
            let path = code(&one.resolution.path.to_string());
            format!("- {} on {path}: decided by hand\n", plain(one.change.as_str()))
        });
        let automatic = recorded(self.desk, self.state, &self.record.decisions).into_iter().map(|one| settled(&one));
        let open = self.record.conflicts.iter().map(|one| {
            format!("- {} on {}: **not settled yet**\n", plain(one.change.as_str()), code(&one.path.to_string()))
        });
        let lines: Vec<String> = by_hand.chain(automatic).chain(open).collect();
        match lines.is_empty() {
            true => String::new(),
            false => format!("### Conflicts\n\n{}\n", lines.concat()),
        }
    }

    fn files(&self) -> Result<String, Failure> {
        let mut paths = BTreeSet::new();
        for chosen in self.record.carried() {
            let Some((_, change)) = self.state.change(&chosen.change) else { continue };
            let Some(revision) = change.revision(chosen.revision) else { continue };
            let delta = self.desk.repo.delta(revision.base_tree, revision.tip_tree).said()?;
            paths.extend(delta.changes.iter().map(|one| one.path.to_string()));
        }
        let mut text = format!("### Files ({})\n\n", paths.len());
        for path in paths.iter().take(FILES) {
            let _ = writeln!(text, "- {}", code(path));
        }
        if paths.len() > FILES {
            let _ = writeln!(text, "- and {} more", paths.len() - FILES);
        }
        Ok(text + "\n")
    }

    fn deployments(&self) -> String {
        let areas: Vec<String> = match &self.record.options.deploy {
            DeployWish::Nothing => Vec::new(),
            DeployWish::Areas(names) => names.iter().map(|name| code(name.as_str())).collect(),
            DeployWish::Defaults => {
                let pipeline = self.desk.pipeline();
                let areas = pipeline.areas_of(&self.record.destination).filter(|area| area.default);
                areas.map(|area| code(area.name.as_str())).collect()
            }
        };
        match areas.is_empty() {
            true => "Nothing is deployed by this promotion.\n\n".to_owned(),
            false => format!("Once it is merged, it is deployed to {}.\n\n", areas.join(", ")),
        }
    }

    fn closing(&self) -> String {
        format!(
            "Merge it as you like: as it is, with a merge commit, squashed or rebased. {} is complete when {} holds what it \
             brings.\n",
            self.record.id,
            plain(self.record.destination.as_str())
        )
    }
}

fn said(attested: &Attested) -> String {
    format!("{} by {}", attested.kind.as_str(), plain(attested.by.as_str()))
}

fn settled(one: &AutoResolved) -> String {
    let by = one.by.iter().map(|by| format!(", as {} decided", plain(by))).collect::<String>();
    format!("- {} on {}: {}{by}\n", plain(&one.change), code(&one.path), one.strategy)
}

/// Text that means itself in Markdown, in one line: nobody's title makes a link, a picture or a cell of a table.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for one in line(text).chars() {
        match one {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '!' | '|' | '~' | '@' => {
                plain.extend(['\\', one]);
            }
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '&' => plain.push_str("&amp;"),
            one => plain.push(one),
        }
    }
    plain
}

/// Text as code: fenced by more backticks than it has in a row.
fn code(text: &str) -> String {
    let longest = text.split(|one| one != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let text = line(text).replace('|', " ");
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_people_wrote_is_markup() {
        assert_eq!(plain("![x](http://a)\n| @all"), "\\!\\[x\\]\\(http://a\\) \\| \\@all");
        assert_eq!(plain("<b>&"), "&lt;b&gt;&amp;");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`x"), "`` `x ``");
        assert_eq!(code("a\nb"), "`a b`");
        assert_eq!(plain("safe\u{202e}gpj"), "safegpj");
    }
}
