//! Words of Korean, Japanese and Chinese by dictionaries, read from a folder at run time.
//!
//! Of Korean and Japanese the words that name things and doings are taken, in their base form where the dictionary has it;
//! particles and endings are left out, as English stop words are. Of Chinese all words are.

use std::borrow::Cow;
use std::path::Path;
use std::sync::LazyLock;

use lindera::mode::Mode;
use lindera::segmenter::Segmenter;
use lindera::token::Token;
use lindera_dictionary::dictionary::Dictionary;

use super::splitting::{DICTIONARIES, Splitting};
use crate::base::{ContentHash, guarded};

/// A language with its folder's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    Korean,
    Japanese,
    Chinese,
}

impl Language {
    const ALL: [Self; 3] = [Self::Korean, Self::Japanese, Self::Chinese];

    fn folder(self) -> &'static str {
        match self {
            Self::Korean => "ko",
            Self::Japanese => "ja",
            Self::Chinese => "zh",
        }
    }

    /// Whose word a run of characters may be, most likely first.
    fn of(run: &[char]) -> &'static [Self] {
        let has = |is: fn(char) -> bool| run.iter().any(|&letter| is(letter));
        match () {
            () if has(|c| matches!(c, '\u{ac00}'..='\u{d7a3}' | '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}')) => {
                &[Self::Korean]
            }
            () if has(|c| matches!(c, '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9f}')) => {
                &[Self::Japanese]
            }
            () => &[Self::Chinese, Self::Japanese],
        }
    }
}

/// The dictionaries there are.
struct Dictionaries {
    all: Vec<(Language, Segmenter)>,
    splitting: Splitting,
}

static LOADED: LazyLock<Dictionaries> = LazyLock::new(|| match std::env::var_os(DICTIONARIES) {
    Some(folder) if !folder.is_empty() => Dictionaries::load(Path::new(&folder)),
    _ => Dictionaries::none(),
});

/// How this process splits texts.
pub(super) fn splitting() -> &'static Splitting {
    &LOADED.splitting
}

/// The words of a run of characters; `None` if no dictionary is for it.
pub(super) fn words(run: &[char]) -> Option<Vec<String>> {
    LOADED.words(run)
}

impl Dictionaries {
    fn none() -> Self {
        Self { all: Vec::new(), splitting: Splitting { key: Splitting::PAIRS.to_owned(), faults: Vec::new() } }
    }

    fn load(folder: &Path) -> Self {
        let mut loaded = Self::none();
        let mut keys = Vec::new();
        for language in Language::ALL {
            let path = folder.join(language.folder());
            if !path.is_dir() {
                continue;
            }
            // A library that trusts its files.
            match guarded(|| Dictionary::load_from_path(&path)) {
                Some(Ok(dictionary)) => {
                    keys.push(format!("{}:{}", language.folder(), key_of(&path)));
                    loaded.all.push((language, Segmenter::new(Mode::Normal, dictionary, None)));
                }
                Some(Err(error)) => loaded.fault(&path, &error.to_string()),
                None => loaded.fault(&path, "it is damaged"),
            }
        }
        if loaded.all.is_empty() && loaded.splitting.faults.is_empty() {
            loaded.fault(folder, "it has no folder ko, ja or zh");
        }
        if !keys.is_empty() {
            loaded.splitting.key = keys.join(" ");
        }
        loaded
    }

    fn fault(&mut self, path: &Path, reason: &str) {
        self.splitting.faults.push(format!("the dictionary cannot be used, {reason}: {}", crate::base::shown(path)));
    }

    fn words(&self, run: &[char]) -> Option<Vec<String>> {
        let of = |language: &Language| self.all.iter().find(|(known, _)| known == language);
        let (language, segmenter) = Language::of(run).iter().find_map(of)?;
        let text: String = run.iter().collect();
        let mut tokens = segmenter.segment(Cow::Borrowed(&text)).ok()?;
        let mut words: Vec<String> = tokens.iter_mut().flat_map(|token| taken(*language, token)).collect();
        if words.is_empty() {
            words = tokens.iter().map(|token| token.surface.to_string()).collect();
        }
        Some(words)
    }
}

/// What is taken of a token.
fn taken(language: Language, token: &mut Token<'_>) -> Vec<String> {
    let surface = token.surface.to_string();
    let details: Vec<String> = token.details().into_iter().map(str::to_owned).collect();
    let kind = details.first().map_or("", String::as_str);
    match language {
        Language::Chinese => vec![surface],
        Language::Korean => {
            // `먹/VV/*+어/EC/*`, of inflected and compound words.
            let parts = details.iter().find(|detail| detail.contains('/'));
            let morphemes = parts.iter().flat_map(|parts| parts.split('+')).filter_map(|part| {
                let (word, rest) = part.split_once('/')?;
                names_something(rest.split('/').next()?).then(|| word.to_owned())
            });
            let mut words: Vec<String> = morphemes.collect();
            if !kind.contains('+') && names_something(kind) && !words.contains(&surface) {
                words.insert(0, surface);
            }
            words
        }
        Language::Japanese => {
            if ["助詞", "助動詞", "記号", "補助記号", "空白"].contains(&kind) {
                return Vec::new();
            }
            let base = ["base_form", "orthographic_base_form", "dictionary_form"];
            let base = base.iter().find_map(|name| token.get(name).map(str::to_owned));
            vec![base.filter(|base| !base.is_empty() && base != "*").unwrap_or(surface)]
        }
    }
}

/// Whether a Korean part of speech is no particle, ending, suffix or sign. What the dictionary does not know counts.
fn names_something(kind: &str) -> bool {
    let other = ["J", "E", "XS", "VC", "SF", "SP", "SS", "SE", "SO", "SW", "SC", "SY"];
    !other.iter().any(|start| kind.starts_with(start))
}

/// What tells dictionaries apart: the names and sizes of their files.
fn key_of(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<(String, u64)> = entries
        .filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.metadata().ok()?.len())))
        .collect();
    files.sort();
    let mut hash = ContentHash::default();
    for (name, length) in files {
        hash.text(&name);
        hash.number(length);
    }
    hash.finish()[..12].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lindera_dictionary::builder::DictionaryBuilder;
    use lindera_dictionary::dictionary::metadata::Metadata;
    use std::fs;

    /// A dictionary of a few words in a folder of that name.
    fn build(home: &Path, language: Language, csv: &str) {
        let source = home.join(format!("{}-source", language.folder()));
        fs::create_dir_all(&source).expect("a folder");
        fs::write(source.join("words.csv"), csv).expect("written");
        fs::write(source.join("matrix.def"), "1 1\n0 0 0\n").expect("written");
        fs::write(source.join("char.def"), "DEFAULT 0 1 0\nSPACE 0 1 0\n0x0020 SPACE\n").expect("written");
        let stars = ",*".repeat(8);
        let unknown = format!("DEFAULT,0,0,5000,UNK{stars}\nSPACE,0,0,5000,UNK{stars}\n");
        fs::write(source.join("unk.def"), unknown).expect("written");
        let built =
            DictionaryBuilder::new(Metadata::default()).build_dictionary(&source, &home.join(language.folder()));
        built.expect("a dictionary");
    }

    /// Surface, cost 100, part of speech, base form.
    fn line(surface: &str, kind: &str, base: &str) -> String {
        format!("{surface},0,0,100,{kind},*,*,*,*,*,{base},*,*\n")
    }

    #[test]
    fn words_are_those_of_the_dictionary_for_the_script_without_particles_and_endings() {
        let home = std::env::temp_dir().join(format!("crossrank-dictionaries-{}", std::process::id()));
        let korean = [
            line("서울", "NNP", "*"),
            line("타워", "NNG", "*"),
            line("에서", "JKB", "*"),
            line("먹어", "VV+EC", "먹/VV/*+어/EC/*"),
        ];
        build(&home, Language::Korean, &korean.concat());
        let japanese = [line("東京", "名詞", "東京"), line("の", "助詞", "の"), line("走っ", "動詞", "走る")];
        build(&home, Language::Japanese, &japanese.concat());
        let loaded = Dictionaries::load(&home);
        assert_eq!(loaded.splitting.faults, Vec::<String>::new());
        assert!(
            loaded.splitting.key.starts_with("ko:") && loaded.splitting.key.contains(" ja:"),
            "{loaded:?}",
            loaded = loaded.splitting
        );
        let words = |text: &str| loaded.words(&text.chars().collect::<Vec<_>>()).unwrap_or_default().join(" ");
        assert_eq!(words("서울타워에서"), "서울 타워");
        assert_eq!(words("먹어"), "먹");
        assert_eq!(words("에서"), "에서", "what is all there is counts");
        assert_eq!(words("東京の"), "東京");
        assert_eq!(words("走っの"), "走る");
        assert_eq!(words("東京"), "東京", "Han without a Chinese dictionary");
        assert_eq!(Dictionaries::none().words(&['東']), None);
        fs::write(home.join("ja/metadata.json"), "{").expect("written");
        let damaged = Dictionaries::load(&home);
        assert!(
            matches!(&damaged.splitting.faults[..], [fault] if fault.contains("cannot be used")),
            "{:?}",
            damaged.splitting
        );
        assert_ne!(damaged.splitting.key, loaded.splitting.key);
        assert!(Dictionaries::load(&home.join("nothing")).splitting.faults[0].contains("no folder ko, ja or zh"));
        fs::remove_dir_all(&home).expect("removed");
    }
}
