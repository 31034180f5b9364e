// @ts-check
// What an error message of the customer's GitLab means, and what to do about it.

import { offerReplacement } from "./aftercare.js";
import { diagnose } from "./api.js";
import { byId, make, makeButton, setChildren } from "./dom.js";
import { useSeats } from "./evidence.js";
import { runningLicense } from "./history.js";
import { insertComment } from "./host.js";
import { openLicense } from "./license.js";
import { onPress } from "./press.js";
import { keepLicense, onRender, render, state } from "./state.js";
import { page, t } from "./text.js";

/** @param {() => void} toForm */
export function bindDiagnosis(toForm) {
	onPress({ id: "explain", message: "findings-problem", inputs: () => state.ticket.inputs, press: explainError });
	onRender(() =>
		setChildren(
			"findings",
			state.ticket.findings.map((finding) => card(finding, toForm)),
		),
	);
}

/** @param {Press} press */
async function explainError({ inputs }) {
	const known = state.ticket;
	const text = (inputs.values["error-text"] ?? "").trim();
	if (!text) return byId("error-text").focus();
	const { findings } = await diagnose(text);
	known.findings = findings;
}

/** @param {Finding} finding @param {() => void} toForm */
function card(finding, toForm) {
	const buttons = make(
		"div",
		"buttons",
		makeButton("button", () => insertReply(finding), t("license.reply")),
	);
	if (finding.seats) buttons.prepend(seatsButton(finding, finding.seats, toForm));
	const steps = make("ol", "", ...finding.steps.map((step) => make("li", "", step)));
	// The service writes the steps in English.
	steps.lang = "en";
	return make("div", "card", make("p", "strong", meaningOf(finding)), steps, buttons);
}

/** @param {Finding} finding */
const meaningOf = ({ kind, meaning, seats }) =>
	page.locale.startsWith("en") ? meaning : t(`finding.${kind}`, { n: seats });

/** @param {Finding} finding */
async function insertReply({ reply }) {
	const { inputs } = state.ticket;
	inputs.messages["findings-said"] = await insertComment("publicReply", reply);
	render();
}

/** @param {Finding} finding @param {number} n @param {() => void} toForm */
function seatsButton({ meaning }, n, toForm) {
	const known = replaceable();
	const use = () => {
		if (known) {
			openLicense(known);
			return offerReplacement(keepLicense(known), String(n), meaning);
		}
		toForm();
		useSeats(state.ticket, n);
		render();
	};
	return makeButton("button", use, t(known ? "aftercare.replace_with" : "evidence.use", { n }));
}

/** The license in view, or the customer's running one. */
function replaceable() {
	const inView = state.license?.license;
	return inView?.running ? inView : runningLicense(state.ticket);
}
