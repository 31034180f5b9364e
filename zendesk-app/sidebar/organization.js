// @ts-check
// Zendesk's records of the ticket's organization and of the agent, read with the agent's own rights. What the organization
// shows are hints beside the evidence, each used by one press: it proves nothing, so none is filled in.

import { join, make, makeButton, parseNumber, setChildren, setText, show } from "./dom.js";
import { takeOver } from "./evidence.js";
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
