//! Sessions, used tokens, and agents' usernames.

use jiff::Timestamp;

use super::{Result, Store, Transaction, ms, rows::Columns};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    /// The `sub` of the signed token.
    pub agent_user_id: u64,
    pub installation_id: u64,
    pub expires_at: Timestamp,
}

/// Which sessions to delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SessionFilter {
    /// By Zendesk user id.
    Agent(u64),
    Installation(u64),
    All,
}

impl Store {
    /// The sessions that have not expired by `now`, latest first.
    pub(crate) async fn list_sessions(&self, now: Timestamp) -> Result<Vec<Session>> {
        let rows = sqlx::query("SELECT * FROM sessions WHERE expires_at > $1 ORDER BY expires_at DESC")
            .bind(ms(now))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| Columns(row).session()).collect()
    }

    /// The unexpired session whose bearer token has this SHA-256 (hex).
    pub(crate) async fn session(&self, token_hash: &str, now: Timestamp) -> Result<Option<Session>> {
        let row = sqlx::query("SELECT * FROM sessions WHERE token_hash = $1 AND expires_at > $2")
            .bind(token_hash.to_owned())
            .bind(ms(now))
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| Columns(&row).session()).transpose()
    }

    /// The GitLab username that this agent gave last.
    pub(crate) async fn username(&self, agent_user_id: u64) -> Result<Option<String>> {
        let row = sqlx::query("SELECT username FROM agents WHERE user_id = $1")
            .bind(agent_user_id.cast_signed())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| Columns(&row).text("username")).transpose()
    }
}

impl Transaction {
    /// Marks a token, by its SHA-256 (hex), as used. Returns false if it was used before.
    pub(crate) async fn use_token(&mut self, token_hash: &str, expires_at: Timestamp) -> Result<bool> {
        let done =
            sqlx::query("INSERT INTO used_tokens (token_hash, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(token_hash.to_owned())
                .bind(ms(expires_at))
                .execute(&mut *self.tx)
                .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Inserts a session under its bearer token's SHA-256 (hex), and deletes what expired by `now`.
    pub(crate) async fn insert_session(&mut self, token_hash: &str, session: &Session, now: Timestamp) -> Result<()> {
        for sql in ["DELETE FROM sessions WHERE expires_at <= $1", "DELETE FROM used_tokens WHERE expires_at <= $1"] {
            sqlx::query(sql).bind(ms(now)).execute(&mut *self.tx).await?;
        }
        sqlx::query(
            "INSERT INTO sessions (token_hash, agent_user_id, installation_id, expires_at) VALUES ($1, $2, $3, $4)",
        )
        .bind(token_hash.to_owned())
        .bind(session.agent_user_id.cast_signed())
        .bind(session.installation_id.cast_signed())
        .bind(ms(session.expires_at))
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Returns how many sessions were deleted.
    pub(crate) async fn delete_sessions(&mut self, filter: SessionFilter) -> Result<u64> {
        let query = match filter {
            SessionFilter::Agent(id) => {
                sqlx::query("DELETE FROM sessions WHERE agent_user_id = $1").bind(id.cast_signed())
            }
            SessionFilter::Installation(id) => {
                sqlx::query("DELETE FROM sessions WHERE installation_id = $1").bind(id.cast_signed())
            }
            SessionFilter::All => sqlx::query("DELETE FROM sessions"),
        };
        Ok(query.execute(&mut *self.tx).await?.rows_affected())
    }

    pub(crate) async fn set_username(&mut self, agent_user_id: u64, username: &str) -> Result<()> {
        sqlx::query(
            "INSERT INTO agents (user_id, username) VALUES ($1, $2) \
             ON CONFLICT (user_id) DO UPDATE SET username = excluded.username",
        )
        .bind(agent_user_id.cast_signed())
        .bind(username.to_owned())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}
