// Zendesk's side of the wire: messages between this page and the app in its iframe.

import { get, set, invoke, request } from "./answers.js";

/** The app in one iframe. It is heard only from that iframe, at the service's origin, under its own guid. */
export class Host {
  #frame;
  #origin;
  #desk;
  #guid;
  #registered = false;
  #subscribed = new Set();
  #listener = (event) => this.#hear(event);

  /** `desk` is what the app may read and do; see answers.js. */
  constructor(frame, origin, desk) {
    this.#frame = frame;
    this.#origin = origin;
    this.#desk = desk;
    this.#guid = desk.appGuid;
    addEventListener("message", this.#listener);
  }

  /** Stops listening: the iframe is about to go. */
  close() {
    removeEventListener("message", this.#listener);
  }

  /** Tells the app of an event, where it asked for it. */
  tell(event, message) {
    if (this.#subscribed.has(event)) this.#event(event, message);
  }

  #hear({ source, origin, data }) {
    if (source !== this.#frame.contentWindow || origin !== this.#origin || typeof data !== "string") return;
    let said;
    try {
      said = JSON.parse(data);
    } catch {
      return;
    }
    if (said?.appGuid !== this.#guid) return;
    if (said.key === "iframe.handshake") this.#register();
    else if (!this.#registered) console.warn("sandbox: the app spoke before it was registered", said);
    else if (said.request) this.#answer(said);
    else if (typeof said.key === "string") this.#keyed(said.key, said.message);
  }

  #register() {
    const { appId, installationId, subdomain, ticket } = this.#desk;
    const place = ticket ? { location: "ticket_sidebar", ticketId: ticket.id } : { location: "nav_bar" };
    this.#registered = true;
    const metadata = { appId, installationId, name: "Stopgap", version: "1.0.0", settings: {} };
    const context = { product: "support", ...place, instanceGuid: this.#guid, account: { subdomain } };
    this.#event("app.registered", { metadata, context });
  }

  #answer({ id, request: kind, params }) {
    // The real host counts these and answers nothing.
    if (kind === "invoke" && "track" in params) return;
    const answers = { get, set, invoke };
    if (Object.hasOwn(answers, kind)) this.#say({ id, result: answers[kind](this.#desk, params) });
    else this.#say({ id, error: { name: "Error", message: `unknown request ${kind}`, stack: "" } });
  }

  #keyed(key, message) {
    const [, verb, event] = /^iframe\.(on|off):(.+)$/.exec(key) ?? [];
    if (verb === "on") {
      const isNew = !this.#subscribed.has(event);
      this.#subscribed.add(event);
      if (event === "app.activated" && isNew) this.#event(event, { firstLoad: true });
    } else if (verb === "off") {
      if (!message?.subscriberCount) this.#subscribed.delete(event);
    } else if (/^request:\d+$/.test(key)) {
      const [well, responseArgs] = request(this.#desk, message);
      this.#event(`${key}.${well ? "done" : "fail"}`, { responseArgs });
    }
  }

  #event(event, message) {
    this.#say({ key: `zaf.${event}`, message });
  }

  #say(words) {
    this.#frame.contentWindow?.postMessage({ ...words, instanceGuid: this.#guid }, this.#origin);
  }
}
