//! Only this Zendesk may frame the page: a real browser says so.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use crate::world::{World, within};

/// A browser's driver on a free port, ended with the test.
struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the driver and a browser with a profile of its own.
async fn browser(profile: &std::path::Path) -> (Driver, Client) {
    let mut child = Command::new("chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver is installed");
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let driver = Driver(child);
    let port = lines
        .find_map(|line| line.ok()?.split_once("successfully on port ")?.1.trim_end_matches('.').parse::<u16>().ok())
        .expect("chromedriver tells its port");
    // What it says later must not fill the pipe.
    std::thread::spawn(move || lines.for_each(drop));
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        &format!("--user-data-dir={}", profile.display()),
    ]
    .map(ToOwned::to_owned);
    let capabilities = json!({ "goog:chromeOptions": { "args": arguments } });
    let client = ClientBuilder::rustls()
        .expect("TLS is there")
        .capabilities(capabilities.as_object().unwrap().clone())
        .connect(&format!("http://127.0.0.1:{port}"))
        .await
        .expect("the browser starts");
    (driver, client)
}

/// An origin of its own, every page of which frames `url`.
async fn host_page(listener: TcpListener, url: String) {
    loop {
        let Ok((mut socket, _)) = listener.accept().await else { return };
        let page = format!("<!doctype html><title>host</title><iframe id=app src=\"{url}\"></iframe>");
        tokio::spawn(async move {
            let mut request = [0; 4096];
            let _ = socket.read(&mut request).await;
            let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n", page.len());
            let _ = socket.write_all(format!("{head}Connection: close\r\n\r\n{page}").as_bytes()).await;
        });
    }
}

/// The title of the page in the frame; a refused frame has none of ours.
async fn framed_title(browser: &Client, host: &str) -> String {
    browser.goto(host).await.unwrap();
    let frame = within(browser.wait().for_element(Locator::Id("app"))).await.unwrap();
    frame.enter_frame().await.unwrap();
    let title = browser.execute("return document.title", vec![]).await.unwrap();
    let address = browser.execute("return location.href", vec![]).await.unwrap();
    browser.enter_parent_frame().await.unwrap();
    format!("{} at {}", title.as_str().unwrap(), address.as_str().unwrap())
}

#[tokio::test]
async fn a_page_of_another_origin_cannot_frame_the_sidebar() {
    let mut world = World::start().await;
    world.stop().await;
    let [ours, others] = [TcpListener::bind("127.0.0.1:0"), TcpListener::bind("127.0.0.1:0")];
    let (ours, others) = (ours.await.unwrap(), others.await.unwrap());
    let origin = |listener: &TcpListener| format!("http://{}", listener.local_addr().unwrap());
    let (our_origin, other_origin) = (origin(&ours), origin(&others));
    let zendesk = our_origin.clone();
    world.start_service_with(|config| config.zendesk.origin = zendesk).await;
    let sidebar = format!("{}zendesk/sidebar", world.url());
    let hosts = [tokio::spawn(host_page(ours, sidebar.clone())), tokio::spawn(host_page(others, sidebar.clone()))];

    let profile = tempfile::tempdir().unwrap();
    let (_driver, browser) = browser(profile.path()).await;
    let by_zendesk = framed_title(&browser, &our_origin).await;
    let by_another = framed_title(&browser, &other_origin).await;
    browser.close().await.unwrap();
    hosts.iter().for_each(tokio::task::JoinHandle::abort);

    assert_eq!(by_zendesk, format!("Stopgap at {sidebar}"));
    assert!(!by_another.contains("Stopgap") && !by_another.contains(&sidebar), "framed all the same: {by_another}");
}
