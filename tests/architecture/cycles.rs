//! Cycles of files that import each other, however long.
//!
//! An import leads to the file that defines the item, through any number of re-exports. A `mod.rs` that declares a file
//! or re-exports its items does not import it; one whose own code uses them does. Modules inside a file (its tests)
//! are left out.

use super::paths::{PathKind, PathUse, Token, paths, tokens};
use super::{project, rust_files};
use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;
use std::collections::{BTreeMap, BTreeSet};

/// The names in one source file.
struct Source {
    module: Vec<String>,
    /// What it defines outside functions and `impl`s.
    items: BTreeSet<String>,
    /// The words of its own code.
    words: BTreeSet<String>,
    paths: Vec<PathUse>,
}

/// All source files of the crate.
pub struct Sources {
    files: BTreeMap<String, Source>,
    by_module: BTreeMap<Vec<String>, String>,
}

impl Sources {
    /// Reads files, each by its path below `src/`.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let files: BTreeMap<_, _> =
            files.into_iter().map(|(file, text)| (file.to_owned(), Source::new(file, text))).collect();
        let by_module = files.iter().map(|(file, source)| (source.module.clone(), file.clone())).collect();
        Self { files, by_module }
    }

    /// Each cycle as the sorted names of its files.
    pub fn cycles(&self) -> Vec<Vec<String>> {
        let mut graph = DiGraph::<&str, ()>::new();
        let nodes: BTreeMap<&str, _> = self.files.keys().map(|file| (file.as_str(), graph.add_node(file))).collect();
        for (from, to, _) in self.imports() {
            graph.update_edge(nodes[from], nodes[to], ());
        }
        let parts = tarjan_scc(&graph).into_iter().filter(|part| part.len() > 1);
        let named = parts.map(|part| part.into_iter().map(|node| graph[node].to_owned()).collect::<BTreeSet<_>>());
        let mut cycles: Vec<Vec<String>> = named.map(|part| part.into_iter().collect()).collect();
        cycles.sort();
        cycles
    }

    /// Every import (from, to, path) between two files, sorted.
    pub fn imports(&self) -> BTreeSet<(&str, &str, String)> {
        let mut found = BTreeSet::new();
        for (file, source) in &self.files {
            for path in source.paths.iter().filter(|path| source.uses(path)) {
                if let Some(to) = self.resolve(&source.module, &path.segments, 0).filter(|to| to != file) {
                    found.insert((file.as_str(), to, path.segments.join("::")));
                }
            }
        }
        found
    }

    /// The file that defines the item of a path within `module`; `None` for modules and foreign items.
    fn resolve(&self, module: &[String], path: &[String], depth: usize) -> Option<&str> {
        let (first, rest) = path.split_first()?;
        // Two globs may lead to each other endlessly.
        if depth > 16 {
            return None;
        }
        match first.as_str() {
            "crate" | "crossrank" => return self.resolve(&[], rest, depth + 1),
            "self" => return self.resolve(module, rest, depth + 1),
            "super" => return self.resolve(module.split_last()?.1, rest, depth + 1),
            _ => {}
        }
        let (file, source) = self.files.get_key_value(self.by_module.get(module)?)?;
        if first == "*" {
            return Some(file);
        }
        let child = [module, std::slice::from_ref(first)].concat();
        if self.by_module.contains_key(&child) {
            return self.resolve(&child, rest, depth + 1);
        }
        if source.items.contains(first) {
            return Some(file);
        }
        let is_import = |import: &&PathUse| import.kind != PathKind::Code && name_of(import) == Some(first.as_str());
        if let Some(import) = source.paths.iter().find(is_import) {
            return self.resolve(module, &[&import.segments[..], rest].concat(), depth + 1);
        }
        let globs = source.paths.iter().filter(|import| import.segments.last().is_some_and(|last| last == "*"));
        globs.filter(|glob| glob.segments[0] != *first).find_map(|glob| {
            self.resolve(module, &[&glob.segments[..glob.segments.len() - 1], path].concat(), depth + 1)
        })
    }
}

impl Source {
    fn new(file: &str, text: &str) -> Self {
        let module = file.trim_end_matches(".rs").split('/').filter(|part| !["mod", "lib", "main"].contains(part));
        let tokens = without_inner_modules(tokens(text));
        Self {
            module: module.map(str::to_owned).collect(),
            items: items(&tokens),
            words: words(&tokens),
            paths: paths(&tokens),
        }
    }

    /// Whether the file's own code uses a path, rather than re-exporting it.
    fn uses(&self, path: &PathUse) -> bool {
        path.kind != PathKind::Reexport || name_of(path).is_some_and(|name| self.words.contains(name))
    }
}

/// The name that an import brings into scope.
fn name_of(import: &PathUse) -> Option<&str> {
    let own = import.segments.iter().rfind(|segment| *segment != "self");
    import.alias.as_deref().or(own.map(String::as_str))
}

/// Drops what is between the braces of `mod name { … }`.
fn without_inner_modules(tokens: Vec<Token>) -> Vec<Token> {
    let mut outer = Vec::with_capacity(tokens.len());
    let (mut depth, mut inner) = (0usize, None);
    for token in tokens {
        match token.text.as_str() {
            "{" => {
                depth += 1;
                let before = outer.len().checked_sub(2).and_then(|at| outer.get(at));
                if inner.is_none() && before.is_some_and(|before: &Token| before.text == "mod") {
                    inner = Some(depth);
                }
            }
            "}" => {
                if inner == Some(depth) {
                    inner = None;
                }
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
        if inner.is_none() {
            outer.push(token);
        }
    }
    outer
}

/// The items that a file defines at the top level.
fn items(tokens: &[Token]) -> BTreeSet<String> {
    const KEYWORDS: [&str; 9] = ["fn", "struct", "enum", "trait", "type", "const", "static", "union", "macro_rules"];
    let mut depth = 0usize;
    let mut found = BTreeSet::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            word if depth == 0 && KEYWORDS.contains(&word) => {
                let name = tokens[at + 1..].iter().find(|next| next.text != "!");
                found.extend(name.map(|name| name.text.clone()));
            }
            _ => {}
        }
    }
    found
}

/// The words outside any `use` or `mod`.
fn words(tokens: &[Token]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut importing = false;
    for token in tokens {
        match token.text.as_str() {
            "use" | "mod" => importing = true,
            ";" => importing = false,
            word if !importing => {
                found.insert(word.to_owned());
            }
            _ => {}
        }
    }
    found
}

#[test]
fn no_files_import_each_other_directly_or_in_a_longer_cycle() {
    let files = rust_files(&project("src"));
    let sources = Sources::new(files.iter().map(|(file, text)| (file.as_str(), text.as_str())));
    let imports = sources.imports();
    assert!(imports.len() > 2000, "only {} imports were found", imports.len());
    let within = |cycle: &Vec<String>| {
        let inside = |file: &str| cycle.iter().any(|other| other == file);
        let ties = imports.iter().filter(|(from, to, _)| inside(from) && inside(to));
        let lines: Vec<String> = ties.map(|(from, to, what)| format!("  {from} imports {what} of {to}")).collect();
        lines.join("\n")
    };
    let cycles: Vec<String> = sources.cycles().iter().map(within).collect();
    assert!(cycles.is_empty(), "import cycles:\n{}", cycles.join("\n\n"));
}

/// The imports between synthetic files, as `from>to`.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let sources = Sources::new(files.iter().copied());
    let pairs: BTreeSet<_> = sources.imports().into_iter().map(|(from, to, _)| format!("{from}>{to}")).collect();
    pairs.into_iter().collect()
}

#[test]
fn an_import_leads_through_re_exports_to_the_file_that_defines_the_item() {
    let files = [
        ("lib.rs", "pub mod a;\npub mod b;"),
        ("a/mod.rs", "mod one;\nmod two;\npub use one::*;\npub use two::Second as Other;"),
        ("a/one.rs", "pub struct First; impl First { pub fn hidden() {} }"),
        ("a/two.rs", "use super::First; pub struct Second;"),
        ("b.rs", "use crate::a::{self, Other}; fn f() { a::First::new(); a::hidden(); }"),
    ];
    assert_eq!(found(&files), ["a/two.rs>a/one.rs", "b.rs>a/one.rs", "b.rs>a/two.rs"]);
}

#[test]
fn a_mod_file_that_declares_and_re_exports_imports_nothing_but_one_that_uses_does() {
    let child = ("a/child.rs", "use super::Shared; pub struct Child;");
    let declares = [("a/mod.rs", "mod child;\npub use child::Child;\npub struct Shared;"), child];
    assert_eq!(found(&declares), ["a/child.rs>a/mod.rs"]);
    assert!(Sources::new(declares).cycles().is_empty());
    let uses = [("a/mod.rs", "mod child;\npub use child::Child;\npub struct Shared(Child);"), child];
    assert_eq!(Sources::new(uses).cycles(), [["a/child.rs", "a/mod.rs"]]);
}

#[test]
fn longer_cycles_are_found_and_inner_modules_are_left_out() {
    let cycle = [
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::b::B; pub struct A;"),
        ("b.rs", "use crate::c::C; pub struct B;"),
        ("c.rs", "pub struct C; mod tests { use crate::a::A; }"),
    ];
    assert!(Sources::new(cycle).cycles().is_empty());
    let closed = [cycle[0], cycle[1], cycle[2], ("c.rs", "pub struct C; fn f() -> crate::a::A { todo() }")];
    assert_eq!(Sources::new(closed).cycles(), [["a.rs", "b.rs", "c.rs"]]);
}
