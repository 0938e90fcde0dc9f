//! Numbers of 32 bits as they are typed.

use serde::Serializer;

/// For serde's `serialize_with`: a 32-bit number as the 64-bit one of the same shortest decimal form. `0.2` stays `0.2` in
/// every format, where most would widen it to `0.20000000298023224`.
///
/// # Errors
/// Those of the serializer.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
pub fn short_f32<S: Serializer>(number: &f32, serializer: S) -> Result<S::Ok, S::Error> {
    let typed: f64 = number.to_string().parse().unwrap_or_else(|_| f64::from(*number));
    serializer.serialize_f64(typed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Rng;
    use serde::Serialize;

    #[derive(Serialize)]
    struct Short(#[serde(serialize_with = "short_f32")] f32);

    fn text(value: impl Serialize) -> String {
        serde_json::to_string(&value).expect("a number")
    }

    #[test]
    fn every_format_has_the_digits_that_were_typed() {
        #[derive(Serialize)]
        struct Settings {
            wide: f32,
            #[serde(serialize_with = "short_f32")]
            short: f32,
        }
        let settings = Settings { wide: 0.2, short: 0.2 };
        let tree = serde_json::to_value(&settings).expect("numbers");
        assert_eq!(tree["short"].to_string(), "0.2");
        assert_ne!(tree["wide"].to_string(), "0.2", "otherwise this shows nothing");
        assert_eq!(text(Short(f32::NAN)), "null");
    }

    /// Trials are recognised by the text of their settings, so it must be the same as that of a plain `f32`.
    #[test]
    fn the_text_is_that_of_a_plain_number_and_reads_back_to_the_same_bits() {
        let mut rng = Rng::new(1);
        let drawn = (0..50_000).map(|_| (rng.uniform() * 2.0 - 1.0) as f32).filter(|number| number.abs() >= 1e-5);
        let typed = (0..=10_000).map(|count| count as f32 / 10_000.0);
        for number in drawn.chain(typed).chain([-1.0, 10.0, 1e6]) {
            assert_eq!(text(Short(number)), text(number));
            let tree = serde_json::to_value(Short(number)).expect("a number");
            let back: f32 = serde_json::from_value(tree).expect("a number");
            assert_eq!(back.to_bits(), number.to_bits(), "{number}");
        }
    }
}
