//! What the channel reads, as Slack's Block Kit with a plain text for notifications.
//!
//! Slack refuses a whole message for one over-long part: a header has at most 150 characters, a section 3000, a field
//! 2000, a section 10 fields, a message 50 blocks. So every datum is shortened before it is escaped, and escaping makes
//! at most five characters of one.

use serde_json::{Value, json};

use crate::{
    delivery::{Links, sanitize},
    license::{Delivery, License, Notice, ResendKind},
};

/// The longest datum in a field or sentence; escaped it has at most 1500 characters.
const MAX_DATUM_CHARS: usize = 300;

/// The message for the notice of `delivery`. Holds no license text and of addresses the domain alone.
pub fn message(license: &License, delivery: &Delivery, issue_url: Option<&str>, links: &Links) -> Value {
    let told = Told::of(delivery.notice.as_ref());
    let ticket = link(&links.ticket(&license.ticket), &format!("#{}", license.ticket.id));
    let issue = issue_url.map_or_else(|| "not filed yet".to_owned(), |url| link(url, "issue"));
    let company = license.customer.company.as_ref().map_or("not known", |company| company.as_str());
    let domain = license.customer.email.domain();
    let drill = if license.drill { "Drill: " } else { "" };
    let headline = format!("{} {drill}{}", told.emoji, told.headline);
    let sentence = if license.drill { format!("*This is a drill.* {}", told.sentence) } else { told.sentence };
    let summary = format!(
        "{headline}: ticket #{}, {} seats, {}, last day {}",
        license.ticket.id,
        license.seats,
        datum(company),
        license.terms.last_day()
    );
    let fields = [
        ("Ticket", ticket),
        ("Issue", issue),
        ("Engineer", datum(license.agent.username.as_str())),
        ("Seats", seats(license)),
        ("Company", datum(company)),
        ("Recipient's domain", datum(&domain)),
        ("Last day", format!("{} (stops at 00:00 of {})", license.terms.last_day(), license.terms.expires_on)),
        ("Mail", told.mail),
    ];
    let sentence = match license.replaces {
        Some(earlier) => format!("{sentence}\nIt replaces the license {earlier}."),
        None => sentence,
    };
    let fields: Vec<Value> = fields.iter().map(|(name, value)| markdown(&format!("*{name}*\n{value}"))).collect();
    let mut blocks = vec![
        json!({"type": "header", "text": {"type": "plain_text", "text": headline, "emoji": true}}),
        json!({"type": "section", "text": markdown(&sentence)}),
        json!({"type": "section", "fields": fields}),
    ];
    blocks.extend(eligibility(license));
    blocks.push(json!({"type": "section", "text": markdown(&format!("*Follow-up:* {}", told.follow_up))}));
    blocks.push(json!({"type": "context", "elements": [markdown(&format!("License {}", license.id))]}));
    json!({"text": summary, "blocks": blocks})
}

/// What a notice says here.
struct Told {
    emoji: &'static str,
    headline: &'static str,
    sentence: String,
    mail: String,
    follow_up: &'static str,
}

impl Told {
    fn of(notice: Option<&Notice>) -> Self {
        const RENEW: &str = "make sure that the renewal is in place by the last day.";
        const ACCEPTED: &str = "accepted by the mail server";
        match notice {
            None | Some(Notice::Generated) => Self {
                emoji: ":white_check_mark:",
                headline: "Emergency license generated",
                sentence: "An emergency license was generated and mailed to the customer.".to_owned(),
                mail: ACCEPTED.to_owned(),
                follow_up: RENEW,
            },
            Some(Notice::SentAfterAll) => Self {
                emoji: ":white_check_mark:",
                headline: "Emergency license sent after all",
                sentence: "The mail with the emergency license went out after all. Nothing said earlier is still \
                           to be done about it."
                    .to_owned(),
                mail: ACCEPTED.to_owned(),
                follow_up: RENEW,
            },
            Some(Notice::IssueFiled) => Self {
                emoji: ":link:",
                headline: "Issue of an emergency license filed",
                sentence: "The issue that was missing in an earlier message is filed now.".to_owned(),
                mail: "as the earlier message said".to_owned(),
                follow_up: "as the earlier message said.",
            },
            Some(Notice::EmailLate { error }) => Self {
                emoji: ":hourglass:",
                headline: "Emergency license not mailed yet",
                sentence: format!(
                    "An emergency license was generated, but *the customer does not have it so far*. The mail is tried \
                     on.{}",
                    error.as_ref().map(|error| format!("\n{}", datum(error))).unwrap_or_default()
                ),
                mail: "late, tried on".to_owned(),
                follow_up: "if the customer cannot wait, forward the license to another address from the ticket.",
            },
            Some(Notice::EmailRefused { error }) => Self {
                emoji: ":x:",
                headline: "Emergency license not mailed",
                sentence: format!(
                    "An emergency license was generated, but its mail was refused for good: *the customer does not \
                     have it*.\n{}",
                    datum(error)
                ),
                mail: "refused for good".to_owned(),
                follow_up: "check the address with the customer, then resend or forward the license from the ticket.",
            },
            Some(Notice::Resent { how, .. }) => Self::resent(*how, ACCEPTED, RENEW),
            Some(Notice::ResendRefused { error, open, .. }) => Self {
                emoji: ":x:",
                headline: "Emergency license not mailed again",
                sentence: format!("A further mail with the emergency license was refused for good.\n{}", datum(error)),
                mail: if *open { "refused for good" } else { "an earlier one was accepted by the mail server" }
                    .to_owned(),
                follow_up: "check the address with the customer, then resend or forward the license from the ticket.",
            },
            Some(Notice::Bounced { reason, open, .. }) => Self {
                emoji: ":x:",
                headline: "Mail with an emergency license bounced",
                sentence: format!(
                    "The mail server had accepted the mail, but it did not arrive{}\n{}",
                    if *open { ": *the customer does not have the license*." } else { ". Another one was accepted." },
                    datum(reason)
                ),
                mail: "bounced".to_owned(),
                follow_up: "correct the address with the customer, then forward the license from the ticket.",
            },
            Some(Notice::Replaced { by, seats, .. }) => Self {
                emoji: ":arrows_counterclockwise:",
                headline: "Emergency license replaced",
                sentence: format!("Another license for {seats} users takes its place: {}.", datum(by)),
                mail: ACCEPTED.to_owned(),
                follow_up: RENEW,
            },
            Some(Notice::Downloaded { by, .. }) => Self {
                emoji: ":inbox_tray:",
                headline: "Emergency license downloaded",
                sentence: format!("The license file was downloaded by {}.", datum(by)),
                mail: "as the earlier message said".to_owned(),
                follow_up: "as the earlier message said.",
            },
            Some(Notice::Erased) => Self {
                emoji: ":wastebasket:",
                headline: "Emergency license erased",
                sentence: "The customer's data were erased on request.".to_owned(),
                mail: ACCEPTED.to_owned(),
                follow_up: "nothing.",
            },
            Some(Notice::SealingFailed { error }) => Self {
                emoji: ":x:",
                headline: "Emergency license failed",
                sentence: format!(
                    "No emergency license could be generated: *the customer has nothing*.\n{}",
                    datum(error)
                ),
                mail: "not sent, there is nothing to send".to_owned(),
                follow_up: "the operator of Stopgap has to look at the license key; then generate the license again.",
            },
        }
    }

    fn resent(how: ResendKind, mail: &str, follow_up: &'static str) -> Self {
        let sentence = match how {
            ResendKind::Resend => "The emergency license was sent again to the customer's address.",
            ResendKind::Forward => "The emergency license was forwarded to another address.",
            ResendKind::CorrectAddress => {
                "The customer's address was corrected, and the emergency license mailed to it."
            }
        };
        Self {
            emoji: ":white_check_mark:",
            headline: "Emergency license mailed again",
            sentence: sentence.to_owned(),
            mail: mail.to_owned(),
            follow_up,
        }
    }
}

/// The scope check, and why it was passed over where it was: a section each, since both may be long.
fn eligibility(license: &License) -> impl Iterator<Item = Value> {
    let note = &license.eligibility;
    let verdict = format!("*Eligibility:* {}: {}", note.verdict.label(), reason(&note.reason));
    let overridden =
        note.overridden().map(|(by, why)| format!("*Overridden* by {} because {}", datum(by), reason(why)));
    [verdict].into_iter().chain(overridden).map(|text| json!({"type": "section", "text": markdown(&text)}))
}

fn seats(license: &License) -> String {
    match license.eligibility.asks_for_more_than(license.seats) {
        Some(more) => {
            format!("{}, as confirmed by the engineer; :warning: fewer than the recommended {more}", license.seats)
        }
        None => format!("{}, as confirmed by the engineer", license.seats),
    }
}

/// Text that is shown as it stands: Slack makes no links, channels or mentions of its own out of it.
fn markdown(text: &str) -> Value {
    json!({"type": "mrkdwn", "text": text, "verbatim": true})
}

fn link(url: &str, name: &str) -> String {
    format!("<{}|{}>", escape(url), escape(name))
}

/// What others wrote: on one line, without addresses, short, and unable to ping `<!channel>`.
fn datum(text: &str) -> String {
    escape(&sanitize::shorten(&sanitize::mask_addresses(&sanitize::words(text)), MAX_DATUM_CHARS))
}

/// The same for a reason, which is longer.
fn reason(text: &str) -> String {
    let told = sanitize::mask_addresses(&sanitize::bounded(text, sanitize::MAX_REASON_CHARS));
    // Masking makes a bare `@` longer.
    escape(&sanitize::shorten(&told, sanitize::MAX_REASON_CHARS))
}

/// Slack's three control characters, and nothing else.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
