//! Seeds as they are typed.

/// The most seeds of one request.
const MOST: usize = 100;

/// The seeds in a text such as `1-5, 8`, each once, in this order.
///
/// # Errors
/// What is wrong with the text, in a sentence.
pub fn seeds_in(text: &str) -> Result<Vec<u64>, String> {
    let mut seeds = Vec::new();
    for part in text.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty()) {
        let fault = || format!("“{part}” is not a seed: write whole numbers and ranges, such as 1-5, 8.");
        let (first, last) = part.split_once(['-', '–']).unwrap_or((part, part));
        let [first, last] = [first, last].map(|number| number.trim().parse::<u64>());
        let (Ok(first), Ok(last)) = (first, last) else { return Err(fault()) };
        if first > last {
            return Err(fault());
        }
        if last - first >= MOST as u64 {
            return Err(format!("“{part}” are more than {MOST} seeds."));
        }
        seeds.extend((first..=last).filter(|seed| !seeds.contains(seed)).collect::<Vec<_>>());
    }
    if seeds.len() > MOST { Err(format!("These are more than {MOST} seeds.")) } else { Ok(seeds) }
}

#[test]
fn seeds_are_numbers_and_ranges() {
    assert_eq!(seeds_in("1-3, 8 2"), Ok(vec![1, 2, 3, 8]));
    assert_eq!(seeds_in(" "), Ok(Vec::new()));
    for wrong in ["x", "3-1", "1-", "-2", "1-1000", "1.5"] {
        assert!(seeds_in(wrong).is_err(), "{wrong}");
    }
}
