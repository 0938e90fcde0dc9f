//! Names of choices, as typed by users, stored in files and shown in menus.

/// An unknown name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what} \"{given}\" (expected one of {known})")]
pub struct UnknownName {
    what: &'static str,
    given: String,
    known: String,
}

impl UnknownName {
    /// There is no `what` ("model", "loss") named `given`, only those in `known`.
    pub fn new(what: &'static str, given: &str, known: &[&str]) -> Self {
        Self { what, given: given.to_owned(), known: known.join(", ") }
    }
}

/// Gives an enum without fields its names from one table: `ALL` (in the table's order), `name`, `by_name`, `Display`
/// and `FromStr`, which take a name in any case. The quoted text before the table is the `what` of [`UnknownName`].
///
/// ```text
/// named!(Keep, "choice of weights": Best = "best", Last = "last");
/// ```
macro_rules! named {
    ($kind:ident, $what:literal: $($value:ident = $name:literal),+ $(,)?) => {
        impl $kind {
            /// All variants.
            pub const ALL: [$kind; [$($name),+].len()] = [$($kind::$value),+];

            /// Its name.
            pub fn name(self) -> &'static str {
                match self {
                    $($kind::$value => $name),+
                }
            }

            /// The variant of this name, in any case.
            pub fn by_name(name: &str) -> Option<$kind> {
                Self::ALL.into_iter().find(|value| value.name().eq_ignore_ascii_case(name.trim()))
            }
        }

        impl ::std::fmt::Display for $kind {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.name())
            }
        }

        impl ::std::str::FromStr for $kind {
            type Err = $crate::base::UnknownName;

            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                Self::by_name(text).ok_or_else(|| $crate::base::UnknownName::new($what, text, &Self::ALL.map(Self::name)))
            }
        }
    };
}
pub(crate) use named;

#[cfg(test)]
mod tests {
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Colour {
        Red,
        DarkBlue,
    }

    named!(Colour, "colour": DarkBlue = "dark-blue", Red = "red");

    #[test]
    fn a_name_leads_back_to_its_value_in_any_case() {
        assert_eq!(Colour::ALL, [Colour::DarkBlue, Colour::Red], "the table's order, not the enum's");
        for colour in Colour::ALL {
            assert_eq!(colour.to_string().parse(), Ok(colour));
        }
        assert_eq!(Colour::by_name(" Dark-BLUE "), Some(Colour::DarkBlue));
        assert_eq!(format!("{:>4}", Colour::Red), " red");
    }

    #[test]
    fn an_unknown_name_is_rejected_with_a_list_of_the_known_ones() {
        let error = "green".parse::<Colour>().expect_err("not in the table");
        assert_eq!(error.to_string(), "unknown colour \"green\" (expected one of dark-blue, red)");
    }
}
