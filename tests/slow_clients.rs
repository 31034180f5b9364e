//! A client that is slow, idle or too talkative is dropped within a bound that has a name.

use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::world::World;

/// The longest that any client below may stay: five seconds for a head, ten for a body, and some for a busy machine.
const LONGEST: Duration = Duration::from_secs(14);
/// The longest that a connection may be idle after an answer: thirty seconds, and some for a busy machine.
const LONGEST_IDLE: Duration = Duration::from_secs(40);
/// The longest that a response may wait to be read: ten seconds, the kernel's next probe, and some for a busy machine.
const LONGEST_UNREAD: Duration = Duration::from_secs(25);
/// How often a slow client sends its byte.
const DRIP: Duration = Duration::from_millis(500);

async fn connect(world: &World) -> TcpStream {
    let url = world.url();
    TcpStream::connect((url.host_str().unwrap(), url.port().unwrap())).await.unwrap()
}

/// Sends `start` at once and then one byte of `drip` after the other, for ever; gives what was answered until the
/// service hung up, and after how long it did.
async fn dripped(world: &World, start: &[u8], drip: &'static [u8]) -> (String, Duration) {
    let mut socket = connect(world).await;
    #[expect(clippy::disallowed_methods, reason = "the test measures how long it takes")]
    let began = Instant::now();
    let _ = socket.write_all(start).await;
    let (mut reading, mut writing) = socket.into_split();
    let dripping = tokio::spawn(async move {
        for byte in drip.iter().cycle() {
            if writing.write_all(&[*byte]).await.is_err() {
                return;
            }
            sleep(DRIP).await;
        }
    });
    let mut answer = Vec::new();
    // A reset is a hang-up too.
    let _ = timeout(LONGEST, reading.read_to_end(&mut answer)).await.expect("the service hangs up in time");
    dripping.abort();
    (String::from_utf8_lossy(&answer).into_owned(), began.elapsed())
}

fn head(world: &World, line: &str, more: &str) -> Vec<u8> {
    let url = world.url();
    format!("{line} HTTP/1.1\r\nHost: {}:{}\r\n{more}", url.host_str().unwrap(), url.port().unwrap()).into_bytes()
}

#[tokio::test]
async fn a_head_that_comes_byte_by_byte_is_dropped_after_five_seconds() {
    let world = World::start().await;
    let (answer, took) = dripped(&world, &head(&world, "GET /health/live", "X-Slow: "), b"a").await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(took < Duration::from_secs(12), "{took:?}");
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_dropped() {
    let world = World::start().await;
    let mut socket = connect(&world).await;
    let mut answer = Vec::new();
    let _ = timeout(LONGEST, socket.read_to_end(&mut answer)).await.expect("the service hangs up in time");
}

#[tokio::test]
async fn a_connection_that_is_idle_after_its_answer_is_dropped() {
    let world = World::start().await;
    let mut socket = connect(&world).await;
    socket.write_all(&head(&world, "GET /health/live", "\r\n")).await.unwrap();
    let mut answer = Vec::new();
    let _ = timeout(LONGEST_IDLE, socket.read_to_end(&mut answer)).await.expect("the service hangs up in time");
    assert!(answer.starts_with(b"HTTP/1.1 200 "), "it was answered first");
}

/// Asks for far more than the kernel's buffers hold, and reads nothing until the service hangs up.
async fn never_reads(world: &World) {
    let mut socket = connect(world).await;
    let request = head(world, "GET /openapi.json", "\r\n");
    socket.write_all(&request.repeat(150)).await.unwrap();
    while socket.write_all(b"G").await.is_ok() {
        sleep(DRIP).await;
    }
}

#[tokio::test]
async fn those_who_never_read_are_dropped_and_hold_up_nobody() {
    let world = World::start().await;
    let unread = futures_util::future::join_all((0..100).map(|_| never_reads(&world)));
    let others = async {
        for _ in 0..10 {
            timeout(Duration::from_secs(5), world.stranger().get("/health/live")).await.expect("is answered").unwrap();
            sleep(DRIP).await;
        }
    };
    let (ended, ()) = tokio::join!(timeout(LONGEST_UNREAD, unread), others);
    ended.expect("the service hangs up in time");
}

#[tokio::test]
async fn a_body_that_comes_byte_by_byte_is_dropped_after_ten_seconds() {
    let world = World::start().await;
    let form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9000\r\n\r\ntoken=";
    let (answer, took) = dripped(&world, &head(&world, "POST /zendesk/sidebar", form), b"a").await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(took >= Duration::from_secs(9), "{took:?}");
}

#[tokio::test]
async fn a_chunked_body_that_comes_byte_by_byte_is_dropped_too() {
    let world = World::start().await;
    let form = "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n";
    let (answer, _) = dripped(&world, &head(&world, "POST /zendesk/sidebar", form), b"1\r\na\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[tokio::test]
async fn whoever_has_no_session_is_answered_before_the_body_and_cannot_hold_the_connection_with_it() {
    let world = World::start().await;
    for kind in ["Content-Length: 9000", "Transfer-Encoding: chunked"] {
        let body = format!("Content-Type: application/json\r\n{kind}\r\n\r\n");
        let (answer, _) = dripped(&world, &head(&world, "POST /api/v1/licenses", &body), b"1\r\na\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 401 "), "{kind}: {answer}");
    }
}

#[tokio::test]
async fn a_head_with_too_many_or_too_large_headers_is_refused_and_the_service_lives_on() {
    let world = World::start().await;
    let many = "X-More: 1\r\n".repeat(200);
    let large = format!("X-Large: {}\r\n", "a".repeat(200 * 1024));
    let long = format!("GET /{}", "a".repeat(200 * 1024));
    for (line, more) in [("GET /health/live", many), ("GET /health/live", large), (long.as_str(), String::new())] {
        let (answer, _) = dripped(&world, &head(&world, line, &format!("{more}\r\n")), b"").await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
        assert!(!answer.contains(" 200 "), "{answer}");
    }
    assert!(world.stranger().get("/health/live").await.is_ok());
}

#[tokio::test]
async fn what_is_no_http_is_refused_without_a_word_about_the_insides() {
    let world = World::start().await;
    for nonsense in [
        "\0\0\0\0\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /a b c HTTP/1.1\r\n\r\n",
        "\u{16}\u{3}\u{1}\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nX : y\r\n\r\n",
        "GET / HTTP/1.1\r\n X: y\r\n\r\n",
    ] {
        let (answer, _) = dripped(&world, nonsense.as_bytes(), b"").await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{nonsense:?}: {answer}");
        for word in ["actix", "rust", "src/", "panic", "Server:"] {
            assert!(!answer.to_lowercase().contains(&word.to_lowercase()), "{nonsense:?}: {answer}");
        }
    }
}
