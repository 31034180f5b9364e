// @ts-check
// The sidebar of a ticket.

import { byId, debounced } from "./dom.js";
import { bindDiagnosis } from "./diagnosis.js";
import { keepDraft, takeDraft } from "./draft.js";
import { bindEvidence, checkEvidence } from "./evidence.js";
import { bindForm } from "./form.js";
import { bindHistory, lookUp } from "./history.js";
import { readTicket, startPage, takeMeta, zendesk } from "./host.js";
import { bindLicense } from "./license.js";
import { bindRecipient, checkRequester } from "./recipient.js";
import { leaveLicense, render, setUsername, state, viewTicket } from "./state.js";
import { bindComments, bindOrganization, readComments, readOrganization, readUsername } from "./zendesk.js";

const TYPING_MS = 300;

startPage({
	ready() {
		setUsername(takeMeta("username"));
		bindForm(takeMeta("shifts"));
		bindRecipient(takeMeta("refused-domains"), lookUp);
		byId("correction").addEventListener("input", debounced(lookUp, TYPING_MS));
		bindEvidence();
		bindOrganization(takeMeta("zendesk-fields"));
		bindComments();
		bindLicense(toForm);
		bindHistory();
		bindDiagnosis(toForm);
		byId("again").onclick = () => takeTicket();
		render();
	},
	async joined(agent) {
		zendesk().on("ticket.requester.email.changed", () => takeTicket());
		zendesk().on("ticket.organization.changed", () => takeTicket());
		zendesk().on("app.activated", (data) => {
			if (!data?.firstLoad && state.view === "form") takeTicket();
		});
		readUsername();
		await takeTicket(agent);
	},
	unmet() {
		state.ticket.reading = "failed";
		render();
	},
	sessionEnded() {
		keepDraft();
		byId("form").addEventListener("input", keepDraft);
	},
});

/** Reads the ticket, and what was generated for it. @param {Promise<void>} [agent] */
async function takeTicket(agent) {
	state.ticket.reading = "pending";
	render();
	try {
		const [ticket] = await Promise.all([readTicket(), agent]);
		viewTicket(ticket);
	} catch {
		state.ticket.reading = "failed";
		return render();
	}
	const hasDraft = takeDraft();
	checkRequester(state.ticket);
	render();
	if (hasDraft) checkEvidence(state.ticket);
	// What Zendesk's records add comes when it comes.
	readOrganization(state.ticket);
	readComments(state.ticket);
	await lookUp();
}

function toForm() {
	if (state.view === "license") leaveLicense();
	render();
	byId(byId("order").hidden ? "another" : "seats").focus();
	lookUp();
}
