//! Switches of the tests, in their environment.

/// A number from the environment of the tests.
pub fn number(variable: &str) -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "a switch of the tests, not of the service")]
    let value = std::env::var(variable).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}

/// Whether tests that compare a generated file with the committed one write it instead.
pub fn updates() -> bool {
    #[expect(clippy::disallowed_methods, reason = "a switch of the tests, not of the service")]
    std::env::var_os("UPDATE").is_some()
}
