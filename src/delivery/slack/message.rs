//! The message for each notice.
//!
//! Slack refuses a whole message for one over-long part: a header has at most 150 characters, a section 3000, a field
//! 2000, a section 10 fields, a message 50 blocks. So untrusted text is shortened before it is escaped; escaping makes at
//! most five characters of one.

use super::blocks::{Block, Message};
use crate::{
    delivery::{Links, sanitize},
    license::{Delivery, License, Notice, ResendKind},
};

/// The longest untrusted text in a field or sentence; escaped it has at most 1500 characters.
const MAX_TEXT_CHARS: usize = 300;

/// The message for the notice of `delivery`. Contains no license text, and only the domain of addresses.
pub(super) fn message(license: &License, delivery: &Delivery, issue_url: Option<&str>, links: &Links) -> Message {
    let notice = NoticeText::of(delivery.notice.as_ref());
    let ticket = link(&links.ticket(&license.ticket), &format!("#{}", license.ticket.id));
    let issue = issue_url.map_or_else(|| "not filed yet".to_owned(), |url| link(url, "issue"));
    let company = license.customer.company.as_ref().map_or("not known", |company| company.as_str());
    let domain = license.customer.email.domain();
    let drill = if license.drill { "Drill: " } else { "" };
    let headline = format!("{} {drill}{}", notice.emoji, notice.headline);
    let sentence = if license.drill { format!("*This is a drill.* {}", notice.sentence) } else { notice.sentence };
    let text = format!(
        "{headline}: ticket #{}, {} seats, {}, last day {}",
        license.ticket.id,
        license.seats,
        untrusted(company),
        license.terms.last_day()
    );
    let fields = [
        ("Ticket", ticket),
        ("Issue", issue),
        ("Engineer", untrusted(license.agent.username.as_str())),
        ("Seats", seats(license)),
        ("Company", untrusted(company)),
        ("Recipient's domain", untrusted(&domain)),
        ("Last day", format!("{} (stops at 00:00 of {})", license.terms.last_day(), license.terms.expires_on)),
        ("Mail", notice.mail),
    ];
    let sentence = match license.replaces {
        Some(earlier) => format!("{sentence}\nIt replaces the license {earlier}."),
        None => sentence,
    };
    let mut blocks = vec![
        Block::header(headline),
        Block::section(sentence),
        Block::fields(fields.into_iter().map(|(name, value)| format!("*{name}*\n{value}"))),
    ];
    blocks.extend(eligibility(license));
    blocks.push(Block::section(format!("*Follow-up:* {}", notice.follow_up)));
    blocks.push(Block::context(format!("License {}", license.id)));
    Message { text, blocks }
}

/// A message about no license.
pub(super) fn test() -> Message {
    Message {
        text: "An operator of Stopgap is testing this webhook. There is nothing to do.".into(),
        blocks: Vec::new(),
    }
}

/// What is particular to a notice.
struct NoticeText {
    emoji: &'static str,
    headline: &'static str,
    sentence: String,
    mail: String,
    follow_up: &'static str,
}

impl NoticeText {
    fn of(notice: Option<&Notice>) -> Self {
        const RENEW: &str = "make sure that the renewal is in place by the last day.";
        const ACCEPTED: &str = "accepted by the mail server";
        const ADDRESS: &str =
            "check the address with the customer, then resend or forward the license from the ticket.";
        const OPERATOR: &str = "the operator of Stopgap has to act: the mail server refuses our login, sender or \
                                connection. The customer's address is not the cause. If the customer cannot wait, \
                                download the license from the ticket and send it yourself.";
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
                sentence: "The mail with the emergency license went out after all. Nothing announced earlier is left \
                           to do."
                    .to_owned(),
                mail: ACCEPTED.to_owned(),
                follow_up: RENEW,
            },
            Some(Notice::IssueFiled) => Self {
                emoji: ":link:",
                headline: "Issue of an emergency license filed",
                sentence: "The issue that was missing in an earlier message is filed now.".to_owned(),
                mail: "see the earlier message".to_owned(),
                follow_up: "see the earlier message.",
            },
            Some(Notice::EmailLate { error, needs_operator }) => Self {
                emoji: ":hourglass:",
                headline: "Emergency license not mailed yet",
                sentence: format!(
                    "An emergency license was generated, but *the customer does not have it yet*. The mail is \
                     retried.{}",
                    error.as_ref().map(|error| format!("\n{}", untrusted(error))).unwrap_or_default()
                ),
                mail: "late, retried".to_owned(),
                follow_up: if *needs_operator {
                    OPERATOR
                } else {
                    "if the customer cannot wait, forward the license to another address from the ticket."
                },
            },
            Some(Notice::EmailRefused { error, needs_operator }) => Self {
                emoji: ":x:",
                headline: "Emergency license not mailed",
                sentence: format!(
                    "An emergency license was generated, but its mail was refused permanently: *the customer does not \
                     have it*.\n{}",
                    untrusted(error)
                ),
                mail: "refused permanently".to_owned(),
                follow_up: if *needs_operator { OPERATOR } else { ADDRESS },
            },
            Some(Notice::Resent { how, .. }) => Self::resent(*how, ACCEPTED, RENEW),
            Some(Notice::ResendRefused { error, open, needs_operator, .. }) => Self {
                emoji: ":x:",
                headline: "Emergency license not mailed again",
                sentence: format!(
                    "A further mail with the emergency license was refused permanently.\n{}",
                    untrusted(error)
                ),
                mail: if *open { "refused permanently" } else { "an earlier one was accepted by the mail server" }
                    .to_owned(),
                follow_up: if *needs_operator { OPERATOR } else { ADDRESS },
            },
            Some(Notice::Bounced { reason, open, .. }) => Self {
                emoji: ":x:",
                headline: "Mail with an emergency license bounced",
                sentence: format!(
                    "The mail server had accepted the mail, but it did not arrive{}\n{}",
                    if *open { ": *the customer does not have the license*." } else { ". Another one was accepted." },
                    untrusted(reason)
                ),
                mail: "bounced".to_owned(),
                follow_up: "correct the address with the customer, then forward the license from the ticket.",
            },
            Some(Notice::Replaced { by, seats, .. }) => Self {
                emoji: ":arrows_counterclockwise:",
                headline: "Emergency license replaced",
                sentence: format!("Another license for {seats} users takes its place: {}.", untrusted(by)),
                mail: ACCEPTED.to_owned(),
                follow_up: RENEW,
            },
            Some(Notice::Downloaded { by, .. }) => Self {
                emoji: ":inbox_tray:",
                headline: "Emergency license downloaded",
                sentence: format!("The license file was downloaded by {}.", untrusted(by)),
                mail: "see the earlier message".to_owned(),
                follow_up: "see the earlier message.",
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
                    untrusted(error)
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

/// The scope check, and why it was overridden: a section each, since both may be long.
fn eligibility(license: &License) -> impl Iterator<Item = Block> {
    let note = &license.eligibility;
    let verdict = format!("*Eligibility:* {}: {}", note.verdict.label(), reason(&note.reason));
    let overridden =
        note.overridden().map(|(by, why)| format!("*Overridden* by {} because {}", untrusted(by), reason(why)));
    [verdict].into_iter().chain(overridden).map(Block::section)
}

fn seats(license: &License) -> String {
    match license.eligibility.asks_for_more_than(license.seats) {
        Some(more) => {
            format!("{}, as confirmed by the engineer; :warning: fewer than the recommended {more}", license.seats)
        }
        None => format!("{}, as confirmed by the engineer", license.seats),
    }
}

fn link(url: &str, name: &str) -> String {
    format!("<{}|{}>", escape(url), escape(name))
}

/// Untrusted text: on one line, without addresses, short, and unable to ping `<!channel>`.
fn untrusted(text: &str) -> String {
    escape(&sanitize::shorten(&sanitize::mask_addresses(&sanitize::error_text(text)), MAX_TEXT_CHARS))
}

/// The same for a reason, which is longer.
fn reason(text: &str) -> String {
    let masked = sanitize::mask_addresses(&sanitize::bounded(text, sanitize::MAX_REASON_CHARS));
    // Masking makes a bare `@` longer.
    escape(&sanitize::shorten(&masked, sanitize::MAX_REASON_CHARS))
}

/// Slack's three control characters, and nothing else.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
