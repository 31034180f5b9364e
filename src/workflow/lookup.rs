//! Who got what.

use serde_json::{Value, json};

use super::Desk;
use crate::{
    license::LicenseId,
    store::{self, Lookup},
};

impl Desk {
    /// Everything about one license, as the API shows it.
    ///
    /// # Errors
    /// [`store::Error`].
    pub async fn look_at(&self, id: LicenseId) -> store::Result<Option<Value>> {
        let dossier = self.store.dossier(id).await?;
        Ok(dossier.map(|dossier| self.show(&dossier)))
    }

    /// One page of licenses, newest first: `{"items": […], "next_cursor": …}`.
    ///
    /// # Errors
    /// [`store::Error`].
    pub async fn look_up(&self, lookup: &Lookup) -> store::Result<Value> {
        let page = self.store.lookup(lookup).await?;
        let mut items = Vec::with_capacity(page.licenses.len());
        for license in &page.licenses {
            items.extend(self.look_at(license.id).await?);
        }
        Ok(json!({ "items": items, "next_cursor": page.next.map(|id| id.to_string()) }))
    }
}
