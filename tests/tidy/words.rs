//! Words: one thing has one name. A synonym in the name of a type or function sends the reader looking for a second
//! thing that does not exist.

use crate::files::{Complaint, Files, complaint};
use syn::visit::Visit;
use syn::{
    Ident, ImplItemFn, ItemConst, ItemEnum, ItemFn, ItemMod, ItemStatic, ItemStruct, ItemTrait, ItemType, TraitItemFn,
    Variant,
};

/// Banned whatever the glossary says: other tools' words for stage, change and promotion.
const BANNED: [&str; 3] = ["environment", "ticket", "freight"];
/// The list is under a heading that contains this word; each of its lines bans its first word in backquotes.
const HEADING: &str = "banned";
const GLOSSARY: &str = "docs/glossary.md";

/// Names made of banned words.
pub fn complaints(files: &Files) -> Vec<Complaint> {
    let banned = banned(files.text(GLOSSARY).unwrap_or_default());
    let mut found = Vec::new();
    for (path, text) in files.rust() {
        let Ok(file) = syn::parse_file(text) else { continue };
        let mut names = Names(Vec::new());
        names.visit_file(&file);
        for name in names.0 {
            let text = name.to_string();
            for word in split(&text).iter().filter(|word| banned.iter().any(|ban| is_form_of(word, ban))) {
                let what = format!("`{name}` uses the word `{word}`; {GLOSSARY} has ours");
                found.push(complaint(path, name.span().start().line, what));
            }
        }
    }
    found
}

fn banned(glossary: &str) -> Vec<String> {
    let mut words: Vec<String> = BANNED.map(str::to_owned).to_vec();
    let mut listed = false;
    for line in glossary.lines() {
        if line.starts_with('#') {
            listed = line.to_lowercase().contains(HEADING);
        } else if let (true, Some(word)) = (listed, line.split('`').nth(1)) {
            words.push(word.to_lowercase());
        }
    }
    words
}

/// The word itself or its plural.
fn is_form_of(word: &str, banned: &str) -> bool {
    word == banned || word.strip_suffix('s') == Some(banned)
}

/// The words of `snake_case`, `CamelCase` and `SHOUTING`, in lower case.
fn split(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for letter in name.chars() {
        if letter == '_' || (letter.is_uppercase() && !before.is_uppercase()) {
            words.push(String::new());
        }
        if letter != '_' {
            words.last_mut().expect("there is always one").extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Collects the names that a file gives to things.
struct Names(Vec<Ident>);

macro_rules! names {
    ($($visit:ident $kind:ident $($field:ident).+),* $(,)?) => {
        impl<'ast> Visit<'ast> for Names {
            $(fn $visit(&mut self, item: &'ast $kind) {
                self.0.push(item.$($field).+.clone());
                syn::visit::$visit(self, item);
            })*
        }
    };
}

names! {
    visit_item_fn ItemFn sig.ident,
    visit_impl_item_fn ImplItemFn sig.ident,
    visit_trait_item_fn TraitItemFn sig.ident,
    visit_item_struct ItemStruct ident,
    visit_item_enum ItemEnum ident,
    visit_variant Variant ident,
    visit_item_trait ItemTrait ident,
    visit_item_type ItemType ident,
    visit_item_const ItemConst ident,
    visit_item_static ItemStatic ident,
    visit_item_mod ItemMod ident,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(glossary: &str, text: &str) -> Vec<String> {
        let files = Files::new(&[("a.rs", text), (GLOSSARY, glossary)]);
        complaints(&files).iter().map(Complaint::to_string).collect()
    }

    #[test]
    fn synonyms() {
        for text in [
            "struct QaEnvironment;",
            "enum A { Ticket }",
            "fn close_ticket() {}",
            "trait FreightLine {}",
            "impl A { fn environments(&self) {} }",
            "trait A { fn ticket(&self); }",
            "type Environment = u8;",
            "const TICKET_LIMIT: u8 = 1;",
            "mod freight {}",
        ] {
            let found = found("", text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert!(found[0].starts_with("a.rs:1: `"), "{found:?}");
        }
    }

    #[test]
    fn words_that_are_fine() {
        for text in [
            "//! An environment, as others say.\nfn f(ticket: u8) -> Environment { ticket.environment() }",
            "fn ticketing() {}",
            "use a::Ticket;",
        ] {
            assert_eq!(found("", text), [""; 0], "{text}");
        }
    }

    #[test]
    fn the_glossary_bans_more() {
        let glossary = "# Glossary\n`stage`: a place\n\n## Banned words\n\n| say not | but |\n| `env` | `stage` |\n\
                        - `Issue`: say `change`\n\n## More\n- `receipt`";
        assert_eq!(found(glossary, "fn stage() {} fn change() {} fn receipt() {} fn envelope() {}"), [""; 0]);
        assert_eq!(
            found(glossary, "fn env_of() {}"),
            ["a.rs:1: `env_of` uses the word `env`; docs/glossary.md has ours"]
        );
        assert_eq!(found(glossary, "struct OpenIssues;").len(), 1);
    }

    #[test]
    fn names_are_split_into_words() {
        assert_eq!(split("QaEnvironment_of2TICKETS"), ["qa", "environment", "of2", "tickets"]);
        assert_eq!(split("__x"), ["x"]);
    }
}
