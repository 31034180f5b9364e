// A stand-in for Zendesk's SDK that speaks its wire protocol: `ZAFClient.init()` and the calls that an app needs.
(() => {
  "use strict";

  const HOSTS = /^(https:\/\/[a-z0-9-]+\.zendesk\.com|http:\/\/localhost:\d+)$/i;
  const ANSWER_TIMEOUT_MS = 5 * 60 * 1000;

  class Client {
    #origin;
    #guid;
    #handlers = new Map();
    #pending = new Map();
    #unsent = [];
    #registered = null;
    #lastId = 0;
    #lastRequest = 0;

    constructor(origin, guid) {
      this.#origin = origin;
      this.#guid = guid;
      addEventListener("message", (event) => this.#hear(event));
      this.#send({ key: "iframe.handshake", message: { version: "sandbox" } });
    }

    on(event, handler, context) {
      const handlers = this.#handlers.get(event) ?? [];
      handlers.push({ handler, call: context ? handler.bind(context) : handler });
      this.#handlers.set(event, handlers);
      if (event !== "app.registered") this.#post({ key: `iframe.on:${event}`, message: { subscriberCount: handlers.length } });
      else if (this.#registered) handler(this.#registered);
    }

    off(event, handler) {
      const handlers = (this.#handlers.get(event) ?? []).filter((known) => known.handler !== handler);
      this.#handlers.set(event, handlers);
      this.#post({ key: `iframe.off:${event}`, message: { subscriberCount: handlers.length } });
    }

    has(event, handler) {
      return (this.#handlers.get(event) ?? []).some((known) => known.handler === handler);
    }

    get(path) {
      return this.#ask("get", Array.isArray(path) ? path : [path], typeof path === "string" ? path : null);
    }

    set(path, value) {
      const single = typeof path === "string";
      return this.#ask("set", single ? { [path]: value } : path, single ? path : null);
    }

    invoke(action, ...words) {
      return this.#ask("invoke", { [action]: words }, action);
    }

    request(options) {
      const key = `request:${++this.#lastRequest}`;
      return new Promise((resolve, reject) => {
        this.on(`${key}.done`, ({ responseArgs }) => resolve(responseArgs[0]));
        this.on(`${key}.fail`, ({ responseArgs }) => reject(responseArgs[0]));
        this.#post({ key, message: typeof options === "string" ? { url: options } : options });
      });
    }

    async context() {
      return (await this.#registration()).context;
    }

    async metadata() {
      return (await this.#registration()).metadata;
    }

    #registration() {
      return new Promise((resolve) => this.on("app.registered", resolve));
    }

    #ask(request, params, single) {
      const id = ++this.#lastId;
      const answer = new Promise((resolve, reject) => {
        const late = () => this.#settle(id, { error: { name: "Error", message: `${request} was not answered in time` } });
        this.#pending.set(id, { resolve, reject, timer: setTimeout(late, ANSWER_TIMEOUT_MS) });
      });
      this.#post({ id, request, params });
      return answer.then((result) => {
        const error = single !== null && result.errors?.[single];
        if (error) throw errorOf(error);
        return result;
      });
    }

    #settle(id, { result, error }) {
      const { resolve, reject, timer } = this.#pending.get(id);
      clearTimeout(timer);
      this.#pending.delete(id);
      if (error) reject(errorOf(error));
      else resolve(result);
    }

    #hear({ source, origin, data }) {
      if (source !== window.parent || origin !== this.#origin || !data) return;
      let said = data;
      if (typeof data === "string") {
        try {
          said = JSON.parse(data);
        } catch {
          return;
        }
      }
      if (said.id && this.#pending.has(said.id)) this.#settle(said.id, said);
      else if (typeof said.key === "string" && said.key.startsWith("zaf.")) this.#event(said.key.slice(4), said);
    }

    #event(event, { message, needsReply }) {
      if (event === "app.registered") this.#register(message);
      const outcomes = (this.#handlers.get(event) ?? []).map(({ call }) => call(message));
      if (needsReply) this.#reply(event, outcomes);
    }

    #register(message) {
      this.#registered = message;
      this.#unsent.splice(0).forEach((words) => this.#send(words));
    }

    // A hook's answer is the one message that goes as an object.
    async #reply(event, outcomes) {
      const words = { appGuid: this.#guid, key: `iframe.reply:${event}` };
      try {
        const all = await Promise.all(outcomes);
        if (all.includes(false)) words.error = { msg: "refused" };
      } catch (reason) {
        words.error = { msg: String(reason?.message ?? reason) };
      }
      window.parent.postMessage(words, this.#origin);
    }

    #post(words) {
      if (this.#registered) this.#send(words);
      else this.#unsent.push(words);
    }

    #send(words) {
      window.parent.postMessage(JSON.stringify({ ...words, appGuid: this.#guid, instanceGuid: this.#guid }), this.#origin);
    }
  }

  function errorOf({ name, message, path, stack }) {
    const error = new Error(path ? `"${path}" ${message}` : message);
    return Object.assign(error, { name: name ?? "Error", stack });
  }

  window.ZAFClient = {
    /** The client; false where the page was opened outside Zendesk. */
    init(callback, place = location) {
      const query = new URLSearchParams(place.search);
      const hash = new URLSearchParams(place.hash.slice(1));
      const [origin, guid] = ["origin", "app_guid"].map((name) => query.get(name) ?? hash.get(name));
      if (!origin || !guid || !HOSTS.test(origin)) return false;
      const client = new Client(origin, guid);
      if (callback) client.on("app.registered", ({ context }) => callback.call(client, context));
      return client;
    },
  };
})();
