//! A real Postfix in a temporary folder, on ports of loopback. It stops when this process ends, even by a kill.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    process::{Child, ChildStdin, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

/// Reads `main.cf` up to a line `--`, then `master.cf` up to another. Prints a line once the server is ready, and exits at
/// the end of its input, so that a killed test leaves nothing behind. Postfix itself has to start as root.
const SCRIPT: &str = r#"
set -eu
folder=$(mktemp -d)
chmod 755 "$folder"
mkdir "$folder/spool" "$folder/data"
chown postfix "$folder/data"
section() { while read -r line && [ "$line" != "--" ]; do printf '%s\n' "$line"; done; }
cat > "$folder/main.cf" << END
compatibility_level = 3.6
queue_directory = $folder/spool
data_directory = $folder/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = $folder/log
maillog_file_prefixes = $folder
END
section >> "$folder/main.cf"
section > "$folder/master.cf"
postfix -c "$folder" start > /dev/null 2> "$folder/start" || { cat "$folder/start" "$folder/log" >&2; exit 1; }
echo ready
while read -r line; do :; done
postfix -c "$folder" stop > /dev/null 2>&1 || true
rm -rf "$folder"
"#;

/// Accepts mail to `jane@acme.example` and throws it away.
const MAIN: &str = "\
myhostname = mx.acme.example
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination = acme.example
local_recipient_maps = inline:{jane=x}
local_transport = discard:
alias_maps =
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
";

const MASTER: &str = "\
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
discard unix - - n - - discard
";

pub struct Postfix {
    ports: Vec<u16>,
    stdin: Option<ChildStdin>,
    script: Child,
}

/// A different port at each call, below the ephemeral range: no other test can be given it before Postfix has started.
fn free_port() -> u16 {
    const FIRST: u16 = 20_000;
    const COUNT: u32 = 10_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let offset = (std::process::id().wrapping_mul(64).wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed))) % COUNT;
        let port = FIRST + u16::try_from(offset).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

impl Postfix {
    /// One server with a port for each of `settings`; an empty one changes nothing.
    pub fn start(settings: &[&str]) -> Self {
        let ports: Vec<u16> = settings.iter().map(|_| free_port()).collect();
        let is_root = Command::new("id").arg("-u").output().expect("id").stdout == b"0\n";
        let mut command = Command::new(if is_root { "bash" } else { "sudo" });
        if !is_root {
            command.args(["-n", "bash"]);
        }
        let mut script = command
            .args(["-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Postfix, which scripts/install-test-tools installs, can be started");
        let mut stdin = script.stdin.take().unwrap();
        let option = |setting: &str| if setting.is_empty() { String::new() } else { format!(" -o {{ {setting} }}") };
        let services = ports.iter().zip(settings);
        let services: String = services
            .map(|(port, setting)| format!("127.0.0.1:{port} inet n - n - - smtpd{}\n", option(setting)))
            .collect();
        stdin.write_all(format!("{MAIN}--\n{MASTER}{services}--\n").as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(script.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n", "Postfix starts");
        Self { ports, stdin: Some(stdin), script }
    }

    /// The URL of the port with the setting of that number.
    pub fn url(&self, setting: usize) -> String {
        format!("smtp://127.0.0.1:{}", self.ports[setting])
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.script.wait();
    }
}
