// @ts-check
// Zendesk around the page: how it begins there, the ticket, the comment, the frame.

import { begin as beginSession } from "./api.js";
import { $, afterwards, set } from "./dom.js";
import { speak, t } from "./words.js";

// The SDK itself waits for five minutes.
const ANSWER_MS = 8000;
const [NAME_CHARS, SUBJECT_CHARS] = [200, 300];

/** @type {ZafClient} */
export let zaf;

/** As it was read last. @type {Ticket | undefined} */
export let ticket;

const state = document.body.dataset.state ?? "outside";
const isReady = state === "ready";

/** @param {Page} page */
export async function begin({ ready, joined, unmet, ended }) {
	try {
		const session = take("session");
		const meeting = connect();
		const met = meeting.catch(() => isReady);
		await speak(navigator.language);
		if (isReady) {
			beginSession(session, () => {
				set({ "session-ended": true });
				ended?.();
			});
			ready();
		} else set({ [state]: true });
		if (!(await met)) return set({ outside: true });
		await meeting.then(() => {
			zaf.on("colorScheme.changed", setScheme);
			followHeight();
			const agent = readAgent().catch(() => {});
			return isReady && joined(agent);
		}, unmet);
	} catch (error) {
		set({ unloadable: true });
		throw error;
	}
}

/** Takes what the service put into the head. */
export function take(name) {
	const meta = document.head.children[`stopgap-${name}`];
	meta.remove();
	return meta.content;
}

async function readAgent() {
	const { currentUser, colorScheme } = await read("currentUser", "colorScheme");
	setScheme(colorScheme);
	await speak(currentUser?.locale ?? "en", currentUser?.timeZone?.ianaName);
}

function setScheme(scheme) {
	if (scheme) document.documentElement.dataset.scheme = scheme;
}

/** Meets Zendesk; false where the page is outside of it. */
async function connect() {
	if (!window.ZAFClient) {
		await within(new Promise((onload, onerror) => Object.assign($("zaf-sdk"), { onload, onerror })));
	}
	const client = window.ZAFClient?.init();
	if (client) zaf = client;
	return Boolean(client);
}

const read = (...paths) => within(zaf.get(paths));

export async function readTicket() {
	const found = await read("ticket.id", "ticket.subject", "ticket.requester", "ticket.organization");
	const requester = found["ticket.requester"] ?? {};
	ticket = {
		id: idIn(found),
		subject: line(found["ticket.subject"], SUBJECT_CHARS),
		name: line(requester.name),
		email: line(requester.email),
		company: line(found["ticket.organization"]?.name),
		locale: requester.locale ?? "en",
	};
}

/** Text into the comment, or else to copy. */
export async function put(kind, text) {
	try {
		await act(() => zaf.set("comment.type", kind));
		await act(() => zaf.invoke("ticket.comment.appendText", text));
		return t(`comment.${kind}`);
	} catch {
		return copy(text, "comment.instead");
	}
}

/** The clipboard's own API needs a permission that frames may lack. */
export function copy(text, done = "comment.copied") {
	const focused = document.activeElement;
	$("copy-text").value = text;
	set({ "copy-box": true });
	$("copy-text").select();
	if (!document.execCommand("copy")) return t("comment.shown");
	set({ "copy-box": false });
	if (focused instanceof HTMLElement) focused.focus();
	return t(done);
}

export const addTag = (tag) => act(() => zaf.invoke("ticket.tags.add", tag));

function followHeight() {
	const resize = () => {
		const height = `${Math.ceil(document.body.getBoundingClientRect().height)}px`;
		// Only ugly.
		within(zaf.invoke("resize", { width: "100%", height })).catch(() => {});
	};
	new ResizeObserver(afterwards(resize, 50)).observe(document.body);
}

/** On the ticket that was read: another one may have taken its place. */
async function act(deed) {
	if (idIn(await read("ticket.id")) !== ticket?.id) throw new Error("another ticket is open");
	const answer = await within(deed());
	for (const error of Object.values(answer?.errors ?? {})) throw error;
}

function idIn(found) {
	const id = Number(found["ticket.id"]);
	if (!(id > 0)) throw new Error("the ticket has no number yet");
	return id;
}

/** @type {<T>(promise: Promise<T>) => Promise<T>} */
const within = (promise) =>
	Promise.race([promise, new Promise((_, reject) => setTimeout(reject, ANSWER_MS, new Error("Zendesk does not answer")))]);

/** One line without what the service refuses: an odd name must not stand in the way of a license. */
function line(text, chars = NAME_CHARS) {
	const clean = String(text ?? "").replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, " ").trim();
	return [...clean].slice(0, chars).join("").trim();
}
