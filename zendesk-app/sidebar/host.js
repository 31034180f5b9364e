// @ts-check
// Zendesk, around the page: the ticket, the comment, the frame. Every call has its own time limit,
// because the SDK itself waits for five minutes.

const ANSWER_MS = 8000;
const RESIZE_MS = 50;
/** What the service takes: MAX_NAME_CHARS and MAX_SUBJECT_CHARS there. */
const NAME_CHARS = 200;
const SUBJECT_CHARS = 300;

/** @type {ZafClient | null} */
let client = null;

/** Meets Zendesk. False where the page stands outside of it. */
export async function connect() {
  if (!window.ZAFClient) {
    await within(new Promise((resolve, reject) => {
      const script = document.getElementById("zaf-sdk");
      script?.addEventListener("load", resolve);
      script?.addEventListener("error", reject);
    }));
  }
  client = window.ZAFClient?.init() || null;
  return client !== null;
}

/** @param {string} event @param {(message?: any) => void} handler */
export function on(event, handler) {
  client?.on(event, handler);
}

/** @returns {Promise<{ locale: string, zone: string, scheme: string }>} */
export async function readAgent() {
  const { currentUser, colorScheme } = await zendesk().get(["currentUser", "colorScheme"]);
  return { locale: currentUser?.locale ?? "en", zone: currentUser?.timeZone?.ianaName, scheme: colorScheme };
}

/** @returns {Promise<Ticket>} */
export async function readTicket() {
  const read = await zendesk().get(["ticket.id", "ticket.subject", "ticket.requester", "ticket.organization"]);
  const requester = read["ticket.requester"] ?? {};
  return {
    id: ticketId(read),
    subject: line(read["ticket.subject"], SUBJECT_CHARS),
    name: line(requester.name, NAME_CHARS),
    email: line(requester.email, NAME_CHARS),
    company: line(read["ticket.organization"]?.name, NAME_CHARS),
    locale: String(requester.locale ?? "en"),
  };
}

/**
 * Puts text into the ticket's comment.
 * @param {"publicReply" | "internalNote"} kind
 * @param {string} text
 * @param {number} id the ticket that the text is meant for
 */
export async function insert(kind, text, id) {
  await requireTicket(id);
  await zendesk().set("comment.type", kind);
  await zendesk().invoke("ticket.comment.appendText", text);
}

/** @param {string} tag @param {number} id */
export async function addTag(tag, id) {
  await requireTicket(id);
  await zendesk().invoke("ticket.tags.add", tag);
}

/** Keeps the frame as high as the page, from now on. */
export function followHeight() {
  let timer = 0;
  const page = document.body;
  new ResizeObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const height = `${Math.ceil(page.getBoundingClientRect().height)}px`;
      // A frame that keeps its height is a blemish, not a fault.
      zendesk().invoke("resize", { width: "100%", height }).catch(() => {});
    }, RESIZE_MS);
  }).observe(page);
}

/** The ticket may have changed under the page since it was read. @param {number} id */
async function requireTicket(id) {
  if (ticketId(await zendesk().get(["ticket.id"])) !== id) throw new Error("another ticket is open");
}

/** @param {Record<string, any>} read */
function ticketId(read) {
  const id = Number(read["ticket.id"]);
  if (!Number.isSafeInteger(id) || id < 1) throw new Error("the ticket has no number yet");
  return id;
}

/** The client, with a time limit on each call and with the errors that it hides in its answers thrown. */
function zendesk() {
  const zaf = client;
  if (!zaf) throw new Error("outside Zendesk");
  return {
    /** Parts that Zendesk cannot give are left out; the caller knows what it needs. @param {string[]} paths */
    get: (paths) => within(zaf.get(paths)),
    /** @param {string} path @param {unknown} value */
    set: (path, value) => within(zaf.set(path, value)).then(throwErrors),
    /** @param {string} action @param {...unknown} args */
    invoke: (action, ...args) => within(zaf.invoke(action, ...args)).then(throwErrors),
  };
}

/** @param {Record<string, any> | undefined} answer */
function throwErrors(answer) {
  const [error] = Object.values(answer?.errors ?? {});
  if (error) throw new Error(error.message ?? "Zendesk refused");
}

/** @template T @param {Promise<T>} promise @returns {Promise<T>} */
function within(promise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("Zendesk does not answer")), ANSWER_MS);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/**
 * One line of the ticket's text, without the characters that the service refuses: a ticket cannot be
 * corrected from here, so an odd name must not stand in the way of a license.
 * @param {unknown} text
 * @param {number} chars
 */
function line(text, chars) {
  const clean = String(text ?? "").replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, " ").trim();
  return [...clean].slice(0, chars).join("").trim();
}
