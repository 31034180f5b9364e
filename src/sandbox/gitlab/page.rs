//! An issue as a page.

use askama::Template;

use super::{Issue, State};

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>#{{ issue.iid }} {{ issue.title }}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; color: #28272d; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
.banner { background: #fbe8d2; border-radius: 4px; padding: .25rem .75rem }
.badge { border-radius: 1rem; padding: .1rem .6rem; background: #e9e7f0; font-size: .85rem }
.opened { background: #c3e6cd } .closed { background: #cbe2f9 }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f6f5f8; padding: 1rem; border-radius: 4px }
</style></head><body>
<p class="banner">Sandbox: nothing here is real.</p>
<h1>{{ issue.title }}</h1>
<p><span class="badge {{ state }}">{{ state }}</span>
{% if issue.confidential %}<span class="badge">confidential</span>{% endif %}
{% for label in issue.labels %}<span class="badge">{{ label }}</span> {% endfor %}
{% for user in issue.assignees %}<span class="badge">@{{ user.username }}</span> {% endfor %}
{% if let Some(day) = issue.due_date %}<span class="badge">due {{ day }}</span>{% endif %}</p>
<pre>{{ issue.description }}</pre>
{% for note in issue.notes %}<h2>Note{% if note.internal %} (internal){% endif %}, {{ note.created_at }}</h2>
<pre>{{ note.body }}</pre>{% endfor %}
</body></html>
"##
)]
struct Page<'a> {
    issue: &'a Issue,
    state: &'static str,
}

/// The page of one issue; whatever came from outside is escaped.
pub(super) fn show(issue: &Issue) -> String {
    let state = match issue.state {
        State::Opened => "opened",
        State::Closed => "closed",
    };
    Page { issue, state }.render().expect("writing to a String cannot fail")
}
