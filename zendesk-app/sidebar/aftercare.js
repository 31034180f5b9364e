// @ts-check
// What an agent can do with a license afterwards: send it again, elsewhere, replace it, or settle what is left to do.

import { call, fieldProblems, setFollowUp } from "./api.js";
import { byId, field, isEmailAddress, join, make, parseNumber, setText, show } from "./dom.js";
import { showProblems } from "./inputs.js";
import { onPress } from "./press.js";
import { render, state } from "./state.js";
import { page, t } from "./text.js";

const MAX_SEATS = 1_000_000;
const ACTIONS = /** @type {const} */ (["resend", "forward", "replace", "retry", "download"]);

/** @typedef {{ open(license: License): void, update(license: License): void }} LicenseView */

const inView = () => state.license?.inputs ?? null;

/** @param {LicenseView} view */
export function bindAftercare(view) {
	onPress({
		id: "resend",
		message: "forward-problem",
		inputs: inView,
		press: (press) => resend(press, view),
	});
	onPress({
		id: "unblock",
		message: "unblock-problem",
		inputs: inView,
		press: (press) => simple("unblock", press, view),
	});
	onPress({ id: "retry", message: "retry-problem", inputs: inView, press: (press) => simple("retry", press, view) });
	onPress({ id: "forward-go", message: "forward-problem", inputs: inView, press: (press) => forward(press, view) });
	onPress({ id: "replace", message: "replace-problem", inputs: inView, press: (press) => replace(press, view) });
	onPress({ id: "download", message: "downloaded", inputs: inView, press: download });
}

/** @param {"unblock" | "retry"} operation @param {Press} press @param {LicenseView} view */
async function simple(operation, { submit }, view) {
	const { license } = current();
	view.update(await submit(`licenses/${license.id}/${operation}`, {}));
}

/** @param {Press} press @param {LicenseView} view */
async function resend({ inputs, submit }, view) {
	const { license } = current();
	const latest = await submit(`licenses/${license.id}/resend`, attachment(inputs));
	inputs.checks.bare = false;
	view.update(latest);
}

/** Whether the license is to be in the mail's text alone. @param {Inputs} inputs */
const attachment = ({ checks }) => (checks.bare ? { without_attachment: true } : {});

/** @param {Press} press @param {LicenseView} view */
async function forward({ inputs, submit }, view) {
	const { license } = current();
	const email = (inputs.values.forward ?? "").trim();
	if (!isEmailAddress(email)) return showProblems(inputs, { forward: t("recipient.invalid") });
	const body = { email, correct: inputs.checks.wrong ?? false, ...attachment(inputs) };
	try {
		const latest = await submit(`licenses/${license.id}/forward`, body);
		delete inputs.values.forward;
		inputs.checks.wrong = false;
		inputs.checks.bare = false;
		view.update(latest);
	} catch (error) {
		showFieldProblems(error, inputs, { email: "forward" });
	}
}

/** @param {Press} press @param {LicenseView} view */
async function replace({ inputs, submit }, view) {
	const { license } = current();
	const [seats, reason] = [
		parseNumber(inputs.values["replace-seats"] ?? ""),
		(inputs.values["replace-reason"] ?? "").trim(),
	];
	/** @type {Record<string, string>} */
	const problems = {};
	if (!(seats >= 1 && seats <= MAX_SEATS)) problems["replace-seats"] = t("invalid.seats");
	if (!reason) problems["replace-reason"] = t("invalid.reason");
	if (Object.keys(problems).length) return showProblems(inputs, problems);
	try {
		const latest = await submit(`licenses/${license.id}/replace`, { seats, reason });
		inputs.values = {};
		// The agent may have gone on to another license meanwhile.
		if (state.license?.inputs === inputs) view.open(latest);
	} catch (error) {
		showFieldProblems(error, inputs, { seats: "replace-seats", reason: "replace-reason" });
	}
}

/** @param {unknown} error @param {Inputs} inputs @param {Record<string, string>} ids */
function showFieldProblems(error, inputs, ids) {
	const problems = fieldProblems(error, ids);
	if (!problems) throw error;
	showProblems(inputs, problems);
}

async function download() {
	const known = current();
	const reason = encodeURIComponent(`mail ${known.license.state}`);
	const response = await call(`licenses/${known.license.id}/file?reason=${reason}`);
	const [, name] = /filename="([^"]+)/.exec(response.headers.get("Content-Disposition") ?? "") ?? [];
	const href = URL.createObjectURL(await response.blob());
	Object.assign(make("a", ""), { href, download: name }).click();
	URL.revokeObjectURL(href);
	known.isDownloaded = true;
	return t("aftercare.downloaded");
}

function current() {
	if (!state.license) throw new Error("no license is in view");
	return state.license;
}

/** Fills in a replacement, to be confirmed. @param {LicenseState} known @param {string} seats @param {string} reason */
export function offerReplacement(known, seats, reason) {
	Object.assign(known.inputs.values, { "replace-seats": seats, "replace-reason": reason });
	Object.assign(known.inputs.open, { aftercare: true, more: true });
	render();
	byId("replace").focus();
}

/** @param {LicenseState} known */
export function renderAftercare(known) {
	const { state: progress, sealed, actions } = known.license;
	const isMissed = progress === "failed" || progress === "late";
	byId("aftercare").className = isMissed ? (progress === "late" ? "warning" : "danger") : "";
	place(isMissed);
	show("aftercare", progress !== "delivering" && sealed);
	setText("aftercare-title", t(`aftercare.${progress}`));
	show("sealing-failed", !sealed);
	show("unblock", actions.unblock.allowed);
	show("forward-form", actions.forward.allowed);
	show("bare-row", actions.forward.allowed);
	show("resend", actions.resend.allowed);
	show("replace-form", actions.replace.allowed);
	show("retry", actions.retry.allowed && progress !== "failed");
	show("download", actions.download.allowed);
	renderObstacles(known.license);
	const isDue = progress === "failed" && !known.isDownloaded;
	byId("unblock").classList.toggle("primary", isDue);
	byId("forward-go").classList.toggle("primary", isDue && !actions.unblock.allowed);
	setText("forward-go", t(progress === "failed" ? "aftercare.forward_right" : "aftercare.forward_go"));
	setText("download", t(isMissed ? "aftercare.download_attach" : "aftercare.download"));
}

/** Why something is not offered, each reason once. @param {License} license */
function renderObstacles({ actions, state: progress }) {
	const reasons = ACTIONS.filter((name) => name !== "retry").map((name) => actions[name].reason);
	// Why a held-back mail cannot be freed; for all other mails there is nothing to free.
	if (actions.unblock.reason !== "not_suppressed") reasons.push(actions.unblock.reason);
	const known = [...new Set(reasons)].filter((reason) => reason && page.has(`problem.${reason}`));
	setText("obstacles", progress === "delivering" ? "" : known.map((reason) => t(`problem.${reason}`)).join(" "));
}

/** What went wrong is dealt with at once; otherwise it waits at the end. @param {boolean} isMissed */
function place(isMissed) {
	const before = byId(isMissed ? "steps" : "term");
	if (before.nextElementSibling !== byId("aftercare")) before.after(byId("aftercare"));
}

/** A failed mail moves an agent who waits for it to what is to be done. @param {LicenseState} known */
export function showNextStep({ license }) {
	const isWaiting = document.activeElement?.id === "license-title";
	if (license.state === "failed" && license.actions.forward.allowed && isWaiting) field("forward").focus();
}

/** @param {(license: License) => void} update */
export function bindFollowUp(update) {
	for (const [id, wanted] of /** @type {const} */ ([
		["settle", "done"],
		["reopen", "open"],
	])) {
		onPress({
			id,
			message: "follow-up-problem",
			inputs: inView,
			async press() {
				if (state.license) update(await setFollowUp(state.license.license.id, wanted));
			},
		});
	}
}

/** @param {License} license */
export function renderFollowUp({ follow_up, state: progress }) {
	const isOpen = follow_up?.state === "open";
	const isDone = follow_up?.state === "done";
	show("settle", isOpen && progress !== "delivering");
	show("reopen", isDone);
	if (isOpen) {
		setText("follow-up", t(`follow_up.${follow_up.task}`, { day: page.shortDay(follow_up.due_on) }));
		setText("settle", t(`follow_up.settle.${follow_up.task}`));
	} else {
		setText("follow-up", isDone ? join(t("follow_up.done", { by: follow_up.by ?? "" }), follow_up.note) : "");
	}
}
