//! The process's environment and flags, as one set of variables. The only place that reads the environment.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::{
    Config, Mistakes,
    mistakes::FieldError,
    settings::{FILE_SUFFIX, PREFIX, SETTINGS},
};

/// How alike two names must be (Jaro–Winkler, 0 to 1) for one to be suggested for the other.
const ALIKE: f64 = 0.8;

/// The `STOPGAP_…` variables that were given, by whole name. Wiped when it is dropped.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, Zeroizing<String>>,
    mistakes: Vec<FieldError>,
}

impl Environment {
    /// Reads the process's environment.
    pub fn of_process() -> Self {
        Self::of(std::env::vars_os())
    }

    /// Takes variables from elsewhere.
    pub fn of(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let mut environment = Self::default();
        for (name, value) in variables {
            let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
            environment.take(name, value);
        }
        environment
    }

    /// Puts a flag's value over what the environment says about `variable`, its `…_FILE` included.
    pub fn with(mut self, variable: &str, value: String) -> Self {
        let whole = variable.strip_suffix(FILE_SUFFIX).unwrap_or(variable);
        self.variables.remove(whole);
        self.variables.remove(&format!("{whole}{FILE_SUFFIX}"));
        self.variables.insert(variable.to_owned(), Zeroizing::new(value));
        self
    }

    /// The value of `variable`, for [`Config::read`] and its kin.
    pub fn get(&self, variable: &str) -> Option<String> {
        self.variables.get(variable).map(|value| value.to_string())
    }

    /// Reads all settings, and holds unknown variables against them: a typo must not pass silently.
    ///
    /// # Errors
    /// Every mistake.
    pub fn config(&self) -> Result<Config, Mistakes> {
        let (config, read) = match Config::read(|variable| self.get(variable)) {
            Ok(config) => (Some(config), None),
            Err(mistakes) => (None, Some(mistakes)),
        };
        let all = read.iter().flat_map(Mistakes::iter).chain(&self.mistakes).cloned().collect();
        Mistakes::or(all, config)
    }

    /// Files with secrets that others on this machine may read, and a PKCS#11 module that others may change. Each is a
    /// sentence that names the variable and the remedy.
    pub fn warnings(&self) -> Vec<String> {
        let secrets = SETTINGS.iter().filter(|setting| setting.secret && setting.file);
        let files = secrets.filter_map(|setting| {
            let variable = setting.file_variable();
            let path = self.get(&variable).filter(|path| !path.trim().is_empty())?;
            Some((variable, PathBuf::from(path.trim())))
        });
        let database = self.get(&format!("{PREFIX}DATABASE_URL"));
        let database = database.as_deref().and_then(|url| url.trim().strip_prefix("sqlite:"));
        let database = database.map(|file| (format!("{PREFIX}DATABASE_URL"), file.trim_start_matches("//").into()));
        let module = format!("{PREFIX}LICENSE_HSM_MODULE");
        let writable = self.get(&module).and_then(|path| writable(&module, Path::new(path.trim())));
        files.chain(database).filter_map(|(variable, path)| loose(&variable, &path)).chain(writable).collect()
    }

    fn take(&mut self, name: &str, value: OsString) {
        let Ok(value) = value.into_string() else {
            return self.mistake(name, "is not UTF-8".into());
        };
        if is_known(name) {
            self.variables.insert(name.to_owned(), Zeroizing::new(value));
        } else if !is_from_kubernetes(name, &value) {
            self.mistake(name, advice(name));
        }
    }

    fn mistake(&mut self, name: &str, words: String) {
        self.mistakes.push(FieldError { variable: name.to_owned(), words });
    }
}

/// A warning about a file that others than its owner may open. Returns `None` if they may not, or it does not exist.
fn loose(variable: &str, path: &Path) -> Option<String> {
    let mode = mode(path)?;
    (mode & 0o077 != 0).then(|| {
        let path = path.display();
        format!("{variable} names {path}, which others on this machine may open (mode {mode:04o}): chmod 600 {path}")
    })
}

/// The same for code that this process loads.
fn writable(variable: &str, path: &Path) -> Option<String> {
    let mode = mode(path)?;
    (mode & 0o022 != 0).then(|| {
        let path = path.display();
        format!("{variable} names {path}, which others on this machine may change (mode {mode:04o}): chmod go-w {path}")
    })
}

fn mode(path: &Path) -> Option<u32> {
    Some(fs::metadata(path).ok()?.permissions().mode() & 0o777)
}

fn is_known(name: &str) -> bool {
    SETTINGS.iter().any(|setting| name == setting.variable() || (setting.file && name == setting.file_variable()))
}

/// Kubernetes tells every container about the services of its namespace; one named `stopgap` makes
/// `STOPGAP_SERVICE_HOST`, `STOPGAP_PORT=tcp://…`, `STOPGAP_PORT_8080_TCP_ADDR`, which are no typos.
fn is_from_kubernetes(name: &str, value: &str) -> bool {
    let is_port = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || (name.ends_with("_PORT") && value.contains("://"))
        || name.split_once("_PORT_").is_some_and(|(_, rest)| is_port(rest))
}

fn advice(name: &str) -> String {
    let whole = name.strip_suffix(FILE_SUFFIX).unwrap_or(name);
    if whole != name && is_known(whole) {
        return format!("is no setting: {whole} cannot be given as a file");
    }
    let closest = SETTINGS
        .iter()
        .map(|setting| (strsim::jaro_winkler(&whole[PREFIX.len()..], setting.name), setting))
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .filter(|(alike, _)| *alike >= ALIKE);
    match closest {
        Some((_, setting)) => format!("is no setting: did you mean {}?", setting.variable()),
        None => "is no setting: remove it".to_owned(),
    }
}
