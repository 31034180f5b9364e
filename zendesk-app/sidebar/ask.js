// @ts-check
// What is not known: a press asks the customer for it, and generating without it takes a tick.

import { setText, show } from "./dom.js";
import { isOutOfScope } from "./evidence.js";
import { insertComment } from "./host.js";
import { onPress } from "./press.js";
import { onRender, state } from "./state.js";
import { page, t, translatorFor } from "./text.js";

/** What decides the case and the seats; the version of GitLab is good to know only. */
const NEEDED = ["plan", "expires_on", "billable_users", "maximum_users"];
/** The usage export in the admin area, and the page that took the place of the license page. */
const [EXPORT_SINCE, SUBSCRIPTION_PAGE_SINCE] = [14.06, 13.12];
const ASKED = [...NEEDED, "gitlab_version"];

export function bindAsk() {
	onPress({
		id: "ask",
		message: "asked",
		inputs: () => state.ticket.inputs,
		press: async () => insertComment("publicReply", await requestText(state.ticket)),
	});
	onRender(() => renderUnchecked(state.ticket));
}

/** @param {TicketState} known */
export const needsTick = (known) => !isOutOfScope(known) && known.eligibility?.verdict !== "in_scope";

/** @param {TicketState} known @returns {string[]} */
const missingOf = ({ eligibility }) => eligibility?.missing ?? ASKED;

/** @param {TicketState} known */
function renderUnchecked(known) {
	const missing = missingOf(known);
	const needed = NEEDED.filter((id) => missing.includes(id));
	const what = new Intl.ListFormat(page.locale).format(needed.map((id) => t(`missing.${id}`)));
	const hasBegun = Boolean(known.inputs.values.seats) || "unchecked" in known.inputs.problems;
	show("unchecked-box", needsTick(known) && hasBegun);
	setText("unchecked-what", needed.length > 0 ? t("missing.tick", { what }) : t("missing.tick_other"));
	show("ask", needed.length > 0);
}

/** The request, in the customer's language. @param {TicketState} known */
async function requestText(known) {
	const { name, locale } = known.ticket ?? { name: "", locale: "en" };
	const reader = await translatorFor(locale, page.timeZone);
	const missing = missingOf(known);
	const version = versionOf(known.eligibility?.read.gitlab_version ?? "");
	const items = ASKED.filter((id) => missing.includes(id));
	const menu = !version ? "ask.menu_unknown" : version >= SUBSCRIPTION_PAGE_SINCE ? "ask.menu_new" : "ask.menu_old";
	const hasExport = !version || version >= EXPORT_SINCE;
	const paragraphs = [
		reader.t(name ? "reply.hello_name" : "reply.hello_all", { name }),
		reader.t("ask.why"),
		items.map((id) => `- ${reader.t(`ask.${id}`)}`).join("\n"),
		hasExport && reader.t(version ? "ask.export" : "ask.export_if_new"),
		reader.t(hasExport ? "ask.or_screenshots" : "ask.screenshots"),
		`${reader.t("ask.dashboard")}\n${reader.t("ask.license_page", { menu: reader.t(menu) })}`,
		reader.t("ask.thanks"),
	];
	return paragraphs.filter(Boolean).join("\n\n");
}

/** 16.7.2-ee as 16.07; 0 if it is not known. @param {string} text */
function versionOf(text) {
	const [, major, minor] = /^(\d+)\.(\d+)/.exec(text) ?? [];
	return major ? Number(major) + Number(minor) / 100 : 0;
}
