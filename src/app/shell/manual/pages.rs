//! The pages of the manual, from `assets/manual/`.

use std::sync::LazyLock;

/// The pages in reading order: file name and text.
const FILES: [(&str, &str); 17] = [
    ("index.md", include_str!("../../../../assets/manual/index.md")),
    ("first-steps.md", include_str!("../../../../assets/manual/first-steps.md")),
    ("window.md", include_str!("../../../../assets/manual/window.md")),
    ("pelican.md", include_str!("../../../../assets/manual/pelican.md")),
    ("data-sets.md", include_str!("../../../../assets/manual/data-sets.md")),
    ("collections.md", include_str!("../../../../assets/manual/collections.md")),
    ("judging.md", include_str!("../../../../assets/manual/judging.md")),
    ("embeddings.md", include_str!("../../../../assets/manual/embeddings.md")),
    ("models-and-training.md", include_str!("../../../../assets/manual/models-and-training.md")),
    ("studies.md", include_str!("../../../../assets/manual/studies.md")),
    ("measures.md", include_str!("../../../../assets/manual/measures.md")),
    ("command-line.md", include_str!("../../../../assets/manual/command-line.md")),
    ("results.md", include_str!("../../../../assets/manual/results.md")),
    ("speed.md", include_str!("../../../../assets/manual/speed.md")),
    ("graphics-cards.md", include_str!("../../../../assets/manual/graphics-cards.md")),
    ("files-and-folders.md", include_str!("../../../../assets/manual/files-and-folders.md")),
    ("science.md", include_str!("../../../../assets/manual/science.md")),
];

/// One page.
pub struct Page {
    /// The file name, by which other pages link to it.
    pub file: &'static str,
    /// Its first heading.
    pub title: String,
    /// Its sections, in order.
    pub sections: Vec<Section>,
}

/// A heading and the text below it; a page's first section has the page's title.
pub struct Section {
    /// The heading without `#`.
    pub heading: String,
    /// Markdown, including the heading.
    pub text: String,
}

/// A section of the manual: the index of its page, and its index within the page.
pub type SectionId = (usize, usize);

/// All pages.
pub fn pages() -> &'static [Page] {
    static PAGES: LazyLock<Vec<Page>> = LazyLock::new(|| FILES.iter().map(|(file, text)| page(file, text)).collect());
    &PAGES
}

/// The index of a page by file name.
pub fn page_of(file: &str) -> Option<usize> {
    pages().iter().position(|page| page.file == file)
}

/// A section's unique name: `Data sets › Judgements`.
pub fn name((page, section): SectionId) -> String {
    let known = &pages()[page];
    match section {
        0 => known.title.clone(),
        _ => format!("{} › {}", known.title, known.sections[section].heading),
    }
}

fn section_ids() -> impl Iterator<Item = SectionId> {
    pages().iter().enumerate().flat_map(|(at, page)| (0..page.sections.len()).map(move |section| (at, section)))
}

/// Sections that contain every word of `typed`, those with a matching heading first.
pub fn search(typed: &str) -> Vec<SectionId> {
    let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let (mut by_heading, mut by_text) = (Vec::new(), Vec::new());
    for id in section_ids() {
        let (name, text) = (name(id).to_lowercase(), pages()[id.0].sections[id.1].text.to_lowercase());
        if words.iter().all(|word| name.contains(word)) {
            by_heading.push(id);
        } else if words.iter().all(|word| name.contains(word) || text.contains(word)) {
            by_text.push(id);
        }
    }
    by_heading.extend(by_text);
    by_heading
}

fn page(file: &'static str, text: &str) -> Page {
    let mut sections: Vec<Section> = Vec::new();
    let mut in_code = false;
    for line in text.lines() {
        in_code ^= line.starts_with("```");
        let heading = line.strip_prefix("## ").or(line.strip_prefix("# ")).filter(|_| !in_code);
        if heading.is_some() || sections.is_empty() {
            sections.push(Section { heading: heading.unwrap_or_default().to_owned(), text: String::new() });
        }
        // The pictures show the window itself, so they are left out here.
        if let Some(section) = sections.last_mut().filter(|_| !line.starts_with("![")) {
            section.text += line;
            section.text.push('\n');
        }
    }
    let title = sections.first().map(|section| section.heading.clone()).unwrap_or_default();
    Page { file, title, sections }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    #[test]
    fn every_page_of_the_folder_is_shown_and_has_a_title() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/manual");
        let entries = fs::read_dir(folder).expect("the manual").flatten();
        let files: BTreeSet<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        assert_eq!(files, pages().iter().map(|page| page.file.to_owned()).collect());
        assert!(
            pages().iter().all(|page| !page.title.is_empty() && page.sections.len() > 1 || page.file == "index.md")
        );
    }

    #[test]
    fn links_between_pages_lead_somewhere() {
        let mut count = 0;
        for (file, text) in FILES {
            for link in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
                if link.ends_with(".md") && !link.starts_with("../") {
                    assert!(page_of(link).is_some(), "{file} links to {link}");
                    count += 1;
                }
            }
        }
        assert!(count > 20, "only {count} links were found");
    }

    #[test]
    fn a_search_finds_headings_first_and_needs_every_word() {
        let found = search("measures");
        assert_eq!(found.first().map(|id| pages()[id.0].file), Some("measures.md"));
        assert!(found.len() > 3);
        assert!(search("measures xylophone").is_empty() && search("  ").is_empty());
    }

    #[test]
    fn headings_in_code_do_not_start_a_section() {
        let page = page("a.md", "# A\n\n```sh\n# a comment\n```\n\n![a picture](x.png)\n## B\ntext\n");
        let headings: Vec<&str> = page.sections.iter().map(|section| section.heading.as_str()).collect();
        assert_eq!(headings, ["A", "B"]);
        assert!(page.sections[0].text.contains("# a comment") && !page.sections[0].text.contains("x.png"));
    }
}
