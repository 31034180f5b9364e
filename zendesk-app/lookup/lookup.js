// @ts-check
// The full page: every license of the team, found as the agent types, and everything known about one.

import { explain, listLicenses } from "./api.js";
import { issueUrl, recipientOf } from "./delivery.js";
import { byId, debounced, field, isWebAddress, make, makeButton, makeLink, setChildren, setText, show } from "./dom.js";
import { startPage } from "./host.js";
import { bindInputs } from "./inputs.js";
import { bindLicense, openById } from "./license.js";
import { onPress } from "./press.js";
import { newInputs, onRender, render, state } from "./state.js";
import { page, t } from "./text.js";

const TIMEOUT_MS = 15_000;
const TYPING_MS = 300;
/** The service's own minimum length of a search. */
const MIN_CHARS = 2;
/** Times of a table may be years old. @type {Intl.DateTimeFormatOptions} */
const TIME_FORMAT = { dateStyle: "medium", timeStyle: "short" };

const search = {
	inputs: newInputs(),
	/** @type {License[]} */
	licenses: [],
	/** Where the next page begins. @type {string | null} */
	cursor: null,
	progress: "loading",
};

/** The search under way; the next one aborts it. */
let searching = new AbortController();

startPage({
	ready() {
		bindLicense(toList);
		bindInputs("list", () => search.inputs);
		byId("q").addEventListener("input", debounced(find, TYPING_MS));
		onPress({ id: "more", message: "q-problem", inputs: () => search.inputs, press: more });
		onRender(renderList);
		onRender(renderKnown);
		find();
	},
	// In the agent's language and time zone, once they are known.
	joined: (agent) => agent.then(find),
	// Without Zendesk the page keeps the browser's language.
	unmet() {},
});

const query = () => (search.inputs.values.q ?? "").trim();

async function find() {
	// What was sought before must not come in later.
	searching.abort();
	const { length } = [...query()];
	search.progress = length > 0 && length < MIN_CHARS ? "short" : "loading";
	render();
	if (search.progress === "short") return;
	try {
		await fetchPage(null);
		search.inputs.messages["q-problem"] = "";
	} catch (error) {
		search.progress = "failed";
		search.inputs.messages["q-problem"] = explain(error);
	}
	render();
}

async function more() {
	const before = search.licenses.length;
	await fetchPage(search.cursor);
	render();
	// The agent goes on where the new rows begin.
	byId("rows").children[before]?.querySelector("button")?.focus();
}

/** Fetches a page of what is sought: the first one, or the one after a cursor. @param {string | null} after */
async function fetchPage(after) {
	searching.abort();
	searching = new AbortController();
	const { signal } = searching;
	const parameters = new URLSearchParams();
	if (query()) parameters.set("q", query());
	if (after) parameters.set("cursor", after);
	const timeout = AbortSignal.timeout(TIMEOUT_MS);
	const found = await listLicenses(parameters, AbortSignal.any([signal, timeout])).catch((error) => {
		if (!signal.aborted) throw error;
	});
	if (signal.aborted || !found) return;
	search.licenses = after ? [...search.licenses, ...found.items] : found.items;
	search.cursor = found.next_cursor ?? null;
	search.progress = "found";
}

function renderList() {
	const n = search.licenses.length;
	show("list", state.view === "form");
	setChildren("rows", search.licenses.map(row));
	show("licenses", n > 0);
	show("more", search.cursor !== null);
	setText("found", progressText(n));
}

/** @param {number} n */
function progressText(n) {
	if (search.progress === "found") return n > 0 ? t("lookup.count", { n }) : t("lookup.none");
	return search.progress === "failed" ? "" : t(`lookup.${search.progress}`);
}

/** @param {License} license */
function row(license) {
	const { id, customer, seats, created_at, agent, ticket, days_left, erased_at } = license;
	const name = makeButton("link", () => open(id), erased_at ? t("lookup.erased") : customer.name || customer.email);
	name.dataset.license = id;
	return make(
		"tr",
		"",
		make("td", "", name),
		make("td", "company", make("span", "clamped", customer.company ?? "")),
		make("td", "number", seats.toLocaleString(page.locale)),
		make("td", "", stateOf(license)),
		make("td", "nowrap", time(created_at)),
		make("td", "", agent.username),
		make("td", "nowrap", ticketOf(ticket)),
		make("td", "number", String(days_left)),
	);
}

/** @param {License} license */
function stateOf({ state: progress, replaced_by, drill }) {
	const tone = { failed: "danger", late: "warning", delivered: "", delivering: "" }[progress];
	const word = t(`lookup.${replaced_by ? "replaced" : progress}`);
	return make("em", tone, drill ? `${word}, ${t("lookup.drill")}` : word);
}

/** @param {License["ticket"]} ticket */
const ticketOf = ({ id, url }) => (isWebAddress(url) ? makeLink(url, `#${id}`) : `#${id}`);

/** @param {Instant} at */
const time = (at) => new Date(at).toLocaleString(page.locale, { timeZone: page.timeZone, ...TIME_FORMAT });

/** Opens one license as it is now. @param {string} id */
async function open(id) {
	try {
		await openById(id);
	} catch (error) {
		search.inputs.messages["q-problem"] = explain(error);
		render();
	}
}

function toList() {
	render();
	field("q").focus();
	find();
}

function renderKnown() {
	show("known", state.view === "license");
	if (!state.license) return;
	const { license } = state.license;
	// Instead of the address that stands for none.
	if (license.erased_at) setText("license-to", t("lookup.erased"));
	setChildren(
		"facts",
		Object.entries(factsOf(license)).flatMap(([name, fact]) =>
			fact ? [make("dt", "", t(`lookup.${name}`)), make("dd", "", fact)] : [],
		),
	);
	setChildren("deliveries", license.deliveries.map(delivery));
	setChildren("history", license.events.map(event));
}

/** @param {License} license @returns {Record<string, string | Node | null | undefined>} */
function factsOf(license) {
	const { ticket, agent, customer, trial, usage_url, erased_at, eligibility } = license;
	const plan = t(`evidence.${license.plan}`);
	return {
		name: customer.name,
		email: erased_at ? t("lookup.erased") : recipientOf(license),
		company: customer.company,
		ticket: make("span", "", ticketOf(ticket), ` ${ticket.subject ?? ""}`),
		by: agent.username,
		at: time(license.created_at),
		starts: page.mediumDay(license.starts_on),
		expires: page.mediumDay(license.expires_on),
		left: String(license.days_left),
		plan: trial ? `${plan}, ${t("lookup.trial")}` : plan,
		seats: license.seats.toLocaleString(page.locale),
		state: stateOf(license),
		issue: issueUrl(license) && makeLink(issueUrl(license), issueUrl(license)),
		eligibility: eligibilityOf(eligibility),
		override: eligibility.override_reason,
		replaces: linkTo(license.replaces),
		replaced_by: linkTo(license.replaced_by),
		md5: license.license_md5,
		sha256: license.license_sha256,
		usage: usage_url && isWebAddress(usage_url) ? makeLink(usage_url, t("lookup.usage_link")) : null,
		id: license.id,
	};
}

/** @param {License["eligibility"]} eligibility */
function eligibilityOf({ verdict, reason }) {
	const why = page.locale.startsWith("en") ? reason : t(`verdict_reason.${verdict}`);
	return `${t(`verdict.${verdict}`)}: ${why}`;
}

/** @param {License["events"][0]} event */
function event({ at, actor, kind, detail }) {
	const what = [t(`lookup.event.${kind}`), detail].filter(Boolean).join(": ");
	return make("li", "", make("span", "hint", `${time(at)} · ${actor}`), ` ${what}`);
}

/** @param {string | null} [id] */
const linkTo = (id) => id && makeButton("link", () => open(id), id);

/** @param {Delivery} delivery */
function delivery({
	channel,
	purpose,
	recipient,
	without_attachment,
	state: progress,
	attempts,
	attempt_log,
	last_error,
	reference,
	arrival,
}) {
	const arrived = arrival && [arrival.at && time(arrival.at), t(`lookup.arrival.${arrival.state}`), arrival.reason];
	const facts = [
		t(`lookup.channel.${channel}`),
		t(`lookup.purpose.${purpose}`),
		recipient,
		without_attachment && t("lookup.bare"),
		t(`lookup.delivery.${progress}`),
		arrived?.filter(Boolean).join(" "),
		t("lookup.attempts", { n: attempts }),
		last_error,
		reference,
	];
	const attemptOf = (/** @type {Delivery["attempt_log"][0]} */ { at, outcome, error }) =>
		make("li", "hint", [time(at), t(`lookup.outcome.${outcome}`), error].filter(Boolean).join(" · "));
	return make("li", "", facts.filter(Boolean).join(" · "), make("ul", "", ...attempt_log.map(attemptOf)));
}
