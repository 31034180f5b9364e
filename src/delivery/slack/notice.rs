//! The texts of each notice.

use super::escape::untrusted;
use crate::license::{Notice, ResendKind};

const RENEW: &str = "make sure that the renewal is in place by the last day.";
const ACCEPTED: &str = "accepted by the mail server";
const ADDRESS: &str = "check the address with the customer, then resend or forward the license from the ticket.";
const OPERATOR: &str = "the operator of Stopgap has to act: the mail server refuses our login, sender or connection. The \
                        customer's address is not the cause. If the customer cannot wait, download the license from the \
                        ticket and send it yourself.";

/// A note as the end of a sentence.
fn noted(note: Option<&str>) -> String {
    note.map_or_else(|| ".".to_owned(), |note| format!(": {}", untrusted(note)))
}

pub(super) struct NoticeText {
    pub(super) emoji: &'static str,
    pub(super) headline: &'static str,
    pub(super) sentence: String,
    pub(super) mail: String,
    pub(super) follow_up: &'static str,
}

impl NoticeText {
    pub(super) fn of(notice: Option<&Notice>) -> Self {
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
            Some(Notice::LicenseWithheld) => Self {
                emoji: ":warning:",
                headline: "Issue of an emergency license is not confidential",
                sentence: "GitLab did not make the issue confidential, so the license was taken out of it.".to_owned(),
                mail: "see the earlier message".to_owned(),
                follow_up: "the operator of Stopgap has to give its GitLab token the role Reporter. The issue stays open; \
                            the license can be downloaded from the ticket.",
            },
            Some(Notice::EmailLate { error, needs_operator }) => Self::late(error.as_deref(), *needs_operator),
            Some(Notice::EmailRefused { error, needs_operator }) => Self::refused(error, *needs_operator),
            Some(Notice::Resent { how, .. }) => Self::resent(*how),
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
            Some(Notice::Reminder { task, due_on, .. }) => Self {
                emoji: ":bell:",
                headline: "Emergency license ends soon",
                sentence: format!("Still to do by {due_on}: {}.", task.label()),
                mail: "see the earlier message".to_owned(),
                follow_up: "settle it in the ticket's sidebar once it is done.",
            },
            Some(Notice::FollowUpDone { by, note }) => Self::followed_up(
                (":white_check_mark:", "Emergency license followed up"),
                format!("Settled by {}{}", untrusted(by), noted(note.as_deref())),
                "nothing.",
            ),
            Some(Notice::FollowUpReopened { by, note, .. }) => Self::followed_up(
                (":leftwards_arrow_with_hook:", "Emergency license to be followed up again"),
                format!("Opened again by {}{}", untrusted(by), noted(note.as_deref())),
                RENEW,
            ),
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

    fn followed_up((emoji, headline): (&'static str, &'static str), sentence: String, follow_up: &'static str) -> Self {
        Self { emoji, headline, sentence, mail: "see the earlier message".to_owned(), follow_up }
    }

    fn late(error: Option<&str>, needs_operator: bool) -> Self {
        let error = error.map(|error| format!("\n{}", untrusted(error))).unwrap_or_default();
        Self {
            emoji: ":hourglass:",
            headline: "Emergency license not mailed yet",
            sentence: format!(
                "An emergency license was generated, but *the customer does not have it yet*. The mail is retried.{error}"
            ),
            mail: "late, retried".to_owned(),
            follow_up: if needs_operator {
                OPERATOR
            } else {
                "if the customer cannot wait, forward the license to another address from the ticket."
            },
        }
    }

    fn refused(error: &str, needs_operator: bool) -> Self {
        let (cause, follow_up) = if needs_operator {
            ("the mail server refused all mail from us until the license expired", OPERATOR)
        } else {
            ("its mail was refused permanently", ADDRESS)
        };
        Self {
            emoji: ":x:",
            headline: "Emergency license not mailed",
            sentence: format!(
                "An emergency license was generated, but {cause}: *the customer does not have it*.\n{}",
                untrusted(error)
            ),
            mail: "refused".to_owned(),
            follow_up,
        }
    }

    fn resent(how: ResendKind) -> Self {
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
            mail: ACCEPTED.to_owned(),
            follow_up: RENEW,
        }
    }
}
