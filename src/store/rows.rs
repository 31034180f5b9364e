//! Reading rows.

use std::str::FromStr;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::{Row as _, any::AnyRow};
use uuid::Uuid;

use super::{DigestClaim, Error, Result, Session, StoredResponse};
use crate::license::{
    Agent, Arrival, Customer, Delivery, DeliveryId, DigestPeriod, EligibilityNote, Email, Event, License,
    LicenseDetails, LicenseFile, LicenseId, Seats, Settled, SingleLine, Terms, Ticket, TicketId, Username,
    customer::MAX_NAME_CHARS, delivery::Attempt, file::Digests, ticket::MAX_SUBJECT_CHARS,
};

/// Reads a row's columns. An error names the column.
pub(super) struct Columns<'a>(pub(super) &'a AnyRow);

impl Columns<'_> {
    pub(super) fn text(&self, name: &str) -> Result<String> {
        Ok(self.0.try_get(name)?)
    }

    pub(super) fn maybe_text(&self, name: &str) -> Result<Option<String>> {
        Ok(self.0.try_get(name)?)
    }

    pub(super) fn number(&self, name: &str) -> Result<i64> {
        Ok(self.0.try_get(name)?)
    }

    fn count<T: TryFrom<i64>>(&self, name: &str) -> Result<T> {
        T::try_from(self.number(name)?).map_err(|_| unreadable(name))
    }

    fn maybe_count<T: TryFrom<i64>>(&self, name: &str) -> Result<Option<T>> {
        let number: Option<i64> = self.0.try_get(name)?;
        number.map(|number| T::try_from(number).map_err(|_| unreadable(name))).transpose()
    }

    pub(super) fn time(&self, name: &str) -> Result<Timestamp> {
        Timestamp::from_millisecond(self.number(name)?).map_err(|_| unreadable(name))
    }

    fn maybe_time(&self, name: &str) -> Result<Option<Timestamp>> {
        let ms: Option<i64> = self.0.try_get(name)?;
        ms.map(|ms| Timestamp::from_millisecond(ms).map_err(|_| unreadable(name))).transpose()
    }

    pub(super) fn uuid(&self, name: &str) -> Result<Uuid> {
        Uuid::try_parse(&self.text(name)?).map_err(|_| unreadable(name))
    }

    fn maybe_license(&self, name: &str) -> Result<Option<LicenseId>> {
        self.maybe_text(name)?.map(|text| LicenseId::parse(&text).map_err(|_| unreadable(name))).transpose()
    }

    fn line(&self, name: &str, max_chars: usize) -> Result<Option<SingleLine>> {
        self.maybe_text(name)?.map(|text| SingleLine::parse(&text, max_chars).map_err(|_| unreadable(name))).transpose()
    }

    fn maybe_json<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let text = self.maybe_text(name)?;
        text.map(|text| serde_json::from_str(&text).map_err(|_| unreadable(name))).transpose()
    }

    fn parsed<T: FromStr>(&self, name: &str) -> Result<T> {
        self.text(name)?.parse().map_err(|_| unreadable(name))
    }

    fn maybe_parsed<T: FromStr>(&self, name: &str) -> Result<Option<T>> {
        self.maybe_text(name)?.map(|text| text.parse().map_err(|_| unreadable(name))).transpose()
    }

    pub(super) fn license(&self) -> Result<License> {
        Ok(License {
            id: LicenseId(self.uuid("id")?),
            created_at: self.time("created_at")?,
            ticket: Ticket {
                id: TicketId::parse(self.count("ticket_id")?).map_err(|_| unreadable("ticket_id"))?,
                subject: self.line("ticket_subject", MAX_SUBJECT_CHARS)?,
            },
            agent: Agent {
                username: Username::parse(&self.text("agent_username")?).map_err(|_| unreadable("agent_username"))?,
                email: self.maybe_text("agent_email")?.and_then(|email| Email::parse(&email).ok()),
                zendesk_user_id: self.count("agent_user_id")?,
            },
            customer: Customer {
                email: Email::parse(&self.text("customer_email")?).map_err(|_| unreadable("customer_email"))?,
                name: self.line("customer_name", MAX_NAME_CHARS)?,
                company: self.line("customer_company", MAX_NAME_CHARS)?,
                language: self.parsed("customer_language")?,
            },
            seats: Seats::parse(self.count("seats")?).map_err(|_| unreadable("seats"))?,
            terms: Terms { starts_on: self.parsed("starts_on")?, expires_on: self.parsed("expires_on")? },
            file: self.maybe_text("file")?.map(LicenseFile::new),
            seal_error: self.maybe_text("seal_error")?,
            eligibility: EligibilityNote {
                verdict: self.parsed("verdict")?,
                reason: self.text("verdict_reason")?,
                override_reason: self.maybe_text("override_reason")?,
                overridden_by: self.maybe_text("overridden_by")?,
                recommended_seats: self.maybe_count("recommended_seats")?,
                evidence: self.maybe_json("evidence")?,
            },
            replaces: self.maybe_license("replaces")?,
            replaced_by: self.maybe_license("replaced_by")?,
            drill: self.number("drill")? != 0,
        })
    }

    pub(super) fn delivery(&self) -> Result<Delivery> {
        let notice = self.maybe_text("notice")?;
        Ok(Delivery {
            id: DeliveryId(self.uuid("id")?),
            license_id: LicenseId(self.uuid("license_id")?),
            channel: self.parsed("channel")?,
            purpose: self.parsed("purpose")?,
            recipient: self.maybe_text("recipient")?,
            without_attachment: self.number("without_attachment")? != 0,
            notice: notice.map(|json| serde_json::from_str(&json).map_err(|_| unreadable("notice"))).transpose()?,
            state: self.parsed("state")?,
            attempts: self.count("attempts")?,
            uncertain: self.number("uncertain")? != 0,
            late: self.number("late")? != 0,
            created_at: self.time("created_at")?,
            deadline_at: self.maybe_time("deadline_at")?,
            expires_at: self.time("expires_at")?,
            next_attempt_at: self.time("next_attempt_at")?,
            sent_at: self.maybe_time("sent_at")?,
            last_error: self.maybe_text("last_error")?,
            reference: self.maybe_text("reference")?,
            reply: self.maybe_text("reply")?,
            thread_ts: self.maybe_parsed("thread_ts")?,
            arrival: self.arrival()?,
            request_id: self.maybe_text("request_id")?,
        })
    }

    /// A license without deliveries, events and attempts.
    pub(super) fn details(&self) -> Result<LicenseDetails> {
        let mut details = LicenseDetails::new(self.license()?);
        if details.digests.is_none() {
            details.digests = self.stored_digests()?;
        }
        details.erased_at = self.maybe_time("erased_at")?;
        details.settled = self.settled()?;
        Ok(details)
    }

    /// Stored when the file was erased.
    fn stored_digests(&self) -> Result<Option<Digests>> {
        let (md5, sha256) = (self.maybe_text("file_md5")?, self.maybe_text("file_sha256")?);
        Ok(md5.zip(sha256).map(|(md5, sha256)| Digests { md5, sha256 }))
    }

    fn settled(&self) -> Result<Option<Settled>> {
        let Some(at) = self.maybe_time("settled_at")? else { return Ok(None) };
        Ok(Some(Settled { at, by: self.text("settled_by")?, note: self.maybe_text("settled_note")? }))
    }

    fn arrival(&self) -> Result<Option<Arrival>> {
        let Some(at) = self.maybe_time("arrival_at")? else { return Ok(None) };
        let list = self.maybe_text("arrival_list")?;
        Ok(Some(Arrival {
            state: self.parsed("arrival_state")?,
            list: list.map(|list| list.parse().map_err(|_| unreadable("arrival_list"))).transpose()?,
            reason: self.maybe_text("arrival_reason")?,
            at,
        }))
    }

    pub(super) fn attempt(&self) -> Result<Attempt> {
        Ok(Attempt {
            delivery_id: DeliveryId(self.uuid("delivery_id")?),
            number: self.count("number")?,
            at: self.time("at")?,
            outcome: self.parsed("outcome")?,
            error: self.maybe_text("error")?,
        })
    }

    pub(super) fn license_id(&self) -> Result<LicenseId> {
        Ok(LicenseId(self.uuid("license_id")?))
    }

    pub(super) fn response(&self) -> Result<StoredResponse> {
        Ok(StoredResponse {
            request_hash: self.text("request_hash")?,
            license_id: LicenseId(self.uuid("license_id")?),
            kind: self.parsed("kind")?,
            body: self.text("body")?,
        })
    }

    pub(super) fn session(&self) -> Result<Session> {
        Ok(Session {
            agent_user_id: self.count("agent_user_id")?,
            installation_id: self.count("installation_id")?,
            expires_at: self.time("expires_at")?,
        })
    }

    pub(super) fn digest(&self) -> Result<DigestClaim> {
        let (day, since, until) = (self.parsed("day")?, self.time("since")?, self.time("until")?);
        Ok(DigestClaim {
            period: DigestPeriod { day, since, until },
            attempts: self.count("attempts")?,
            uncertain: self.number("uncertain")? != 0,
        })
    }

    pub(super) fn event(&self) -> Result<Event> {
        Ok(Event {
            at: self.time("at")?,
            actor: self.text("actor")?,
            kind: self.parsed("kind")?,
            detail: self.maybe_text("detail")?,
        })
    }
}

fn unreadable(column: &str) -> Error {
    Error::Unreadable(format!("column {column}"))
}
