//! Web text to plain text: entities, also when escaped twice, and tags.

use html_escape::decode_html_entities;
use quick_xml::Reader;

/// The text of an XML attribute that holds web text, which is often escaped twice: decodes entities, strips tags,
/// decodes entities again, and collapses white space (non-breaking too).
pub(crate) fn web_text(attribute: &str) -> String {
    let text = without_tags(&decode_html_entities(attribute));
    decode_html_entities(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A lenient reader of XML.
pub(crate) fn tolerant(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    reader
}

/// Strips `<a …>`, `</a>`, `<!-- … -->` and so on; a `<` not followed by a tag name is kept.
fn without_tags(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let after = &rest[at + 1..];
        let is_tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        match after.find('>') {
            Some(end) if is_tag => {
                plain.push_str(&rest[..at]);
                // A line break or paragraph must not join the words around it.
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
    fn a_bare_ampersand_stays() {
        assert_eq!(web_text("R&B & &unknown; &#0; &#xFFFFFFFF; é&é;"), "R&B & &unknown; &#0; &#xFFFFFFFF; é&é;");
    }
}
