// @ts-check
// Everything that a page shows is a function of this one object. What an agent typed, what was said about it and the
// idempotency keys under way belong to one ticket or one license, and are in view only together with it.

/** @returns {Inputs} */
export const newInputs = () => ({
	values: {},
	checks: {},
	open: {},
	problems: {},
	messages: {},
	busy: {},
	keys: {},
});

/** Remembered from the agent's last license, or else from Zendesk's record of the agent. */
let username = "";
let isUsernameFromZendesk = false;

/** @param {string} name */
export function setUsername(name) {
	username = name;
	if (name) state.ticket.inputs.values.username = name;
}

/** Fills in the username where none is known. What the agent typed is kept. @param {string} name */
export function suggestUsername(name) {
	if (username) return;
	username = name;
	isUsernameFromZendesk = true;
	for (const { inputs } of [state.ticket, ...Object.values(state.tickets)]) inputs.values.username ??= name;
}

/** @param {TicketState} known */
export const isSuggestedUsername = ({ inputs }) => isUsernameFromZendesk && inputs.values.username === username;

/** @returns {TicketState} */
const newTicket = () => ({
	ticket: null,
	reading: "pending",
	inputs: { ...newInputs(), values: username ? { username } : {} },
	isCorrecting: false,
	anotherFor: null,
	askedSeats: "",
	filledSeats: "",
	eligibility: null,
	eligibilityProblem: "",
	showsReason: false,
	licenses: [],
	showsAllLicenses: false,
	lookupFailed: false,
	findings: [],
	organization: null,
	organizationStatus: "",
	numbers: {},
	attachments: [],
	taken: {},
});

/** @type {PageState} */
export const state = {
	view: "form",
	isSessionOver: false,
	ticket: newTicket(),
	tickets: {},
	license: null,
	licenses: {},
	copyText: "",
	agentEmail: "",
};

/** @type {(() => void)[]} */
const renderers = [];

/** @param {() => void} renderer */
export function onRender(renderer) {
	renderers.push(renderer);
}

export function render() {
	for (const renderer of renderers) renderer();
}

/** Brings a ticket into view. What was typed before the first one was read belongs to it. @param {Ticket} ticket */
export function viewTicket(ticket) {
	const { id, email } = ticket;
	const unread = state.ticket.ticket ? newTicket() : state.ticket;
	state.tickets[id] ??= unread;
	const known = state.tickets[id];
	// Another requester is another customer: who the license goes to is asked anew.
	if (known.ticket && known.ticket.email !== email) forgetRecipient(known);
	known.ticket = ticket;
	known.reading = "done";
	if (state.ticket !== known && state.ticket.ticket) leaveLicense();
	state.ticket = known;
}

/** @param {TicketState} ticket */
function forgetRecipient(ticket) {
	ticket.isCorrecting = false;
	ticket.anotherFor = null;
	ticket.licenses = [];
	for (const id of RECIPIENT_FIELDS) {
		delete ticket.inputs.values[id];
		delete ticket.inputs.problems[id];
	}
}

/** The fields under "Correct". */
export const RECIPIENT_FIELDS = ["email", "name", "company"];

/** Takes in the latest state of a license. @param {License} license */
export function keepLicense(license) {
	state.licenses[license.id] ??= newLicense(license);
	const known = state.licenses[license.id];
	const before = known.license.state;
	known.license = license;
	// News about the mail opens or closes what is offered after a failure.
	if (license.state !== before) resetAftercare(known);
	return known;
}

/** @param {License} license @returns {LicenseState} */
function newLicense(license) {
	const known = {
		license,
		inputs: newInputs(),
		lostAt: null,
		isStale: false,
		isDownloaded: false,
		isUntagged: false,
	};
	resetAftercare(known);
	return known;
}

/** @param {LicenseState} known */
function resetAftercare({ license, inputs }) {
	inputs.open.aftercare = license.state === "failed" || license.state === "late";
	inputs.checks.wrong = license.state === "failed";
}

export function leaveLicense() {
	state.license = null;
	state.view = "form";
	state.copyText = "";
}
