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
        let next = page.next.map(|id| id.to_string());
        let items: Vec<Value> = page.dossiers.iter().map(|dossier| self.show(dossier)).collect();
        Ok(json!({ "items": items, "next_cursor": next }))
    }
}
