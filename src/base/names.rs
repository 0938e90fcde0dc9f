//! Names of the choices that people type, files hold and menus show.

/// A name that is not among those there are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no {what} is called \"{given}\" (there are {known})")]
pub struct UnknownName {
    what: &'static str,
    given: String,
    known: String,
}

impl UnknownName {
    /// No `what` ("model", "loss") is called `given`, only those in `known`.
    pub fn new(what: &'static str, given: &str, known: &[&str]) -> Self {
        Self { what, given: given.to_owned(), known: known.join(", ") }
    }
}

/// Gives an enum without fields its names from one table: `ALL` (in the table's order), `name`, `by_name`, `Display`
/// and `FromStr`, which take a name in any case. The text in quotes before the table is what the enum is a choice of,
/// for [`UnknownName`].
///
/// ```text
/// named!(Keep, "choice of weights": Best = "best", Last = "last");
/// ```
macro_rules! named {
    ($kind:ident, $what:literal: $($value:ident = $name:literal),+ $(,)?) => {
        impl $kind {
            /// All of them.
            pub const ALL: [$kind; [$($name),+].len()] = [$($kind::$value),+];

            /// What it is called.
            pub fn name(self) -> &'static str {
                match self {
                    $($kind::$value => $name),+
                }
            }

            /// The one of this name, in any case.
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
    fn an_unknown_name_is_refused_with_all_that_there_are() {
        let error = "green".parse::<Colour>().expect_err("not in the table");
        assert_eq!(error.to_string(), "no colour is called \"green\" (there are dark-blue, red)");
    }
}
