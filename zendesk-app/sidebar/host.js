// @ts-check
// Zendesk around the page: how it starts there, the ticket, the comment, the frame.

import { beginSession } from "./api.js";
import { byId, debounced, field, show } from "./dom.js";
import { onRender, render, state } from "./state.js";
import { setLanguage, t } from "./text.js";

// The SDK itself waits for five minutes.
const TIMEOUT_MS = 8000;
/** Zendesk's API only adds hints. */
const API_TIMEOUT_MS = 5000;
const RESIZE_MS = 50;
const [NAME_CHARS, SUBJECT_CHARS] = [200, 300];

/** @type {ZafClient | null} */
let client = null;

export function zendesk() {
	if (!client) throw new Error("the page is outside Zendesk");
	return client;
}

const pageState = document.body.dataset.state ?? "outside";
const isReady = pageState === "ready";

/** @param {Page} parts */
export async function startPage(parts) {
	try {
		const session = takeMeta("session");
		const connecting = connect();
		const isInside = connecting.catch(() => isReady);
		await setLanguage(navigator.language);
		if (isReady) startSession(session, parts);
		else show(pageState, true);
		if (!(await isInside)) return show("outside", true);
		await connecting.then(() => join(parts), parts.unmet);
	} catch (error) {
		show("unloadable", true);
		throw error;
	}
}

/** @param {string} session @param {Page} parts */
function startSession(session, parts) {
	onRender(renderCopy);
	beginSession(session, () => {
		if (state.isSessionOver) return;
		state.isSessionOver = true;
		show("session-ended", true);
		parts.sessionEnded?.();
	});
	parts.ready();
}

/** @param {Page} parts */
function join(parts) {
	zendesk().on("colorScheme.changed", setScheme);
	followHeight();
	const agent = readAgent().catch(() => {});
	if (isReady) return parts.joined(agent);
}

/** Takes what the service put into the head. @param {string} name */
export function takeMeta(name) {
	const meta = document.querySelector(`meta[name="stopgap-${name}"]`);
	const content = meta?.getAttribute("content") ?? "";
	meta?.remove();
	return content;
}

/** Resolves to whether the page is inside Zendesk. */
async function connect() {
	if (!window.ZAFClient) {
		const sdk = byId("zaf-sdk");
		await withinTimeout(new Promise((onload, onerror) => Object.assign(sdk, { onload, onerror })));
	}
	client = window.ZAFClient?.init() || null;
	return client !== null;
}

async function readAgent() {
	const { currentUser, colorScheme } = await read("currentUser", "colorScheme");
	setScheme(colorScheme);
	state.agentEmail = currentUser?.email ?? "";
	await setLanguage(currentUser?.locale ?? "en", currentUser?.timeZone?.ianaName);
	render();
}

/** @param {string | undefined} scheme */
function setScheme(scheme) {
	if (scheme) document.documentElement.dataset.scheme = scheme;
}

/** @param {string[]} paths */
const read = (...paths) => withinTimeout(zendesk().get(paths));

/** @returns {Promise<Ticket>} */
export async function readTicket() {
	const found = await read(
		"ticket.id",
		"ticket.subject",
		"ticket.requester",
		"ticket.organization",
		"ticket.collaborators",
		"ticket.tags",
	);
	const requester = found["ticket.requester"] ?? {};
	return {
		id: idIn(found),
		subject: singleLine(found["ticket.subject"], SUBJECT_CHARS),
		name: singleLine(requester.name),
		email: singleLine(requester.email),
		company: singleLine(found["ticket.organization"]?.name),
		tags: [...(found["ticket.tags"] ?? [])],
		locale: requester.locale ?? "en",
		requesterId: Number(requester.id ?? 0),
		organizationId: Number(found["ticket.organization"]?.id ?? 0),
		contacts: contactsOf(requester, found["ticket.collaborators"] ?? []),
	};
}

/** Asks Zendesk's API with the agent's own rights. Never fails; `status` is that of a refusal, or `slow`. @param {string} path @returns {Promise<{ found?: ZendeskAnswer, status: string }>} */
export async function readApi(path, query = "") {
	const url = `/api/v2/${path}.json${query && `?${query}`}`;
	try {
		const asked = zendesk().request({ url, type: "GET", dataType: "json", autoRetry: false });
		return { found: await withinTimeout(asked, API_TIMEOUT_MS), status: "" };
	} catch (error) {
		const { status } = /** @type {{ status?: number }} */ (error ?? {});
		return { status: String(status || "slow") };
	}
}

/** The requester's other addresses, and the people in copy. @param {ZendeskUser} requester @param {ZendeskUser[]} copied */
function contactsOf(requester, copied) {
	const own = (requester.identities ?? []).filter(({ type, value }) => type === "email" && value !== requester.email);
	const found = [...own.map(({ value }) => ({ name: requester.name, email: value })), ...copied];
	const contacts = found.map(({ name, email }) => ({ name: singleLine(name), email: singleLine(email) }));
	return contacts.filter(({ email }, at) => email && contacts.findIndex((each) => each.email === email) === at);
}

/**
 * Puts text into the comment, or else lets the agent copy it. A draft of the other kind is left alone: an internal text
 * must not end up in a public reply, and the other way round.
 *
 * @param {"publicReply" | "internalNote"} kind
 * @param {string} text
 * @returns {Promise<string>} what became of it
 */
export async function insertComment(kind, text) {
	const ticketId = state.ticket.ticket?.id;
	try {
		const found = await read("ticket.id", "comment.text", "comment.type");
		if (idIn(found) !== ticketId) throw new Error("another ticket is open");
		const draft = plainText(found["comment.text"] ?? "");
		if (draft.includes(plainText(text))) return t("comment.already");
		if (draft && found["comment.type"] !== kind) return offerCopy(text, `comment.other_${kind}`);
		await act(() => zendesk().set("comment.type", kind));
		await act(() => zendesk().invoke("ticket.comment.appendText", text));
		return t(`comment.${kind}`);
	} catch {
		return copy(text, "comment.instead");
	}
}

/** The editor may hold HTML, so only letters and digits are compared. @param {string} text */
const plainText = (text) =>
	text
		.replace(/<[^>]*>|&#?\w+;/g, " ")
		.replace(/[^\p{L}\p{N}]+/gu, " ")
		.trim();

/** @param {string} text @param {string} message */
function offerCopy(text, message) {
	state.copyText = text;
	render();
	return t(message);
}

/** The clipboard's own API needs a permission that frames may lack. @param {string} text */
export function copy(text, done = "comment.copied") {
	const focused = document.activeElement;
	offerCopy(text, done);
	field("copy-text").select();
	if (!document.execCommand("copy")) return t("comment.shown");
	state.copyText = "";
	render();
	if (focused instanceof HTMLElement) focused.focus();
	return t(done);
}

function renderCopy() {
	show("copy-box", state.copyText !== "");
	if (field("copy-text").value !== state.copyText) field("copy-text").value = state.copyText;
}

/** @param {string} tag */
export const addTag = (tag) => act(() => zendesk().invoke("ticket.tags.add", tag));

function followHeight() {
	const resize = () => {
		const height = `${Math.ceil(document.body.getBoundingClientRect().height)}px`;
		// A failure is only ugly.
		withinTimeout(zendesk().invoke("resize", { width: "100%", height })).catch(() => {});
	};
	new ResizeObserver(debounced(resize, RESIZE_MS)).observe(document.body);
}

/** Acts on the ticket in view: another one may have taken its place. @param {() => Promise<ZendeskValues>} action */
async function act(action) {
	if (idIn(await read("ticket.id")) !== state.ticket.ticket?.id) throw new Error("another ticket is open");
	const { errors } = (await withinTimeout(action())) ?? {};
	for (const error of Object.values(errors ?? {})) throw error;
}

/** @param {ZendeskValues} found */
function idIn(found) {
	const id = Number(found["ticket.id"]);
	if (!(id > 0)) throw new Error("the ticket has no number yet");
	return id;
}

/** @type {<T>(promise: Promise<T>, ms?: number) => Promise<T>} */
const withinTimeout = (promise, ms = TIMEOUT_MS) =>
	Promise.race([promise, new Promise((_, reject) => setTimeout(reject, ms, new Error("Zendesk does not answer")))]);

/** One line without what the service refuses: an odd name must not stand in the way of a license. @param {unknown} text */
export function singleLine(text, chars = NAME_CHARS) {
	const clean = String(text ?? "")
		.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, " ")
		.trim();
	return [...clean].slice(0, chars).join("").trim();
}
