// @ts-check
// Who the license goes to: the requester, or the customer that the agent enters instead.

import { byId, isEmailAddress, join, makeButton, setChildren, setText, show } from "./dom.js";
import { RECIPIENT_FIELDS, onRender, render, state } from "./state.js";
import { t } from "./text.js";

/** @type {string[]} */
let refusedDomains = [];

/** @param {string} domains separated by commas @param {() => void} changed */
export function bindRecipient(domains, changed) {
	refusedDomains = domains.toLowerCase().split(",").filter(Boolean);
	byId("correct").onclick = () => {
		if (state.ticket.isCorrecting) takeRequester(state.ticket);
		else startCorrecting(state.ticket);
		render();
		if (state.ticket.isCorrecting) byId("email").focus();
		changed();
	};
	onRender(() => {
		renderRecipient(state.ticket);
		renderContacts(state.ticket, changed);
	});
}

/** @param {TicketState} known */
export function customerOf({ ticket, isCorrecting, inputs: { values } }) {
	if (!isCorrecting) return { email: ticket?.email ?? "", name: ticket?.name ?? "", company: ticket?.company ?? "" };
	const typed = (/** @type {string} */ id) => (values[id] ?? "").trim();
	return { email: typed("email"), name: typed("name"), company: typed("company") };
}

/** @param {string} email */
export const normalized = (email) => email.trim().toLowerCase();

/** What is wrong with an address; empty if nothing is. @param {string} email */
export function emailProblem(email) {
	if (email === "") return t("recipient.missing");
	if (!isEmailAddress(email)) return t("recipient.invalid");
	const domain = refusedDomainOf(email);
	return domain ? t("recipient.refused", { domain }) : "";
}

/** @param {string} email */
const refusedDomainOf = (email) =>
	refusedDomains.find((domain) => `.${normalized(email).split("@")[1]}`.endsWith(`.${domain}`));

/** A requester who cannot get a license leaves it to the agent to enter the customer. @param {TicketState} known */
export function checkRequester(known) {
	if (known.isCorrecting) return;
	const problem = emailProblem(known.ticket?.email ?? "");
	if (!problem) return;
	startCorrecting(known);
	known.inputs.problems.email = problem;
}

/** @param {TicketState} known */
export function startCorrecting({ ticket, inputs }) {
	state.ticket.isCorrecting = true;
	// A colleague's name and company are not the customer's.
	const isCustomer = !refusedDomainOf(ticket?.email ?? "");
	inputs.values.email = isCustomer ? (ticket?.email ?? "") : "";
	inputs.values.name = isCustomer ? (ticket?.name ?? "") : "";
	inputs.values.company = isCustomer ? (ticket?.company ?? "") : "";
}

/** @param {TicketState} known */
function takeRequester(known) {
	known.isCorrecting = false;
	for (const id of RECIPIENT_FIELDS) {
		delete known.inputs.values[id];
		delete known.inputs.problems[id];
	}
}

/** @param {TicketState} known */
function renderRecipient({ ticket, reading, isCorrecting }) {
	byId("recipient").ariaBusy = String(reading === "pending");
	const requester = join(ticket?.name, ticket?.company);
	setText("recipient-name", reading === "pending" ? t("recipient.loading") : requester);
	setText("recipient-email", ticket?.email ?? "");
	setText("unread", reading === "failed" ? t("recipient.unread") : "");
	show("recipient-name", reading === "pending" || !isCorrecting);
	show("recipient-email", !isCorrecting);
	show("again", reading === "failed");
	show("correct", Boolean(ticket?.email) && reading === "done");
	setText("correct", t(isCorrecting ? "recipient.undo" : "recipient.correct"));
	byId("correct").ariaExpanded = String(isCorrecting);
	show("correction", isCorrecting);
}

/** The other addresses of this ticket that a license may go to. @param {TicketState} known @param {() => void} changed */
function renderContacts({ ticket, isCorrecting }, changed) {
	const contacts = (ticket?.contacts ?? []).filter(({ email }) => !emailProblem(email));
	show("contacts-title", contacts.length > 0);
	if (!isCorrecting) return setChildren("contacts", []);
	const choices = contacts.map((contact) => {
		const button = makeButton("button", () => choose(contact, changed), join(contact.name, contact.email));
		button.dataset.email = contact.email;
		return button;
	});
	setChildren("contacts", choices);
}

/** @param {Contact} contact @param {() => void} changed */
function choose({ name, email }, changed) {
	Object.assign(state.ticket.inputs.values, { email, name });
	delete state.ticket.inputs.problems.email;
	render();
	changed();
}
