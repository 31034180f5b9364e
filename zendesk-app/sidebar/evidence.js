// @ts-check
// What the customer's screenshots and old license file say.

import { askAboutEvidence, explain, fieldProblems } from "./api.js";
import { byId, debounced, field, join, parseNumber, setText, show } from "./dom.js";
import { onRender, render, state } from "./state.js";
import { page, t } from "./text.js";

const MAX_FILE_BYTES = 1024 * 1024;
const TYPING_MS = 300;
/** Evidence as the API names it, and the elements that hold it, in the page's order. */
const TEXTS = /** @type {const} */ ({ plan: "plan", expires_on: "expires_on", license_file: "license_file" });
const NUMBERS = /** @type {const} */ ({
	billable_users: "billable_users",
	maximum_users: "maximum_users",
	seats: "licensed",
});
/** Elements that say where their value is from. */
const SOURCED = ["seats", "plan", "expires_on", ...Object.values(NUMBERS)];
/** @type {Record<string, string>} */
const TONES = { in_scope: "success", unchecked: "warning" };

let checks = 0;

/** Elements of the evidence, by the API's field of a license request. */
export const EVIDENCE_FIELDS = Object.fromEntries(
	Object.entries({ ...TEXTS, ...NUMBERS, trial: "trial" }).map(([name, id]) => [`evidence.${name}`, id]),
);

export function bindEvidence() {
	const fold = byId("evidence");
	fold.addEventListener(
		"input",
		debounced(() => checkEvidence(state.ticket), TYPING_MS),
	);
	// Something else is unknown now.
	fold.addEventListener("input", () => delete state.ticket.inputs.checks.unchecked);
	fold.ondragover = (event) => event.preventDefault();
	fold.ondrop = (event) => {
		event.preventDefault();
		takeFiles(event.dataTransfer?.files);
	};
	byId("choose").onchange = () => takeFiles(field("choose").files);
	byId("use").onclick = () => {
		useSeats(state.ticket, state.ticket.eligibility?.recommended_seats ?? 0);
		render();
	};
	onRender(() => renderEvidence(state.ticket));
}

/** What was entered, as the API takes it. @param {TicketState} known @returns {Evidence | undefined} */
export function evidenceOf({ inputs: { values, checks: ticks }, taken }) {
	/** @type {Evidence} */
	const evidence = {};
	for (const id of Object.values(TEXTS)) {
		const text = (values[id] ?? "").trim();
		if (text) evidence[id] = text;
	}
	for (const [name, id] of numberFields()) {
		const number = parseNumber(values[id] ?? "");
		if (number > 0) evidence[name] = number;
	}
	if (ticks.trial) evidence.trial = true;
	const sources = Object.entries({ ...TEXTS, ...NUMBERS }).filter(([, id]) => isTaken(taken, values, id));
	if (sources.length > 0) evidence.sources = Object.fromEntries(sources.map(([name, id]) => [name, taken[id].from]));
	return Object.keys(evidence).length > 0 ? evidence : undefined;
}

/** @param {Taken} taken @param {Record<string, string>} values @param {string} id */
const isTaken = (taken, values, id) => Boolean(values[id]) && taken[id]?.value === values[id];

/** Enters what the agent took over by a press. @param {TicketState} known @param {Record<string, string>} values by element id @param {TakenFrom} from */
export function takeOver(known, values, from) {
	for (const [id, value] of Object.entries(values)) {
		known.inputs.values[id] = value;
		known.taken[id] = { value, from };
		delete known.inputs.problems[id];
	}
	delete known.inputs.checks.unchecked;
	checkEvidence(known);
}

const numberFields = () =>
	/** @type {["seats" | "billable_users" | "maximum_users", string][]} */ (Object.entries(NUMBERS));

/** What is wrong with the evidence, by element id. @param {TicketState} known @returns {Record<string, string>} */
export function evidenceProblems({ inputs: { values } }) {
	const wrong = Object.values(NUMBERS).filter((id) => values[id]?.trim() && !(parseNumber(values[id]) >= 0));
	return Object.fromEntries(wrong.map((id) => [id, t("invalid.number")]));
}

/** The most users that the customer's numbers speak of; 0 if there are none. @param {TicketState} known */
export function mostUsers(known) {
	const { seats, billable_users, maximum_users } = evidenceOf(known) ?? {};
	const read = known.eligibility;
	return Math.max(
		...[seats, billable_users, maximum_users, read?.read.seats, read?.recommended_seats].map((n) => n ?? 0),
	);
}

/** @param {TicketState} known */
export const isOutOfScope = ({ eligibility }) => Boolean(eligibility && !(eligibility.verdict in TONES));

/** The agent has not typed a number, and is not about to. @param {TicketState} known */
const isFree = ({ filledSeats, inputs }) =>
	document.activeElement?.id !== "seats" && ["", filledSeats].includes(inputs.values.seats ?? "");

/** Seats that come from the page do not overwrite what the agent typed. @param {TicketState} known @param {number} seats @param {TakenFrom} [from] */
export function useSeats(known, seats, from) {
	known.filledSeats = String(seats);
	known.inputs.values.seats = known.filledSeats;
	if (from) known.taken.seats = { value: known.filledSeats, from };
	delete known.inputs.problems.seats;
}

/** @param {FileList | null | undefined} list */
async function takeFiles(list) {
	const known = state.ticket;
	const files = [...(list ?? [])];
	if (files.length === 0) return;
	if (files.reduce((sum, { size }) => sum + size, 0) > MAX_FILE_BYTES) {
		known.eligibilityProblem = t("evidence.too_large");
		return render();
	}
	known.inputs.values.license_file = (await Promise.all(files.map(textOf))).join("\n\n");
	render();
	await checkEvidence(known);
}

/** An archive goes as Base64, as in a mail. @param {File} file @returns {Promise<string>} */
async function textOf(file) {
	const text = await file.text();
	if (!text.startsWith("PK\u0003\u0004")) return text;
	const reader = new FileReader();
	reader.readAsDataURL(file);
	await new Promise((resolve) => reader.addEventListener("load", resolve));
	return String(reader.result);
}

/** Asks the service for its verdict. @param {TicketState} known */
export async function checkEvidence(known) {
	const check = (checks += 1);
	const evidence = evidenceOf(known);
	known.eligibility = null;
	known.eligibilityProblem = "";
	known.showsReason = false;
	render();
	if (!evidence) return;
	try {
		const eligibility = await askAboutEvidence(evidence);
		if (check !== checks) return;
		known.eligibility = eligibility;
		const seats = eligibility.recommended_seats ?? 0;
		if (seats && isFree(known)) useSeats(known, seats);
	} catch (error) {
		if (check !== checks) return;
		const fields = Object.fromEntries(
			Object.entries(EVIDENCE_FIELDS).map(([name, id]) => [name.replace("evidence.", ""), id]),
		);
		const problems = fieldProblems(error, fields, "invalid.evidence");
		if (problems) Object.assign(known.inputs.problems, problems);
		else known.eligibilityProblem = explain(error);
	}
	render();
}

/** @param {TicketState} known */
function renderEvidence(known) {
	const { eligibility, eligibilityProblem, inputs } = known;
	const seats = parseNumber(inputs.values.seats ?? "");
	const wanted = eligibility?.recommended_seats ?? 0;
	show("verdict", Boolean(eligibility || eligibilityProblem));
	setText("below", seats < wanted ? t("evidence.below", { n: wanted }) : "");
	show("use", wanted > 0 && seats !== wanted);
	const from = eligibility?.recommended_from;
	setText("use", from ? t(`evidence.use.${from}`, { n: wanted }) : "");
	renderVerdict(eligibility, eligibilityProblem);
	for (const id of SOURCED) {
		const isFrom = isTaken(known.taken, inputs.values, id);
		setText(`${id}-source`, isFrom ? t(`source.${known.taken[id].from}`) : "");
	}
}

/** @param {EvidenceAnswer | null} eligibility @param {string} problem */
function renderVerdict(eligibility, problem) {
	const verdict = eligibility?.verdict ?? "unchecked";
	byId("verdict").className = `card ${TONES[verdict] ?? "danger"}`;
	setText("verdict-word", problem || t(`verdict.${verdict}`));
	show("verdict-why", Boolean(eligibility));
	setText("verdict-reason", eligibility ? reasonOf(eligibility) : "");
	const { company, name, email, plan, seats, expires_on, gitlab_version } = eligibility?.read ?? {};
	const users = seats ? t("earlier.seats", { n: seats }) : "";
	setText(
		"verdict-read",
		join(
			company,
			name,
			email,
			plan,
			users,
			expires_on && page.mediumDay(expires_on),
			gitlab_version && `GitLab ${gitlab_version}`,
		),
	);
}

/** The service explains in English; other languages have an explanation for each verdict. @param {EvidenceAnswer} eligibility */
const reasonOf = ({ verdict, reason }) => (page.locale.startsWith("en") ? reason : t(`verdict_reason.${verdict}`));
