//! Reading and writing lines, at the pace that a fault asks for.

use std::time::Duration;

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt},
    time::sleep,
};

use super::{Dialogue, Step};
use crate::sandbox::smtp::{Fault, SLOW};

/// RFC 5321 asks for 1000, and AUTH for 12288.
const MAX_LINE_BYTES: u64 = 16 * 1024;
/// How long a scripted trickle waits before each byte.
pub(super) const TRICKLE: Duration = Duration::from_millis(100);

impl Dialogue {
    /// The next line with its end; `None` if the client has gone.
    pub(super) async fn line(&mut self) -> Step<Option<Vec<u8>>> {
        let mut line = Vec::new();
        (&mut self.stream).take(MAX_LINE_BYTES).read_until(b'\n', &mut line).await?;
        Ok(line.ends_with(b"\n").then_some(line))
    }

    pub(super) async fn say(&mut self, text: &str) -> Step {
        let line = format!("{text}\r\n");
        match self.pace {
            Some(Fault::Trickle) => {
                return self.trickle(&line, Duration::from_secs(1)).await;
            }
            Some(_) => sleep(SLOW).await,
            None => {}
        }
        self.stream.write_all(line.as_bytes()).await?;
        self.stream.flush().await
    }

    pub(super) async fn trickle(&mut self, text: &str, pause: Duration) -> Step {
        for byte in text.bytes() {
            sleep(pause).await;
            self.stream.write_u8(byte).await?;
            self.stream.flush().await?;
        }
        Ok(())
    }

    /// Says nothing until the client goes.
    pub(super) async fn hang(&mut self) -> Step {
        while self.line().await?.is_some() {}
        Ok(())
    }
}
