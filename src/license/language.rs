//! The languages that customers are written to in.

use strum::{EnumIter, EnumString, IntoStaticStr};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, IntoStaticStr, EnumString, EnumIter)]
#[strum(serialize_all = "lowercase")]
pub enum Language {
    #[default]
    En,
    De,
}

impl Language {
    /// The language of a locale such as `de-AT`; English for those that have no translation.
    pub(crate) fn of_locale(locale: &str) -> Self {
        let primary = locale.split(['-', '_']).next().unwrap_or_default();
        primary.to_ascii_lowercase().parse().unwrap_or_default()
    }

    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_without_a_translation_is_english() {
        for (locale, language) in
            [("de", "de"), ("de-AT", "de"), ("DE_ch", "de"), ("en-US", "en"), ("fr", "en"), ("", "en")]
        {
            assert_eq!(Language::of_locale(locale).as_str(), language, "{locale}");
        }
    }
}
