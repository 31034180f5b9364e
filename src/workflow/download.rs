//! Taking the license file out by hand, which is recorded.

use jiff::Timestamp;

use super::LicenseService;
use crate::{
    license::{Channel, Event, EventKind, LicenseDetails, LicenseFile, LicenseId, Notice, SingleLine, notices},
    store::{self, Transaction},
};

/// So many downloads of one license are noted on its issue; all of them stand in its history.
const MAX_NOTED: usize = 20;

/// A license file for a browser.
pub struct Download {
    /// What to call it: `Acme.gitlab-license`.
    pub filename: String,
    pub file: LicenseFile,
}

impl LicenseService {
    /// The license file, with a line in the history about who took it and why, and a note on the license's issue, which
    /// goes back to the request `request_id`; nothing where there is no such license or no file.
    pub async fn download(
        &self,
        id: LicenseId,
        agent_user_id: u64,
        reason: Option<&SingleLine>,
        request_id: &str,
    ) -> store::Result<Option<Download>> {
        let actor = self.actor(agent_user_id).await?;
        let mut tx = self.store.begin().await?;
        tx.set_request_id(Some(request_id));
        let Some(details) = tx.license(id).await? else { return Ok(None) };
        let Some(file) = details.license.file.clone() else { return Ok(None) };
        let (now, reason) = (self.clock.now(), reason.map(ToString::to_string));
        let event = Event::new(now, &actor, EventKind::Downloaded, reason.clone());
        tx.insert_event(id, &event).await?;
        self.note_download(&mut tx, &details, (actor.to_string(), reason), now).await?;
        tx.commit().await?;
        Ok(Some(Download { filename: details.license.file_name(), file }))
    }

    /// An issue that is still to be filed tells of the license itself, and of its mail: it is not begun by a download.
    async fn note_download(
        &self,
        tx: &mut Transaction,
        details: &LicenseDetails,
        (by, reason): (String, Option<String>),
        now: Timestamp,
    ) -> store::Result<()> {
        let issues = || details.deliveries.iter().filter(|d| d.channel == Channel::Issue);
        let noted = issues().filter(|d| matches!(d.notice, Some(Notice::Downloaded { .. }))).count();
        if issues().next().is_none() || noted >= MAX_NOTED || details.erased_at.is_some() {
            return Ok(());
        }
        let notice = Notice::Downloaded { by, reason, open: notices::announced_failure(details) };
        let mut tick = self.tick(now);
        tx.insert_delivery(details.license.id, &notices::issue(details, notice, &mut tick), now).await
    }
}
