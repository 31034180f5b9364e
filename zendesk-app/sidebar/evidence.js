// @ts-check
// What the customer's screenshots, old license file and error messages say.

import { explain, onPress, post } from "./api.js";
import { customer } from "./customer.js";
import { $, fill, list, make, makeButton, numberIn, onTyped, set } from "./dom.js";
import { put } from "./host.js";
import { inView, offer } from "./license.js";
import { t, words } from "./words.js";

const MAX_FILE_BYTES = 50_000;
/** @type {Record<string, string>} */
const TONES = { in_scope: "success", unchecked: "warning" };

let checks = 0;
/** The seats that the customer's numbers ask for. */
let wanted = 0;
/** Filled in from here: what the agent typed is never written over. */
let filled = "";

export function begin(toForm) {
	onTyped("evidence", check);
	$("evidence").ondragover = (event) => event.preventDefault();
	$("evidence").ondrop = (event) => {
		event.preventDefault();
		take(event.dataTransfer?.files[0]);
	};
	$("choose").onchange = () => take($("choose").files?.[0]);
	$("seats").addEventListener("input", advise);
	$("use").onclick = () => useSeats(wanted);
	onPress("explain", async () => {
		const text = $("error-text").value.trim();
		if (!text) return $("error-text").focus();
		const { findings } = await post("diagnosis", { text });
		$("findings").replaceChildren(...findings.map((/** @type {Finding} */ finding) => card(finding, toForm)));
	});
}

/** What was entered, as the service takes it. @returns {Evidence | undefined} */
export function read() {
	const entered = [...$("evidence-fields").elements].map(({ id, name, type, inputMode, checked, value }) =>
		[name, type === "checkbox" ? checked : inputMode ? numberIn(id) : value.trim()]);
	const seen = entered.filter(([name, value]) => name && value);
	return seen.length ? Object.fromEntries(seen) : undefined;
}

function useSeats(seats) {
	fill("seats", (filled = String(seats)));
}

/** Warns before the press of what issue and Slack will tell after it. */
function advise() {
	const [n, seats] = [wanted, numberIn("seats")];
	set({ below: seats < n ? t("evidence.below", { n }) : "", use: t("evidence.use", { n }) });
	set({ use: n > 0 && seats !== n });
}

async function take(file) {
	if (!file) return;
	if (file.size > MAX_FILE_BYTES) return tell("unchecked", t("evidence.too_large"));
	$("license_file").value = await file.text();
	await check();
}

async function check() {
	const own = (checks += 1);
	const seen = read();
	wanted = 0;
	set({ verdict: false, override: false, below: "" });
	if (!seen) return;
	try {
		const answer = await post("eligibility", seen);
		if (own === checks) render(answer);
	} catch (error) {
		if (own === checks) tell("unchecked", explain(error));
	}
}

/** @param {Eligibility} eligibility */
function render({ verdict, reason, read: { company, name, email, plan, seats, expires_on }, recommended_seats }) {
	wanted = recommended_seats ?? 0;
	tell(verdict, reason);
	const facts = [company, name, email, plan, seats && t("earlier.seats", { n: seats }), expires_on && words.day(expires_on)];
	set({ "verdict-read": list(...facts), override: !(verdict in TONES) });
	if (wanted && ["", filled].includes($("seats").value)) useSeats(wanted);
}

function tell(verdict, reason) {
	$("verdict").className = `card ${TONES[verdict] ?? "danger"}`;
	const word = t(`evidence.${verdict in TONES ? verdict : "out"}`);
	set({ "verdict-word": word, "verdict-reason": reason, "verdict-read": "", verdict: true });
	advise();
}

/** @param {Finding} finding */
function card({ meaning, steps, seats: n, reply }, toForm) {
	const insert = async () => set({ "findings-said": await put("publicReply", reply) });
	const buttons = make("div", "buttons", makeButton("button", insert, t("license.reply")));
	const known = inView() ?? customer.running();
	const use = () => {
		if (known) return offer(known, String(n), meaning);
		toForm();
		useSeats(Number(n));
	};
	if (n) buttons.prepend(makeButton("button", use, t(known ? "aftercare.replace_with" : "evidence.use", { n })));
	const todo = make("ol", "", ...steps.map((step) => make("li", "", step)));
	return make("div", "card", make("p", "strong", meaning), todo, buttons);
}
