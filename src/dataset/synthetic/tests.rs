use super::*;

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn concept(name: &str, theme: &str, other: &str) -> Concept {
    Concept { name: name.into(), theme: theme.into(), words: words(name), synonyms: words(other) }
}

fn concepts() -> Vec<Concept> {
    vec![
        concept("bird", "animals", "wildlife"),
        concept("fish", "animals", "diving"),
        concept("cat", "animals", "feline"),
        concept("tower", "buildings", "skyline"),
        concept("church", "buildings", "faith"),
    ]
}

/// 100 photos of each concept, in albums of 20.
fn photos() -> Vec<Photo> {
    let photo = |number: usize| Photo {
        title: format!("Number {number}."),
        description: String::new(),
        album: format!("album {}", number / 20),
        concepts: words(["bird", "fish", "cat", "tower", "church"][number / 100]),
    };
    (0..500).map(photo).collect()
}

const QUERIES: [&str; 3] = ["bird", "church", "unheard"];

fn silent() -> Rates {
    Rates { drop: 0.0, synonym: 0.0, wrong: 0.0, batch: 0.0, spam: 0.0, generic: 0.0, ..Rates::default() }
}

#[test]
fn the_same_seed_gives_the_same_sample_and_another_seed_another() {
    let draw = |seed| generate(&photos(), &concepts(), &QUERIES, Rates::default(), seed);
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
}

#[test]
fn without_noise_every_photo_is_tagged_with_just_what_it_shows() {
    let sample = generate(&photos(), &concepts(), &QUERIES, silent(), 1);
    for (photo, drawn) in photos().iter().zip(&sample.photos) {
        assert_eq!(drawn.tags, photo.concepts);
    }
}

#[test]
fn true_tags_are_dropped_at_the_stated_rate() {
    let rates = Rates { drop: 0.45, ..silent() };
    let sample = generate(&photos(), &concepts(), &QUERIES, rates, 1);
    let dropped = sample.photos.iter().filter(|drawn| drawn.tags.is_empty()).count();
    assert!((190..=260).contains(&dropped), "{dropped} of 500");
}

#[test]
fn wrong_tags_come_at_the_stated_rate_and_mostly_from_the_same_theme() {
    let rates = Rates { drop: 1.0, wrong: 0.4, same_theme: 0.7, ..silent() };
    let sample = generate(&photos(), &concepts(), &QUERIES, rates, 1);
    let is_animal = |name: &str| ["bird", "fish", "cat"].contains(&name);
    let (mut wrong, mut same) = (0, 0);
    for (photo, drawn) in photos().iter().zip(&sample.photos) {
        for tag in &drawn.tags {
            assert_ne!(*tag, photo.concepts[0]);
            wrong += 1;
            same += usize::from(is_animal(tag) == is_animal(&photo.concepts[0]));
        }
    }
    assert!((165..=235).contains(&wrong), "{wrong} of 500");
    assert!(same * 10 > wrong * 7, "{same} of {wrong}");
}

#[test]
fn a_batch_tag_is_one_per_album() {
    let rates = Rates { drop: 1.0, batch: 1.0, ..silent() };
    let sample = generate(&photos(), &concepts(), &QUERIES, rates, 1);
    for album in sample.photos.chunks(20) {
        assert!(album.iter().all(|drawn| drawn.tags.len() == 1 && drawn.tags == album[0].tags));
    }
}

#[test]
fn a_search_returns_distinct_photos_as_many_as_asked_for() {
    let sample = generate(&photos(), &concepts(), &QUERIES, Rates::default(), 1);
    for candidates in &sample.candidates {
        let distinct: std::collections::BTreeSet<_> = candidates.iter().collect();
        assert_eq!((candidates.len(), distinct.len()), (100, 100));
    }
}

#[test]
fn a_photo_without_a_matching_word_is_found_through_its_page_below_those_that_match() {
    let sample = generate(&photos(), &concepts(), &QUERIES, Rates { drop: 0.5, ..silent() }, 1);
    let matches = |&photo: &usize| sample.photos[photo].tags.contains(&"bird".to_owned());
    let list = &sample.candidates[0];
    let silent_birds = list.iter().filter(|&&photo| photo < 100 && !matches(&photo)).count();
    assert!(silent_birds > 20, "{silent_birds}");
    assert!(list.iter().take(20).all(matches));
}

#[test]
fn nothing_to_draw_from_gives_an_empty_sample() {
    let nothing = generate(&[], &concepts(), &QUERIES, Rates::default(), 1);
    assert!(nothing.photos.is_empty() && nothing.candidates.iter().all(Vec::is_empty));
    let untagged = generate(&photos(), &[], &[], Rates { page_size: 0, ..silent() }, 1);
    assert!(untagged.photos.iter().all(|drawn| drawn.tags.is_empty()));
}

#[test]
fn days_become_dates_of_the_civil_calendar() {
    assert_eq!(civil_date(0), "1970-01-01");
    assert_eq!(civil_date(-1), "1969-12-31");
    assert_eq!(civil_date(11_016), "2000-02-29");
    assert_eq!(civil_date(13_149), "2006-01-01");
    assert_eq!(civil_date(16_070), "2013-12-31");
}
