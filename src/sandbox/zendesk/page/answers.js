// What this Zendesk answers to the app's get, set, invoke and request.

/** `get`: each path's value, or its error. */
export function get(desk, paths) {
  return each(paths, (path) => {
    const value = path.split(".").reduce((inside, name) => own(inside, name), tree(desk));
    if (value === undefined) throw new Error("not found");
    return value;
  });
}

/** `set`: each path's new value, or its error. */
export function set(desk, values) {
  return each(Object.keys(values), (path) => {
    const value = values[path];
    switch (path.replace(/^ticket\./, "")) {
      case "comment.type":
        if (!["publicReply", "internalNote"].includes(value)) throw new Error(`cannot be ${value}`);
        writable(desk).setType(value, desk.ticket);
        return value;
      case "comment.text":
        writable(desk).setText(String(value), desk.ticket);
        return value;
      default:
        throw new Error("cannot be set");
    }
  });
}

/** `invoke`: each action's outcome, or its error. */
export function invoke(desk, actions) {
  return each(Object.keys(actions), (action) => {
    const words = actions[action];
    switch (action.replace(/^ticket\.comment\./, "comment.")) {
      case "resize": return desk.resize(words[0] ?? {});
      case "notify": return desk.notify(...words);
      case "comment.appendText": return writable(desk).append(String(words[0]), desk.ticket);
      case "ticket.tags.add": return desk.view.tag(words.flat(), true, desk.ticket);
      case "ticket.tags.remove": return desk.view.tag(words.flat(), false, desk.ticket);
      default: throw new Error("is not an action of this sandbox");
    }
  });
}

/** `request`: `[whether it went well, the answer's arguments]`. */
export function request({ ticket, agent }, options) {
  const path = new URL(options.url, location.origin).pathname.replace(/\.json$/, "");
  const { organization } = ticket ?? {};
  if (path === "/api/v2/users/me") return [true, [{ user: { ...agent, authenticity_token: "leave-me-alone" } }]];
  if (path === `/api/v2/tickets/${ticket?.id}`) return [true, [{ ticket: { id: ticket.id, subject: ticket.subject } }]];
  if (path === `/api/v2/tickets/${ticket?.id}/comments`) return [true, [conversation(ticket)]];
  if (path !== `/api/v2/organizations/${organization?.id}`) return refused(404, "Not Found", "RecordNotFound");
  if (organization.unreadable) return refused(403, "Forbidden", "Forbidden");
  return [true, [{ organization }]];
}

function refused(status, statusText, error) {
  const responseJSON = { error };
  return [false, [{ status, statusText, responseText: JSON.stringify(responseJSON), responseJSON }]];
}

/** A ticket's comments as the API shows them, newest first. */
function conversation({ requester, comments }) {
  const shown = comments.toReversed().map(({ author_id, text, internal, attachment }) => ({
    author_id: author_id ?? 0, body: text, plain_body: text, public: !internal, attachments: attachment ? [shownAs(attachment)] : [],
  }));
  return { comments: shown, users: [{ id: requester.id, role: "end-user" }] };
}

function shownAs({ filename, content }) {
  const content_url = `${location.origin}/attachments/${encodeURIComponent(filename)}`;
  return { file_name: filename, content_type: "text/plain", size: content.length, content_url, inline: false, deleted: false };
}

/** One answer for many paths; what fails stands under `errors`, as in Zendesk. */
function each(paths, answer) {
  const result = { errors: {} };
  for (const path of paths) {
    try {
      result[path] = answer(path);
    } catch (error) {
      result.errors[path] = { name: "Error", message: error.message, path, stack: "" };
    }
  }
  return result;
}

function writable(desk) {
  if (!desk.ticket) throw new Error("is not available: no ticket is open here");
  if (desk.ticket.status === "closed") throw new Error("is not available: the ticket is closed");
  return desk.view;
}

function tree({ ticket, agent, scheme, subdomain }) {
  if (!ticket) return { currentUser: agent, currentAccount: { subdomain }, colorScheme: scheme };
  const { id, subject, requester, organization, status, tags, draft, commentType, collaborators } = ticket;
  const comment = { text: draft, type: commentType };
  const named = organization && { id: organization.id, name: organization.name };
  const others = { organization: named, collaborators, status, tags: [...tags], comment };
  const shown = { id, subject, requester: { locale: "en-US", ...requester }, ...others };
  return { ticket: shown, comment, currentUser: agent, currentAccount: { subdomain }, colorScheme: scheme };
}

/** The value under a name: null inside null (a ticket without organization), nothing where there is none. */
function own(inside, name) {
  if (inside === null || inside === undefined) return inside;
  return Object.hasOwn(Object(inside), name) ? inside[name] : undefined;
}
