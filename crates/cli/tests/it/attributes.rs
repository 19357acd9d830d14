//! What a repository says in its `.gitattributes` about merging is obeyed as git obeys it, and no program is run (`SPEC
//! K3`, `X2`).

use crate::world::World;

const LINES: &str = "a\nb\nc\nd\ne\n";

/// `US-9` is on QA and `US-1` comes from DEV; both edit one file, of which the repository says something.
struct Told<'a> {
    attributes: &'a [(&'a str, &'a str)],
    git: &'a [&'a str],
    types: &'a str,
    path: &'a str,
    texts: [&'a str; 3],
}

impl Told<'_> {
    const PLAIN: Self = Told {
        attributes: &[],
        git: &[],
        types: "",
        path: "x.txt",
        texts: [LINES, "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n"],
    };

    fn world(&self) -> World {
        let world = World::bare_of_pipeline();
        world.write(self.path, self.texts[0]);
        for (path, text) in self.attributes {
            world.write(path, text);
        }
        world.git(&["add", "-A"]);
        world.git(&["commit", "-q", "--amend", "--no-edit"]);
        for branch in ["dev", "sit", "main"] {
            world.git(&["branch", "-f", branch]);
        }
        for setting in self.git {
            let (key, value) = setting.split_once('=').expect("a setting");
            world.git(&["config", key, value]);
        }
        world.configure(&format!(
            "[pipeline]\nname = \"p\"\n[[stage]]\nname = \"DEV\"\nbranch = \"dev\"\nnext = [\"QA\"]\n[[stage]]\nname = \
             \"QA\"\nbranch = \"main\"\n{}",
            self.types
        ));
        world.ok(&["init"]);
        for (key, stage, text) in [("US-9", "QA", self.texts[1]), ("US-1", "DEV", self.texts[2])] {
            world.branch(key, &[(self.path, text)]);
            world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", stage]);
        }
        world
    }

    /// Why it stopped.
    fn stops(&self) -> String {
        let world = self.world();
        let told = world.json(3, &["promote", "US-1", "--to", "QA"]);
        assert_eq!(world.git(&["show", &format!("main:{}", self.path)]).trim_end(), self.texts[1].trim_end());
        told["conflicts"][0]["why"].as_str().unwrap_or_default().to_owned()
    }

    /// What came of it, and by what.
    fn merges(&self) -> (String, String) {
        let world = self.world();
        let told = world.ok(&["promote", "US-1", "--to", "QA"]);
        let by = told["auto_resolved"][0]["attribute"].as_str().unwrap_or_default().to_owned();
        let merged = world.git(&["show", &format!("main:{}", self.path)]);
        world.ok(&["demote", "US-1", "--to", "DEV"]);
        assert_eq!(world.git(&["show", &format!("main:{}", self.path)]).trim_end(), self.texts[1].trim_end());
        world.is_sound();
        (merged, by)
    }
}

#[test]
fn what_is_never_to_be_merged_stops_where_lines_would_merge_cleanly() {
    let json = [
        "{\n \"a\": 1,\n \"b\": 1,\n \"c\": 1\n}\n",
        "{\n \"a\": 2,\n \"b\": 1,\n \"c\": 1\n}\n",
        "{\n \"a\": 1,\n \"b\": 1,\n \"c\": 2\n}\n",
    ];
    for rule in ["-merge", "merge=binary", "binary", "sealed"] {
        let attributes = [(".gitattributes", &*format!("[attr]sealed -merge\n*.txt {rule}\n*.json {rule}\n"))];
        assert!(Told { attributes: &attributes, ..Told::PLAIN }.stops().contains("-merge"), "{rule}");
        let told = Told { attributes: &attributes, path: "x.json", texts: json, ..Told::PLAIN };
        assert!(told.stops().contains("-merge"), "{rule}, for a type that is merged by element");
    }
    // What lies deeper counts more, and what the repository itself says most.
    let attributes = [(".gitattributes", "*.txt -merge\n"), ("d/.gitattributes", "*.txt merge\n")];
    assert_eq!(Told { attributes: &attributes, path: "d/x.txt", ..Told::PLAIN }.merges().0, "A\nb\nc\nd\nE");
    let world = Told { attributes: &attributes, path: "d/x.txt", ..Told::PLAIN }.world();
    std::fs::create_dir_all(world.repo().join(".git/info")).expect("a folder");
    std::fs::write(world.repo().join(".git/info/attributes"), "d/* -merge\n").expect("a file");
    world.json(3, &["promote", "US-1", "--to", "QA"]);
    // A file that only one side changed is taken from it, as git does.
    let world = Told { attributes: &attributes, ..Told::PLAIN }.world();
    world.branch("US-2", &[("README.txt", "new\n")]);
    world.ok(&["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "DEV"]);
    world.ok(&["promote", "US-2", "--to", "QA"]);
}

#[test]
fn the_lines_of_both_stay_where_the_repository_says_union() {
    let told = Told {
        attributes: &[(".gitattributes", "CHANGES merge=union\n")],
        path: "CHANGES",
        texts: ["a\n", "a\nours\n", "a\ntheirs\n"],
        ..Told::PLAIN
    };
    assert_eq!(told.merges(), ("a\nours\ntheirs".to_owned(), "merge=union".to_owned()));
}

#[test]
fn a_driver_is_not_run_and_that_is_said() {
    let attributes = [(".gitattributes", "x.txt merge=mine\n")];
    let told = Told { attributes: &attributes, ..Told::PLAIN };
    assert_eq!(told.merges().0, "A\nb\nc\nd\nE", "git merges by lines what it knows no driver for");
    let told = Told { attributes: &attributes, git: &["merge.mine.driver=touch ran %A"], ..Told::PLAIN };
    assert!(told.stops().contains("merge=mine"));
    let told = Told { attributes: &attributes, git: &["merge.mine.driver=true"], ..Told::PLAIN };
    assert_eq!(told.merges(), ("A\nb\nc\nd\ne".to_owned(), "merge=mine".to_owned()));
}

#[test]
fn what_the_configuration_says_about_a_type_counts_more() {
    let types = "[[file_type]]\nname = \"Notes\"\npaths = [\"*.txt\"]\nstrategy = \"source\"\n";
    let attributes = [(".gitattributes", "*.txt -merge\n")];
    let told = Told { attributes: &attributes, types, ..Told::PLAIN };
    assert_eq!(told.merges().0, "A\nb\nc\nd\nE");
}

#[test]
fn a_given_content_has_the_line_ends_and_the_markers_that_the_repository_says() {
    let texts = [LINES, "A\nb\nc\nd\ne\n", "x\nb\nc\nd\ne\n"];
    for (rule, kept) in [("text", "X\nb"), ("text=auto", "X\nb"), ("eol=crlf", "X\nb"), ("-text", "X\r\nb")] {
        let attributes = [(".gitattributes", &*format!("*.txt {rule} conflict-marker-size=4\n"))];
        let world = Told { attributes: &attributes, texts, ..Told::PLAIN }.world();
        world.json(3, &["promote", "US-1", "--to", "QA"]);
        let file = world.path("given");
        let name = file.to_str().expect("text");
        std::fs::write(&file, "<<<< a\nA\n====\nx\n>>>> b\n").expect("a file");
        assert_eq!(world.refused(&["resolve", "P-1", "x.txt", "--file", name])["code"], "markers-left");
        std::fs::write(&file, "X\r\nb").expect("a file");
        world.ok(&["resolve", "P-1", "x.txt", "--file", name]);
        assert_eq!(world.git(&["show", "main:x.txt"]), kept, "{rule}");
    }
}
