// @ts-check
// The customer's own words in the ticket: numbers of users to take over by a press, and attachments to look at.

import { byId, isWebAddress, join, make, makeLink, parseNumber, setChildren, setText, show } from "./dom.js";
import { takeOver, useSeats } from "./evidence.js";
import { readApi, singleLine } from "./host.js";
import { onRender, render, state } from "./state.js";
import { t } from "./text.js";

const MAX_ATTACHMENTS = 10;
const MAX_USERS = 1_000_000;
/** By type or by name. */
const READABLE = /^(text|image)\/|json|csv|\.(txt|log|gitlab-license|png|jpe?g)$/i;

const NUMBER = String.raw`(\d{1,3}(?:[,.'’ ]\d{3})+(?!\d)|\d{1,7}(?![\d.,]\d))`;
const USERS = String.raw`(?:users?|(?:be)?nutzer(?:n|innen|\(innen\)|\(inne\)n|:innen)?)`;
/** How customers call the numbers, by the element that each goes into. Active users are another number. */
const LABELS = {
	billable_users: String.raw`(?:billable|abrechenbare|kostenpflichtige)(?: ${USERS})?`,
	maximum_users: String.raw`max(?:imum|imale|\.)?(?: (?:number of|anzahl(?: an)?))?(?: billable)? ${USERS}`,
	licensed: String.raw`(?:${USERS} (?:in|im) (?:the |der )?(?:license|subscription|abonnement|lizenz)|seats|lizenzen|plätze)`,
	users: String.raw`(?<!active |aktive |aktiven )${USERS}`,
};
/** Whether a page prints a number above its label or below differs, so both stand on one line. */
const SPACE = String.raw`[^\S\n]`;
const PATTERNS = Object.entries(LABELS).map(([id, label]) => {
	const named = String.raw`(?<!\p{L})${label}(?!\p{L})`;
	const after = String.raw`${named}${SPACE}*(?:[:=–-]|are|is|of|sind|ist)?${SPACE}*${NUMBER}`;
	const before = String.raw`(?<![\d.,-])${NUMBER}${SPACE}+${named}`;
	return /** @type {const} */ ([id, new RegExp(after, "iu"), new RegExp(before, "iu")]);
});
/** Lines of the mail that a customer answers, which may be ours. */
const QUOTED = /^\s*>.*$/gm;

export function bindComments() {
	byId("use-comment").onclick = () => {
		const { numbers } = state.ticket;
		const typed = Object.entries(numbers).filter(([id]) => id !== "users");
		takeOver(state.ticket, Object.fromEntries(typed.map(([id, n]) => [id, String(n)])), "comment");
		useSeats(state.ticket, seatsOf(numbers), "comment");
		render();
	};
	onRender(() => renderComments(state.ticket));
}

/** Reads what the customer wrote, newest first; colleagues' texts hold other customers' numbers. @param {TicketState} known */
export async function readComments(known) {
	const { id, requesterId } = known.ticket ?? {};
	const { found } = await readApi(`tickets/${id}/comments`, "sort_order=desc&include=users");
	if (known.ticket?.id !== id || !found?.comments) return;
	const customers = (found.users ?? []).filter(({ role }) => role === "end-user").map((user) => user.id);
	const theirs = found.comments.filter(({ author_id }) => author_id === requesterId || customers.includes(author_id));
	const all = theirs.map(({ plain_body, body }) => numbersIn(plain_body ?? body ?? ""));
	known.numbers = all.find((numbers) => seatsOf(numbers) > 0) ?? {};
	known.attachments = theirs.flatMap(({ attachments }) => attachments ?? []).filter(isReadable);
	render();
}

/** @param {string} text @returns {Record<string, number>} */
function numbersIn(text) {
	const own = text.replace(QUOTED, "");
	const found = PATTERNS.map(([id, ...patterns]) => {
		const match = patterns.map((pattern) => pattern.exec(own)).find(Boolean);
		return /** @type {[string, number]} */ ([id, parseNumber(match?.[1] ?? "")]);
	});
	return Object.fromEntries(found.filter(([, n]) => n > 0 && n <= MAX_USERS));
}

/** @param {ZendeskAttachment} attachment */
const isReadable = ({ file_name, content_type, content_url, deleted }) =>
	!deleted && isWebAddress(content_url) && READABLE.test(`${content_type} ${file_name}`);

/** @param {Record<string, number>} numbers */
const seatsOf = ({ billable_users = 0, maximum_users = 0, users = 0, licensed = 0 }) =>
	Math.max(billable_users, maximum_users) || users || licensed;

/** @param {TicketState} known */
function renderComments({ numbers, attachments, inputs }) {
	const n = seatsOf(numbers);
	show("comment-numbers", n > 0 && parseNumber(inputs.values.seats ?? "") !== n);
	setText("use-comment", t("comments.use", { n }));
	const counts = Object.entries(numbers).filter(([id]) => id !== "users");
	setText("comment-found", join(...counts.map(([id, count]) => t(`comments.${id}`, { count }))));
	const links = attachments.slice(0, MAX_ATTACHMENTS).map(({ content_url, file_name }) => {
		return make("li", "", makeLink(content_url ?? "", singleLine(file_name) || t("comments.unnamed")));
	});
	show("attachments-title", links.length > 0);
	setChildren("attachments", links);
}
