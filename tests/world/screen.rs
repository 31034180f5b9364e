//! An agent before a real browser: the sandbox's ticket page with the app in its sidebar.

use std::thread;

use fantoccini::{
    Locator,
    actions::{InputSource as _, KeyAction, KeyActions},
    elements::Element,
};
use serde_json::{Value, json};

use super::chromium::Chromium;

/// What the page asks of a condition before it gives up, in milliseconds. Nothing takes nearly as long.
const PATIENCE_MS: u32 = 30_000;

/// What the app shows, in one word, once it is ready to be looked at.
pub const USABLE: &str = "document.querySelector('#recipient')?.ariaBusy === 'false' && visible('form')";
/// All three steps of the license in sight have succeeded.
pub const DONE: &str = "document.querySelectorAll('#steps > .sent').length === 3";

/// The service's page is in the frame.
pub(super) const LOADED: &str = "document.body?.dataset.state && document.readyState === 'complete'";

/// The keyboard's Enter.
pub const ENTER: &str = "\u{e007}";
const TAB: &str = "\u{e004}";

/// Helpers that every script of these tests may use.
const HELPERS: &str = r"
    const $ = (id) => document.getElementById(id);
    const visible = (id) => Boolean($(id)?.checkVisibility());
    const text = (id) => (visible(id) ? $(id).innerText.trim() : '');
";

/// Where the ticket page keeps the app's sidebar.
const SIDEBAR: &str = "#frame iframe:not([hidden])";

/// A browser window. It looks either at the ticket page or into the app's frame. [`Screen::close`] it, so that nothing
/// the console complained of goes unseen.
pub struct Screen {
    chromium: Chromium,
    page: String,
    /// The frame that [`Screen::app`] goes into.
    pub(super) frame: &'static str,
    expected: Vec<&'static str>,
    is_closed: bool,
}

impl Screen {
    /// A window for the ticket page at `page`.
    pub(super) async fn start(page: String, scale: f64) -> Self {
        let chromium = Chromium::start(scale).await;
        Self { chromium, page, frame: SIDEBAR, expected: Vec::new(), is_closed: false }
    }

    /// Opens `ticket` and goes into the app, once its form can be used.
    pub async fn open(&mut self, ticket: u32) {
        self.open_app(ticket).await;
        self.until("the form is usable", USABLE).await;
    }

    /// Opens `ticket` and goes into the app, whatever it shows.
    pub async fn open_app(&mut self, ticket: u32) {
        self.frame = SIDEBAR;
        self.goto_desk().await;
        self.pick(ticket).await;
    }

    /// Goes to the ticket page, once the app is in its sidebar.
    pub async fn goto_desk(&self) {
        self.goto(&self.page).await;
        self.until("the app's frame is there", "document.querySelector('#frame iframe')").await;
    }

    /// On the ticket page: changes to `ticket`, and goes into its app.
    pub async fn pick(&mut self, ticket: u32) {
        let button = format!("//*[@id='tickets']/button[b='#{ticket}']");
        self.element(Locator::XPath(&button)).await.click().await.expect("the ticket can be chosen");
        let shown = format!("document.querySelector('{SIDEBAR}')?.dataset.ticket === '{ticket}'");
        self.until("the ticket's app is shown", &shown).await;
        self.app().await;
        self.until("the app's page is there", LOADED).await;
    }

    /// On the ticket page: reloads the app, and goes into it.
    pub async fn reload_app(&mut self) {
        self.run(&format!("document.querySelector('{SIDEBAR}').setAttribute('data-old', '')")).await;
        self.click("reload").await;
        self.until("a new frame is there", &format!("document.querySelector('{SIDEBAR}:not([data-old])')")).await;
        self.app().await;
        self.until("the app's page is there", LOADED).await;
    }

    /// In the app: generates a license for `seats`, and waits until all three steps have succeeded.
    pub async fn generate(&self, seats: &str) {
        self.fill("username", "jdoe").await;
        self.fill("seats", seats).await;
        self.press_generate().await;
        self.until("three steps are green", DONE).await;
    }

    /// In the app: presses Generate, after a tick that the case is not checked if the page asks for one.
    pub async fn press_generate(&self) {
        if self.look("visible('unchecked') && !$('unchecked').checked").await == true {
            self.click("unchecked").await;
        }
        self.click("generate").await;
    }

    /// Goes into the app's frame, once the app's page has taken the place of the empty one: a script that runs in that one
    /// never answers.
    pub async fn app(&self) {
        self.desk().await;
        self.until(
            "the frame has a page",
            &format!("document.querySelector('{}').contentDocument === null", self.frame),
        )
        .await;
        self.element(Locator::Css(self.frame)).await.enter_frame().await.expect("the frame can be entered");
    }

    /// Opens the full page beside the ticket, and goes into its frame.
    pub async fn full_page(&self) {
        self.desk().await;
        self.click("tab-full").await;
        self.until("the full page's frame is there", "document.querySelector('#panel-full iframe')").await;
        let frame = self.element(Locator::Css("#panel-full iframe")).await;
        frame.enter_frame().await.expect("the frame can be entered");
        self.until("the full page is there", "document.body?.dataset.state && document.readyState === 'complete'")
            .await;
    }

    /// Goes back to the ticket page.
    pub async fn desk(&self) {
        self.chromium.client.enter_parent_frame().await.expect("there is a page around the frame");
    }

    pub async fn goto(&self, address: &str) {
        self.chromium.client.goto(address).await.expect("the page loads");
    }

    /// What a script says, where it is looked now. `$`, `visible` and `text` take an id.
    pub async fn look(&self, expression: &str) -> Value {
        let script = format!("{HELPERS} return ({expression});");
        self.chromium.client.execute(&script, vec![]).await.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// Runs statements.
    pub async fn run(&self, script: &str) {
        let script = format!("{HELPERS} {script}");
        self.chromium.client.execute(&script, vec![]).await.unwrap_or_else(|error| panic!("{script}: {error}"));
    }

    /// Waits in the page until the expression is true of it, and gives its value.
    pub async fn until(&self, what: &str, expression: &str) -> Value {
        let script = format!(
            "{HELPERS} const [done] = [...arguments].slice(-1); const start = performance.now();
            (function look() {{
                const value = ({expression});
                if (value) done([value instanceof Node ? true : value]);
                else if (performance.now() - start > {PATIENCE_MS}) done(['', document.body.innerText]);
                else setTimeout(look, 20);
            }})();"
        );
        let found = self.chromium.client.execute_async(&script, vec![]).await;
        let found = found.unwrap_or_else(|error| panic!("until {what}: {error}"));
        assert!(found.get(1).is_none(), "it never came that {what}; the page says: {}", found[1]);
        found[0].clone()
    }

    /// The visible text of an element; nothing where it is hidden.
    pub async fn text(&self, id: &str) -> String {
        self.look(&format!("text('{id}')")).await.as_str().unwrap_or_default().to_owned()
    }

    pub async fn is_visible(&self, id: &str) -> bool {
        self.look(&format!("visible('{id}')")).await == true
    }

    /// Clicks by mouse: what is covered or out of reach cannot be clicked.
    pub async fn click(&self, id: &str) {
        // What comes in above an element moves it away from where the browser would click.
        let stands = format!(
            "((at, was = window.stoodAt) => {{ window.stoodAt = at; return at === was && at !== undefined; }})
            ($('{id}')?.getBoundingClientRect().top)"
        );
        self.until(&format!("#{id} stands still"), &stands).await;
        let element = self.element(Locator::Id(id)).await;
        element.click().await.unwrap_or_else(|error| panic!("#{id} cannot be clicked: {error}"));
    }

    /// Opens a fold by its summary. To set `open` instead tells the page only later, and it would shut the fold again.
    pub async fn unfold(&self, id: &str) {
        self.run(&format!("if (!$('{id}').open) $('{id}').querySelector('summary').click();")).await;
    }

    /// Types over what a field holds. WebDriver's own command to clear it tells the page nothing, and the page would put
    /// the old value back.
    pub async fn fill(&self, id: &str, text: &str) {
        let field = self.element(Locator::Id(id)).await;
        let empty = format!("$('{id}').focus(); $('{id}').value = '';");
        self.run(&format!("{empty} $('{id}').dispatchEvent(new Event('input', {{ bubbles: true }}));")).await;
        field.send_keys(text).await.unwrap_or_else(|error| panic!("#{id} cannot be typed into: {error}"));
    }

    /// Types on the keyboard, wherever the focus is.
    pub async fn keys(&self, keys: &str) {
        let strokes = keys.chars().fold(KeyActions::new("keyboard".into()), |strokes, value| {
            strokes.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        self.chromium.client.perform_actions(strokes).await.expect("the keyboard works");
    }

    /// The id of the element in focus.
    pub async fn focus(&self) -> String {
        self.look("document.activeElement?.id ?? ''").await.as_str().unwrap_or_default().to_owned()
    }

    /// Presses Tab until the focus is on `id`.
    pub async fn tab_to(&self, id: &str) {
        const MOST_STOPS: usize = 60;
        let mut seen = Vec::new();
        for _ in 0..MOST_STOPS {
            let focus = self.focus().await;
            if focus == id {
                return;
            }
            seen.push(focus);
            self.keys(TAB).await;
        }
        panic!("Tab never reaches #{id}, but {seen:?}");
    }

    /// On the ticket page: how wide the sidebar is, 280, 320, 400 or 700.
    pub async fn set_width(&self, width: u32) {
        let button = format!("//*[@id='widths']/button[.='{width}']");
        self.element(Locator::XPath(&button)).await.click().await.expect("the width can be chosen");
    }

    /// A command of Chromium's own protocol.
    pub async fn cdp(&self, command: &'static str, parameters: Value) -> Value {
        self.chromium.cdp(command, parameters).await
    }

    /// Runs `script` before the scripts of every page that loads from now on.
    pub async fn before_pages(&self, script: &str) {
        self.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
    }

    /// A picture of the app's frame as it is now, PNG.
    pub async fn picture(&self) -> Vec<u8> {
        self.desk().await;
        let picture = self.element(Locator::Css(self.frame)).await.screenshot().await;
        self.app().await;
        picture.expect("the frame can be pictured")
    }

    /// The console will complain of something with `words` in it. Every other complaint fails the test, and so does one
    /// that was expected and did not come.
    pub fn expect_complaint(&mut self, words: &'static str) {
        self.expected.push(words);
    }

    /// Ends the browser; fails where its console complained or the page's policy was broken.
    pub async fn close(mut self) {
        self.is_closed = true;
        let said = self.chromium.console().await;
        let complaints: Vec<String> = said.iter().filter(|line| is_complaint(line)).map(message).collect();
        for words in &self.expected {
            assert!(complaints.iter().any(|said| said.contains(words)), "no complaint of {words}: {complaints:?}");
        }
        let unexpected: Vec<_> =
            complaints.iter().filter(|said| !self.expected.iter().any(|words| said.contains(words))).collect();
        assert!(unexpected.is_empty(), "the console complains: {unexpected:#?}");
        let violations = self.look("globalThis.watched?.violations ?? []").await;
        assert_eq!(violations, json!([]), "the page breaks its policy");
    }

    async fn element(&self, place: Locator<'_>) -> Element {
        self.chromium.client.find(place).await.unwrap_or_else(|error| panic!("{place:?} is not there: {error}"))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        assert!(self.is_closed || thread::panicking(), "a test that opens a screen closes it with `screen.close()`");
    }
}

fn is_complaint(line: &Value) -> bool {
    line["level"] == "SEVERE" || line["level"] == "WARNING" || line["source"] == "security"
}

fn message(line: &Value) -> String {
    line["message"].as_str().unwrap_or_default().to_owned()
}
