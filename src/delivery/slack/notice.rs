//! The texts of each notice.

use super::{blocks::Colour, escape::untrusted};
use crate::license::{MailFailure, Notice, ResendKind};

const WITHHELD: &str = "The operator of Stopgap has to give its GitLab token the role Reporter. The issue stays open; the \
                        license can be downloaded from the ticket.";
const SETTLE: &str = "Settle it in the ticket's sidebar once it is done.";

pub(super) struct NoticeText {
    pub(super) emoji: &'static str,
    pub(super) colour: Colour,
    /// The state of the license, in the header.
    pub(super) state: &'static str,
    /// What somebody has to do now.
    pub(super) action: Option<&'static str>,
    /// What happened.
    pub(super) sentence: String,
}

impl NoticeText {
    pub(super) fn of(notice: &Notice) -> Self {
        match notice {
            Notice::Generated => Self::good("sent", "The mail server accepted the mail."),
            Notice::SentAfterAll => Self::good(
                "sent",
                "The mail with the license went out after all. Nothing announced earlier is left to do.",
            ),
            Notice::IssueFiled => Self { emoji: ":link:", ..Self::good("sent", ISSUE_FILED) },
            Notice::EmailLate { error, needs_operator } => Self::late(error.as_deref(), *needs_operator),
            Notice::EmailRefused { error, needs_operator } => Self::refused(error, *needs_operator),
            Notice::Resent { how, .. } => Self::good("sent", resent(*how)),
            Notice::ResendRefused { error, open, needs_operator, .. } => {
                let action = MailFailure::of(error, *needs_operator).advice();
                let sentence =
                    format!("A further mail with the license was refused permanently.\n{}", untrusted(error));
                if *open {
                    Self::bad("not mailed", action, sentence)
                } else {
                    Self::doubtful("sent, not mailed again", action, sentence)
                }
            }
            Notice::Bounced { reason, open, .. } => {
                let action = MailFailure::of(reason, false).advice();
                let accepted = "The mail server had accepted the mail, but it did not arrive";
                let reason = untrusted(reason);
                if *open {
                    let sentence = format!("{accepted}: *the customer does not have the license*.\n{reason}");
                    Self::bad("bounced", action, sentence)
                } else {
                    let sentence = format!("{accepted}. Another one was accepted.\n{reason}");
                    Self::doubtful("sent, one mail bounced", action, sentence)
                }
            }
            Notice::Replaced { by, seats, .. } => Self {
                emoji: ":repeat:",
                ..Self::over(
                    "replaced",
                    format!("Another license for {seats} users takes its place: {}.", untrusted(by)),
                )
            },
            Notice::Downloaded { by, .. } => Self {
                emoji: ":inbox_tray:",
                ..Self::over("downloaded", format!("The license file was downloaded by {}.", untrusted(by)))
            },
            Notice::LicenseWithheld => Self::doubtful(
                "sent, issue not confidential",
                WITHHELD,
                "GitLab did not make the issue confidential, so the license was taken out of it.".to_owned(),
            ),
            Notice::Reminder { task, due_on, .. } => {
                let sentence = format!("Still to do by {}: {}.", due_on.strftime("%A, %Y-%m-%d"), task.label());
                Self { emoji: ":bell:", ..Self::doubtful("ends soon", SETTLE, sentence) }
            }
            Notice::FollowUpDone { by, note } => {
                Self::over("settled", format!("Settled by {}{}", untrusted(by), noted(note.as_deref())))
            }
            Notice::FollowUpReopened { by, note, open } => {
                let sentence = format!("Opened again by {}{}", untrusted(by), noted(note.as_deref()));
                if *open {
                    Self::bad("not mailed", MailFailure::Other.advice(), sentence)
                } else {
                    Self::good("sent", &sentence)
                }
            }
            Notice::Erased => Self {
                emoji: ":wastebasket:",
                ..Self::over("erased", "The customer's data were erased on request.".to_owned())
            },
            Notice::SealingFailed { error } => Self::bad(
                "no license",
                "The operator of Stopgap has to look at the license key; then generate the license again.",
                format!("No emergency license could be generated: *the customer has nothing*.\n{}", untrusted(error)),
            ),
        }
    }

    fn late(error: Option<&str>, needs_operator: bool) -> Self {
        let failure = error.map_or(MailFailure::Temporary, |error| MailFailure::of(error, needs_operator));
        let action = failure.advice();
        let error = error.map(|error| format!("\n{}", untrusted(error))).unwrap_or_default();
        let sentence = format!("*The customer does not have the license yet.* The mail is retried.{error}");
        Self { emoji: ":hourglass:", ..Self::doubtful("not mailed yet", action, sentence) }
    }

    fn refused(error: &str, needs_operator: bool) -> Self {
        let cause = if needs_operator {
            "The mail server refused all mail from us until the license expired"
        } else {
            "The mail was refused permanently"
        };
        let action = MailFailure::of(error, needs_operator).advice();
        let sentence = format!("{cause}: *the customer does not have the license*.\n{}", untrusted(error));
        Self::bad("not mailed", action, sentence)
    }

    fn good(state: &'static str, sentence: &str) -> Self {
        let sentence = sentence.to_owned();
        Self { emoji: ":white_check_mark:", colour: Colour::Green, state, action: None, sentence }
    }

    fn doubtful(state: &'static str, action: &'static str, sentence: String) -> Self {
        Self { emoji: ":warning:", colour: Colour::Yellow, state, action: Some(action), sentence }
    }

    fn bad(state: &'static str, action: &'static str, sentence: String) -> Self {
        Self { emoji: ":x:", colour: Colour::Red, state, action: Some(action), sentence }
    }

    fn over(state: &'static str, sentence: String) -> Self {
        Self { emoji: "", colour: Colour::Grey, state, action: None, sentence }
    }
}

/// A note as the end of a sentence.
fn noted(note: Option<&str>) -> String {
    note.map_or_else(|| ".".to_owned(), |note| format!(": {}", untrusted(note)))
}

pub(super) const ISSUE_FILED: &str = "The issue that was missing in an earlier message is filed now.";

fn resent(how: ResendKind) -> &'static str {
    match how {
        ResendKind::Resend => "The license was sent again to the customer's address.",
        ResendKind::Forward => "The license was forwarded to another address.",
        ResendKind::CorrectAddress => "The customer's address was corrected, and the license mailed to it.",
    }
}
