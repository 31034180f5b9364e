// @ts-check
// The license in view: how it stands, its deliveries as steps, live, and what to write about it.

import { bindAftercare, bindFollowUp, renderAftercare, renderFollowUp, showNextStep } from "./aftercare.js";
import { getLicense } from "./api.js";
import { describe, emails, isBounced, issueUrl, recipientOf, sentEmail } from "./delivery.js";
import { byId, join, make, makeLink, setChildren, setText, show } from "./dom.js";
import { follow } from "./follow.js";
import { addTag, copy, insertComment } from "./host.js";
import { bindInputs } from "./inputs.js";
import { onPress } from "./press.js";
import { canReply, noteText, replyText } from "./reply.js";
import { keepLicense, leaveLicense, onRender, render, state } from "./state.js";
import { page, t } from "./text.js";

const TAG = "emergency-license";
const COUNTDOWN_MS = 1000;

let following = new AbortController();

const inView = () => state.license?.inputs ?? null;

/** @param {() => void} back */
export function bindLicense(back) {
	bindInputs("license", inView);
	bindAftercare({ open: openLicense, update });
	bindComments();
	bindFollowUp(update);
	byId("back").onclick = () => {
		close();
		back();
	};
	onRender(renderLicense);
	setInterval(renderCountdown, COUNTDOWN_MS);
}

function bindComments() {
	onPress({
		id: "reply",
		message: "said",
		inputs: inView,
		press: async () => insertComment("publicReply", await reply()),
	});
	onPress({
		id: "note",
		message: "said",
		inputs: inView,
		press: async () => insertComment("internalNote", await note()),
	});
	onPress({ id: "copy", message: "said", inputs: inView, press: async () => copy(await reply()) });
}

const reply = () => (state.license ? replyText(state.license, state.ticket.ticket?.locale ?? "en") : "");
const note = () => (state.license ? noteText(state.license.license) : "");

function close() {
	following.abort();
	leaveLicense();
	render();
}

/** @param {License} license */
export function openLicense(license) {
	const known = keepLicense(license);
	known.inputs.messages = {};
	state.license = known;
	state.view = "license";
	state.copyText = "";
	render();
	byId("license-title").focus();
	tagTicket(known);
	startFollowing(known);
}

/** @param {string} id */
export const openById = async (id) => openLicense(await getLicense(id));

/** Takes in what the service answered to a press. @param {License} license */
function update(license) {
	const known = keepLicense(license);
	render();
	if (state.license === known) startFollowing(known);
}

/** @param {LicenseState} known */
function startFollowing(known) {
	following.abort();
	following = new AbortController();
	known.lostAt = null;
	follow(known, following.signal, showNextStep);
}

/** @param {LicenseState} known */
async function tagTicket(known) {
	const { ticket, running } = known.license;
	const current = state.ticket.ticket;
	if (ticket.id !== current?.id || !running || current.tags.includes(TAG)) return;
	try {
		await addTag(TAG);
		current.tags.push(TAG);
		known.isUntagged = false;
	} catch {
		known.isUntagged = true;
	}
	render();
}

function renderLicense() {
	show("license", state.view === "license");
	setText("status", "");
	if (!state.license) return;
	const { license, isStale, isUntagged } = state.license;
	renderHeader(license);
	renderSteps(license);
	renderTerm(license);
	renderFollowUp(license);
	renderActions(state.license);
	renderAftercare(state.license);
	show("stale", isStale);
	show("untagged", isUntagged);
}

/** @param {License} license */
function renderHeader(license) {
	const { customer, seats, sealed, expires_on, state: progress } = license;
	const email = sentEmail(license)?.recipient ?? recipientOf(license);
	setText("license-title", sealed ? t(`license.${progress}`, { email }) : t("license.unsealed"));
	byId("license-title").className = { delivering: "", delivered: "success", late: "warning", failed: "danger" }[
		progress
	];
	const last = t("earlier.through", { day: page.shortDay(expires_on, 1) });
	setText(
		"license-to",
		join(t("earlier.seats", { n: seats }), customer.name, customer.company, recipientOf(license), last),
	);
	show("closable", sealed && progress === "delivered");
}

/** @param {License} license */
function renderTerm({ sealed, expires_on, days_left, replaced_by }) {
	show("term", sealed);
	setText("license-last", t("license.last_day", { day: page.shortDay(expires_on, 1) }));
	const end = days_left <= 0 ? "ended" : replaced_by ? "replaced" : "ends";
	setText("license-ends", t(`license.${end}`));
}

/** @param {LicenseState} known */
function renderActions(known) {
	const { sealed, state: progress } = known.license;
	show("say", progress !== "delivering");
	show("reply", canReply(known));
	show("copy", canReply(known));
	show("note", sealed || progress === "failed");
	byId("reply").classList.toggle("primary", progress === "delivered" || known.isDownloaded);
}

/** @param {License} license */
function renderSteps(license) {
	const { deliveries } = license;
	const last = (/** @type {Delivery["channel"]} */ wanted) => deliveries.findLast(({ channel }) => channel === wanted);
	const url = issueUrl(license);
	const steps = [
		...emails(license).map((email) => step(emailTitle(email, license), email)),
		step(url ? makeLink(url, t("steps.issue")) : t("steps.issue"), last("issue")),
		step(t("steps.slack"), last("slack")),
	];
	setChildren("steps", steps);
	const ended = steps.filter(({ className }) => className === "sent" || className === "failed");
	setText("status", ended.map(({ textContent }) => textContent).join(" "));
}

function renderCountdown() {
	if (state.license?.license.deliveries.some((each) => each.state === "pending" && each.last_error)) render();
}

/** @param {Delivery} email @param {License} license */
function emailTitle({ purpose, recipient, without_attachment }, license) {
	const title = t(`steps.email_purpose.${purpose}`, { email: recipient ?? license.customer.email });
	return without_attachment ? t("steps.bare", { title }) : title;
}

/** @param {string | Node} title @param {Delivery} [delivery] */
function step(title, delivery) {
	const progress = delivery && isBounced(delivery) ? "failed" : (delivery?.state ?? "waiting");
	const isRetried = progress === "pending" && delivery?.last_error;
	const detail = make("span", "detail", delivery ? describe(delivery) : t("steps.waiting"));
	return make(
		"li",
		isRetried ? "pending retried" : progress,
		make("span", "mark"),
		make("span", "", title),
		" ",
		detail,
	);
}
