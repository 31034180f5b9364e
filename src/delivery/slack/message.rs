//! The message for each notice.
//!
//! Slack refuses a whole message for one over-long part: a header has at most 150 characters, a section 3000, an edited
//! text 4000. So untrusted text is shortened before it is escaped; escaping makes at most five characters of one.

use super::{
    blocks::{Attachment, Block, Message},
    escape::{escape, name, name_within, reason, untrusted},
    notice::{ISSUE_FILED, NoticeText},
};
use crate::{
    delivery::Links,
    license::{Channel, Delivery, License, LicenseDetails, Notice},
};

/// Of a company in a header, escaped; the rest has at most 75.
const MAX_HEADER_NAME_CHARS: usize = 70;

/// Of `text`, escaped. An edit takes 4000.
const MAX_TEXT_CHARS: usize = 3900;

/// What the messages about a license have in common.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) license: &'a License,
    pub(super) issue_url: Option<&'a str>,
    pub(super) links: &'a Links,
    /// The user group that is mentioned where somebody has to act.
    pub(super) group: Option<&'a str>,
    /// Slack's id of the engineer.
    pub(super) mention: Option<&'a str>,
}

/// The newest notice that says how the license stands. That it was replaced is a notice of its issue alone.
pub(super) fn standing(details: &LicenseDetails) -> &Notice {
    let newest = |is_wanted: fn(&Delivery, &Notice) -> bool| {
        let mut all = details.deliveries.iter().rev().filter_map(|d| Some((d, d.notice.as_ref()?)));
        all.find(|(delivery, notice)| is_wanted(delivery, notice)).map(|(_, notice)| notice)
    };
    newest(|_, notice| matches!(notice, Notice::Replaced { .. }))
        .or_else(|| newest(|delivery, notice| delivery.channel == Channel::Slack && *notice != Notice::IssueFiled))
        .unwrap_or(&Notice::Generated)
}

/// Whether the message for `notice` says what somebody has to do.
pub(super) fn wants_action(notice: &Notice) -> bool {
    NoticeText::of(notice).action.is_some()
}

/// Whether `notice` corrects an announced failure.
pub(super) fn is_correction(notice: &Notice) -> bool {
    matches!(notice, Notice::SentAfterAll | Notice::Resent { resolves_failure: true, .. })
}

/// The parts of a message, escaped.
#[derive(Default)]
struct Parts {
    header: Option<String>,
    /// Above the coloured bar.
    action: Option<String>,
    details: Vec<String>,
    context: String,
}

impl Subject<'_> {
    /// The message for a license that stands as `notice` says. Contains no license text, and only the domain of addresses.
    pub(super) fn whole(&self, notice: &Notice) -> Message {
        let text = NoticeText::of(notice);
        let mut details = Vec::new();
        // The header says as much.
        if *notice != Notice::Generated {
            details.push(text.sentence.clone());
        }
        details.extend(self.renewal(notice));
        details.extend(self.license.replaces.map(|earlier| format!("It replaces the license {earlier}.")));
        details.extend(self.seats());
        details.extend(self.eligibility());
        let header = Some(self.header(&text));
        Parts { header, action: self.action(&text), details, context: self.context() }.into_message(&text)
    }

    /// The message that the issue is filed, for a license that stands as `notice` says.
    pub(super) fn issue_filed(&self, notice: &Notice) -> Message {
        let text = NoticeText { emoji: ":link:", action: None, ..NoticeText::of(notice) };
        let (header, details) = (Some(self.header(&text)), vec![ISSUE_FILED.to_owned()]);
        Parts { header, action: None, details, context: self.context() }.into_message(&text)
    }

    /// What is new, below the message of the license.
    pub(super) fn reply(&self, notice: &Notice) -> Message {
        let text = NoticeText::of(notice);
        let company = self.company();
        let details = vec![format!("{} *{}{company} · {}:* {}", text.emoji, self.drill(), text.state, text.sentence)];
        Parts { header: None, action: self.action(&text), details, context: self.context() }.into_message(&text)
    }

    fn header(&self, text: &NoticeText) -> String {
        let (drill, company, seats) = (self.drill(), self.company(), self.license.seats);
        format!("{} {drill}{company} · {seats} seats · {}", text.emoji, text.state)
    }

    fn company(&self) -> String {
        let company = self.license.customer.company.as_ref();
        name_within(company.map_or("company not known", |company| company.as_str()), MAX_HEADER_NAME_CHARS)
    }

    fn drill(&self) -> &'static str {
        if self.license.drill { "Drill: " } else { "" }
    }

    fn action(&self, text: &NoticeText) -> Option<String> {
        let action = text.action?;
        let group = self.group.map(|group| format!("<!subteam^{group}> ")).unwrap_or_default();
        let engineer = self.mention.map_or_else(|| name(self.license.agent.username.as_str()), |id| format!("<@{id}>"));
        Some(format!("{group}{engineer}: *{action}*"))
    }

    fn renewal(&self, notice: &Notice) -> Option<String> {
        let License { terms, drill, .. } = self.license;
        if *drill {
            return Some("*This is a drill.* There is nothing to renew.".to_owned());
        }
        let is_over = matches!(notice, Notice::SealingFailed { .. } | Notice::Replaced { .. } | Notice::Erased);
        let day = terms.last_business_day().strftime("%A, %Y-%m-%d");
        (!is_over).then(|| format!("Renew by *{day}*; the license stops at 00:00 of {}.", terms.expires_on))
    }

    /// Seats that are not the recommended ones.
    fn seats(&self) -> Option<String> {
        let seats = self.license.seats.get();
        match self.license.eligibility.recommended_seats? {
            more if more > seats => Some(format!(":warning: {seats} seats are fewer than the recommended {more}.")),
            fewer if fewer < seats => {
                Some(format!("The evidence asks for {fewer} seats; the engineer confirmed {seats}."))
            }
            _ => None,
        }
    }

    /// The scope check, and the agent's reason: a section each, since both may be long.
    fn eligibility(&self) -> impl Iterator<Item = String> {
        let note = &self.license.eligibility;
        let verdict = format!("*Eligibility:* {}: {}", note.verdict.label(), reason(&note.reason));
        let label = note.override_label();
        let overridden =
            note.overridden().map(|(by, why)| format!("*{label}* by {} because {}", untrusted(by), reason(why)));
        [verdict].into_iter().chain(overridden)
    }

    fn context(&self) -> String {
        let License { id, ticket, agent, customer, .. } = self.license;
        let ticket = link(&self.links.ticket(ticket), &format!("ticket #{}", ticket.id));
        let issue = self.issue_url.map_or_else(|| "issue not filed yet".to_owned(), |url| link(url, "issue"));
        let (agent, domain) = (name(agent.username.as_str()), untrusted(&customer.email.domain()));
        format!("{ticket} · {issue} · {agent} · {domain} · license {id}")
    }
}

impl Parts {
    fn into_message(self, text: &NoticeText) -> Message {
        let Self { header, action, details, context } = self;
        let mut blocks: Vec<_> = header.iter().cloned().map(Block::header).collect();
        blocks.extend(action.iter().cloned().map(Block::section));
        // The links are worth more than the last details.
        let (most, least) = details.split_at(details.len().min(2));
        let said = header.iter().chain(&action).chain(most).chain([&context]).chain(least);
        let fallback = said.fold(String::new(), |said, part| match said.chars().count() + part.chars().count() {
            length if length >= MAX_TEXT_CHARS => said,
            _ if said.is_empty() => part.clone(),
            _ => said + "\n" + part,
        });
        let mut beside: Vec<_> = details.into_iter().map(Block::section).collect();
        beside.push(Block::context(context));
        Message { text: fallback, blocks, attachments: vec![Attachment { color: text.colour, blocks: beside }] }
    }
}

/// A message about no license.
pub(super) fn test() -> Message {
    Message {
        text: "An operator of Stopgap is testing this channel. There is nothing to do.".into(),
        blocks: Vec::new(),
        attachments: Vec::new(),
    }
}

pub(super) fn link(url: &str, name: &str) -> String {
    format!("<{}|{}>", escape(url), escape(name))
}
