//! Taking the license file out by hand, which is recorded.

use jiff::Timestamp;

use super::{
    Desk,
    telling::{self, Case, Moment},
};
use crate::{
    license::{Channel, DeliveryId, Event, LicenseFile, LicenseId, Line, Story},
    store::{self, Dossier, Writing},
};

/// So many downloads of one license are noted on its issue; all of them stand in its history.
const MAX_NOTED: usize = 20;

/// A license file for a browser.
pub struct Download {
    /// What to call it: `Acme.gitlab-license`.
    pub filename: String,
    /// The text.
    pub file: LicenseFile,
}

impl Desk {
    /// The license file, with a line in the history about who took it and why, and a note on the license's issue, which
    /// goes back to the request `request_id`; nothing where there is no such license or no file.
    ///
    /// # Errors
    /// [`store::Error`].
    pub async fn download(
        &self,
        id: LicenseId,
        agent_user_id: u64,
        reason: Option<&Line>,
        request_id: &str,
    ) -> store::Result<Option<Download>> {
        let by = self.name_of(agent_user_id).await?;
        let mut writing = self.store.write().await?;
        writing.because_of(Some(request_id));
        let Some(dossier) = writing.dossier(id).await? else { return Ok(None) };
        let Some(file) = dossier.license.file.clone() else { return Ok(None) };
        let (now, reason) = (self.clock.now(), reason.map(ToString::to_string));
        let event = Event { at: now, by: by.clone(), what: "downloaded".into(), detail: reason.clone() };
        writing.add_event(id, &event).await?;
        self.note_download(&mut writing, &dossier, (by, reason), now).await?;
        writing.commit().await?;
        Ok(Some(Download { filename: dossier.license.file_name(), file }))
    }

    /// An issue that is still to be filed tells of the license itself, and of its mail: it is not begun by a download.
    async fn note_download(
        &self,
        writing: &mut Writing,
        dossier: &Dossier,
        (by, reason): (String, Option<String>),
        now: Timestamp,
    ) -> store::Result<()> {
        let issues = || dossier.deliveries.iter().filter(|d| d.channel == Channel::Issue);
        let noted = issues().filter(|d| matches!(d.story, Some(Story::Downloaded { .. }))).count();
        if issues().next().is_none() || noted >= MAX_NOTED || dossier.erased_at.is_some() {
            return Ok(());
        }
        let case = Case { license: &dossier.license, deliveries: &dossier.deliveries };
        let story = Story::Downloaded { by, reason, open: telling::told_failure(case) };
        let mut fresh_id = || DeliveryId(self.random.id(now));
        let mut moment = Moment { now, chance: 0.0, fresh_id: &mut fresh_id };
        writing.add_delivery(dossier.license.id, &telling::issue(case, story, &mut moment), now).await
    }
}
