// The ticket: its fields, its conversation and the comment editor.

import { by, make, moment } from "./dom.js";

/** The one ticket that is open. `changed(event, message)` hears what the agent changes by hand. */
export class TicketView {
  #ticket;
  #changed;
  #agent;

  constructor(changed) {
    this.#changed = changed;
    by("requester-email").addEventListener("change", (event) => {
      this.#ticket.requester.email = event.target.value.trim() || null;
      this.#changed("ticket.requester.email.changed", this.#ticket.requester.email);
    });
    by("draft").addEventListener("input", (event) => (this.#ticket.draft = event.target.value));
    by("editor").addEventListener("change", ({ target }) => target.name === "kind" && this.setType(target.value));
    by("editor").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  show(ticket, agent) {
    this.#ticket = ticket;
    this.#agent = agent;
    const closed = ticket.status === "closed";
    by("subject").textContent = ticket.subject;
    by("status").textContent = `Ticket #${ticket.id}, ${ticket.status}`;
    by("requester-name").value = ticket.requester.name;
    by("requester-email").value = ticket.requester.email ?? "";
    by("organization").value = ticket.organization?.name ?? "";
    by("editor").hidden = closed;
    by("no-editor").hidden = !closed;
    this.setText(ticket.draft);
    this.setType(ticket.commentType);
    this.#drawTags();
    this.#drawComments();
  }

  // An app may write to its ticket while another one is open.

  setText(text, ticket = this.#ticket) {
    ticket.draft = text;
    if (ticket === this.#ticket) by("draft").value = text;
  }

  setType(type, ticket = this.#ticket) {
    ticket.commentType = type;
    if (ticket !== this.#ticket) return;
    by("editor").elements.kind.value = type;
    by("editor").classList.toggle("internal", type === "internalNote");
  }

  append(text, ticket) {
    const { draft } = ticket;
    this.setText(draft && !draft.endsWith("\n") ? `${draft}\n${text}` : draft + text, ticket);
    by("draft").scrollTop = by("draft").scrollHeight;
  }

  /** Adds tags, or removes them. */
  tag(tags, add, ticket) {
    const others = ticket.tags.filter((known) => !tags.includes(known));
    ticket.tags = add ? [...others, ...tags] : others;
    if (ticket === this.#ticket) this.#drawTags();
  }

  #submit() {
    const { draft, commentType, comments } = this.#ticket;
    if (!draft.trim()) return;
    const internal = commentType === "internalNote";
    comments.push({ author: this.#agent.name, at: new Date().toISOString(), text: draft, internal });
    this.setText("");
    this.#drawComments();
  }

  #drawTags() {
    by("tags").replaceChildren(...this.#ticket.tags.map((tag) => make("li", { class: "chip" }, tag)));
  }

  #drawComments() {
    const draw = ({ author, at, text, internal, attachment }) =>
      make(
        "li", { class: internal ? "comment internal" : "comment" },
        make("header", {}, make("b", {}, author), internal ? make("span", { class: "chip" }, "internal note") : null, moment(at)),
        make("p", {}, text),
        attachment ? attached(attachment) : null,
      );
    by("comments").replaceChildren(...this.#ticket.comments.map(draw));
  }
}

/** An attachment, for download. */
function attached({ filename, content }) {
  const href = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
  return make("a", { class: "attachment", href, download: filename }, `⤓ ${filename}`);
}
