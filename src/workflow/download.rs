//! Taking the license file out by hand, which is recorded.

use super::Desk;
use crate::{
    license::{Event, LicenseFile, LicenseId, Line},
    store,
};

/// A license file for a browser.
pub struct Download {
    /// What to call it: `Acme.gitlab-license`.
    pub filename: String,
    /// The text.
    pub file: LicenseFile,
}

impl Desk {
    /// The license file, with a line in the history about who took it and why; nothing where there is none.
    ///
    /// # Errors
    /// [`store::Error`].
    pub async fn download(
        &self,
        id: LicenseId,
        agent_user_id: u64,
        reason: Option<&Line>,
    ) -> store::Result<Option<Download>> {
        let by = self.name_of(agent_user_id).await?;
        let mut writing = self.store.write().await?;
        let Some(dossier) = writing.dossier(id).await? else { return Ok(None) };
        let Some(file) = dossier.license.file.clone() else { return Ok(None) };
        let event =
            Event { at: self.clock.now(), by, what: "downloaded".into(), detail: reason.map(ToString::to_string) };
        writing.add_event(id, &event).await?;
        writing.commit().await?;
        Ok(Some(Download { filename: dossier.license.file_name(), file }))
    }
}
