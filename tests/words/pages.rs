//! Words in HTML pages and lists of links.

use crossrank::base::Rng;

use super::Folder;
use crate::loading::mutation::damaged;

const PAGE: &str = r#"<!DOCTYPE html><html><head><script>if (a<b) document.write("<img src='mill.jpg' alt='no'>")</script></head>
    <!-- <img src="mill.jpg" alt="no"> -->
    <body><p>1 < 2<IMG SRC=photos/mill.jpg ALT='The &quot;old&quot; mill > all' title="At dusk"/><br>
    <figure><a href="photos/two%20words.jpg?full"><img src="https://example.org/thumb.jpg" alt="remote"></a>
    <figcaption>Two <b>words</b><br>below</figcaption></figure>
    <figure><img src="photos/1.jpg"><img src="//example.org/x.jpg"><figcaption>One</figcaption></figure></body></html>"#;

#[test]
fn texts_of_pictures_on_a_page_are_descriptions() {
    let folder = Folder::new(&[
        ("site/photos/mill.jpg", "x"),
        ("site/photos/two words.jpg", "x"),
        ("site/photos/1.jpg", "x"),
        ("thumb.jpg", "x"),
        ("site/index.html", PAGE),
    ]);
    let read = folder.read();
    let words = read.words("site/photos/mill.jpg");
    assert_eq!((words.description.as_str(), words.captions.join("|").as_str()), ("The \"old\" mill > all", "At dusk"));
    let words = read.words("site/photos/two words.jpg");
    assert_eq!((words.description.as_str(), words.captions.join("|").as_str()), ("remote", "Two words below"));
    assert_eq!(read.words("site/photos/1.jpg").description, "One");
    assert_eq!(read.words("thumb.jpg").description, "", "a picture elsewhere is not the one of its name");
    assert_eq!((read.outcome.rows.read, read.outcome.rows.remote), (5, 2));
    let mut rng = Rng::new(4);
    for _ in 0..300 {
        let damaged = damaged(PAGE.as_bytes(), &mut rng);
        assert_eq!(folder.write("site/index.html", &damaged).read().paths().len(), 4);
    }
}

#[test]
fn links_to_other_machines_are_only_counted() {
    let links = "https://example.org/mill.jpg\nhttps://example.org/b.jpg\nmill.jpg\tAn old mill\n";
    let read = Folder::new(&[("mill.jpg", "x"), ("links.txt", links)]).read();
    assert_eq!(read.words("mill.jpg").captions, ["An old mill"]);
    assert_eq!((read.outcome.rows.read, read.outcome.rows.remote), (3, 2));
    let read =
        Folder::new(&[("mill.jpg", "x"), ("page.html", "<img src='http://example.org/mill.jpg' alt='x'>")]).read();
    assert_eq!((read.outcome.rows.remote, read.words("mill.jpg").description.as_str()), (1, ""));
}

#[test]
fn pages_that_were_made_to_take_for_ever_do_not() {
    let captions = "<figcaption>x</figcaption>".repeat(20_000);
    let started = std::time::Instant::now();
    for page in [
        "<a".repeat(1 << 20),
        "<img src='".repeat(200_000),
        format!("<figure>{}{captions}", "<img src=mill.jpg>".repeat(20_000)),
    ] {
        assert_eq!(Folder::new(&[("mill.jpg", "x"), ("page.html", &page)]).read().paths(), ["mill.jpg"]);
    }
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
