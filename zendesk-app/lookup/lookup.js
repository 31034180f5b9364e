// @ts-check
// The full page: every license of the team, found as the agent types, and all that is known about one.

import { explain, get, onPress } from "./api.js";
import { $, make, makeButton, makeLink, onTyped, set } from "./dom.js";
import { begin } from "./host.js";
import * as license from "./license.js";
import { t, words } from "./words.js";

const ANSWER_MS = 15_000;
/** The service's own least length of a search. */
const MIN_CHARS = 2;
/** Times of a table may be years old. @type {Intl.DateTimeFormatOptions} */
const MOMENT = { dateStyle: "medium", timeStyle: "short" };

/** The search under way; the next one ends it. */
let searching = new AbortController();
/** Where the next page begins. @type {string | null} */
let cursor = null;

begin({
  ready() {
    license.begin(toList, showKnown);
    onTyped("q", search);
    onPress("more", () => list(cursor));
    set({ form: true });
    search();
  },
  // In the agent's language and time zone, once they are known.
  joined: (agent) => agent.then(search),
  // Without Zendesk the page keeps the browser's language.
  unmet() {},
});

async function search() {
  // What was sought before must not come in later.
  searching.abort();
  const length = [...$("q").value.trim()].length;
  if (length > 0 && length < MIN_CHARS) return set({ found: t("lookup.short") });
  set({ found: t("lookup.loading") });
  try {
    await list(null);
    set({ "q-problem": "" });
  } catch (error) {
    set({ found: "", "q-problem": explain(error) });
  }
}

/** Shows a page of what is sought: the first one, or the one after a cursor. @param {string | null} after */
async function list(after) {
  searching.abort();
  searching = new AbortController();
  const { signal } = searching;
  const query = new URLSearchParams();
  const sought = $("q").value.trim();
  if (sought) query.set("q", sought);
  if (after) query.set("cursor", after);
  const page = await get(`licenses?${query}`, AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)])).catch((error) => {
    if (!signal.aborted) throw error;
  });
  if (signal.aborted) return;
  const rows = page.items.map(row);
  if (after) $("rows").append(...rows);
  else $("rows").replaceChildren(...rows);
  // The agent goes on where the new rows begin.
  if (after) rows[0]?.querySelector("button").focus();
  cursor = page.next_cursor;
  const n = $("rows").children.length;
  set({ licenses: n > 0, more: cursor !== null, found: n > 0 ? t("lookup.count", { n }) : t("lookup.none") });
}

/** @param {License} found */
function row(found) {
  const { id, customer, seats, created_at, agent, ticket, days_left, erased_at } = found;
  const name = makeButton("link", () => open(id), erased_at ? t("lookup.erased") : customer.name || customer.email);
  name.dataset.license = id;
  return make("tr", "",
    make("td", "", name),
    make("td", "company", customer.company ?? ""),
    make("td", "number", seats.toLocaleString(words.locale)),
    make("td", "", stateOf(found)),
    make("td", "", moment(created_at)),
    make("td", "", agent.username),
    make("td", "", ticketOf(ticket)),
    make("td", "number", String(days_left)),
  );
}

/** @param {License} found */
function stateOf({ state, replaced_by, drill }) {
  const tone = { failed: "danger", late: "warning", delivered: "", delivering: "" }[state];
  const word = t(`lookup.${replaced_by ? "replaced" : state}`);
  return make("em", tone, drill ? `${word}, ${t("lookup.drill")}` : word);
}

/** @param {License["ticket"]} ticket */
const ticketOf = ({ id, url }) => (url && /^https?:\/\//.test(url) ? makeLink(url, `#${id}`) : `#${id}`);

/** @param {Moment} at */
const moment = (at) => new Date(at).toLocaleString(words.locale, { timeZone: words.timeZone, ...MOMENT });

/** Opens one license by its id, as it is now. @param {string} id */
async function open(id) {
  try {
    license.open(await get(`licenses/${encodeURIComponent(id)}`));
    set({ known: true });
  } catch (error) {
    set({ "q-problem": explain(error) });
  }
}

function toList() {
  set({ license: false, known: false, form: true, "copy-box": false });
  $("q").focus();
  search();
}

/** Everything about the license in view, each time that it changes. @param {License} known */
function showKnown(known) {
  const { id, created_at, ticket, agent, customer, plan, trial, starts_on, expires_on, eligibility } = known;
  const { verdict, reason, override_reason } = eligibility;
  const { usage_url, erased_at } = known;
  // In the place of the address that stands for none.
  if (erased_at) set({ "license-to": t("lookup.erased") });
  /** @type {Record<string, string | Node | null | undefined>} */
  const facts = {
    name: customer.name,
    email: erased_at ? t("lookup.erased") : customer.email,
    company: customer.company,
    ticket: make("span", "", ticketOf(ticket), ` ${ticket.subject ?? ""}`),
    by: agent.username,
    at: moment(created_at),
    starts: words.day(starts_on),
    expires: words.day(expires_on),
    left: String(known.days_left),
    plan: trial ? `${plan}, ${t("lookup.trial")}` : plan,
    seats: known.seats.toLocaleString(words.locale),
    state: stateOf(known),
    eligibility: `${verdict}: ${reason}`,
    override: override_reason,
    replaces: linkTo(known.replaces),
    replaced_by: linkTo(known.replaced_by),
    md5: known.license_md5,
    sha256: known.license_sha256,
    usage: usage_url && /^https?:\/\//.test(usage_url) ? makeLink(usage_url, t("lookup.usage_link")) : null,
    id,
  };
  const shown = Object.entries(facts).flatMap(([name, fact]) =>
    fact ? [make("dt", "", t(`lookup.${name}`)), make("dd", "", fact)] : []);
  $("facts").replaceChildren(...shown);
  $("deliveries").replaceChildren(...known.deliveries.map(delivery));
  const line = (/** @type {License["events"][0]} */ { at, actor, kind, detail }) =>
    make("li", "", make("span", "hint", `${moment(at)} · ${actor}`), ` ${[happened(kind), detail].filter(Boolean).join(": ")}`);
  $("history").replaceChildren(...known.events.map(line));
}

/** An event in words; one that a later version of the service writes, by its name. @param {string} kind */
function happened(kind) {
  const name = `lookup.event.${kind}`;
  const said = t(name);
  return said === name ? kind : said;
}

/** @param {string | null} [id] */
const linkTo = (id) => id && makeButton("link", () => open(id), id);

/** @param {Delivery} delivery */
function delivery({ channel, purpose, recipient, state, attempts, attempt_log, last_error, reference, arrival }) {
  const came = arrival?.at ? `${moment(arrival.at)}: ${arrival.detail}` : arrival?.detail;
  const what = [channel, purpose, recipient, state, came, t("lookup.attempts", { n: attempts }), last_error, reference];
  const tries = (attempt_log ?? []).map(({ at, outcome, error }) =>
    make("li", "hint", [moment(at), outcome, error].filter(Boolean).join(" · ")));
  return make("li", "", what.filter(Boolean).join(" · "), make("ul", "", ...tries));
}
