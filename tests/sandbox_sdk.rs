//! `stopgap sandbox --sdk FILE` serves that file where the page loads Zendesk's SDK from.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

/// Ends with the test, however that ends.
struct Sandbox(Child);

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn the_sandbox_serves_the_given_sdk_byte_for_byte() {
    let bytes = b"// \xc3\xa4, a line end\r\nand no end";
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_stopgap"));
    command.env_clear().args(["sandbox", "--port", "0", "--sdk"]).arg(file.path());
    let mut sandbox = Sandbox(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());

    let said = BufReader::new(sandbox.0.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut addresses = said.filter_map(|line| line.trim().strip_prefix("Open ").map(|rest| rest.trim().to_owned()));
    let page = addresses.next().expect("it says where its page is");
    let served = reqwest::get(format!("{page}/sdk/zaf_sdk.min.js")).await.unwrap().bytes().await.unwrap();
    assert_eq!(served.as_ref(), bytes);
}
