// @ts-check
// What Zendesk knows, read with the agent's own rights: the ticket's organization, the agent, and the customer's comments.
// The organization's values and the customer's numbers are hints beside the evidence, each used by one press: they prove
// nothing, so none is filled in.

import {
	byId,
	isWebAddress,
	join,
	make,
	makeButton,
	makeLink,
	parseNumber,
	setChildren,
	setText,
	show,
} from "./dom.js";
import { takeOver, useSeats } from "./evidence.js";
import { readApi, singleLine } from "./host.js";
import { customerOf, normalized } from "./recipient.js";
import { onRender, render, state, suggestUsername } from "./state.js";
import { page, t } from "./text.js";

const MAX_SEATS = 1_000_000;
const MAX_SUBSCRIPTIONS = 20;
const PLANS = ["starter", "premium", "ultimate"];
/** So many times the organization's seats deserve a second look. */
const MANY_SEATS = 2;

/** The keys of custom fields by what they mean; of several, the first with a value counts. @type {Record<string, string[]>} */
let fields = {};

/** @param {string} json the keys of the fields */
export function bindOrganization(json) {
	fields = JSON.parse(json || "{}");
	onRender(() => renderOrganization(state.ticket));
}

/** @param {string} meaning */
const keysOf = (meaning) => fields[meaning] ?? [];

/** Suggests the agent's GitLab username, and takes nothing else of the profile. */
export async function readUsername() {
	const { found } = await readApi("users/me");
	const username = textOf(found?.user?.user_fields, "gitlab_username");
	if (username) suggestUsername(username);
	render();
}

/** Reads the organization of a ticket, once. @param {TicketState} known */
export async function readOrganization(known) {
	const id = known.ticket?.organizationId ?? null;
	if (known.organization?.id !== id) known.organization = null;
	known.organizationStatus = "";
	// A request whose outcome is unknown is repeated as it was.
	if (!id || known.organization || Object.keys(known.inputs.keys).length > 0) return;
	const { found, status } = await readApi(`organizations/${id}`);
	if (known.ticket?.organizationId !== id) return;
	if (found?.organization) known.organization = organizationOf(id, found.organization);
	else known.organizationStatus = status;
	render();
}

/** @param {number} id @param {ZendeskRecord} record @returns {Organization} */
function organizationOf(id, { name, domain_names, organization_fields: values }) {
	const day = textOf(values, "expires_on");
	const seats = Math.round(Number(textOf(values, "seats")));
	const subscriptions = [...tickedOf(values, "self_managed"), ...tickedOf(values, "gitlab_com")];
	return {
		id,
		domains: (domain_names ?? []).map((domain) => domain.toLowerCase()),
		shown: {
			id,
			name: singleLine(name) || null,
			plan: textOf(values, "plan") || null,
			expires_on: isoDay(day) || day || null,
			seats: seats > 0 && seats <= MAX_SEATS ? seats : null,
			subscriptions: subscriptions.slice(0, MAX_SUBSCRIPTIONS),
			account_type: textOf(values, "account_type") || null,
			restricted: tickedOf(values, "restricted").length > 0,
			support_hold: tickedOf(values, "support_hold").length > 0,
			read_at: new Date().toISOString(),
		},
	};
}

/** @param {ZendeskFields | undefined} values @param {string} meaning */
const textOf = (values, meaning) =>
	keysOf(meaning)
		.map((key) => singleLine(values?.[key]))
		.find(Boolean) ?? "";

/** @param {ZendeskFields | undefined} values @param {string} meaning */
const tickedOf = (values, meaning) => keysOf(meaning).filter((key) => ["true", "1"].includes(String(values?.[key])));

/** A date, or the date of a time; empty if it is neither. @param {string} text */
function isoDay(text) {
	const day = /^\d{4}-\d\d-\d\d(?=$|[T ])/.exec(text)?.[0] ?? "";
	const at = Date.parse(day);
	// A browser takes February 30th for March 2nd.
	return at && new Date(at).toISOString().startsWith(day) ? day : "";
}

/** @param {TicketState} known */
export const isRestricted = ({ organization }) => organization?.shown.restricted === true;

/** The plan of a self-managed subscription: the organization's own may be one of GitLab.com. @param {Organization} organization */
function planOf({ shown }) {
	const ticked = subscriptionsOf(shown, "self_managed");
	const subscribed = PLANS.findLast((plan) => ticked.some((key) => key.includes(plan)));
	const isGitlabCom = subscriptionsOf(shown, "gitlab_com").length > 0;
	return subscribed ?? PLANS.find((plan) => !isGitlabCom && plan === shown.plan?.toLowerCase()) ?? "";
}

/** @param {Organization["shown"]} shown @param {string} meaning */
const subscriptionsOf = (shown, meaning) => keysOf(meaning).filter((key) => shown.subscriptions?.includes(key));

/** The values that a press takes over, by the element that they go into. @param {Organization} organization */
function hintsOf(organization) {
	const { expires_on, seats } = organization.shown;
	const plan = planOf(organization);
	const day = isoDay(expires_on ?? "");
	return [
		{ id: "plan", value: plan, label: plan && t(`evidence.${plan}`) },
		{ id: "expires_on", value: day, label: day && t("organization.expires_on", { day: page.mediumDay(day) }) },
		{ id: "licensed", value: String(seats ?? ""), label: seats ? t("earlier.seats", { n: seats }) : "" },
	].filter(({ value }) => value);
}

/** What only a person can judge. @param {Organization} organization */
function unusableOf(organization) {
	const { plan, expires_on } = organization.shown;
	const day = isoDay(expires_on ?? "") ? "" : expires_on;
	const what = join(planOf(organization) || /^expired$/i.test(plan ?? "") ? "" : plan, day);
	return what && t("organization.other", { what });
}

/** @param {TicketState} known */
function renderOrganization(known) {
	const { organization, organizationStatus: status } = known;
	const hints = organization && !isRestricted(known) ? hintsOf(organization) : [];
	show("organization", hints.length > 0);
	setChildren("organization-hints", hints.map(hintButton));
	const unread = status && t(`organization.unread_${status === "slow" ? "slow" : "refused"}`, { status });
	setText("organization-said", unread || (organization ? unusableOf(organization) : ""));
	const warnings = organization ? warningsOf(known, organization) : [];
	setChildren(
		"organization-warnings",
		warnings.map((text) => make("p", "hint", make("em", "warning", text))),
	);
	show("restricted", isRestricted(known));
	setText("restricted-account", isRestricted(known) ? t("problem.restricted_account") : "");
}

/** @param {{ id: string, value: string, label: string }} hint */
function hintButton({ id, value, label }) {
	const use = () => {
		takeOver(state.ticket, { [id]: value }, "zendesk");
		render();
	};
	const button = makeButton("button", use, label);
	button.dataset.hint = id;
	button.ariaPressed = String(state.ticket.inputs.values[id] === value);
	return button;
}

/** What does not fit together. @param {TicketState} known @param {Organization} organization */
function warningsOf(known, { shown, domains }) {
	const typed = parseNumber(known.inputs.values.seats ?? "");
	const day = isoDay(shown.expires_on ?? "");
	const expiry = known.inputs.values.expires_on || known.eligibility?.read.expires_on;
	const domain = normalized(customerOf(known).email).split("@")[1] ?? "";
	const [selfManaged, gitlabCom] = ["self_managed", "gitlab_com"].map((each) => subscriptionsOf(shown, each).length);
	const isTheirs = domains.some((each) => `.${domain}`.endsWith(`.${each}`));
	/** @type {[boolean, string, Placeholders?][]} */
	const warnings = [
		[shown.support_hold === true, "hold"],
		[/prospect/i.test(shown.account_type ?? ""), "prospect"],
		[gitlabCom > 0 && !selfManaged, "gitlab_com"],
		[/^expired$/i.test(shown.plan ?? ""), "expired"],
		[typed > MANY_SEATS * (shown.seats ?? Infinity), "seats", { seats: shown.seats }],
		[Boolean(day && expiry && day !== expiry), "other_day", { day: page.mediumDay(day) }],
		[Boolean(domain && domains.length > 0 && !isTheirs), "domain", { domain }],
	];
	return warnings.filter(([applies]) => applies).map(([, name, values]) => t(`organization.warn_${name}`, values));
}

const MAX_ATTACHMENTS = 10;
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
	return Object.fromEntries(found.filter(([, n]) => n > 0 && n <= MAX_SEATS));
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
