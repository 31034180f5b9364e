//! Environment variables and flags as one set of variables. Nothing else reads the environment.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::{
    Config, ConfigErrors,
    errors::SettingError,
    settings::{FILE_SUFFIX, PREFIX, SETTINGS},
};

/// How similar a setting must be to a typo to be suggested (Jaro–Winkler, 0 to 1).
const MIN_SIMILARITY: f64 = 0.8;

/// The `STOPGAP_…` variables that are set, by full name. Wiped on drop.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, Zeroizing<String>>,
    errors: Vec<SettingError>,
}

impl Environment {
    pub(crate) fn of_process() -> Self {
        Self::of(std::env::vars_os())
    }

    pub fn of(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let mut environment = Self::default();
        for (name, value) in variables {
            let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
            environment.take(name, value);
        }
        environment
    }

    /// Overrides `variable` and its `…_FILE` with a flag's value.
    pub(crate) fn with(mut self, variable: &str, value: String) -> Self {
        let whole = variable.strip_suffix(FILE_SUFFIX).unwrap_or(variable);
        self.variables.remove(whole);
        self.variables.remove(&format!("{whole}{FILE_SUFFIX}"));
        self.variables.insert(variable.to_owned(), Zeroizing::new(value));
        self
    }

    /// The lookup for [`Config::read`].
    pub(crate) fn get(&self, variable: &str) -> Option<String> {
        self.variables.get(variable).map(|value| value.to_string())
    }

    /// Reads all settings. Unknown variables are errors, because they are most likely typos.
    pub fn config(&self) -> Result<Config, ConfigErrors> {
        let (config, errors) = match Config::read(|variable| self.get(variable)) {
            Ok(config) => (Some(config), None),
            Err(errors) => (None, Some(errors)),
        };
        let all = errors.iter().flat_map(ConfigErrors::iter).chain(&self.errors).cloned().collect();
        ConfigErrors::check(all, config)
    }

    /// Warnings about secret files that other users may open and a PKCS#11 module that they may change. Each names the
    /// variable and the remedy.
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
        let writable = self.get(&module).and_then(|path| writable_by_others(&module, Path::new(path.trim())));
        files
            .chain(database)
            .filter_map(|(variable, path)| readable_by_others(&variable, &path))
            .chain(writable)
            .collect()
    }

    fn take(&mut self, name: &str, value: OsString) {
        let Ok(value) = value.into_string() else {
            return self.error(name, "is not UTF-8".into());
        };
        if is_known(name) {
            self.variables.insert(name.to_owned(), Zeroizing::new(value));
        } else if !is_from_kubernetes(name, &value) {
            self.error(name, unknown(name));
        }
    }

    fn error(&mut self, name: &str, message: String) {
        self.errors.push(SettingError { variable: name.to_owned(), message });
    }
}

/// Returns `None` if only the owner may open the file, or if it does not exist.
fn readable_by_others(variable: &str, path: &Path) -> Option<String> {
    let mode = mode(path)?;
    (mode & 0o077 != 0).then(|| {
        let path = path.display();
        format!("{variable} names {path}, which other users may open (mode {mode:04o}): chmod 600 {path}")
    })
}

/// The same for writing.
fn writable_by_others(variable: &str, path: &Path) -> Option<String> {
    let mode = mode(path)?;
    (mode & 0o022 != 0).then(|| {
        let path = path.display();
        format!("{variable} names {path}, which other users may change (mode {mode:04o}): chmod go-w {path}")
    })
}

fn mode(path: &Path) -> Option<u32> {
    Some(fs::metadata(path).ok()?.permissions().mode() & 0o777)
}

fn is_known(name: &str) -> bool {
    SETTINGS.iter().any(|setting| name == setting.variable() || (setting.file && name == setting.file_variable()))
}

/// Kubernetes sets variables for each service of the namespace. A service named `stopgap` brings
/// `STOPGAP_SERVICE_HOST`, `STOPGAP_PORT=tcp://…` and `STOPGAP_PORT_8080_TCP_ADDR`.
fn is_from_kubernetes(name: &str, value: &str) -> bool {
    let is_port = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || (name.ends_with("_PORT") && value.contains("://"))
        || name.split_once("_PORT_").is_some_and(|(_, rest)| is_port(rest))
}

/// The error message for an unknown variable.
fn unknown(name: &str) -> String {
    let whole = name.strip_suffix(FILE_SUFFIX).unwrap_or(name);
    if whole != name && is_known(whole) {
        return format!("is not a setting: {whole} cannot be given as a file");
    }
    let closest = SETTINGS
        .iter()
        .map(|setting| (strsim::jaro_winkler(&whole[PREFIX.len()..], setting.name), setting))
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .filter(|(similarity, _)| *similarity >= MIN_SIMILARITY);
    match closest {
        Some((_, setting)) => format!("is not a setting: did you mean {}?", setting.variable()),
        None => "is not a setting: remove it".to_owned(),
    }
}
