//! `SLACK_…`: an incoming webhook, or an app's bot token and a channel.

use secrecy::SecretString;
use url::Url;

use super::{parse, reader::Reader, urls};

const WEBHOOK: &str = "STOPGAP_SLACK_WEBHOOK_URL";
const TOKEN: &str = "STOPGAP_SLACK_BOT_TOKEN";
const CHANNEL: &str = "STOPGAP_SLACK_CHANNEL";

/// The length of Slack's ids.
const ID_CHARS: std::ops::RangeInclusive<usize> = 6..=32;

#[derive(Debug, Clone)]
pub struct Slack {
    pub access: SlackAccess,
    /// The user group that failures mention.
    pub group: Option<String>,
}

/// How messages are posted.
#[derive(Debug, Clone)]
pub enum SlackAccess {
    /// The URL is the secret: it is all that posting takes.
    Webhook(SecretString),
    App(SlackApp),
}

#[derive(Debug, Clone)]
pub struct SlackApp {
    /// The path ends in a slash, so that `api/…` can be joined.
    pub url: Url,
    pub token: SecretString,
    /// An id; the API takes names in some methods only.
    pub channel: String,
}

impl Slack {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let webhook = reader.optional("SLACK_WEBHOOK_URL", urls::webhook);
        let token = reader.optional("SLACK_BOT_TOKEN", bot_token);
        let channel = reader.optional("SLACK_CHANNEL", channel);
        let group = reader.optional("SLACK_GROUP", group);
        let url = reader.value("SLACK_URL", urls::base);
        let access = match (webhook?, token?, channel?) {
            (Some(webhook), None, None) => SlackAccess::Webhook(webhook),
            (None, Some(token), Some(channel)) => SlackAccess::App(SlackApp { url: url?, token, channel }),
            (None, None, None) => {
                let message = format!("is missing (or {WEBHOOK}_FILE): set it, or both {TOKEN} and {CHANNEL}");
                reader.error(WEBHOOK.into(), message);
                return None;
            }
            (Some(_), token, _) => {
                let other = if token.is_some() { TOKEN } else { CHANNEL };
                reader.error(
                    WEBHOOK.into(),
                    format!("and {other} are both set: keep the webhook, or the bot token with its channel"),
                );
                return None;
            }
            (None, Some(_), None) => {
                reader.error(CHANNEL.into(), format!("is missing: {TOKEN} is set, and needs the channel's ID"));
                return None;
            }
            (None, None, Some(_)) => {
                reader.error(TOKEN.into(), format!("is missing (or {TOKEN}_FILE): {CHANNEL} is set, and needs it"));
                return None;
            }
        };
        Some(Self { access, group: group? })
    }
}

fn bot_token(text: &str) -> Result<SecretString, String> {
    if text.starts_with("xoxe") {
        return Err("is one that expires: switch token rotation off in the Slack app's settings".into());
    }
    if !text.starts_with("xoxb-") {
        return Err("must be the app's bot token, which begins with xoxb-".into());
    }
    parse::token(text)
}

/// A public channel has `C`, and a private one `C` or, from earlier years, `G`.
fn channel(text: &str) -> Result<String, String> {
    id(text, &['C', 'G']).ok_or_else(|| {
        "must be the channel's ID, such as C0123456789: it stands at the bottom of the channel's details in Slack"
            .into()
    })
}

fn group(text: &str) -> Result<String, String> {
    id(text, &['S']).ok_or_else(|| "must be the user group's ID, such as S0123456789, not its handle".into())
}

fn id(text: &str, first: &[char]) -> Option<String> {
    let fits = text.starts_with(first)
        && ID_CHARS.contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    fits.then(|| text.to_owned())
}
