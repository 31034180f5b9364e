//! Licenses, one by one.

use jiff::{Timestamp, civil::Date};
use sqlx::AnyConnection;

use super::{Result, Store, Transaction, attempts, deliveries, events, ms, rows::Columns, text::normalize};
use crate::license::{Email, License, LicenseDetails, LicenseFile, LicenseId, SingleLine};

impl Store {
    pub(crate) async fn license(&self, id: LicenseId) -> Result<Option<LicenseDetails>> {
        get(&mut *self.pool.acquire().await?, id).await
    }
}

impl Transaction {
    pub(crate) async fn license(&mut self, id: LicenseId) -> Result<Option<LicenseDetails>> {
        get(&mut self.tx, id).await
    }

    /// Inserts a license as the newest. There is one write transaction at a time, so no other takes its number.
    pub(crate) async fn insert_license(&mut self, license: &License, remind_at: Option<Timestamp>) -> Result<()> {
        let text = |line: &Option<SingleLine>| line.as_ref().map(ToString::to_string);
        sqlx::query(
            "INSERT INTO licenses (number, id, created_at, ticket_id, ticket_subject, agent_user_id, agent_username, \
             customer_email, customer_email_lower, customer_mailbox, customer_name, customer_company, customer_language, seats, \
             starts_on, expires_on, file, seal_error, verdict, verdict_reason, recommended_seats, override_reason, \
             overridden_by, evidence, replaces, drill, remind_at, agent_email) \
             VALUES ((SELECT COALESCE(MAX(number), 0) + 1 FROM licenses), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
             $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)",
        )
        .bind(license.id.to_string())
        .bind(ms(license.created_at))
        .bind(license.ticket.id.get().cast_signed())
        .bind(text(&license.ticket.subject))
        .bind(license.agent.zendesk_user_id.cast_signed())
        .bind(license.agent.username.to_string())
        .bind(license.customer.email.to_string())
        .bind(license.customer.email.folded())
        .bind(license.customer.email.mailbox())
        .bind(text(&license.customer.name))
        .bind(text(&license.customer.company))
        .bind(license.customer.language.as_str())
        .bind(i64::from(license.seats.get()))
        .bind(license.terms.starts_on.to_string())
        .bind(license.terms.expires_on.to_string())
        .bind(license.file.as_ref().map(LicenseFile::expose).map(str::to_owned))
        .bind(license.seal_error.clone())
        .bind(license.eligibility.verdict.as_str())
        .bind(license.eligibility.reason.clone())
        .bind(license.eligibility.recommended_seats.map(i64::from))
        .bind(license.eligibility.override_reason.clone())
        .bind(license.eligibility.overridden_by.clone())
        .bind(license.eligibility.evidence.as_ref().and_then(|evidence| serde_json::to_string(evidence).ok()))
        .bind(license.replaces.map(|id| id.to_string()))
        .bind(i64::from(license.drill))
        .bind(remind_at.map(ms))
        .bind(license.agent.email.as_ref().map(ToString::to_string))
        .execute(&mut *self.tx)
        .await?;
        sqlx::query("INSERT INTO license_search (number, search_text) SELECT number, $2 FROM licenses WHERE id = $1")
            .bind(license.id.to_string())
            .bind(search_text(license))
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    pub(crate) async fn set_replaced_by(&mut self, id: LicenseId, later: LicenseId) -> Result<()> {
        sqlx::query("UPDATE licenses SET replaced_by = $2 WHERE id = $1")
            .bind(id.to_string())
            .bind(later.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// The customer's newest licenses that expire after `today` and are not replaced; drills are left out. Served by
    /// `licenses_by_customer`.
    pub(crate) async fn list_unexpired(&mut self, customer: &Email, today: Date, limit: u32) -> Result<Vec<LicenseId>> {
        let rows = sqlx::query(
            "SELECT id AS license_id FROM licenses WHERE customer_email_lower = $1 AND expires_on > $2 \
             AND replaced_by IS NULL AND drill = 0 ORDER BY created_at DESC LIMIT $3",
        )
        .bind(customer.folded())
        .bind(today.to_string())
        .bind(i64::from(limit))
        .fetch_all(&mut *self.tx)
        .await?;
        rows.iter().map(|row| Columns(row).license_id()).collect()
    }
}

async fn get(connection: &mut AnyConnection, id: LicenseId) -> Result<Option<LicenseDetails>> {
    let query = sqlx::query("SELECT * FROM licenses WHERE id = $1").bind(id.to_string());
    let Some(row) = query.fetch_optional(&mut *connection).await? else { return Ok(None) };
    let mut details = Columns(&row).details()?;
    details.deliveries = deliveries::of_license(connection, id).await?;
    details.events = events::of_license(connection, id).await?;
    details.attempts = attempts::of_license(connection, id).await?;
    Ok(Some(details))
}

/// Everything that a search finds a license by, one field a line.
fn search_text(license: &License) -> String {
    let customer = &license.customer;
    let line = |line: &Option<SingleLine>| line.as_ref().map(|l| normalize(l.as_str())).unwrap_or_default();
    [
        customer.email.folded(),
        line(&customer.name),
        line(&customer.company),
        normalize(license.agent.username.as_str()),
        license.id.to_string(),
    ]
    .join("\n")
}
