//! The message for each notice.
//!
//! Slack refuses a whole message for one over-long part: a header has at most 150 characters, a section 3000, a field
//! 2000, a section 10 fields, a message 50 blocks. So untrusted text is shortened before it is escaped; escaping makes at
//! most five characters of one.

use super::{
    blocks::{Block, Message},
    escape::{escape, name, reason, untrusted},
    notice::NoticeText,
};
use crate::{
    delivery::Links,
    license::{Delivery, License},
};

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
        name(company),
        license.terms.last_day()
    );
    let fields = [
        ("Ticket", ticket),
        ("Issue", issue),
        ("Engineer", untrusted(license.agent.username.as_str())),
        ("Seats", seats(license)),
        ("Company", name(company)),
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

/// The scope check, and the agent's reason: a section each, since both may be long.
fn eligibility(license: &License) -> impl Iterator<Item = Block> {
    let note = &license.eligibility;
    let verdict = format!("*Eligibility:* {}: {}", note.verdict.label(), reason(&note.reason));
    let label = note.override_label();
    let overridden =
        note.overridden().map(|(by, why)| format!("*{label}* by {} because {}", untrusted(by), reason(why)));
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

pub(super) fn link(url: &str, name: &str) -> String {
    format!("<{}|{}>", escape(url), escape(name))
}
