//! The addresses of the API and of the issues' pages, all below the configured GitLab.

use url::Url;

/// How GitLab's pages of issues end before the number; newer versions call issues work items.
const ISSUE_PATHS: [&str; 2] = ["/-/issues/", "/-/work_items/"];

/// One project of one GitLab.
#[derive(Debug, Clone)]
pub(super) struct Address {
    root: Url,
    /// A number or a path.
    project: String,
}

impl Address {
    pub(super) fn new(root: Url, project: String) -> Self {
        Self { root, project }
    }

    /// Each part becomes one segment: GitLab wants the slashes of a project's path encoded.
    pub(super) fn api(&self, path: &[&str]) -> Url {
        self.below(["api", "v4"].iter().chain(path))
    }

    pub(super) fn project_api(&self, path: &[&str]) -> Url {
        self.api(&[&["projects", self.project.as_str()], path].concat())
    }

    /// The page of issue `iid`. A project that is configured by its number has its path from `web_url`, but nothing else
    /// of it; `None` if that is not the page of this issue.
    pub(super) fn issue(&self, iid: u64, web_url: Option<&str>) -> Option<String> {
        let project = if self.has_path() { self.project.clone() } else { self.project_path(iid, web_url?)? };
        let iid = iid.to_string();
        let page = self.below(project.split('/').chain(["-", "issues", &iid]));
        Some(page.to_string())
    }

    /// The number of the issue at `url`; `None` unless it is a page of this project.
    pub(super) fn issue_number(&self, url: &str) -> Option<u64> {
        let iid = url.rsplit_once('/')?.1.parse().ok()?;
        (self.issue(iid, Some(url))? == url).then_some(iid)
    }

    fn has_path(&self) -> bool {
        self.project.contains('/')
    }

    fn project_path(&self, iid: u64, web_url: &str) -> Option<String> {
        let url = Url::parse(web_url).ok()?;
        let path = url.path().strip_prefix(self.root.path().trim_end_matches('/'))?.strip_prefix('/')?;
        let project = ISSUE_PATHS.iter().find_map(|kind| path.strip_suffix(&format!("{kind}{iid}")))?;
        let is_name = |name: &str| {
            !matches!(name, "" | "." | ".." | "-")
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
        };
        (project.contains('/') && project.split('/').all(is_name)).then(|| project.to_owned())
    }

    fn below(&self, path: impl IntoIterator<Item = impl AsRef<str>>) -> Url {
        let mut url = self.root.clone();
        // An http(s) URL always has segments.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(project: &str) -> Address {
        Address::new("https://gitlab.example/git/".parse().unwrap(), project.into())
    }

    #[test]
    fn a_link_leads_to_the_configured_gitlab_whatever_an_answer_says() {
        let link = "https://gitlab.example/git/group/project/-/issues/12".to_owned();
        for web_url in [None, Some("https://evil.example/x/y/-/issues/99"), Some("javascript:alert(1)")] {
            assert_eq!(address("group/project").issue(12, web_url), Some(link.clone()), "{web_url:?}");
        }
        for web_url in
            ["https://internal.example/git/group/project/-/issues/12", "https://x/git/group/project/-/work_items/12"]
        {
            assert_eq!(address("7").issue(12, Some(web_url)), Some(link.clone()), "{web_url}");
        }
        for web_url in [
            "https://gitlab.example/git/group/project/-/issues/13",
            "https://gitlab.example/git/group/../-/issues/12",
            "https://gitlab.example/git/a%20b/c/-/issues/12",
            "https://gitlab.example/group/project/-/issues/12",
            "https://gitlab.example/git/-/issues/12",
            "nonsense",
        ] {
            assert_eq!(address("7").issue(12, Some(web_url)), None, "{web_url}");
        }
        assert_eq!(address("7").issue(12, None), None);
    }

    #[test]
    fn only_a_page_of_this_project_names_an_issue() {
        let page = "https://gitlab.example/git/group/project/-/issues/12";
        assert_eq!(address("group/project").issue_number(page), Some(12));
        assert_eq!(address("7").issue_number(page), Some(12));
        for other in [
            "https://gitlab.example/git/group/other/-/issues/12",
            "https://old.example/git/group/project/-/issues/12",
            "https://gitlab.example/git/group/project/-/issues/12?x",
            "https://gitlab.example/git/group/project/-/issues/012",
            "https://gitlab.example/git/group/project/-/issues/",
        ] {
            assert_eq!(address("group/project").issue_number(other), None, "{other}");
        }
    }

    #[test]
    fn a_projects_path_is_one_segment_of_the_api() {
        let url = address("group/project").project_api(&["issues", "12"]);
        assert_eq!(url.as_str(), "https://gitlab.example/git/api/v4/projects/group%2Fproject/issues/12");
    }
}
