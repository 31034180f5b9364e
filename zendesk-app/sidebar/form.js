// @ts-check
// The form: one number confirmed, one press.

import { ApiError, fieldProblems, getLicense } from "./api.js";
import { byId, parseNumber, setText, show } from "./dom.js";
import { EVIDENCE_FIELDS, evidenceOf, evidenceProblems, isOutOfScope, mostUsers } from "./evidence.js";
import { addLicense, isServed, runningLicense } from "./history.js";
import { insertComment } from "./host.js";
import { bindInputs, showProblems } from "./inputs.js";
import { openLicense } from "./license.js";
import { onPress } from "./press.js";
import { customerOf, emailProblem, normalized, startCorrecting } from "./recipient.js";
import { isRestricted } from "./zendesk.js";
import { isSuggestedUsername, keepLicense, onRender, render, state } from "./state.js";
import { page, t, translatorFor } from "./text.js";

const MAX_SEATS = 1_000_000;
const MIN_REASON_CHARS = 10;
/** So many times the customer's own numbers is more likely a slip. */
const UNUSUAL_FACTOR = 10;
/** What decides the case and the seats; the version of GitLab is good to know only. */
const NEEDED = ["plan", "expires_on", "billable_users", "maximum_users"];
/** The usage export in the admin area, and the page that took the place of the license page. */
const [EXPORT_SINCE, SUBSCRIPTION_PAGE_SINCE] = [14.06, 13.12];
const ASKED = [...NEEDED, "gitlab_version"];

/** The form's elements by the API's field, in the page's order. */
const FIELDS = {
	"customer.email": "email",
	"customer.name": "name",
	"customer.company": "company",
	"agent.username": "username",
	seats: "seats",
	...EVIDENCE_FIELDS,
	unchecked: "unchecked",
	override_reason: "reason",
};

const inView = () => state.ticket.inputs;

/** When the licensing team is at work: pairs of start and end. @type {[string, string][]} */
let shifts = [];

/** @param {string} json the shifts */
export function bindForm(json) {
	shifts = JSON.parse(json || "[]");
	for (const at of shifts.flat()) setTimeout(render, Date.parse(at) - Date.now());
	bindInputs("form", inView);
	bindInputs("diagnosis", inView);
	onPress({ id: "generate", message: "trouble", inputs: inView, press: generate });
	onRender(renderForm);
	bindAsk();
}

/** @param {Press} press */
async function generate({ submit }) {
	const known = state.ticket;
	if (!known.ticket) return t("form.unread");
	if (isRestricted(known)) return t("problem.restricted_account");
	// Enter in a field presses the button even while it is out of sight.
	if (isServed(known)) return byId("another").focus();
	const problems = problemsOf(known);
	if (Object.keys(problems).length > 0) {
		revealProblems(known, problems);
		return t("form.problems", { n: Object.keys(problems).length });
	}
	try {
		const license = await submit("licenses", requestOf(known, known.ticket));
		finish(known, license);
	} catch (error) {
		if (!(error instanceof ApiError)) throw error;
		return settle(known, error);
	}
}

/** The press is done; the next license begins with an empty form. @param {TicketState} known @param {License} license */
function finish(known, license) {
	known.anotherFor = null;
	known.licenses = [license, ...known.licenses];
	delete known.inputs.values.seats;
	delete known.inputs.values.reason;
	delete known.inputs.checks.unchecked;
	keepLicense(license);
	if (state.ticket === known) openLicense(license);
}

/** Does what a refusal asks for, if the page knows it. @param {TicketState} known @param {ApiError} error */
async function settle(known, error) {
	const { problem } = error;
	if (problem.code === "duplicate" && problem.license) return addLicense(known, problem.license);
	if (problem.code === "sealing_failed" && problem.license_id)
		return finish(known, await getLicense(problem.license_id));
	const problems = fieldProblems(error, FIELDS);
	if (!problems) throw error;
	revealProblems(known, problems);
	return t("form.problems", { n: Object.keys(problems).length });
}

/** @param {TicketState} known @param {Record<string, string>} problems */
function revealProblems(known, problems) {
	if ("email" in problems && !known.isCorrecting) startCorrecting(known);
	if ("reason" in problems && !isAnother(known)) known.showsReason = true;
	if (Object.values(EVIDENCE_FIELDS).some((id) => id in problems)) known.inputs.open.evidence = true;
	showProblems(known.inputs, problems);
}

/** What is wrong, by element id, in the page's order. @param {TicketState} known */
function problemsOf(known) {
	const { values } = known.inputs;
	/** @type {Record<string, string>} */
	const problems = {};
	const email = emailProblem(customerOf(known).email);
	if (email) problems.email = email;
	if (!/^@?\w[\w.-]*$/.test((values.username ?? "").trim())) problems.username = t("invalid.agent.username");
	const seats = seatsProblem(known);
	if (seats) problems.seats = seats;
	Object.assign(problems, evidenceProblems(known));
	if (needsReason(known) && (values.reason ?? "").trim().length < MIN_REASON_CHARS)
		problems.reason = t("invalid.override_reason");
	// Last, because what else is filled in may spare it.
	const isComplete = Object.keys(problems).length === 0;
	if (isComplete && needsTick(known) && !known.inputs.checks.unchecked) problems.unchecked = t("missing.untouched");
	return problems;
}

/** @param {TicketState} known */
const isAnother = (known) => Boolean(runningLicense(known)) && !isServed(known);

/** @param {TicketState} known */
const needsReason = (known) => known.showsReason || isOutOfScope(known) || isAnother(known);

/** An unusual number is asked about once. @param {TicketState} known */
function seatsProblem(known) {
	const text = known.inputs.values.seats ?? "";
	const seats = parseNumber(text);
	if (!(seats >= 1 && seats <= MAX_SEATS)) return t("invalid.seats");
	const users = mostUsers(known);
	const isUnusual = seats === MAX_SEATS || (users > 0 && seats >= UNUSUAL_FACTOR * users);
	if (!isUnusual || known.askedSeats === text) return "";
	known.askedSeats = text;
	return users > 0 ? t("form.unusual", { n: seats, users }) : t("form.largest", { n: seats });
}

/** @param {TicketState} known @param {Ticket} ticket @returns {LicenseRequest} */
function requestOf(known, ticket) {
	const { values } = known.inputs;
	const { email, name, company } = customerOf(known);
	const reason = needsReason(known) ? (values.reason ?? "").trim() : "";
	// JSON leaves out what is undefined.
	return {
		ticket: { id: ticket.id, subject: ticket.subject || undefined },
		agent: { username: (values.username ?? "").trim(), email: state.agentEmail || undefined },
		customer: { email, name: name || undefined, company: company || undefined, locale: ticket.locale },
		seats: parseNumber(values.seats ?? ""),
		evidence: known.organization ? { ...evidenceOf(known), zendesk: known.organization.shown } : evidenceOf(known),
		override_reason: reason || undefined,
		confirm_duplicate: known.anotherFor === normalized(email) || undefined,
	};
}

function renderForm() {
	const { inputs } = state.ticket;
	show("form", state.view === "form");
	show("override", needsReason(state.ticket));
	const isOnlyAnother = isAnother(state.ticket) && !isOutOfScope(state.ticket) && !state.ticket.showsReason;
	setText("override-label", t(isOnlyAnother ? "form.another_reason" : "form.override"));
	const now = Date.now();
	const shift = shifts.find(([start, end]) => Date.parse(start) <= now && now < Date.parse(end));
	setText("on-duty", shift ? t("form.on_duty", { time: page.time(shift[1]) }) : "");
	setText("username-source", isSuggestedUsername(state.ticket) ? t("source.profile") : "");
	// No primary button before the agent begins.
	byId("generate").classList.toggle("primary", Boolean(inputs.values.seats));
	setText("generate", t(`form.${labelOf(state.ticket)}`));
}

/** The button says what it does. @param {TicketState} known */
function labelOf(known) {
	if (known.inputs.busy.generate) return "generating";
	if (isOutOfScope(known)) return "generate_out_of_scope";
	const isForAnother =
		!runningLicense(known) && known.licenses.some(({ running, ticket }) => running && ticket.id === known.ticket?.id);
	const old = known.eligibility?.read.email;
	const isOldOfAnother = Boolean(old) && normalized(old ?? "") !== normalized(customerOf(known).email);
	return isForAnother || isOldOfAnother ? "generate_other_address" : "generate";
}

function bindAsk() {
	onPress({
		id: "ask",
		message: "asked",
		inputs: inView,
		press: async () => insertComment("publicReply", await requestText(state.ticket)),
	});
	onRender(() => renderUnchecked(state.ticket));
}

/** @param {TicketState} known */
const needsTick = (known) => !isOutOfScope(known) && known.eligibility?.verdict !== "in_scope";

/** @param {TicketState} known @returns {string[]} */
const missingOf = ({ eligibility }) => eligibility?.missing ?? ASKED;

/** @param {TicketState} known */
function renderUnchecked(known) {
	const missing = missingOf(known);
	const needed = NEEDED.filter((id) => missing.includes(id));
	const what = new Intl.ListFormat(page.locale).format(needed.map((id) => t(`missing.${id}`)));
	const hasBegun = Boolean(known.inputs.values.seats) || "unchecked" in known.inputs.problems;
	show("unchecked-box", needsTick(known) && hasBegun);
	setText("unchecked-what", needed.length > 0 ? t("missing.tick", { what }) : t("missing.tick_other"));
	show("ask", needed.length > 0);
}

/** The request, in the customer's language. @param {TicketState} known */
async function requestText(known) {
	const { name, locale } = known.ticket ?? { name: "", locale: "en" };
	const reader = await translatorFor(locale, page.timeZone);
	const missing = missingOf(known);
	const version = versionOf(known.eligibility?.read.gitlab_version ?? "");
	const items = ASKED.filter((id) => missing.includes(id));
	const menu = !version ? "ask.menu_unknown" : version >= SUBSCRIPTION_PAGE_SINCE ? "ask.menu_new" : "ask.menu_old";
	const hasExport = !version || version >= EXPORT_SINCE;
	const paragraphs = [
		reader.t(name ? "reply.hello_name" : "reply.hello_all", { name }),
		reader.t("ask.why"),
		items.map((id) => `- ${reader.t(`ask.${id}`)}`).join("\n"),
		hasExport && reader.t(version ? "ask.export" : "ask.export_if_new"),
		reader.t(hasExport ? "ask.or_screenshots" : "ask.screenshots"),
		`${reader.t("ask.dashboard")}\n${reader.t("ask.license_page", { menu: reader.t(menu) })}`,
		reader.t("ask.thanks"),
	];
	return paragraphs.filter(Boolean).join("\n\n");
}

/** 16.7.2-ee as 16.07; 0 if it is not known. @param {string} text */
function versionOf(text) {
	const [, major, minor] = /^(\d+)\.(\d+)/.exec(text) ?? [];
	return major ? Number(major) + Number(minor) / 100 : 0;
}
