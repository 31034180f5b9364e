use serde_json::{Value, json};

use super::*;

struct Client {
    gitlab: Gitlab,
    clock: Clock,
}

async fn client() -> Client {
    let clock = Clock::system();
    Client { gitlab: Gitlab::start(0, clock.clone()).await.unwrap(), clock }
}

impl Client {
    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/api/v4/{path}", self.gitlab.url());
        reqwest::Client::new().request(method.parse().unwrap(), url).header("PRIVATE-TOKEN", TOKEN)
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let answer = self.request(method, path).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn create(&self, title: &str) -> (u16, Value) {
        let body = json!({"title": title, "labels": "a,b c", "confidential": true, "assignee_ids": [5, 99]});
        self.ask("POST", "projects/support%2Femergency-licenses/issues", body).await
    }
}

#[tokio::test]
async fn an_issue_is_made_closed_noted_and_shown() {
    let client = client().await;
    let (status, issue) = client.create("<b>Emergency</b>").await;
    assert_eq!(status, 201);
    assert_eq!(issue["state"], "opened");
    assert_eq!(issue["labels"], json!(["a", "b c"]));
    assert_eq!(issue["assignees"], json!([{"id": 5, "username": "jdoe", "name": "Jane Doe-Support"}]));
    let (status, note) =
        client.ask("POST", "projects/278/issues/1/notes", json!({"body": "<i>", "internal": true})).await;
    assert_eq!((status, &note["internal"]), (201, &json!(true)));
    let (status, closed) = client.ask("PUT", "projects/278/issues/1", json!({"state_event": "close"})).await;
    assert_eq!((status, &closed["state"]), (200, &json!("closed")));
    let page = reqwest::get(issue["web_url"].as_str().unwrap()).await.unwrap().text().await.unwrap();
    assert!(page.contains("&#60;b&#62;Emergency") && !page.contains("<b>"), "{page}");
    assert_eq!(client.gitlab.calls(Call::Create), 1);
    assert_eq!(client.gitlab.issues()[0].notes[0].body, "<i>");
}

#[tokio::test]
async fn refusals_have_the_texts_of_gitlab() {
    let client = client().await;
    let (status, refusal) = client.create(&"x".repeat(256)).await;
    assert_eq!(status, 400);
    assert_eq!(refusal, json!({"message": {"title": ["is too long (maximum is 255 characters)"]}}));
    assert_eq!(client.ask("GET", "projects/nobody%2Fnothing", json!({})).await.0, 404);
    assert_eq!(client.ask("PUT", "projects/278/issues/1", json!({})).await.0, 404);
    let url = format!("{}/api/v4/projects/278", client.gitlab.url());
    assert_eq!(reqwest::get(url).await.unwrap().status().as_u16(), 401);
    assert!(client.gitlab.issues().is_empty());
}

#[tokio::test]
async fn lists_are_filtered_and_paged_to_the_end() {
    let client = client().await;
    client.create("old").await;
    client.clock.shift(jiff::SignedDuration::from_hours(1));
    let after = client.clock.now().to_string();
    for number in 0..3 {
        client.create(&format!("new {number}")).await;
    }
    client.ask("PUT", "projects/278/issues/4", json!({"state_event": "close"})).await;
    let query = [("created_after", after.as_str()), ("labels", "b c"), ("state", "all"), ("per_page", "2")];
    let first = client.request("GET", "projects/278/issues").query(&query).send().await.unwrap();
    assert_eq!(first.headers()["x-next-page"], "2");
    let titles = |page: Value| page.as_array().unwrap().iter().map(|i| i["title"].clone()).collect::<Vec<_>>();
    assert_eq!(titles(first.json().await.unwrap()), ["new 2", "new 1"]);
    let second =
        client.request("GET", "projects/278/issues").query(&query).query(&[("page", "2")]).send().await.unwrap();
    assert_eq!(second.headers()["x-next-page"], "");
    assert_eq!(titles(second.json().await.unwrap()), ["new 0"]);
    let open = client.ask("GET", "projects/278/issues?state=opened&sort=asc", json!({})).await.1;
    assert_eq!(titles(open), ["old", "new 0", "new 1"]);
    assert_eq!(client.ask("GET", "projects/278/issues?labels=unknown", json!({})).await.1, json!([]));
}

#[tokio::test]
async fn a_fault_hits_its_kind_of_call_and_may_keep_the_issue() {
    let client = client().await;
    client.gitlab.faults.fail_next(CallFault::on(Call::Create, Fault::DropAfter));
    client.gitlab.faults.fail_next(CallFault::any(Fault::status(502, "bad gateway")));
    assert_eq!(client.ask("GET", "users?username=JDOE", json!({})).await.1[0]["id"], 5, "not its turn");
    let lost = client.request("POST", "projects/278/issues").json(&json!({"title": "t"})).send().await;
    assert!(lost.is_err());
    assert_eq!(client.gitlab.wait_for(1).await.len(), 1);
    assert_eq!(client.request("GET", "projects/278").send().await.unwrap().status().as_u16(), 502);
    assert_eq!(client.ask("GET", "projects/278", json!({})).await.0, 200);
    assert_eq!(client.ask("GET", "personal_access_tokens/self", json!({})).await.1["active"], true);
}
