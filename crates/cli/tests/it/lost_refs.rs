//! `refs/switchback` is lost, as to a mirror's fetch that prunes: `verify` notices, and brings back what is left (`SPEC
//! H1`).

use crate::world::{Ran, THREE_STAGES, World};

/// Changes recorded, deployed through a filter, over an edited file, with a conflict settled by hand.
fn eventful() -> World {
    let area = "target = { dir = \"../areas/sit-web\" }";
    let filtered = format!("{area}\ninclude = [\"web/**\"]\non_drift = \"overwrite\"");
    let world = World::with(&THREE_STAGES.replace(area, &filtered));
    let page = |title: &str| format!("<h1>{title}</h1>\n\n<p>one</p>\n<p>two</p>\n<p>three</p>\n");
    world.branch("US-1", &[("web/index.html", &page("Store")), ("README", "The store\n")]);
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "SIT"]);
    world.ok(&["deploy", "US-1", "--area", "sit-web"]);
    world.change("US-2", &[("web/index.html", &page("Market"))]);
    std::fs::write(world.area("sit-web").join("web/index.html"), "edited by hand\n").expect("an edit");
    world.json(3, &["promote", "US-2", "--to", "SIT", "--deploy"]);
    world.ok(&["resolve", "P-1", "web/index.html", "--theirs"]);
    for key in ["US-1", "US-2"] {
        world.git(&["branch", "--delete", "--force", &format!("feature/{key}")]);
    }
    world.is_sound();
    world
}

/// All but those of the lines' heads, which the branches themselves keep as long as nobody rewrites them.
fn ours(world: &World) -> Vec<String> {
    let is_ours = |line: &&str| line.starts_with("refs/switchback/") && !line.starts_with("refs/switchback/heads/");
    world.refs().lines().filter(is_ours).map(str::to_owned).collect()
}

fn names(refs: &[String]) -> Vec<&str> {
    refs.iter().filter_map(|line| line.split(' ').next()).collect()
}

fn findings(world: &World) -> usize {
    let said = world.json(3, &["verify"]);
    let checks = said["checks"].as_array().expect("checks").clone();
    let refs = checks.iter().find(|check| check["what"] == "refs").expect("the refs are looked at");
    assert_eq!(refs["ok"], false, "{said}");
    refs["problems"].as_array().expect("problems").len()
}

#[test]
fn every_ref_that_goes_is_noticed_and_comes_back() {
    let world = eventful();
    let before = ours(&world);
    for kind in ["areas/", "changes/", "wanted/", "overwritten/", "resolutions"] {
        let begin = format!("refs/switchback/{kind}");
        assert!(before.iter().any(|line| line.starts_with(&begin)), "{kind}: {before:?}");
    }
    for name in names(&before) {
        let twin = world.twin();
        twin.git(&["update-ref", "-d", name]);
        if name != "refs/switchback/resolutions" {
            assert_eq!(findings(&twin), 1, "{name}");
            twin.ok(&["verify", "--repair", "--dry-run"]);
            assert_eq!(findings(&twin), 1, "a dry run brings nothing back");
            twin.ok(&["verify", "--repair"]);
        }
        twin.is_sound();
        assert_eq!(names(&ours(&twin)), names(&before), "{name}");
    }
    let twin = world.twin();
    names(&before).iter().for_each(|name| drop(twin.git(&["update-ref", "-d", name])));
    assert_eq!(findings(&twin), before.len() - 1, "what is remembered comes back by itself");
    twin.ok(&["verify", "--repair"]);
    twin.is_sound();
    assert_eq!(names(&ours(&twin)), names(&before));
    twin.git(&["fsck", "--strict"]);
    twin.git(&["gc", "--prune=now", "--quiet"]);
    twin.is_sound();
}

#[test]
fn what_is_gone_for_good_is_named_and_the_rest_comes_back() {
    let world = eventful();
    let before = ours(&world);
    names(&before).iter().for_each(|name| drop(world.git(&["update-ref", "-d", name])));
    world.git(&["reflog", "expire", "--expire=now", "--all"]);
    world.git(&["repack", "-a", "-d", "-q"]);
    world.git(&["prune", "--expire=now"]);
    let Ran { exit, out, err, .. } = world.run(&["verify", "--repair"]);
    assert_eq!(exit, Some(0), "{out}{err}");
    assert!(err.contains("ref-lost") || out.contains("cannot be brought back"), "{out}{err}");
    world.git(&["fsck", "--strict"]);
    assert!(world.run_git(&["gc", "--quiet"]), "no ref leads to what is not there");
    // Work goes on with what is left.
    world.change("US-3", &[("web/new", "new\n")]);
    world.ok(&["promote", "US-3", "--to", "SIT"]);
    world.git(&["fsck", "--strict"]);
}
