// @ts-check
// Zendesk, around the page: the ticket, the comment, the frame.

/** The SDK itself waits for five minutes. */
const ANSWER_MS = 8000;
/** What the service takes of a name and of a subject. */
const [NAME_CHARS, SUBJECT_CHARS] = [200, 300];

/** @type {ZafClient} */
let zaf;

/** The ticket, as it was read last. @type {Ticket | undefined} */
export let ticket;

/** Meets Zendesk; false where the page stands outside of it. */
export async function connect() {
  if (!window.ZAFClient) {
    const script = document.getElementById("zaf-sdk");
    await within(new Promise((resolve, reject) => {
      script?.addEventListener("load", resolve);
      script?.addEventListener("error", reject);
    }));
  }
  const client = window.ZAFClient?.init();
  if (client) zaf = client;
  return Boolean(client);
}

/** @param {string} event @param {(message?: any) => void} handler */
export const on = (event, handler) => zaf.on(event, handler);

export async function readAgent() {
  const { currentUser, colorScheme } = await within(zaf.get(["currentUser", "colorScheme"]));
  return { locale: currentUser?.locale ?? "en", zone: currentUser?.timeZone?.ianaName, scheme: colorScheme };
}

export async function readTicket() {
  const read = await within(zaf.get(["ticket.id", "ticket.subject", "ticket.requester", "ticket.organization"]));
  const requester = read["ticket.requester"] ?? {};
  ticket = {
    id: idIn(read),
    subject: line(read["ticket.subject"], SUBJECT_CHARS),
    name: line(requester.name, NAME_CHARS),
    email: line(requester.email, NAME_CHARS),
    company: line(read["ticket.organization"]?.name, NAME_CHARS),
    locale: requester.locale ?? "en",
  };
}

/** Puts text into the ticket's comment. @param {CommentKind} kind @param {string} text */
export async function insert(kind, text) {
  await act(() => zaf.set("comment.type", kind));
  await act(() => zaf.invoke("ticket.comment.appendText", text));
}

/** @param {string} tag */
export const addTag = (tag) => act(() => zaf.invoke("ticket.tags.add", tag));

/** Keeps the frame as high as the page, from now on. */
export function followHeight() {
  let timer = 0;
  new ResizeObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const height = `${Math.ceil(document.body.getBoundingClientRect().height)}px`;
      // A frame that keeps its height is a blemish, not a fault.
      within(zaf.invoke("resize", { width: "100%", height })).catch(() => {});
    }, 50);
  }).observe(document.body);
}

/** Acts on the ticket that was read; another one may have taken its place. @param {() => Promise<any>} deed */
async function act(deed) {
  if (idIn(await within(zaf.get(["ticket.id"]))) !== ticket?.id) throw new Error("another ticket is open");
  const answer = await within(deed());
  // Zendesk hides what it refused inside an answer.
  for (const error of Object.values(answer?.errors ?? {})) throw new Error(error?.message);
}

/** @param {Record<string, any>} read */
function idIn(read) {
  const id = Number(read["ticket.id"]);
  if (!(id > 0)) throw new Error("the ticket has no number yet");
  return id;
}

/** @template T @param {Promise<T>} promise @returns {Promise<T>} */
const within = (promise) =>
  Promise.race([promise, new Promise((_, reject) => setTimeout(reject, ANSWER_MS, new Error("Zendesk does not answer")))]);

/**
 * One line of the ticket's text without the characters that the service refuses: a ticket cannot be corrected
 * from here, so an odd name must not stand in the way of a license.
 * @param {unknown} text @param {number} chars
 */
function line(text, chars) {
  const clean = String(text ?? "").replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, " ").trim();
  return [...clean].slice(0, chars).join("").trim();
}
