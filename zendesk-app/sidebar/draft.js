// @ts-check
// Keeps a ticket's form while the app is reloaded for a new session: neither the session nor pasted licenses.

import { state } from "./state.js";

/** May hold the text of a license. */
const SECRET_FIELDS = ["license_file", "error-text"];

/** @param {number | undefined} id */
const nameOf = (id) => `stopgap-${id}`;

export function keepDraft() {
	const { ticket, inputs, isCorrecting, anotherFor, askedSeats, filledSeats, organization, taken } = state.ticket;
	const values = { ...readFromLicense(), ...inputs.values };
	for (const id of SECRET_FIELDS) delete values[id];
	const checks = { ...inputs.checks, trial: inputs.checks.trial || state.ticket.eligibility?.read.trial === true };
	const draft = {
		values,
		checks,
		open: inputs.open,
		keys: inputs.keys,
		isCorrecting,
		anotherFor,
		askedSeats,
		filledSeats,
		organization,
		taken,
	};
	try {
		sessionStorage.setItem(nameOf(ticket?.id), JSON.stringify(draft));
	} catch {
		// The browser keeps nothing for frames.
	}
}

/** What the old license said stands in for its text. @returns {Record<string, string>} */
function readFromLicense() {
	const { plan, expires_on, seats } = state.ticket.eligibility?.read ?? {};
	/** @type {Record<string, string>} */
	const values = {};
	if (plan) values.plan = plan;
	if (expires_on) values.expires_on = expires_on;
	if (seats) values.licensed = String(seats);
	return values;
}

/** Takes the kept form of the ticket in view. @returns whether there was one */
export function takeDraft() {
	const name = nameOf(state.ticket.ticket?.id);
	try {
		const kept = sessionStorage.getItem(name);
		if (!kept) return false;
		sessionStorage.removeItem(name);
		const { values, checks, open, keys, ...rest } = JSON.parse(kept);
		Object.assign(state.ticket.inputs, { values, checks, open, keys });
		Object.assign(state.ticket, rest);
		return true;
	} catch {
		return false;
	}
}
