//! The built-in sample is what its README says.
