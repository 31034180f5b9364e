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
export function request(desk, options) {
  const path = new URL(options.url, location.origin).pathname.replace(/\.json$/, "");
  const { ticket, agent } = desk;
  if (path === "/api/v2/users/me") return [true, [{ user: agent }]];
  if (path === `/api/v2/tickets/${ticket.id}`) return [true, [{ ticket: { id: ticket.id, subject: ticket.subject } }]];
  const text = JSON.stringify({ error: "RecordNotFound" });
  return [false, [{ status: 404, statusText: "Not Found", responseText: text, responseJSON: JSON.parse(text) }]];
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
  const others = { organization, collaborators, status, tags: [...tags], comment };
  const shown = { id, subject, requester: { locale: "en-US", ...requester }, ...others };
  return { ticket: shown, comment, currentUser: agent, currentAccount: { subdomain }, colorScheme: scheme };
}

/** The value under a name: null inside null (a ticket without organization), nothing where there is none. */
function own(inside, name) {
  if (inside === null || inside === undefined) return inside;
  return Object.hasOwn(Object(inside), name) ? inside[name] : undefined;
}
