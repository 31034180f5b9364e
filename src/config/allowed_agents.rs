//! Who may generate licenses: a fixed list, or a file that is read again whenever it changes.

use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tracing::{error, info};

use super::{
    parse,
    reader::{Reader, read_file},
};

const NAME: &str = "ZENDESK_ALLOWED_AGENTS";

/// The Zendesk user ids that may generate.
#[derive(Debug, Clone)]
pub enum AllowedAgents {
    Everyone,
    Listed(Vec<u64>),
    File(Arc<ListFile>),
}

#[derive(Debug)]
pub struct ListFile {
    path: PathBuf,
    last: Mutex<(Option<Version>, Vec<u64>)>,
}

/// Changes with the file, also if another file takes its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Version {
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
}

impl AllowedAgents {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let path = reader.file(NAME);
        let version = path.as_deref().and_then(Version::of);
        let listed = reader.optional(NAME, parse::ids)?;
        Some(match (listed, path) {
            (None, _) => Self::Everyone,
            (Some(ids), None) => Self::Listed(ids),
            (Some(ids), Some(path)) => Self::File(Arc::new(ListFile { path, last: Mutex::new((version, ids)) })),
        })
    }

    /// Looks at the file each time, which takes microseconds.
    pub(crate) fn contains(&self, user_id: u64) -> bool {
        match self {
            Self::Everyone => true,
            Self::Listed(ids) => ids.contains(&user_id),
            Self::File(file) => file.contains(user_id),
        }
    }
}

impl ListFile {
    /// A file that cannot be read or parsed changes nothing: the last good list applies.
    fn contains(&self, user_id: u64) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (version, ids) = &mut *last;
        let now = Version::of(&self.path);
        if now != *version {
            *version = now;
            match read_file(&self.path.to_string_lossy()).and_then(|text| parse::ids(&text)) {
                Ok(changed) => {
                    info!(agents = changed.len(), "read STOPGAP_ZENDESK_ALLOWED_AGENTS_FILE again");
                    *ids = changed;
                }
                Err(e) => error!("STOPGAP_ZENDESK_ALLOWED_AGENTS_FILE {e}; the list before it still applies"),
            }
        }
        ids.contains(&user_id)
    }
}

impl Version {
    fn of(path: &Path) -> Option<Self> {
        let found = fs::metadata(path).ok()?;
        Some(Self { inode: found.ino(), bytes: found.len(), modified: (found.mtime(), found.mtime_nsec()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings::{FILE_SUFFIX, PREFIX};

    #[test]
    fn a_changed_list_applies_at_once_and_a_spoiled_one_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agents");
        // A new file takes the old one's place, as editors and Kubernetes do it.
        let write = |text: &str| {
            fs::write(folder.path().join("new"), text).unwrap();
            fs::rename(folder.path().join("new"), &path).unwrap();
        };
        write("7, 8\n");
        let variable = format!("{PREFIX}{NAME}{FILE_SUFFIX}");
        let lookup = |name: &str| (name == variable).then(|| path.display().to_string());
        let agents = AllowedAgents::read(&mut Reader::new(&lookup)).unwrap();
        let allowed = || [7, 8, 9].map(|id| agents.contains(id));
        assert_eq!(allowed(), [true, true, false]);
        write("8\n9\n");
        assert_eq!(allowed(), [false, true, true]);
        write("everyone");
        assert_eq!(allowed(), [false, true, true]);
        fs::remove_file(&path).unwrap();
        assert_eq!(allowed(), [false, true, true]);
        write("7");
        assert_eq!(allowed(), [true, false, false]);
    }
}
