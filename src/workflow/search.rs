//! Who got what.

use serde_json::{Value, json};

use super::LicenseService;
use crate::{
    license::LicenseId,
    store::{self, SearchQuery},
};

impl LicenseService {
    /// Everything about one license, as the API shows it.
    pub async fn get(&self, id: LicenseId) -> store::Result<Option<Value>> {
        let details = self.store.license(id).await?;
        Ok(details.map(|details| self.show(&details)))
    }

    /// One page of licenses, newest first: `{"items": […], "next_cursor": …}`.
    pub async fn search(&self, lookup: &SearchQuery) -> store::Result<Value> {
        let page = self.store.search(lookup).await?;
        let next = page.next.map(|id| id.to_string());
        let items: Vec<Value> = page.licenses.iter().map(|details| self.show(details)).collect();
        Ok(json!({ "items": items, "next_cursor": next }))
    }
}
