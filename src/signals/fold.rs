//! Folding of case, accents, and composed and decomposed forms.

/// Calls `emit` with the lower-case characters of `text`: Latin letters without their accents, full-width forms as
/// plain ones, Hangul and kana composed (macOS file names are decomposed).
pub(super) fn fold(text: &str, mut emit: impl FnMut(char)) {
    let mut composer = Composer::default();
    for c in text.chars() {
        match composer.push(c) {
            Pushed::Held => {}
            Pushed::Free(held) => {
                held.into_iter().for_each(&mut emit);
                if !is_combining_accent(c) {
                    c.to_lowercase().filter(|c| !is_combining_accent(*c)).for_each(|c| fold_latin(c, &mut emit));
                }
            }
            Pushed::Next(held) => held.into_iter().for_each(&mut emit),
        }
    }
    composer.held.into_iter().for_each(emit);
}

fn is_combining_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Latin-1 and Latin Extended-A letters as plain ones; everything else unchanged.
fn fold_latin(c: char, emit: &mut impl FnMut(char)) {
    let plain = match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ð' | 'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ĥ' | 'ħ' => 'h',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => 'i',
        'ĵ' => 'j',
        'ķ' => 'k',
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => 'o',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => 's',
        'ţ' | 'ť' | 'ŧ' | 'ț' => 't',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => 'u',
        'ŵ' => 'w',
        'ý' | 'ÿ' | 'ŷ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        'æ' | 'œ' | 'ß' => {
            let pair = match c {
                'æ' => ['a', 'e'],
                'œ' => ['o', 'e'],
                _ => ['s', 's'],
            };
            return pair.into_iter().for_each(emit);
        }
        other => other,
    };
    emit(plain);
}

/// Characters on their way to a composed one: jamo to a Hangul syllable (Unicode 3.12, conjoining jamo behaviour), kana
/// to voiced kana.
#[derive(Default)]
struct Composer {
    held: Option<char>,
}

enum Pushed {
    /// It was stored and waits for the next character.
    Held,
    /// It may start another composed character; the previous one is complete.
    Next(Option<char>),
    /// It starts none; the previous one is complete.
    Free(Option<char>),
}

impl Composer {
    fn push(&mut self, c: char) -> Pushed {
        if let Some(joined) = self.held.and_then(|held| compose(held, c)) {
            self.held = Some(joined);
            return Pushed::Held;
        }
        let before = self.held.take();
        if !may_start(c) {
            return Pushed::Free(before);
        }
        self.held = Some(c);
        Pushed::Next(before)
    }
}

/// The first and last syllable of Hangul.
const SYLLABLES: (u32, u32) = (0xac00, 0xd7a3);

fn may_start(c: char) -> bool {
    matches!(c as u32, 0x1100..=0x1112 | 0x304b..=0x307b | 0x30ab..=0x30db)
        || (SYLLABLES.0..=SYLLABLES.1).contains(&(c as u32))
}

fn compose(first: char, second: char) -> Option<char> {
    let (first, second) = (first as u32, second as u32);
    match (first, second) {
        (0x1100..=0x1112, 0x1161..=0x1175) => {
            char::from_u32(SYLLABLES.0 + ((first - 0x1100) * 21 + (second - 0x1161)) * 28)
        }
        (0xac00..=0xd7a3, 0x11a8..=0x11c2) if (first - SYLLABLES.0).is_multiple_of(28) => {
            char::from_u32(first + second - 0x11a7)
        }
        // The voiced (and for the h row the half-voiced) kana follow the plain ones.
        (0x304b..=0x3068 | 0x306f..=0x307b | 0x30ab..=0x30c8 | 0x30cf..=0x30db, 0x3099) => char::from_u32(first + 1),
        (0x306f..=0x307b | 0x30cf..=0x30db, 0x309a) => char::from_u32(first + 2),
        _ => None,
    }
}
