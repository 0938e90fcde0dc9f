//! Which build of the program this is.

/// The program's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The commit it was built from, with a `+` if files had changed since; `None` for sources without a checkout.
pub const COMMIT: Option<&str> = option_env!("CROSSRANK_COMMIT");
