//! Web text to plain text: entities, also when escaped twice, and tags.

/// The letters of Latin-1 from U+00C0 on by their HTML names.
const LATIN_1: [&str; 64] = [
    "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig", "Ccedil", "Egrave", "Eacute", "Ecirc", "Euml",
    "Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve", "Oacute", "Ocirc", "Otilde", "Ouml", "times",
    "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute", "THORN", "szlig", "agrave", "aacute", "acirc", "atilde",
    "auml", "aring", "aelig", "ccedil", "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc", "iuml",
    "eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash", "ugrave", "uacute", "ucirc",
    "uuml", "yacute", "thorn", "yuml",
];

/// Other entities met in titles and descriptions.
const OTHERS: [(&str, char); 25] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("iexcl", '¡'),
    ("pound", '£'),
    ("sect", '§'),
    ("copy", '©'),
    ("laquo", '«'),
    ("reg", '®'),
    ("deg", '°'),
    ("raquo", '»'),
    ("iquest", '¿'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bull", '•'),
    ("hellip", '…'),
    ("euro", '€'),
    ("trade", '™'),
];

/// The longest name of an entity, `&` and `;` left out.
const LONGEST: usize = 10;

/// Replaces the entities that are known; an `&` that starts none stays.
pub(super) fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let end = after.bytes().take(LONGEST + 1).position(|byte| byte == b';');
        match end.and_then(|end| Some((entity(after.get(..end)?)?, end))) {
            Some((character, end)) => {
                plain.push(character);
                rest = &after[end + 1..];
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|character| !character.is_control());
    }
    if let Some(&(_, character)) = OTHERS.iter().find(|(known, _)| *known == name) {
        return Some(character);
    }
    let position = LATIN_1.iter().position(|known| *known == name)?;
    char::from_u32(0xc0 + position as u32)
}

/// The text of an XML attribute that holds web text, which is often escaped twice: entities out, tags out, entities
/// out again, white space (also unbreakable) to single spaces.
pub(super) fn web_text(attribute: &str) -> String {
    let marked_up = unescape(attribute);
    let text = unescape(&without_tags(&marked_up));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Leaves out `<a …>`, `</a>`, `<!-- … -->` and the like; a `<` that no tag name follows stays.
fn without_tags(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let after = &rest[at + 1..];
        let is_tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        match after.find('>') {
            Some(end) if is_tag => {
                plain.push_str(&rest[..at]);
                // Words on either side of a line break or a paragraph do not become one.
                plain.push(' ');
                rest = &after[end + 1..];
            }
            _ => {
                plain.push_str(&rest[..=at]);
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_was_escaped_twice_comes_out_plain() {
        assert_eq!(web_text("Tom &amp;amp; &amp;quot;Jerry&amp;quot;&amp;nbsp;&#8217;s"), "Tom & \"Jerry\" ’s");
        assert_eq!(web_text("caf&amp;eacute; &Uuml;ber &#x20ac;"), "café Über €");
    }

    #[test]
    fn tags_go_and_comparisons_stay() {
        let text = "&lt;a href=&quot;http://x.org&quot; rel=&quot;nofollow&quot;&gt;the mill&lt;/a&gt; is 3 &lt; 4";
        assert_eq!(web_text(text), "the mill is 3 < 4");
    }

    #[test]
    fn an_ampersand_of_its_own_stays() {
        assert_eq!(unescape("R&B & &unknown; &#0; é&é;"), "R&B & &unknown; &#0; é&é;");
    }
}
