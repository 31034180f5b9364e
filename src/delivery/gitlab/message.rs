//! The text of each notice in an issue: its title, description and note.

use super::escape::code;
use crate::license::{Notice, ResendKind};

pub(super) struct NoticeText {
    /// The title up to the address.
    pub(super) title: &'static str,
    /// What happened, for an issue that the notice creates.
    pub(super) happened: String,
    /// The note, for an issue that exists.
    pub(super) news: String,
}

const SUCCESS: &str = "[Success] - Created a license under";
const NOT_MAILED: &str = "[Failure] - Could not mail the license created under";

const NOT_YET_MAILED: &str = "[Failure] - Could not yet mail the license created under";

impl NoticeText {
    /// A delivery without a notice announces success.
    pub(super) fn of(notice: Option<&Notice>) -> Self {
        match notice {
            None | Some(Notice::Generated | Notice::IssueFiled | Notice::LicenseWithheld) => Self::success(
                "An emergency license was generated and mailed: the mail server accepted the mail.",
                "The license was mailed again, and the mail server accepted the mail.",
            ),
            Some(Notice::SentAfterAll) => Self::success(
                "An emergency license was generated and mailed: late, but the mail server accepted the mail.",
                "The mail server accepted the mail after all.",
            ),
            Some(Notice::Resent { how, to, resolves_failure }) => Self::resent(*how, to, *resolves_failure),
            Some(Notice::Replaced { by, seats, .. }) => {
                let text = format!("This license was replaced by another one, for {seats} users: license {by}.");
                Self::success(&text, &text)
            }
            Some(Notice::Downloaded { by, .. }) => {
                let text = format!("The license file was downloaded by {}.", code(by));
                Self::success(&text, &text)
            }
            Some(Notice::Reminder { task, due_on, .. }) => {
                let text = format!("Still to do by {due_on}: {}.", task.label());
                Self::success(&text, &text)
            }
            Some(Notice::FollowUpDone { by, .. }) => {
                let text = format!("The follow-up was settled by {}.", code(by));
                Self::success(&text, &text)
            }
            Some(Notice::FollowUpReopened { by, .. }) => {
                let text = format!("The follow-up was opened again by {}.", code(by));
                Self::success(&text, &text)
            }
            Some(Notice::Erased) => {
                let text = "The customer's data and the license were erased on request.";
                Self::success(text, text)
            }
            Some(Notice::EmailRefused { needs_operator: true, .. }) => Self {
                title: NOT_MAILED,
                happened: "An emergency license was generated, but the mail server refused all mail from us until the \
                           license expired. **The customer does not have it.**"
                    .to_owned(),
                news: "The mail server refused all mail from us until the license expired.".to_owned(),
            },
            Some(Notice::EmailRefused { .. }) => Self {
                title: NOT_MAILED,
                happened: "An emergency license was generated, but its mail was refused permanently. \
                           **The customer does not have it.**"
                    .to_owned(),
                news: "The mail was refused permanently.".to_owned(),
            },
            Some(Notice::ResendRefused { how, to, open, .. }) => Self::resend_refused(*how, to, *open),
            Some(Notice::Bounced { to, open, .. }) => Self::bounced(to, *open),
            Some(Notice::EmailLate { needs_operator: true, .. }) => Self {
                title: NOT_YET_MAILED,
                happened: "An emergency license was generated, but the mail server refuses mail from us. \
                           **The customer does not have it yet.** It is retried until the license expires."
                    .to_owned(),
                news: "The mail is late: the mail server refuses mail from us. It is retried.".to_owned(),
            },
            Some(Notice::EmailLate { .. }) => Self {
                title: NOT_YET_MAILED,
                happened: "An emergency license was generated, but the mail server has not accepted its mail yet. \
                           **The customer does not have it yet.** It is retried until the license expires."
                    .to_owned(),
                news: "The mail is late: the mail server has not accepted it yet. It is retried.".to_owned(),
            },
            Some(Notice::SealingFailed { .. }) => Self {
                title: "[Failure] - Could not create a license under",
                happened: "No emergency license could be generated: its file could not be sealed. \
                           **The customer has nothing.**"
                    .to_owned(),
                news: "No license could be generated.".to_owned(),
            },
        }
    }

    fn success(happened: &str, news: &str) -> Self {
        Self { title: SUCCESS, happened: happened.to_owned(), news: news.to_owned() }
    }

    fn resent(how: ResendKind, to: &str, resolves_failure: bool) -> Self {
        let did = match how {
            ResendKind::Resend => "The license was sent again to",
            ResendKind::Forward => "The license was forwarded to",
            ResendKind::CorrectAddress => "The customer's address was corrected: the license was mailed to",
        };
        let news = format!("{did} {}, and the mail server accepted the mail.", code(to));
        let end = if resolves_failure { " Nothing announced earlier is left to do." } else { "" };
        Self::success(&format!("An emergency license was generated. {news}"), &format!("{news}{end}"))
    }

    fn resend_refused(how: ResendKind, to: &str, open: bool) -> Self {
        let mail = match how {
            ResendKind::Resend => "The mail that was sent again to",
            ResendKind::Forward => "The mail that was forwarded to",
            ResendKind::CorrectAddress => "The mail to the corrected address",
        };
        let news = format!("{mail} {} was refused permanently.", code(to));
        let title = if open { NOT_MAILED } else { SUCCESS };
        Self { title, happened: format!("An emergency license was generated. {news}"), news }
    }

    fn bounced(to: &str, open: bool) -> Self {
        let news = format!("The mail to {} bounced: correct the address.", code(to));
        let title = if open { "[Failure] - The mail bounced for the license created under" } else { SUCCESS };
        let happened =
            format!("An emergency license was generated and mailed. {news} **The customer does not have it.**");
        Self { title, happened, news }
    }
}
