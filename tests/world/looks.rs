//! What every face of the app keeps: it fits at every width, and axe finds nothing in light and in dark.

use std::fs;

use serde_json::{Value, json};

use super::screen::Screen;

const AXE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/zendesk-app/node_modules/axe-core/axe.min.js");
/// Zendesk's narrowest sidebar, its usual one and its widest, in pixels.
const WIDTHS: [u32; 4] = [280, USUAL_WIDTH, 400, 700];
const USUAL_WIDTH: u32 = 320;

impl Screen {
    /// The face that the app shows now fits and can be used by everyone.
    pub async fn looks_well(&self) {
        // In the colours of now, then in the others; and back.
        for _ in 0..2 {
            self.fits_every_width().await;
            self.is_accessible().await;
            self.change_scheme().await;
        }
    }

    /// Nothing sticks out at any of Zendesk's widths. Leaves the sidebar at its usual one.
    pub async fn fits_every_width(&self) {
        for width in WIDTHS {
            self.in_width(width).await;
            self.fits().await;
        }
        self.in_width(USUAL_WIDTH).await;
    }

    async fn in_width(&self, width: u32) {
        self.desk().await;
        self.set_width(width).await;
        self.app().await;
        self.until("the frame has its width", &format!("Math.abs(innerWidth - {width}) <= 2")).await;
    }

    /// Nothing sticks out, and nothing scrolls inside.
    pub async fn fits(&self) {
        let wide = "[...document.querySelectorAll('body *')].filter((e) => e.checkVisibility()
            && !e.classList.contains('unseen') && e.getBoundingClientRect().right > innerWidth + 0.5).map((e) => e.outerHTML)";
        assert_eq!(self.look(wide).await, json!([]), "this sticks out");
        let scroll = "document.documentElement.scrollWidth <= innerWidth";
        assert_eq!(self.look(scroll).await, true, "the page scrolls sideways");
        self.until("the frame is as high as the page", "document.documentElement.scrollHeight <= innerHeight").await;
    }

    /// axe finds nothing to complain of.
    pub async fn is_accessible(&self) {
        let axe = fs::read_to_string(AXE)
            .expect("axe-core, which checks the page, is not installed: run `npm ci` in zendesk-app");
        self.run(&format!("if (!window.axe) {{ {axe} }}")).await;
        let found = self.look("axe.run(document, { rules: { 'target-size': { enabled: true } } }).then(({ violations }) => violations)").await;
        let complaints: Vec<String> = found.as_array().into_iter().flatten().map(in_words).collect();
        assert!(complaints.is_empty(), "axe complains: {complaints:#?}");
    }

    /// The agent changes Zendesk's colours, and the app follows.
    pub async fn change_scheme(&self) {
        let before = self.look("document.documentElement.dataset.scheme").await;
        self.desk().await;
        self.click("scheme").await;
        self.app().await;
        let changed = format!("document.documentElement.dataset.scheme !== {before}");
        self.until("the app takes the colours", &changed).await;
    }
}

fn in_words(violation: &Value) -> String {
    let nodes = violation["nodes"].as_array().into_iter().flatten();
    let places: Vec<_> = nodes.map(|node| format!("{}: {}", node["html"], node["failureSummary"])).collect();
    format!("{}: {}", violation["help"], places.join("; "))
}
