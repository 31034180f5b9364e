//! Mailgun's API: it says what became of an email, and frees suppressed addresses.

use secrecy::SecretString;
use url::Url;

use super::{parse, reader::Reader, urls};

const DEFAULT_URL: &str = "https://api.mailgun.net";

/// `MAILGUN_API_KEY`, `MAILGUN_DOMAIN` and `MAILGUN_URL`.
#[derive(Debug, Clone)]
pub struct Mailgun {
    pub api_key: SecretString,
    /// The sending domain, in lower case.
    pub domain: String,
    /// One host per region; no path.
    pub url: Url,
}

impl Mailgun {
    /// The outer `None` is an error, the inner one no API.
    #[expect(clippy::option_option, reason = "as in `Reader::optional`")]
    pub(super) fn read(reader: &mut Reader) -> Option<Option<Self>> {
        let api_key = reader.optional("MAILGUN_API_KEY", parse::token);
        let domain = reader.optional("MAILGUN_DOMAIN", parse::host_name);
        let url = reader.optional("MAILGUN_URL", urls::origin);
        let (api_key, domain, url) = (api_key?, domain?, url?);
        let given = [("API_KEY", api_key.is_some()), ("DOMAIN", domain.is_some()), ("URL", url.is_some())];
        match (api_key, domain) {
            (Some(api_key), Some(domain)) => {
                let url = url.map_or_else(|| urls::origin(DEFAULT_URL), Ok).ok()?;
                Some(Some(Self { api_key, domain: domain.to_ascii_lowercase(), url }))
            }
            (None, None) if url.is_none() => Some(None),
            _ => {
                let set: Vec<_> = given.iter().filter(|(_, is_set)| *is_set).map(|(name, _)| *name).collect();
                let set = format!("STOPGAP_MAILGUN_{}", set.join(" and STOPGAP_MAILGUN_"));
                let missing = given.iter().filter(|(name, is_set)| !is_set && *name != "URL");
                for (name, _) in missing {
                    let message =
                        format!("is missing: {set} is set; Mailgun's API takes a key and a domain, or none of these");
                    reader.error(format!("STOPGAP_MAILGUN_{name}"), message);
                }
                None
            }
        }
    }
}
