//! The license key in an HSM: the same bytes, no lost PIN, and no license that waits for a dead HSM.

#[path = "hsm/token.rs"]
mod token;

use std::{
    process::{Command, Output},
    time::Duration,
};

use serde_json::Value;
use stopgap::{
    sandbox::{Browser, smtp},
    sealing::{envelope::decode64, file::open},
};

use crate::{
    license_file::{public_key, vector_path},
    world::{Answer, World, ended, fresh_key, generate, get, order, order_for, post, process::Process, within},
};
use token::{PIN, Token};

/// A press waits 10 s for the HSM, and the test for a little longer.
const BOUND: Duration = Duration::from_secs(15);

async fn serve(token: &Token, world: &World, settings: &[(&str, &str)]) -> Process {
    Process::start(token.stopgap(world, "serve", settings)).await
}

async fn ready(process: &Process) -> Answer {
    let url = process.url().join("/health/ready").unwrap();
    crate::world::read(reqwest::Client::new().get(url)).await
}

/// A press for another customer than [`order`]'s.
async fn press(agent: &Browser, key: &str) -> Answer {
    post(agent, "/api/v1/licenses", key, &order_for("john@acme.example")).await
}

/// Runs it to its end, while the stand-ins answer it.
async fn output(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// The license's file, as the agent downloads it.
async fn file(agent: &Browser, license: &Value) -> String {
    let path = format!("/api/v1/licenses/{}/file?reason=air-gapped", license["id"].as_str().unwrap());
    get(agent, &path).await.body.as_str().unwrap().to_owned()
}

fn openssl(arguments: &[&str], key: &str, input: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in");
    std::fs::write(&path, input).unwrap();
    let mut command = Command::new("openssl");
    command.arg("pkeyutl").args(arguments).args(["-pkeyopt", "rsa_padding_mode:pkcs1", "-inkey"]).arg(vector_path(key));
    let output = command.arg("-in").arg(path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// No license can be generated, and `/health/ready` says so for the same reason.
async fn assert_unavailable(process: &Process, agent: &Browser, reason: &str) {
    for answer in [press(agent, &fresh_key()).await, ready(process).await] {
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (503, &"signer_unavailable".into()));
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.contains(reason) && !detail.contains(PIN), "{detail}");
    }
}

#[tokio::test]
async fn a_key_in_an_hsm_seals_byte_for_byte_as_openssl_does() {
    let (token, world) = (Token::new(), World::start().await);
    let process = serve(&token, &world, &[]).await;
    assert_eq!(ready(&process).await.status, 200);
    let agent = process.agent(&world).await;
    let license = generate(&agent, &order()).await;
    let text = file(&agent, &license).await;
    assert_eq!(open(&text, &public_key()).unwrap().restrictions.unwrap()["active_user_count"], 286);

    let envelope: Value = serde_json::from_slice(&decode64(&text).unwrap()).unwrap();
    let signature = decode64(envelope["key"].as_str().unwrap()).unwrap();
    let aes_key = openssl(&["-verifyrecover", "-pubin"], "test_key.pub.pem", &signature);
    assert_eq!(aes_key.len(), 16);
    assert_eq!(openssl(&["-sign"], "test_key.pem", &aes_key), signature);
    assert_eq!(token.logins(), 1, "one session is kept");
}

#[tokio::test]
async fn a_wrong_pin_is_tried_once_and_the_service_stays_up() {
    let (token, world) = (Token::new(), World::start().await);
    let process = serve(&token, &world, &[("LICENSE_HSM_PIN", "4321")]).await;
    let agent = process.agent(&world).await;
    for _ in 0..2 {
        assert_unavailable(&process, &agent, "refuses the PIN: it answered PinIncorrect").await;
    }
    assert_eq!(token.logins(), 1);
    assert_eq!(get(&agent, "/api/v1/licenses").await.body["items"], serde_json::json!([]), "nothing was recorded");
    assert!(!process.log().contains("4321"));
}

#[tokio::test]
async fn the_last_attempt_at_a_pin_is_left_to_people() {
    let (token, world) = (Token::new(), World::start().await);
    token.set_fault("final try");
    let process = serve(&token, &world, &[]).await;
    assert_unavailable(&process, &process.agent(&world).await, "one more attempt").await;
    assert_eq!(token.logins(), 0);
}

#[tokio::test]
async fn a_key_or_token_that_is_not_there_leaves_the_service_unready_until_it_is() {
    let (token, world) = (Token::new(), World::start().await);
    let process = serve(&token, &world, &[("LICENSE_HSM_KEY", "pkcs11:token=elsewhere;object=license")]).await;
    assert_unavailable(&process, &process.agent(&world).await, "no token matches STOPGAP_LICENSE_HSM_KEY").await;
    drop(process);

    token.delete_key();
    let process = serve(&token, &world, &[]).await;
    let agent = process.agent(&world).await;
    assert_unavailable(&process, &agent, "no private RSA key license (id 01)").await;
    token.import_for_signing();
    assert_eq!(ready(&process).await.status, 200);
    generate(&agent, &order()).await;
}

#[tokio::test]
async fn a_module_or_key_that_can_never_seal_refuses_the_start() {
    let (token, world) = (Token::new(), World::start().await);
    token.generate_others();
    let uri = |object: &str| format!("pkcs11:token=stopgap;object={object}");
    for (setting, value, reason) in [
        ("LICENSE_HSM_KEY", uri("nosign"), "may not sign (CKA_SIGN is false)"),
        ("LICENSE_HSM_KEY", uri("other"), "does not open with STOPGAP_LICENSE_PUBLIC_KEY"),
        ("LICENSE_HSM_PIN", String::new(), "set STOPGAP_LICENSE_HSM_PIN"),
        ("LICENSE_HSM_MODULE", "/nowhere.so".to_owned(), "STOPGAP_LICENSE_HSM_MODULE cannot be loaded"),
        ("LICENSE_HSM_MODULE", "/bin/true".to_owned(), "STOPGAP_LICENSE_HSM_MODULE"),
    ] {
        let output = output(token.stopgap(&world, "serve", &[(setting, &value)])).await;
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && complaint.contains(reason), "{complaint}");
    }
}

#[tokio::test]
async fn sessions_that_the_hsm_has_lost_are_replaced_within_the_press() {
    let (token, world) = (Token::new(), World::start().await);
    let process = serve(&token, &world, &[]).await;
    let agent = process.agent(&world).await;
    token.set_fault("lose sessions");
    generate(&agent, &order()).await;
    assert_eq!(token.logins(), 2);
}

#[tokio::test]
async fn a_signature_that_does_not_open_is_never_handed_out() {
    let (token, world) = (Token::new(), World::start().await);
    let process = serve(&token, &world, &[]).await;
    let agent = process.agent(&world).await;
    token.set_fault("fault");
    assert_unavailable(&process, &agent, "does not open with STOPGAP_LICENSE_PUBLIC_KEY").await;
    token.set_fault("");
    generate(&agent, &order()).await;
}

#[tokio::test]
async fn an_hsm_that_is_gone_is_an_answer_with_its_reason_and_the_same_key_works_after_it() {
    let (token, world) = (Token::new(), World::start().await);
    let process = serve(&token, &world, &[]).await;
    let agent = process.agent(&world).await;
    token.set_fault("removed");
    let key = fresh_key();
    assert_eq!(press(&agent, &key).await.status, 503);
    assert_unavailable(&process, &agent, "the token is not there").await;
    token.set_fault("");
    assert_eq!(press(&agent, &key).await.status, 201);
    assert_eq!(ready(&process).await.status, 200);
}

#[tokio::test]
async fn an_hsm_that_hangs_holds_up_a_press_for_ten_seconds_and_nothing_else() {
    let (token, world) = (Token::new(), World::start().await);
    world.sandbox.mail.faults.set_fault(Some(smtp::Fault::Mail451));
    let process = serve(&token, &world, &[]).await;
    let agent = process.agent(&world).await;
    let license = generate(&agent, &order()).await;
    token.set_fault("hang");
    let key = fresh_key();
    let answer = tokio::time::timeout(BOUND, press(&agent, &key)).await.expect("the wait is bounded");
    assert_eq!(answer.status, 503);
    assert!(answer.body["detail"].as_str().unwrap().contains("no answer within 10 seconds"), "{}", answer.body);
    // More calls than sessions: those that hang hold theirs.
    for _ in 0..3 {
        assert_eq!(ready(&process).await.status, 503);
    }
    world.sandbox.mail.faults.set_fault(None);
    assert_eq!(ended(&agent, &license).await["state"], "delivered", "the outbox goes on");

    token.set_fault("");
    let retried = within(async {
        loop {
            let answer = press(&agent, &key).await;
            if answer.status != 503 {
                break answer;
            }
        }
    });
    assert_eq!(retried.await.status, 201);
    assert_eq!(ready(&process).await.status, 200);
    token.set_fault("hang");
    assert_eq!(ready(&process).await.status, 200, "a trial signature counts for 10 seconds");
    press(&agent, &fresh_key()).await;
    process.terminate();
    let (status, _) = process.end().await;
    assert!(status.success(), "a hanging call does not keep the service from stopping: {}", process.log());
}

#[tokio::test]
async fn check_names_token_and_key_and_what_weakens_the_key() {
    let (token, world) = (Token::new(), World::start().await);
    let check = async |settings: &[(&str, &str)]| {
        String::from_utf8(output(token.stopgap(&world, "check", settings)).await.stdout).unwrap()
    };
    // SoftHSM's own import lets a key decrypt and unwrap.
    let imported = check(&[]).await;
    assert!(imported.contains("license token    stopgap (SoftHSM project SoftHSM v2, serial "), "{imported}");
    assert!(
        imported.contains("warning  license key      license (id 01): allowed to decrypt, allowed to unwrap"),
        "{imported}"
    );
    assert!(imported.contains("2048 bits; a trial seal opens"), "{imported}");

    token.delete_key();
    token.import_for_signing();
    let strict = check(&[]).await;
    assert!(strict.contains("ok       license key      license (id 01): sensitive, not extractable"), "{strict}");

    let wrong = check(&[("LICENSE_HSM_PIN", "4321")]).await;
    assert!(wrong.contains("failed   license token    the HSM refuses the PIN"), "{wrong}");
    token.set_fault("hang");
    let hanging = check(&[]).await;
    assert!(hanging.contains("license token    the HSM is unavailable: no answer within 2 seconds"), "{hanging}");
}
