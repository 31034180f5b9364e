//! `stopgap sessions`: lists and revokes agents' sessions.

use secrecy::ExposeSecret as _;

use crate::{
    clock::Clock,
    config::Config,
    store::{Session, SessionFilter, Store},
};

/// Revokes the sessions that match `revoke` and lists the others. A revoked session ends at its next request, its progress
/// streams at their next event.
pub(crate) async fn sessions(config: Config, revoke: Option<SessionFilter>) -> anyhow::Result<()> {
    let store = Store::open(config.database_url.expose_secret()).await?;
    let now = Clock::system().now();
    if let Some(filter) = revoke {
        let mut tx = store.begin().await?;
        let revoked = tx.delete_sessions(filter).await?;
        tx.commit().await?;
        println!("revoked {revoked} session(s)");
    }
    let sessions = store.list_sessions(now).await?;
    store.close().await;
    println!("{:<16} {:<16} expires", "agent", "installation");
    for Session { agent_user_id, installation_id, expires_at } in sessions {
        println!("{agent_user_id:<16} {installation_id:<16} {expires_at:.0}");
    }
    Ok(())
}
