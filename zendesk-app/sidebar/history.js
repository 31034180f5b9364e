// @ts-check
// What was generated for this ticket and this customer before.

import { getLicense, listLicenses } from "./api.js";
import { standing, terms, toneOf } from "./delivery.js";
import { byId, isEmailAddress, join, make, makeButton, pause, setChildren, setText, show } from "./dom.js";
import { isFinished } from "./follow.js";
import { openLicense } from "./license.js";
import { isRestricted } from "./zendesk.js";
import { customerOf, normalized } from "./recipient.js";
import { keepLicense, onRender, render, state } from "./state.js";
import { page, t } from "./text.js";

/** More would push the form out of the first view. */
const SHOWN_AT_FIRST = 2;
const POLL_MS = 3000;
/** More than a shift. */
const MAX_POLLS = 10_000;

let lookups = 0;

export function bindHistory() {
	byId("earlier-more").onclick = () => {
		state.ticket.showsAllLicenses = true;
		render();
	};
	byId("another").onclick = () => {
		state.ticket.anotherFor = normalized(customerOf(state.ticket).email);
		delete state.ticket.inputs.messages["earlier-said"];
		render();
		byId("seats").focus();
	};
	onRender(() => renderHistory(state.ticket));
	pollPending();
}

/** This customer's license that still runs. @param {TicketState} known */
export function runningLicense(known) {
	const email = normalized(customerOf(known).email);
	return known.licenses.find((license) => license.running && normalized(license.customer.email) === email);
}

/** The customer has a license, and nobody has said that another one is wanted. @param {TicketState} known */
export const isServed = (known) =>
	Boolean(runningLicense(known)) && known.anotherFor !== normalized(customerOf(known).email);

/** Looks up what was generated for the ticket and the address. */
export async function lookUp() {
	const known = state.ticket;
	if (!known.ticket) return;
	const lookup = (lookups += 1);
	const { id } = known.ticket;
	const email = normalized(customerOf(known).email);
	const queries = [new URLSearchParams({ ticket: String(id) })];
	if (isEmailAddress(email)) queries.push(new URLSearchParams({ q: email }));
	const pages = await Promise.all(queries.map((query) => listLicenses(query))).catch(() => null);
	if (lookup !== lookups) return;
	known.lookupFailed = !pages;
	if (pages) {
		const found = pages.flatMap(({ items }) => items);
		const theirs = found.filter((each) => each.ticket.id === id || normalized(each.customer.email) === email);
		known.licenses = [...new Map(theirs.map((license) => [license.id, license])).values()];
	}
	render();
}

/** Takes in a running license that the page did not know of. @param {TicketState} known @param {License} license */
export function addLicense(known, license) {
	known.licenses = [license, ...known.licenses.filter(({ id }) => id !== license.id)];
	known.anotherFor = null;
	known.inputs.messages["earlier-said"] = t("earlier.meanwhile");
	render();
	byId("another").focus();
}

/** Rows are live while anything is pending. */
async function pollPending() {
	for (let polls = 0; polls < MAX_POLLS; polls += 1) {
		await pause(POLL_MS);
		const known = state.ticket;
		const pending = known.licenses.filter((license) => !isFinished(license));
		if (state.view !== "form" || state.isSessionOver || document.hidden || pending.length === 0) continue;
		const latest = await Promise.all(pending.map(({ id }) => getLicense(id))).catch(() => []);
		const byLicense = new Map(latest.map((license) => [license.id, license]));
		known.licenses = known.licenses.map((license) => byLicense.get(license.id) ?? license);
		render();
	}
}

/** @param {TicketState} known */
function renderHistory(known) {
	const licenses = known.licenses.toSorted((a, b) => b.created_at.localeCompare(a.created_at));
	const n = licenses.length;
	const served = isServed(known);
	setChildren("earlier-list", licenses.slice(0, known.showsAllLicenses ? n : SHOWN_AT_FIRST).map(row));
	show(
		"earlier",
		n > 0 || (known.lookupFailed && !state.isSessionOver) || Boolean(known.inputs.messages["earlier-said"]),
	);
	show("earlier-unknown", known.lookupFailed && !state.isSessionOver);
	show("earlier-more", !known.showsAllLicenses && n > SHOWN_AT_FIRST);
	setText("earlier-more", t("earlier.more", { n }));
	show("another", served && !isRestricted(known));
	show("order", !served && !isRestricted(known));
	byId("earlier").classList.toggle("warning", served);
}

/** @param {License} license */
function row(license) {
	const { id, ticket, created_at, agent } = license;
	const status = make("strong", toneOf(license), standing(license));
	const facts = join(
		terms(license),
		`#${ticket.id}`,
		t("earlier.by", { username: agent.username, time: page.time(created_at) }),
	);
	const open = () => openLicense(keepLicense(license).license);
	const button = makeButton(
		"link row",
		open,
		make("span", "", status, make("span", "detail", facts)),
		make("span", "hint", t("earlier.open")),
	);
	button.dataset.license = id;
	return make("li", "", button);
}
