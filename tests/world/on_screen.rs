//! A world whose service is framed by the sandbox's ticket page.

use url::Url;

use super::{World, screen::Screen};

/// Zendesk says of the agent that they speak German. It must be there before the SDK, since a window's listeners are called
/// in the order in which they came.
const GERMAN_AGENT: &str = r#"
    addEventListener("message", (event) => {
        const agent = event.data?.result?.currentUser;
        if (!agent || !event.isTrusted) return;
        event.stopImmediatePropagation();
        const result = { ...event.data.result, currentUser: { ...agent, locale: "de" } };
        const { origin, source } = event;
        dispatchEvent(new MessageEvent("message", { data: { ...event.data, result }, origin, source }));
    });
"#;

impl World {
    /// A world whose service is framed by the sandbox's ticket page, and a window.
    pub async fn on_screen() -> (Self, Screen) {
        Self::on_screen_with(&[]).await
    }

    /// With further settings (names without the prefix).
    pub async fn on_screen_with(settings: &[(&str, &str)]) -> (Self, Screen) {
        Self::on_screen_of_scale(settings, 1.0).await
    }

    /// With `scale` pixels of the picture for each of the page.
    pub async fn on_screen_of_scale(settings: &[(&str, &str)], scale: f64) -> (Self, Screen) {
        Self::stand_ins(settings).await.show(scale).await
    }

    /// Starts the service and a browser.
    pub async fn show(mut self, scale: f64) -> (Self, Screen) {
        self.serve_screens(0).await;
        let screen = Screen::start(self.sandbox.origin(), scale).await;
        (self, screen)
    }

    /// Starts the service on `port` for the ticket page; 0 takes a free one.
    pub async fn serve_screens(&mut self, port: u16) {
        let (origin, sdk_url) = (self.sandbox.origin(), self.sandbox.sdk_url());
        let start = |config: &mut stopgap::config::Config| {
            config.bind.set_port(port);
            config.zendesk.origin = origin;
            config.zendesk.sdk_url = sdk_url;
        };
        self.start_service_with(start).await;
        self.sandbox.zendesk.set_service(self.reachable());
    }

    /// The service as browsers reach it.
    pub fn reachable(&self) -> Url {
        Url::parse(&format!("http://localhost:{}", self.port())).unwrap()
    }

    /// The port that the service listens on.
    pub fn port(&self) -> u16 {
        self.url().port().expect("no service of the tests has the usual port")
    }
}

impl Screen {
    /// Before the app is opened: the agent's Zendesk is German.
    pub async fn as_german_agent(&self) {
        self.before_pages(GERMAN_AGENT).await;
    }
}
