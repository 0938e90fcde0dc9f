//! Rules for the window's room.

use super::paths::{Token, paths, tokens};
use super::{project, rust_files};

/// The faults of a file in the window's room: the kit must not know the workspace, and panels only communicate through
/// their context.
fn window_faults(file: &str, source: &str) -> Vec<String> {
    let tokens = tokens(source);
    let mut faults = Vec::new();
    if file.starts_with("app/kit/") {
        let imports = paths(&tokens).into_iter().filter(|path| path.segments.iter().any(|part| part == "workspace"));
        faults.extend(imports.map(|path| format!("src/{file}:{}: the kit knows no workspace", path.line)));
    }
    let text = |index: usize| tokens.get(index).map_or("", |token: &Token| token.text.as_str());
    let panels = (0..tokens.len()).filter(|&at| text(at) == "struct" && text(at + 1).ends_with("Panel"));
    for at in panels.filter(|_| file.starts_with("app/panels/")) {
        let fields = tokens[at..].iter().take_while(|token| !matches!(token.text.as_str(), "}" | ";")).skip(1);
        let open = fields.filter(|token| token.text == "pub");
        faults.extend(open.map(|token| format!("src/{file}:{}: a field that others can access", token.line)));
    }
    faults
}

#[test]
fn the_kit_knows_no_workspace_and_panels_have_no_open_fields() {
    let files = rust_files(&project("src"));
    let faults: Vec<String> = files.iter().flat_map(|(file, source)| window_faults(file, source)).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn a_flag_on_a_panel_and_a_workspace_in_the_kit_are_found() {
    let count = |file: &str, source: &str| window_faults(file, source).len();
    assert_eq!(count("app/kit/widgets.rs", "use crate::workspace::Session;\nuse crate::dataset::Relevance;"), 1);
    assert_eq!(count("app/kit/widgets.rs", "fn f(session: &crate::workspace::Session) {}"), 1);
    assert_eq!(count("app/panels/a.rs", "pub struct APanel { view: View, pub wants_wide: bool }"), 1);
    assert_eq!(count("app/panels/a.rs", "pub struct APanel;\npub struct Shown { pub name: String }"), 0);
    assert_eq!(count("app/panels/a.rs", "pub struct APanel { view: View }\npub enum Place { A }"), 0);
}
