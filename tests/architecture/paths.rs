//! Extracts the paths (`a::b::c`) from Rust source, without comments, strings and characters, and with groups expanded.

/// A path as written in the code, one for each leaf of a group.
#[derive(Debug, PartialEq, Eq)]
pub struct PathUse {
    /// From 1.
    pub line: usize,
    /// `use a::{b, c::*};` gives `[a, b]` and `[a, c, *]`.
    pub segments: Vec<String>,
    /// Where it occurs.
    pub kind: PathKind,
    /// `c` of `use a::b as c;`.
    pub alias: Option<String>,
}

/// Where a path occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// In the code itself.
    Code,
    /// In a `use`.
    Import,
    /// In a `pub use`, of any visibility.
    Reexport,
}

/// A word or a punctuation mark.
#[derive(Debug, PartialEq, Eq)]
pub struct Token {
    /// From 1.
    pub line: usize,
    /// An identifier, `::`, or one character.
    pub text: String,
}

impl Token {
    fn is_word(&self) -> bool {
        self.text.starts_with(|first: char| first == '_' || first.is_alphabetic())
    }
}

/// The code without comments, literals and numbers.
pub fn tokens(source: &str) -> Vec<Token> {
    let text: Vec<char> = source.chars().collect();
    let at = |index: usize| text.get(index).copied().unwrap_or('\0');
    let is_part = |letter: char| letter == '_' || letter.is_alphanumeric();
    let (mut found, mut i) = (Vec::new(), 0);
    while i < text.len() {
        let start = i;
        match at(i) {
            '/' if at(i + 1) == '/' => i = position(&text, i, &['\n']),
            '/' if at(i + 1) == '*' => i = after_comment(&text, i),
            '"' => i = after_string(&text, i),
            '\'' if at(i + 1) == '\\' => i = position(&text, i + 3, &['\'']) + 1,
            '\'' if at(i + 2) == '\'' => i += 3,
            letter if letter.is_ascii_digit() => i = word_end(&text, i),
            letter if is_part(letter) => {
                i = word_end(&text, i);
                let word: String = text[start..i].iter().collect();
                let hashes = text[i..].iter().take_while(|mark| **mark == '#').count();
                if matches!(word.as_str(), "r" | "br" | "cr") && at(i + hashes) == '"' {
                    i = after_raw_string(&text, i + hashes, hashes);
                } else {
                    found.push((start, word));
                }
            }
            ':' if at(i + 1) == ':' => {
                found.push((i, "::".to_owned()));
                i += 2;
            }
            mark => {
                if !mark.is_whitespace() {
                    found.push((i, mark.to_string()));
                }
                i += 1;
            }
        }
    }
    let (mut line, mut seen) = (1, 0);
    let mut locate = |(index, text_of): (usize, String)| {
        line += text[seen..index].iter().filter(|letter| **letter == '\n').count();
        seen = index;
        Token { line, text: text_of }
    };
    found.drain(..).map(&mut locate).collect()
}

fn position(text: &[char], from: usize, wanted: &[char]) -> usize {
    (from..text.len()).find(|index| wanted.contains(&text[*index])).unwrap_or(text.len())
}

fn word_end(text: &[char], from: usize) -> usize {
    (from..text.len()).find(|&index| text[index] != '_' && !text[index].is_alphanumeric()).unwrap_or(text.len())
}

/// Comments may be nested.
fn after_comment(text: &[char], from: usize) -> usize {
    let (mut depth, mut i) = (0, from);
    while i < text.len() {
        match (text[i], text.get(i + 1)) {
            ('/', Some('*')) => (depth, i) = (depth + 1, i + 2),
            ('*', Some('/')) => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
        if depth == 0 {
            return i;
        }
    }
    i
}

fn after_string(text: &[char], from: usize) -> usize {
    let mut i = from + 1;
    while i < text.len() && text[i] != '"' {
        i += if text[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

fn after_raw_string(text: &[char], quote: usize, hashes: usize) -> usize {
    let mut i = quote + 1;
    while i < text.len() {
        i = position(text, i, &['"']) + 1;
        if (0..hashes).all(|hash| text.get(i + hash) == Some(&'#')) {
            return i + hashes;
        }
    }
    i
}

/// Every path of more than one segment, and every path of a `use`.
pub fn paths(tokens: &[Token]) -> Vec<PathUse> {
    let text = |index: usize| tokens.get(index).map_or("", |token| token.text.as_str());
    let (mut found, mut i) = (Vec::new(), 0);
    while i < tokens.len() {
        let before = |back: usize| i.checked_sub(back).map_or("", text);
        if text(i) == "use" || (text(i) == "extern" && text(i + 1) == "crate") {
            let kind = if matches!(before(1), "pub" | ")") { PathKind::Reexport } else { PathKind::Import };
            i += if text(i) == "use" { 1 } else { 2 };
            i += usize::from(text(i) == "::");
            i = tree(tokens, i, &[], kind, &mut found);
        } else if tokens[i].is_word() && before(1) != "." && (before(1) != "::" || before(2) != ">") {
            i = tree(tokens, i, &[], PathKind::Code, &mut found);
        } else {
            i += 1;
        }
    }
    found
}

/// Reads what follows `prefix::`; returns where it ends.
fn tree(tokens: &[Token], from: usize, prefix: &[String], kind: PathKind, found: &mut Vec<PathUse>) -> usize {
    let text = |index: usize| tokens.get(index).map_or("", |token| token.text.as_str());
    let alone = kind != PathKind::Code;
    let mut segments = prefix.to_vec();
    let mut i = from;
    while i < tokens.len() {
        if text(i) == "{" && (alone || !segments.is_empty()) {
            i += 1;
            while i < tokens.len() && text(i) != "}" {
                let starts = text(i) == "*" || tokens[i].is_word();
                i = if starts { tree(tokens, i, &segments, kind, found) } else { i + 1 };
            }
            return i + 1;
        }
        if !tokens[i].is_word() && text(i) != "*" {
            break;
        }
        segments.push(text(i).to_owned());
        i += 1;
        if text(i) != "::" {
            break;
        }
        i += 1;
    }
    let mut alias = None;
    if alone && text(i) == "as" {
        alias = Some(text(i + 1).to_owned());
        i += 2;
    }
    if segments.len() > 1 || (alone && !segments.is_empty()) {
        found.push(PathUse { line: tokens[from].line, segments, kind, alias });
    }
    // Always advance: a mark that starts no path is skipped.
    i.max(from + 1)
}

#[test]
fn groups_are_expanded_and_comments_and_strings_are_skipped() {
    let source = r##"
        // use crate::comment;
        use crate::{dataset::{self, Query as Asked}, eval::*}; /* crate::a /* crate::b */ crate::c */
        pub(super) use rayon;
        fn f<'a>(x: &'a str) -> char { let y = "crate::text \" crate::more"; x.image::<u8>(); r#"crate::"raw""#; '\''; ':' }
        fn g() { ::clap::Parser::parse(); <T as Trait>::name(); Vec::<u8>::new(); 1.0_f32; }
    "##;
    let found = paths(&tokens(source));
    let short: Vec<_> = found.iter().map(|path| (path.line, path.segments.join("::"), path.kind)).collect();
    let wanted = [
        (3, "crate::dataset::self", PathKind::Import),
        (3, "crate::dataset::Query", PathKind::Import),
        (3, "crate::eval::*", PathKind::Import),
        (4, "rayon", PathKind::Reexport),
        (6, "clap::Parser::parse", PathKind::Code),
    ];
    assert_eq!(short, wanted.map(|(line, path, kind)| (line, path.to_owned(), kind)));
    assert_eq!(found[1].alias.as_deref(), Some("Asked"));
}
