//! Looking licenses up.

use super::{
    LicenseService,
    view::{LicenseView, PageView},
};
use crate::{
    license::LicenseId,
    store::{self, SearchQuery},
};

impl LicenseService {
    /// The license as the API shows it to this agent.
    pub(crate) async fn get(&self, id: LicenseId, agent_user_id: u64) -> store::Result<Option<LicenseView>> {
        let details = self.store.license(id).await?;
        Ok(details.map(|details| self.view(&details, agent_user_id)))
    }

    /// One page of licenses, newest first.
    pub(crate) async fn search(&self, query: &SearchQuery, agent_user_id: u64) -> store::Result<PageView> {
        let page = self.store.search(query).await?;
        let items = page.licenses.iter().map(|details| self.view(details, agent_user_id)).collect();
        Ok(PageView { items, next_cursor: page.next })
    }
}
