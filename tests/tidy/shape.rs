//! Sizes and shapes: what a reader can hold in mind.

use crate::files::{Complaint, Files, complaint};
use syn::visit::Visit;
use syn::{Block, Expr, FnArg, ImplItemFn, Item, ItemFn, ItemImpl, Pat, Signature, Stmt, TraitItemFn, Type};

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 70;
/// The values that a caller has to bring, `self` aside.
const PARAMETERS: usize = 5;
/// Names that say where code was put, not what it does.
const BAD_NAMES: [&str; 9] = ["util", "utils", "common", "helper", "helpers", "manager", "managers", "errors", "misc"];

/// What is wrong with the shape of the Rust files.
pub fn complaints(files: &Files) -> Vec<Complaint> {
    files.rust().flat_map(|(path, text)| about_file(path, text)).collect()
}

fn about_file(path: &str, text: &str) -> Vec<Complaint> {
    let mut found = Vec::new();
    let lines = text.lines().count();
    if lines > FILE_LINES {
        found.push(complaint(path, lines, format!("the file has {lines} lines, {FILE_LINES} are the limit")));
    }
    let parts = path.trim_end_matches(".rs").split('/');
    for part in parts.filter(|part| BAD_NAMES.contains(part)) {
        found.push(complaint(path, 1, format!("`{part}` says nothing about what is inside; name what it does")));
    }
    match syn::parse_file(text) {
        Ok(file) => {
            if path.ends_with("/mod.rs") || path.ends_with("/lib.rs") {
                found.extend(file.items.iter().filter_map(|item| about_index(path, item)));
            }
            let mut functions = Functions { path, in_trait_impl: false, found };
            functions.visit_file(&file);
            functions.found
        }
        Err(error) => {
            found.push(complaint(path, error.span().start().line, format!("does not parse: {error}")));
            found
        }
    }
}

/// `mod.rs` and `lib.rs` are tables of contents.
fn about_index(path: &str, item: &Item) -> Option<Complaint> {
    let line = match item {
        Item::Use(_) => return None,
        Item::Mod(module) => match &module.content {
            None => return None,
            Some(_) => module.mod_token.span.start().line,
        },
        Item::Fn(function) => function.sig.fn_token.span.start().line,
        Item::Impl(block) => block.impl_token.span.start().line,
        Item::Struct(kind) => kind.struct_token.span.start().line,
        Item::Enum(kind) => kind.enum_token.span.start().line,
        Item::Trait(kind) => kind.trait_token.span.start().line,
        Item::Const(kind) => kind.const_token.span.start().line,
        _ => 1,
    };
    Some(complaint(path, line, "mod.rs and lib.rs hold only `mod` and `use`; move this to a file with a name"))
}

/// A table of words, one line for each: nothing in it is to be understood together.
fn is_table(block: &Block) -> bool {
    let [Stmt::Expr(Expr::Match(table), None)] = &*block.stmts else { return false };
    table.arms.iter().all(|arm| matches!(&*arm.body, Expr::Lit(_)))
}

struct Functions<'a> {
    path: &'a str,
    in_trait_impl: bool,
    found: Vec<Complaint>,
}

impl Functions<'_> {
    fn add(&mut self, name: &syn::Ident, what: String) {
        self.found.push(complaint(self.path, name.span().start().line, format!("fn {name} {what}")));
    }

    fn about(&mut self, signature: &Signature, body: Option<&Block>) {
        let name = &signature.ident;
        if let Some(block) = body {
            let first = signature.fn_token.span.start().line;
            let lines = block.brace_token.span.close().end().line + 1 - first;
            if lines > FUNCTION_LINES && !is_table(block) {
                self.add(name, format!("has {lines} lines, {FUNCTION_LINES} are the limit"));
            }
        }
        // What a trait asks for is judged where the trait is declared, or is not ours to change.
        if self.in_trait_impl {
            return;
        }
        let parameters: Vec<_> = signature
            .inputs
            .iter()
            .filter_map(|input| match input {
                FnArg::Typed(typed) => Some(typed),
                _ => None,
            })
            .collect();
        let count: usize = parameters.iter().map(|parameter| values(&parameter.ty)).sum();
        if count > PARAMETERS {
            self.add(name, format!("has {count} parameters, {PARAMETERS} are the limit; use a struct"));
        }
        for parameter in parameters {
            if is_bool(&parameter.ty) {
                let which = match &*parameter.pat {
                    Pat::Ident(pattern) => pattern.ident.to_string(),
                    _ => "_".to_owned(),
                };
                self.add(name, format!("takes the bool `{which}`; use an enum whose words tell the caller's meaning"));
            }
        }
    }
}

/// How many values a parameter is: a tuple is what is in it, for a caller has to bring each of them.
fn values(kind: &Type) -> usize {
    match kind {
        Type::Tuple(tuple) => tuple.elems.iter().map(values).sum(),
        Type::Reference(reference) => values(&reference.elem),
        Type::Paren(inner) => values(&inner.elem),
        _ => 1,
    }
}

fn is_bool(kind: &Type) -> bool {
    match kind {
        Type::Path(path) => path.path.is_ident("bool"),
        Type::Reference(reference) => is_bool(&reference.elem),
        Type::Paren(inner) => is_bool(&inner.elem),
        _ => false,
    }
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        let outer = std::mem::take(&mut self.in_trait_impl);
        self.about(&item.sig, Some(&item.block));
        syn::visit::visit_item_fn(self, item);
        self.in_trait_impl = outer;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.about(&item.sig, Some(&item.block));
        syn::visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        self.about(&item.sig, item.default.as_ref());
        syn::visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let outer = self.in_trait_impl;
        self.in_trait_impl = item.trait_.is_some();
        syn::visit::visit_item_impl(self, item);
        self.in_trait_impl = outer;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        complaints(&Files::new(&[(path, text)])).iter().map(Complaint::to_string).collect()
    }

    fn one(text: &str) -> String {
        let mut found = found("a.rs", text);
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    #[test]
    fn long_files() {
        assert_eq!(found("a.rs", &"// line\n".repeat(400)), [""; 0]);
        let expected = "a.rs:401: the file has 401 lines, 400 are the limit";
        assert_eq!(found("a.rs", &"// line\n".repeat(401)), [expected]);
    }

    #[test]
    fn long_functions() {
        let body = |lines: usize| format!("{{\n{}}}\n", "    // line\n".repeat(lines));
        assert_eq!(found("a.rs", &format!("fn f() {}", body(68))), [""; 0]);
        let documented = format!("/// One.\n/// Two.\n#[inline]\n#[must_use]\nfn f() {}", body(68));
        assert_eq!(found("a.rs", &documented), [""; 0], "docs and attributes do not count");
        assert_eq!(one(&format!("\nfn f() {}", body(69))), "a.rs:2: fn f has 71 lines, 70 are the limit");
        assert!(one(&format!("impl A {{ fn f(&self) {} }}", body(69))).contains("fn f has 71"));
        assert!(one(&format!("impl A for B {{ fn f(&self) {} }}", body(69))).contains("fn f has 71"));
        assert!(one(&format!("trait A {{ fn f(&self) {} }}", body(69))).contains("fn f has 71"));
        assert!(one(&format!("mod m {{ fn g() {{ h(); }} fn f() {} }}", body(69))).contains("fn f has 71"));
        let table = format!("fn f(&self) {{\nmatch self {{\n{}}}\n}}\n", "A => \"a\",\n".repeat(80));
        assert_eq!(found("a.rs", &format!("impl A {{ {table} }}")), [""; 0], "a table of words is as long as it is");
        assert!(one(&format!("impl A {{ {} }}", table.replacen("\"a\"", "a()", 1))).contains("fn f has 84"));
        let nested = found("a.rs", &format!("fn outer() {{ fn inner() {} }}", body(69)));
        assert_eq!(nested.len(), 2, "{nested:?}");
    }

    #[test]
    fn many_parameters() {
        assert_eq!(found("a.rs", "impl A { fn f(&self, a: u8, b: u8, c: u8, d: u8, e: u8) {} }"), [""; 0]);
        let six = "a: u8, b: u8, c: u8, d: u8, e: u8, g: u8";
        assert!(one(&format!("impl A {{ fn f(&self, {six}) {{}} }}")).contains("has 6 parameters"));
        assert!(one(&format!("trait A {{ fn f({six}); }}")).contains("has 6 parameters"));
        let tuples = "fn f(a: u8, (b, c): (u8, u8), (d, (e, g)): &(u8, (u8, u8))) {}";
        assert!(one(tuples).contains("has 6 parameters"), "tuples hide nothing");
        assert_eq!(found("a.rs", "fn f(a: Vec<(u8, u8, u8)>, b: &[(u8, u8, u8)]) {}"), [""; 0], "values of one kind");
        let foreign = format!("impl A for B {{ fn f({six}) {{}} }}");
        assert_eq!(found("a.rs", &foreign), [""; 0], "the trait decides");
        let closure = "fn f() { let g = |a: u8, b: u8, c: u8, d: u8, e: bool| (); }";
        assert_eq!(found("a.rs", closure), [""; 0]);
    }

    #[test]
    fn bool_parameters() {
        assert_eq!(
            one("fn f(a: u8, b: bool) {}"),
            "a.rs:1: fn f takes the bool `b`; \
             use an enum whose words tell the caller's meaning"
        );
        assert!(one("fn f(b: &mut bool) {}").contains("takes the bool"));
        assert!(one("impl T for A { fn f(&self) { fn g(b: bool) {} } }").contains("fn g takes the bool"));
        assert_eq!(found("a.rs", "fn f(a: Vec<bool>) -> bool { true }"), [""; 0]);
    }

    #[test]
    fn empty_names() {
        for path in ["src/util.rs", "src/common/git.rs", "tests/helper.rs", "src/errors.rs", "src/manager/mod.rs"] {
            assert!(found(path, "use a::b;").concat().contains("says nothing"), "{path}");
        }
        assert_eq!(found("src/common_ancestor.rs", ""), [""; 0]);
    }

    #[test]
    fn logic_in_an_index() {
        assert_eq!(found("src/a/mod.rs", "//! Docs.\nmod a;\n#[cfg(test)]\nmod b;\npub use a::A;"), [""; 0]);
        for text in ["fn f() {}", "mod a { }", "struct A;", "macro_rules! a { () => {} }", "const A: u8 = 1;"] {
            assert!(found("src/a/mod.rs", text).concat().contains("hold only"), "{text}");
            assert!(found("src/lib.rs", text).concat().contains("hold only"), "{text}");
            assert_eq!(found("src/a.rs", text), [""; 0]);
        }
    }

    #[test]
    fn broken_syntax() {
        assert!(one("\nfn f( {}").starts_with("a.rs:2: does not parse"));
    }
}
