//! What a branch did itself and a change that came along with a stage does as well is needed (`SPEC C1`, `D4`).

use crate::own_commits::{page, record, work};
use crate::world::World;
use serde_json::json;

fn merge_dev(world: &World, branch: &str) {
    world.git(&["checkout", "--quiet", branch]);
    world.git(&["merge", "--quiet", "--no-edit", "dev"]);
    world.git(&["checkout", "--quiet", "--detach"]);
}

#[test]
fn an_edit_that_a_merge_made_the_same_is_a_dependency() {
    let fixed = page("one", "zwei", "three");
    for same in [("web/index.html", fixed.as_str()), ("web/new", "new\n"), ("web/index.html", "")] {
        let world = World::three_stages();
        work(&world, "feature/US-1", "main", "US-1: Mend", &[same]);
        record(&world, "US-1");
        work(&world, "feature/US-2", "main", "US-2: Mend, and more", &[same, ("web/two", "two\n")]);
        merge_dev(&world, "feature/US-2");
        let done = record(&world, "US-2");
        assert_eq!(done["results"][0]["depends_on"], json!(["US-1"]), "{same:?} {done}");
        assert_eq!(world.refused(&["promote", "US-2", "--to", "SIT"])["code"], "depends-on");
        world.ok(&["promote", "US-2", "--to", "SIT", "--with-dependencies"]);
        assert_eq!(world.git(&["rev-parse", "sit^{tree}"]), world.git(&["rev-parse", "dev^{tree}"]));
    }
}

#[test]
fn what_came_along_beside_its_own_edits_is_none() {
    let world = World::three_stages();
    work(&world, "feature/US-1", "main", "US-1: One", &[("web/one", "one\n")]);
    record(&world, "US-1");
    work(&world, "feature/US-2", "main", "US-2: Two", &[("web/two", "two\n")]);
    merge_dev(&world, "feature/US-2");
    assert_eq!(record(&world, "US-2")["results"][0].get("depends_on"), None);
}
