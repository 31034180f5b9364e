//! The full page of the whole team, in the real browser.

use serde_json::json;

use super::screen::{LOADED, Screen};

const FRAME: &str = "#panel-full iframe";
/// A narrow window, half a screen, and a wide one, in pixels.
const WIDTHS: [u32; 3] = [400, 900, 1600];
/// The list shows what is sought.
const LISTED: &str = "visible('list') && text('found') && !text('found').includes('Looking')";

impl Screen {
    /// Opens the full page as an agent does who has no ticket open, and goes into it once its list is there.
    pub async fn open_full_page(&mut self) {
        self.goto_desk().await;
        self.click("tab-full").await;
        self.until("the full page's frame is there", "document.querySelector('#panel-full iframe')").await;
        self.frame = FRAME;
        self.app().await;
        self.until("the app's page is there", LOADED).await;
        self.until("the list is there", LISTED).await;
    }

    /// What the full page shows now fits, and can be used by everyone.
    pub async fn full_page_looks_well(&self) {
        for width in WIDTHS {
            self.widen(&format!("{width}px")).await;
            self.until("the frame has its width", &format!("Math.abs(innerWidth - {width}) <= 2")).await;
            self.stays_inside().await;
        }
        self.widen("").await;
        self.is_accessible().await;
        self.change_scheme().await;
        self.is_accessible().await;
        self.change_scheme().await;
    }

    async fn widen(&self, width: &str) {
        self.desk().await;
        self.run(&format!("document.querySelector('{FRAME}').style.width = '{width}'")).await;
        self.app().await;
    }

    /// Nothing sticks out but a table in its own scrolling region, and the page does not scroll sideways.
    async fn stays_inside(&self) {
        let wide = "[...document.querySelectorAll('body *')].filter((e) => e.checkVisibility()
            && !e.closest('.unseen') && !e.closest('.wide-table > *')
            && e.getBoundingClientRect().right > innerWidth + 0.5).map((e) => e.outerHTML)";
        assert_eq!(self.look(wide).await, json!([]), "this sticks out");
        let scroll = "document.documentElement.scrollWidth <= innerWidth";
        assert_eq!(self.look(scroll).await, true, "the page scrolls sideways");
    }
}
