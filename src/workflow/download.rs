//! Downloading the license file, which is recorded.

use jiff::Timestamp;

use super::{Error, LicenseService};
use crate::{
    license::{Actor, Channel, Event, EventKind, LicenseDetails, LicenseFile, LicenseId, Notice, SingleLine, notices},
    store::{self, Transaction},
};

/// Downloads of one license that get a note on its issue. Its history has all of them.
const MAX_NOTES: usize = 20;

pub(crate) struct Download {
    /// Such as `Acme.gitlab-license`.
    pub filename: String,
    pub file: LicenseFile,
}

impl LicenseService {
    /// The license file. Records who took it and why, in the history and on the issue.
    pub(crate) async fn download(
        &self,
        id: LicenseId,
        agent_user_id: u64,
        reason: &SingleLine,
        request_id: &str,
    ) -> Result<Download, Error> {
        self.require_permission(agent_user_id)?;
        let actor = self.actor(agent_user_id).await?;
        let mut tx = self.store.begin().await?;
        tx.set_request_id(Some(request_id));
        let details = tx.license(id).await?.ok_or(Error::NotFound)?;
        let file = details.license.file.clone().ok_or(Error::NotFound)?;
        let (now, reason) = (self.clock.now(), reason.to_string());
        self.check_downloads(&mut tx, agent_user_id, now).await?;
        tx.insert_event(id, &Event::new(now, &actor, EventKind::Downloaded, Some(reason.clone()))).await?;
        self.add_note(&mut tx, &details, &actor, reason, now).await?;
        tx.commit().await?;
        Ok(Download { filename: details.license.file_name(), file })
    }

    /// A license without an issue gets none by a download: its first issue announces the email.
    async fn add_note(
        &self,
        tx: &mut Transaction,
        details: &LicenseDetails,
        actor: &Actor,
        reason: String,
        now: Timestamp,
    ) -> store::Result<()> {
        let issues = || details.deliveries.iter().filter(|d| d.channel == Channel::Issue);
        let notes = issues().filter(|d| matches!(d.notice, Some(Notice::Downloaded { .. }))).count();
        if issues().next().is_none() || notes >= MAX_NOTES || details.erased_at.is_some() {
            return Ok(());
        }
        let open = notices::announced_failure(details);
        let notice = Notice::Downloaded { by: actor.to_string(), reason, open };
        tx.insert_delivery(details.license.id, &notices::issue(details, notice, &mut self.tick(now)), now).await?;
        Ok(())
    }
}
