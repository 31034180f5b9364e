//! Titles, descriptions and notes.

use askama::Template;

use super::{
    escape::{fence, title_address},
    facts::{Section, sections},
    message::NoticeText,
    next_steps::next_steps,
    types::Issue,
};
use crate::{
    delivery::{Links, sanitize},
    license::{Channel, Delivery, DeliveryState, License, LicenseDetails, Notice, ResendKind},
};

/// GitLab's limit for titles.
const MAX_TITLE_CHARS: usize = 255;

/// How the line begins that identifies a license.
const LICENSE_MARKER: &str = "<!-- stopgap:license=";
/// A line of a description without the license.
pub(super) const WITHHELD_MARKER: &str = "<!-- stopgap:withheld -->";
const UNCONFIRMED: &str = "The license follows once GitLab has confirmed that this issue is confidential.";
const WITHHELD: &str = "**GitLab did not make this issue confidential, so the license is not in it.** Download the license \
                        from the ticket's sidebar. Give the token of Stopgap the role Reporter, then close this issue.";

/// The text of one delivery of one license.
#[derive(Debug, Clone, Copy)]
pub(super) struct IssueText<'a> {
    pub(super) details: &'a LicenseDetails,
    pub(super) delivery: &'a Delivery,
    pub(super) links: &'a Links,
}

/// Whether a description holds the license.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Copy {
    /// If there is a file.
    Kept,
    /// Not before GitLab has confirmed that the issue is confidential.
    Unconfirmed,
    /// Others can read the issue.
    Withheld,
}

#[derive(Template)]
#[template(path = "issue.md")]
struct Description<'a> {
    is_drill: bool,
    happened: &'a str,
    detail: Option<String>,
    warning: Option<String>,
    ticket: u64,
    ticket_url: String,
    next: Vec<String>,
    sections: Vec<Section>,
    copy: Result<String, &'a str>,
    withheld_marker: Option<&'static str>,
    license_marker: String,
    delivery_marker: String,
}

impl IssueText<'_> {
    /// A line of the description that identifies the license.
    pub(super) fn license_marker(&self) -> String {
        format!("{LICENSE_MARKER}{} -->", self.details.license.id)
    }

    /// A line of a description or note that identifies the delivery.
    pub(super) fn delivery_marker(&self) -> String {
        format!("<!-- stopgap:delivery={} -->", self.delivery.id)
    }

    /// The latest notice that says how it stands, in whatever order they are filed: a failed delivery may be retried after
    /// later ones.
    fn status(&self) -> Option<&Notice> {
        self.latest(is_status)
    }

    fn latest(&self, fits: fn(&Notice) -> bool) -> Option<&Notice> {
        let filed = |d: &&Delivery| d.id == self.delivery.id || d.state != DeliveryState::Pending;
        let issues = self.details.deliveries.iter().filter(|d| d.channel == Channel::Issue).filter(filed);
        let latest = issues.filter_map(|d| d.notice.as_ref()).rfind(|notice| fits(notice));
        latest.or(self.delivery.notice.as_ref())
    }

    pub(super) fn wants_it_closed(&self) -> bool {
        !self.latest(|notice| is_status(notice) || is_settling(notice)).is_some_and(Notice::is_failure)
    }

    /// Whether the notice changes what the title says: people search for a license by its `[Success]`.
    pub(super) fn changes_the_title(&self) -> bool {
        match &self.delivery.notice {
            Some(
                Notice::SentAfterAll
                | Notice::EmailRefused { .. }
                | Notice::Resent { resolves_failure: true, .. }
                | Notice::Resent { how: ResendKind::CorrectAddress, .. }
                | Notice::ResendRefused { how: ResendKind::CorrectAddress, .. },
            ) => true,
            Some(Notice::Bounced { open, .. } | Notice::ResendRefused { open, .. }) => *open,
            _ => false,
        }
    }

    /// At most 255 characters; only the address is shortened, and freed of what GitLab gives a meaning. The handbook has the
    /// form for success.
    pub(super) fn title(&self) -> String {
        let license = &self.details.license;
        let after = format!("for {} users", license.seats);
        if self.delivery.notice == Some(Notice::Erased) {
            return format!("[Erased] - Created a license {after}");
        }
        let before = NoticeText::of(self.status()).title;
        let drill = if license.drill { "[Drill] " } else { "" };
        let room = MAX_TITLE_CHARS - drill.len() - before.len() - after.len() - 2;
        format!("{drill}{before} {} {after}", sanitize::shorten(&title_address(license.customer.email.as_str()), room))
    }

    /// The description after the customer's data was erased. The marker stays: it names nobody.
    pub(super) fn redacted(&self) -> String {
        let text = NoticeText::of(Some(&Notice::Erased)).happened;
        [text, format!("License id: {}", self.details.license.id), self.license_marker()].join("\n\n")
    }

    /// The description while the license is taken out of `issue`: the least by which it is found again.
    pub(super) fn withheld(&self, issue: &Issue) -> String {
        let delivery_marker = Some(self.delivery_marker()).filter(|marker| issue.has_marker(marker));
        let parts =
            [Some(WITHHELD.to_owned()), Some(WITHHELD_MARKER.to_owned()), Some(self.license_marker()), delivery_marker];
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
    }

    /// In Markdown.
    pub(super) fn description(&self, copy: Copy) -> String {
        let license = &self.details.license;
        let notice = NoticeText::of(self.status());
        let happened = match license.replaces {
            Some(earlier) => format!("{}\n\nIt replaces the license {earlier}.", notice.happened),
            None => notice.happened,
        };
        let is_withheld = copy == Copy::Withheld || copy == Copy::Unconfirmed && license.file.is_some();
        let description = Description {
            is_drill: license.drill,
            happened: &happened,
            detail: self.status().and_then(detail),
            warning: self.warning(),
            ticket: license.ticket.id.get(),
            ticket_url: self.links.ticket(&license.ticket),
            next: next_steps(self.details, self.status()),
            sections: sections(self.details),
            copy: self.copy(copy),
            withheld_marker: is_withheld.then_some(WITHHELD_MARKER),
            license_marker: self.license_marker(),
            delivery_marker: self.delivery_marker(),
        };
        // Writing to a String cannot fail.
        description.render().unwrap_or_default()
    }

    /// In Markdown.
    pub(super) fn note(&self) -> String {
        let news = NoticeText::of(self.delivery.notice.as_ref()).news;
        let detail = self.delivery.notice.as_ref().and_then(detail);
        let parts = [Some(news), detail, Some(self.delivery_marker())];
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
    }

    /// The engineer confirmed fewer seats than recommended; the customer's GitLab may refuse the license.
    fn warning(&self) -> Option<String> {
        let License { seats, eligibility, .. } = &self.details.license;
        let recommended = eligibility.asks_for_more_than(*seats)?;
        Some(format!(
            "**Fewer seats than recommended:** this license has {seats}, and the customer's numbers ask for {recommended}. \
             Where their GitLab refuses it, it has to be replaced by one with {recommended}."
        ))
    }

    /// The license file, fenced, or why it is missing.
    fn copy(&self, copy: Copy) -> Result<String, &'static str> {
        let License { file, seal_error, .. } = &self.details.license;
        match (file, seal_error) {
            _ if copy == Copy::Withheld => Err(WITHHELD),
            (Some(_), _) if copy == Copy::Unconfirmed => Err(UNCONFIRMED),
            (Some(file), _) => Ok(fence(file.expose().trim_end())),
            (None, Some(_)) => Err("No license file was generated."),
            (None, None) => Err("The license file is no longer kept."),
        }
    }
}

/// The error or reason, fenced. Without addresses, because notes are not redacted with their issue.
fn detail(notice: &Notice) -> Option<String> {
    let (name, text) = match notice {
        Notice::EmailRefused { error, .. } | Notice::SealingFailed { error } | Notice::ResendRefused { error, .. } => {
            ("Error", error)
        }
        Notice::EmailLate { error, .. } => ("Error", error.as_ref()?),
        Notice::Bounced { reason, .. } | Notice::Replaced { reason, .. } | Notice::Downloaded { reason, .. } => {
            ("Reason", reason)
        }
        Notice::FollowUpDone { note, .. } | Notice::FollowUpReopened { note, .. } => ("Note", note.as_ref()?),
        Notice::Generated
        | Notice::SentAfterAll
        | Notice::IssueFiled
        | Notice::LicenseWithheld
        | Notice::Resent { .. }
        | Notice::Reminder { .. }
        | Notice::Erased => return None,
    };
    Some(fence(&format!("{name}: {}", sanitize::mask_addresses(&sanitize::error_text(text)))))
}

/// Whether `notice` says how the license stands, not what else happened to it.
fn is_status(notice: &Notice) -> bool {
    !matches!(
        notice,
        Notice::Downloaded { .. }
            | Notice::Bounced { open: false, .. }
            | Notice::ResendRefused { open: false, .. }
            | Notice::Reminder { .. }
            | Notice::FollowUpDone { .. }
            | Notice::FollowUpReopened { .. }
    )
}

/// Whether `notice` says that someone settled the follow-up, or opened it again.
fn is_settling(notice: &Notice) -> bool {
    matches!(notice, Notice::FollowUpDone { .. } | Notice::FollowUpReopened { .. })
}

/// Whether the issue has the marker of any license.
pub(super) fn is_of_a_license(issue: &Issue) -> bool {
    issue.description.as_deref().is_some_and(|text| text.contains(LICENSE_MARKER))
}

/// What GitLab did otherwise than it was asked, and keeps.
pub(super) fn differences(has_other_title: bool, missing_labels: &[&str]) -> Option<String> {
    let title = has_other_title.then(|| "GitLab gave the issue another title; check the project's rules".to_owned());
    let labels = (!missing_labels.is_empty()).then(|| {
        format!("GitLab left off the label {}; the token's role has to be Reporter", missing_labels.join(", "))
    });
    let all: Vec<_> = title.into_iter().chain(labels).collect();
    (!all.is_empty()).then(|| all.join(". "))
}
