//! A SoftHSM token in a folder of its own, behind a module that fails on demand.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use tempfile::TempDir;

use crate::{
    license_file::vector_path,
    world::{World, process},
};

pub const PIN: &str = "1234";
const KEY: &str = "pkcs11:token=stopgap;object=license;id=%01;type=private";

/// Holds the test vectors' key as `license`.
pub struct Token {
    folder: TempDir,
}

impl Token {
    pub fn new() -> Self {
        let token = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(token.path("tokens")).unwrap();
        let configuration =
            format!("directories.tokendir = {}\nobjectstore.backend = file\n", token.path("tokens").display());
        fs::write(token.path("softhsm2.conf"), configuration).unwrap();
        let pkcs8 = PathBuf::from(token.pkcs8());
        run(Command::new("openssl")
            .args(["pkcs8", "-topk8", "-nocrypt", "-in"])
            .arg(vector_path("test_key.pem"))
            .args(["-out"])
            .arg(&pkcs8));
        let softhsm = |arguments: &[&str]| run(token.variables(Command::new("softhsm2-util").args(arguments)));
        softhsm(&["--init-token", "--free", "--label", "stopgap", "--so-pin", "87654321", "--pin", PIN]);
        let import = ["--import", pkcs8.to_str().unwrap(), "--token", "stopgap", "--pin", PIN];
        softhsm(&[&import[..], &["--label", "license", "--id", "01"]].concat());
        token
    }

    /// Makes the key `other`, and `nosign`, which may not sign.
    pub fn generate_others(&self) {
        for (label, id, fault) in [("other", "02", ""), ("nosign", "03", "never sign")] {
            self.set_fault(fault);
            self.pkcs11_tool(&["--keypairgen", "--key-type", "rsa:2048", "--label", label, "--id", id, "--usage-sign"]);
        }
        self.set_fault("");
    }

    /// Imports the license key again, for signing alone.
    pub fn import_for_signing(&self) {
        self.set_fault("sign only");
        let import = ["--write-object", &self.pkcs8(), "--type", "privkey", "--label", "license", "--id", "01"];
        self.pkcs11_tool(&[&import[..], &["--usage-sign"]].concat());
        self.set_fault("");
    }

    pub fn delete_key(&self) {
        self.pkcs11_tool(&["--delete-object", "--type", "privkey", "--id", "01"]);
    }

    fn pkcs11_tool(&self, arguments: &[&str]) {
        let login = ["--token-label", "stopgap", "--login", "--pin", PIN];
        run(self.variables(Command::new("pkcs11-tool").arg("--module").arg(module()).args(login).args(arguments)));
        // Its logins do not count.
        let _ = fs::remove_file(self.path("logins"));
    }

    fn pkcs8(&self) -> String {
        self.path("key.pk8").to_str().unwrap().to_owned()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What the module is to do from now on.
    pub fn set_fault(&self, fault: &str) {
        let new = self.path("fault.new");
        fs::write(&new, fault).unwrap();
        fs::rename(new, self.path("fault")).unwrap();
    }

    pub fn logins(&self) -> usize {
        fs::read(self.path("logins")).map_or(0, |bytes| bytes.len())
    }

    /// `stopgap COMMAND` in `world`, with its key in this token.
    pub fn stopgap(&self, world: &World, command: &str, settings: &[(&str, &str)]) -> Command {
        let mut variables = process::beside(world);
        variables.remove("STOPGAP_LICENSE_PRIVATE_KEY");
        let hsm = [("MODULE", module().to_str().unwrap()), ("KEY", KEY), ("PIN", PIN)];
        variables.extend(hsm.map(|(name, value)| (format!("STOPGAP_LICENSE_HSM_{name}"), value.to_owned())));
        variables.extend(settings.iter().map(|(name, value)| (format!("STOPGAP_{name}"), (*value).to_owned())));
        let mut stopgap = process::command_of(command, &process::program(), &variables);
        self.variables(&mut stopgap);
        stopgap
    }

    fn variables<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("SOFTHSM2_CONF", self.path("softhsm2.conf")).env("TEST_HSM", self.folder.path())
    }
}

/// The module, compiled when it is first asked for.
fn module() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hsm/module.c");
        let module = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hsm-{}.so", std::process::id()));
        run(Command::new("cc")
            .args(["-std=gnu99", "-shared", "-fPIC", "-O1", "-w", "-o"])
            .arg(&module)
            .arg(source)
            .arg("-ldl"));
        module
    })
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
