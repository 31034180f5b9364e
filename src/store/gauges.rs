//! The backlog, for the metrics.

use jiff::Timestamp;
use sqlx::Row as _;

use super::{Result, Store, ms, rows::Columns};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Backlog {
    /// Channel, number of pending deliveries, when the oldest was created.
    pub pending: Vec<(String, i64, Timestamp)>,
    /// Pending emails marked late.
    pub late_emails: i64,
    /// Unexpired sessions.
    pub sessions: i64,
}

impl Store {
    /// Served by `deliveries_due`.
    pub(crate) async fn backlog(&self, now: Timestamp) -> Result<Backlog> {
        let rows = sqlx::query(
            "SELECT channel, COUNT(*) AS pending, MIN(created_at) AS oldest FROM deliveries \
             WHERE state = 'pending' GROUP BY channel",
        )
        .fetch_all(&self.pool)
        .await?;
        let pending = rows.iter().map(|row| {
            let row = Columns(row);
            Ok((row.text("channel")?, row.number("pending")?, row.time("oldest")?))
        });
        let late = "SELECT COUNT(*) AS late FROM deliveries WHERE state = 'pending' AND channel = 'email' AND late = 1";
        let late = sqlx::query(late).fetch_one(&self.pool).await?;
        let sessions = sqlx::query("SELECT COUNT(*) AS sessions FROM sessions WHERE expires_at > $1")
            .bind(ms(now))
            .fetch_one(&self.pool)
            .await?;
        Ok(Backlog {
            pending: pending.collect::<Result<_>>()?,
            late_emails: late.try_get("late")?,
            sessions: sessions.try_get("sessions")?,
        })
    }
}
