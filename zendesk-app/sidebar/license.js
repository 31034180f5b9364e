// @ts-check
// One license after the press: its deliveries as steps, live, what to say about it, and its aftercare.

import { call, explain, follow, onPress } from "./api.js";
import { $, isAddress, list, make, makeLink, mark, numberIn, set } from "./dom.js";
import { addTag, copy, put, ticket } from "./host.js";
import { t, words, wordsFor } from "./words.js";

/** @type {License} */
let license;
let following = new AbortController();
/** @type {OnLicense | undefined} */
let onChange;

/** @param {OnLicense} [change] */
export function begin(back, change) {
	onChange = change;
	onPress("reply", async () => put("publicReply", await reply()));
	onPress("note", async () => put("internalNote", await write("en", issueUrl() ? "note.with_issue" : "note.text")));
	onPress("copy", async () => copy(await reply()));
	$("back").onclick = () => {
		following.abort();
		back();
	};
	beginAftercare();
}

/** @param {License} made */
export function openNew(made) {
	open(made);
	if (made.ticket.id === ticket?.id) addTag("emergency-license").catch(() => set({ untagged: true }));
}

/** @param {License} known */
export function open(known) {
	following.abort();
	following = new AbortController();
	$("steps").replaceChildren();
	render(known);
	set({ form: false, license: true, said: "", "copy-box": false, untagged: false });
	$("license-title").focus();
	follow(known.id, render, following.signal).catch((error) => set({ said: explain(error) }));
}

/** Fills in a replacement, to be confirmed. @param {License} known */
export function offer(known, seats, reason) {
	open(known);
	$("replace-seats").value = seats;
	$("replace-reason").value = reason;
	$("aftercare").open = true;
	$("replace").focus();
}

export const inView = () => ($("license").hidden || !isRunning(license) ? undefined : license);

/** The service's own rule for a duplicate. @param {License} license */
export const isRunning = ({ state, replaced_by, days_left }) => state !== "failed" && !replaced_by && days_left > 0;

/** @param {License} license */
export function standing(license) {
	const { state, days_left: n, replaced_by } = license;
	const word = replaced_by ? "replaced" : /failed|late/.test(state) ? state : n > 0 ? "left" : "expired";
	return make("em", state === "failed" ? "danger" : isRunning(license) ? "warning" : "", t(`earlier.${word}`, { n }));
}

/** @param {License} latest */
function render(latest) {
	const before = license;
	license = latest;
	const { customer, seats, deliveries, expires_on, state, days_left, replaced_by } = license;
	const isSealed = deliveries.some(({ channel }) => channel === "email");
	renderSteps();
	renderAftercare(isSealed, before);
	set({
		"license-title": isSealed ? t("license.title", { n: seats }) : t("license.unsealed"),
		"license-to": list(customer.name, customer.company, customer.email),
		"license-last": t("license.last_day", { day: words.day(expires_on, 1) }),
		"license-ends": t(`license.${days_left <= 0 ? "ended" : replaced_by ? "replaced" : "ends"}`),
		term: isSealed,
		reply: isSealed,
		copy: isSealed,
		say: state !== "delivering",
	});
	$("reply").classList.toggle("primary", state === "delivered");
	onChange?.(license);
}

function renderSteps() {
	const of = (wanted) => license.deliveries.filter(({ channel }) => channel === wanted);
	const url = issueUrl();
	const steps = [
		...of("email").map((mail) => step(t("steps.email", { email: mail.recipient ?? license.customer.email }), mail)),
		step(url ? makeLink(url, t("steps.issue")) : t("steps.issue"), of("issue").at(-1)),
		step(t("steps.slack"), of("slack").at(-1)),
	];
	// A step that did not change keeps the focus on its link.
	steps.forEach((fresh, at) => {
		const old = $("steps").children[at];
		if (!old) $("steps").append(fresh);
		else if (!old.isEqualNode(fresh)) old.replaceWith(fresh);
	});
	const ended = steps.filter(({ className }) => /sent|failed/.test(className));
	set({ status: ended.map(({ textContent }) => textContent).join(". ") });
}

/** @param {Delivery} [delivery] */
function step(title, delivery) {
	const isBounced = /failed|suppressed/.test(delivery?.arrival?.state ?? "");
	const state = isBounced ? "failed" : (delivery?.state ?? "waiting");
	const detail = make("span", "detail", delivery ? describe(delivery) : t("steps.waiting"));
	return make("li", state, make("span", "mark"), make("span", "", title), " ", detail);
}

/** @param {Delivery} delivery */
function describe({ channel, state, last_error: error, next_attempt_at, sent_at, uncertain, arrival }) {
	const time = words.time(arrival?.at ?? sent_at ?? next_attempt_at ?? Date.now());
	if (state === "failed") return t("steps.failed", { error });
	if (state === "pending") return t(error ? "steps.retry" : "steps.pending", { error, time });
	const came = t(`steps.${channel}_${arrival?.state ?? "sent"}`, { time, reason: arrival?.reason ?? "" });
	return uncertain ? `${came} ${t("steps.uncertain")}` : came;
}

/** A mail that did not get through leaves it to the agent to attach the file. */
const reply = () => write(ticket?.locale ?? "en", license.state === "delivered" ? "reply.mailed" : "reply.attached");

async function write(locale, text) {
	const reader = await wordsFor(locale);
	const { agent, customer, deliveries, seats, expires_on, id, state } = license;
	const mail = deliveries.findLast(({ channel, state }) => channel === "email" && state === "sent");
	return reader.t(text, {
		id,
		seats,
		username: agent.username,
		company: customer.company || customer.name || "",
		hello: reader.t(customer.name ? "reply.hello_name" : "reply.hello_all", customer),
		email: mail?.recipient ?? customer.email,
		last: reader.day(expires_on, 1),
		end: reader.day(expires_on),
		mail: reader.t(`note.${state}`),
		url: issueUrl(),
	});
}

function issueUrl() {
	const url = license.deliveries.find(({ channel, reference }) => channel === "issue" && reference)?.reference ?? "";
	return /^https?:\/\//.test(url) ? url : "";
}

function beginAftercare() {
	const path = (deed) => `licenses/${license.id}/${deed}`;
	for (const deed of ["resend", "retry"]) onPress(deed, async (insist) => open(await insist(path(deed), {})));
	onPress("forward-go", async (insist) => {
		const email = $("forward").value.trim();
		if (!isAddress(email)) return mark("forward", t("recipient.invalid"));
		open(await insist(path("forward"), { email, correct: $("wrong").checked }));
	});
	onPress("replace", async (insist) =>
		openNew(await insist(path("replace"), { seats: numberIn("replace-seats"), reason: $("replace-reason").value })));
	onPress("download", async () => {
		const answer = await call(path(`file?reason=${encodeURIComponent(`mail ${license.state}`)}`));
		const [, download] = /filename="([^"]+)/.exec(answer.headers.get("Content-Disposition") ?? "") ?? [];
		const href = URL.createObjectURL(await answer.blob());
		Object.assign(make("a", ""), { href, download }).click();
		URL.revokeObjectURL(href);
	});
}

/** @param {License} [before] the state that was in view */
function renderAftercare(isSealed, before) {
	const { id, state, replaced_by, deliveries } = license;
	const isOther = id !== before?.id;
	const isNews = isOther || state !== before.state;
	const isMissed = /failed|late/.test(state);
	$("aftercare").className = isMissed ? (state === "late" ? "warning" : "danger") : "";
	set({
		aftercare: state !== "delivering",
		"aftercare-title": t(`aftercare.${isSealed ? state : "unsealed"}`),
		"aftercare-deeds": isSealed,
		"download-hint": isMissed,
		"replace-form": !replaced_by,
		retry: deliveries.some(({ state }) => state === "failed"),
	});
	if (isOther) $("replace-form").reset();
	if (isNews) [$("aftercare").open, $("wrong").checked] = [isMissed, state === "failed"];
}
