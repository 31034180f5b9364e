use std::time::Duration;

use super::*;

struct Echo;

impl Site for Echo {
    async fn reply(&self, request: Request) -> Reply {
        let fault = request.header("x-fault").map(|fault| serde_json::from_str(fault).unwrap());
        let answer = format!("{:?} {:?} {}", request.path, request.query, String::from_utf8_lossy(&request.body));
        Fault::spoil(fault, async { Answer::text(200, answer) }).await
    }
}

/// Status, `Retry-After` or `Location`, and body.
async fn ask(path: &str, fault: Option<Fault>) -> reqwest::Result<(u16, Option<String>, String)> {
    let server = serve(0, Arc::new(Echo)).await.unwrap();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mut request = client.post(format!("http://{}{path}", server.address())).body("hello");
    if let Some(fault) = fault {
        request = request.header("x-fault", serde_json::to_string(&fault).unwrap());
    }
    let answer = request.timeout(Duration::from_millis(500)).send().await?;
    let header = answer.headers().get("retry-after").or(answer.headers().get("location"));
    let header = header.map(|value| value.to_str().unwrap().to_owned());
    Ok((answer.status().as_u16(), header, answer.text().await?))
}

#[tokio::test]
async fn a_request_arrives_decoded_part_by_part() {
    let (status, _, body) = ask("/a%2Fb/c+d/%zz?q=x%20y+z&r", None).await.unwrap();
    assert_eq!(status, 200);
    assert_eq!(body, r#"["a/b", "c+d", "%zz"] [("q", "x y z"), ("r", "")] hello"#);
}

#[tokio::test]
async fn each_fault_shows_as_what_it_is() {
    let (status, _, body) = ask("/", Some(Fault::status(503, "away"))).await.unwrap();
    assert_eq!((status, body.as_str()), (503, "away"));
    let wait = Some("7".to_owned());
    let (status, header, _) = ask("/", Some(Fault::RateLimited { retry_after: wait.clone() })).await.unwrap();
    assert_eq!((status, header), (429, wait));
    let to = "http://elsewhere.example/".to_owned();
    let (status, header, _) = ask("/", Some(Fault::Redirect { to: to.clone() })).await.unwrap();
    assert_eq!((status, header), (307, Some(to)));
    assert_eq!(ask("/", Some(Fault::Huge)).await.unwrap().2.len(), 10 * 1024 * 1024);
    assert!(ask("/", Some(Fault::DropBefore)).await.unwrap_err().is_request());
    assert!(ask("/", Some(Fault::DropAfter)).await.unwrap_err().is_request());
    assert!(ask("/", Some(Fault::HangAfter)).await.unwrap_err().is_timeout());
    assert!(ask("/", Some(Fault::Slow { delay_ms: 5_000 })).await.unwrap_err().is_timeout());
    assert!(!ask("/", Some(Fault::Truncated)).await.unwrap_err().is_timeout());
    assert_eq!(ask("/", Some(Fault::Slow { delay_ms: 1 })).await.unwrap().0, 200);
}

#[tokio::test]
async fn one_connection_serves_many_requests() {
    let server = serve(0, Arc::new(Echo)).await.unwrap();
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let chunked = "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    for _ in 0..2 {
        stream.write_all(chunked.as_bytes()).await.unwrap();
        let mut answer = [0; 512];
        let length = stream.read(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer[..length]);
        assert!(answer.starts_with("HTTP/1.1 200 \r\n") && answer.ends_with("abc"), "{answer}");
    }
    server.stop().await;
    assert_eq!(stream.read(&mut [0; 8]).await.unwrap(), 0, "stopping closes what is open");
    assert!(TcpStream::connect(server.address()).await.is_err());
}
