//! `/api/v4`, as much of it as the service and its configuration check use.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::{
    Issue, Kept, Note, PROJECT, PROJECT_ID, State, TOKEN, Tracker, USERS,
    body::{Create, Labels, NewNote, StateEvent, Update},
    page,
};
use crate::sandbox::web::{Answer, Request};

/// GitLab's own limit for titles.
const MAX_TITLE_CHARS: usize = 255;
/// GitLab's own limit for descriptions and notes.
const MAX_TEXT_CHARS: usize = 1_048_576;

/// A refusal is an answer too.
type Answered<T = Answer> = Result<T, Answer>;

impl Tracker {
    pub(super) fn answer(&self, request: &Request) -> Answer {
        self.route(request).unwrap_or_else(|refusal| refusal)
    }

    fn route(&self, request: &Request) -> Answered {
        let (method, path) = request.route();
        let Some(path) = path.strip_prefix(&["api", "v4"]) else { return self.page(request) };
        if request.header("private-token") != Some(TOKEN) {
            return Err(message(401, "401 Unauthorized"));
        }
        match (method, path) {
            ("GET", ["personal_access_tokens", "self"]) => Ok(token(self.clock.now())),
            ("GET", ["users"]) => Ok(users(request)),
            (_, ["projects", project, rest @ ..]) => {
                if *project != PROJECT && *project != PROJECT_ID.to_string() {
                    return Err(message(404, "404 Project Not Found"));
                }
                self.project(method, rest, request)
            }
            _ => Err(not_found()),
        }
    }

    fn project(&self, method: &str, path: &[&str], request: &Request) -> Answered {
        match (method, path) {
            ("GET", []) => Ok(project()),
            ("GET", ["labels"]) => Ok(self.kept.read(labels)),
            ("GET", ["issues"]) => self.list(request),
            ("POST", ["issues"]) => self.create(request),
            ("GET", ["issues", iid]) => self.kept.read(|kept| Ok(Answer::json(200, find(kept, iid)?))),
            ("PUT", ["issues", iid]) => self.update(iid, request),
            ("GET", ["issues", iid, "notes"]) => self.notes(iid, request),
            ("POST", ["issues", iid, "notes"]) => self.note(iid, request),
            _ => Err(not_found()),
        }
    }

    fn create(&self, request: &Request) -> Answered {
        let new: Create = body(request)?;
        let Some(title) = new.title.filter(|title| !title.trim().is_empty()) else {
            return Err(Answer::json(400, &json!({"error": "title is missing"})));
        };
        check(Some(&title), Some(&new.description))?;
        let host = request.header("host").unwrap_or_default();
        let now = self.clock.now();
        let issue = self.kept.change(|kept| {
            let iid = kept.issues.len() as u64 + 1;
            let issue = Issue {
                id: kept.id(),
                iid,
                project_id: PROJECT_ID,
                title,
                description: new.description,
                state: State::Opened,
                labels: new.labels.map(Labels::split).unwrap_or_default(),
                confidential: new.confidential,
                assignees: USERS.into_iter().filter(|user| new.assignee_ids.contains(&user.id)).collect(),
                due_date: new.due_date,
                created_at: now,
                updated_at: now,
                closed_at: None,
                web_url: format!("http://{host}/{PROJECT}/-/issues/{iid}"),
                notes: Vec::new(),
            };
            kept.issues.push(issue.clone());
            issue
        });
        Ok(Answer::json(201, &issue))
    }

    fn update(&self, iid: &str, request: &Request) -> Answered {
        let update: Update = body(request)?;
        check(update.title.as_deref(), update.description.as_deref())?;
        let now = self.clock.now();
        self.kept.change(|kept| {
            let issue = find_mut(kept, iid)?;
            issue.updated_at = now;
            if let Some(title) = update.title {
                issue.title = title;
            }
            if let Some(description) = update.description {
                issue.description = description;
            }
            if let Some(labels) = update.labels {
                issue.labels = labels.split();
            }
            for label in update.add_labels.map(Labels::split).unwrap_or_default() {
                if !issue.labels.contains(&label) {
                    issue.labels.push(label);
                }
            }
            if let Some(confidential) = update.confidential {
                issue.confidential = confidential;
            }
            match update.state_event {
                Some(StateEvent::Close) => (issue.state, issue.closed_at) = (State::Closed, Some(now)),
                Some(StateEvent::Reopen) => (issue.state, issue.closed_at) = (State::Opened, None),
                None => {}
            }
            Ok(Answer::json(200, issue))
        })
    }

    fn list(&self, request: &Request) -> Answered {
        let after: Option<Timestamp> = match request.parameter("created_after") {
            Some(text) => Some(text.parse().map_err(|_| invalid("created_after"))?),
            None => None,
        };
        let wanted: Vec<&str> =
            request.parameter("labels").unwrap_or_default().split(',').filter(|l| !l.is_empty()).collect();
        let state = request.parameter("state").unwrap_or("all");
        let fits = |issue: &&Issue| {
            let stands = match state {
                "opened" => issue.state == State::Opened,
                "closed" => issue.state == State::Closed,
                _ => true,
            };
            stands
                && after.is_none_or(|after| issue.created_at >= after)
                && wanted.iter().all(|label| issue.labels.iter().any(|held| held == label))
        };
        self.kept.read(|kept| {
            let mut found: Vec<&Issue> = kept.issues.iter().filter(fits).collect();
            if request.parameter("sort") != Some("asc") {
                found.reverse();
            }
            paged(request, &found)
        })
    }

    fn notes(&self, iid: &str, request: &Request) -> Answered {
        self.kept.read(|kept| {
            let mut notes: Vec<&Note> = find(kept, iid)?.notes.iter().collect();
            if request.parameter("sort") != Some("asc") {
                notes.reverse();
            }
            paged(request, &notes)
        })
    }

    fn note(&self, iid: &str, request: &Request) -> Answered {
        let new: NewNote = body(request)?;
        let Some(text) = new.body.filter(|text| !text.trim().is_empty()) else {
            return Err(Answer::json(400, &json!({"error": "body is missing"})));
        };
        check(None, Some(&text))?;
        let now = self.clock.now();
        self.kept.change(|kept| {
            find(kept, iid)?;
            let note = Note { id: kept.id(), body: text, internal: new.internal, created_at: now };
            find_mut(kept, iid)?.notes.push(note.clone());
            Ok(Answer::json(201, &note))
        })
    }

    fn page(&self, request: &Request) -> Answered {
        let (method, path) = request.route();
        let [group, project, "-", "issues", iid] = path[..] else { return Err(not_found()) };
        if method != "GET" || format!("{group}/{project}") != PROJECT {
            return Err(not_found());
        }
        self.kept.read(|kept| Ok(Answer::html(200, page::show(find(kept, iid)?))))
    }
}

impl Kept {
    fn id(&mut self) -> u64 {
        self.next_id += 1;
        1000 + self.next_id
    }
}

fn find<'a>(kept: &'a Kept, iid: &str) -> Answered<&'a Issue> {
    kept.issues.iter().find(|issue| issue.iid.to_string() == iid).ok_or_else(not_found)
}

fn find_mut<'a>(kept: &'a mut Kept, iid: &str) -> Answered<&'a mut Issue> {
    kept.issues.iter_mut().find(|issue| issue.iid.to_string() == iid).ok_or_else(not_found)
}

fn project() -> Answer {
    let access = json!({"project_access": {"access_level": 40}, "group_access": null});
    let project = json!({"id": PROJECT_ID, "path_with_namespace": PROJECT, "name": "Emergency licenses",
        "visibility": "private", "archived": false, "issues_enabled": true, "issues_access_level": "enabled",
        "permissions": access});
    Answer::json(200, &project)
}

fn labels(kept: &Kept) -> Answer {
    let mut names: Vec<&String> = kept.issues.iter().flat_map(|issue| &issue.labels).collect();
    names.sort();
    names.dedup();
    Answer::json(200, &names.iter().map(|name| json!({"name": name})).collect::<Vec<_>>())
}

fn users(request: &Request) -> Answer {
    let wanted = request.parameter("username").unwrap_or_default();
    let found = USERS.into_iter().filter(|user| user.username.eq_ignore_ascii_case(wanted));
    Answer::json(200, &found.collect::<Vec<_>>())
}

/// A project access token, half a year from its end.
fn token(now: Timestamp) -> Answer {
    let expires_at = crate::license::record::today(now).saturating_add(jiff::Span::new().days(180));
    let token = json!({"id": 9, "name": "stopgap", "active": true, "revoked": false, "scopes": ["api"],
        "expires_at": expires_at});
    Answer::json(200, &token)
}

fn paged<T: serde::Serialize>(request: &Request, found: &[T]) -> Answered {
    let number = |name: &str, default: usize| match request.parameter(name) {
        Some(text) => text.parse().ok().filter(|number| *number > 0).ok_or_else(|| invalid(name)),
        None => Ok(default),
    };
    let (page, per_page) = (number("page", 1)?, number("per_page", 20)?.min(100));
    let shown: Vec<&T> = found.iter().skip((page - 1) * per_page).take(per_page).collect();
    let next = if found.len() > page * per_page { (page + 1).to_string() } else { String::new() };
    Ok(Answer::json(200, &shown)
        .with("X-Next-Page", next)
        .with("X-Page", page.to_string())
        .with("X-Per-Page", per_page.to_string())
        .with("X-Total", found.len().to_string()))
}

fn body<T: for<'de> Deserialize<'de>>(request: &Request) -> Answered<T> {
    request.json().map_err(|error| Answer::json(400, &json!({"error": error.to_string()})))
}

fn check(title: Option<&str>, text: Option<&str>) -> Answered<()> {
    let too_long = |field: &str, max: usize| {
        let error = format!("is too long (maximum is {max} characters)");
        Err(Answer::json(400, &json!({"message": {field: [error]}})))
    };
    if title.is_some_and(|title| title.chars().count() > MAX_TITLE_CHARS) {
        return too_long("title", MAX_TITLE_CHARS);
    }
    if text.is_some_and(|text| text.chars().count() > MAX_TEXT_CHARS) {
        return too_long("description", MAX_TEXT_CHARS);
    }
    Ok(())
}

fn message(status: u16, text: &str) -> Answer {
    Answer::json(status, &json!({"message": text}))
}

fn not_found() -> Answer {
    message(404, "404 Not found")
}

fn invalid(parameter: &str) -> Answer {
    Answer::json(400, &json!({"error": format!("{parameter} is invalid")}))
}
