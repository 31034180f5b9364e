// @ts-check
// Who the license goes to, where the agent may correct the address, and what was generated for them before.

import { get } from "./api.js";
import { $, demand, isAddress, list, make, makeButton, mark, onTyped, set } from "./dom.js";
import { ticket } from "./host.js";
import { isRunning, open, standing } from "./license.js";
import { t, words } from "./words.js";

/** More would push the form out of the first view. */
const SHOWN_AT_FIRST = 2;

/** @type {string[]} */
let refused = [];
/** @type {License[]} */
let licenses = [];
let email = "";
let lookups = 0;

/** @type {Customer} */
export const customer = {
	begin(refusedDomains) {
		refused = refusedDomains.toLowerCase().split(",");
		onTyped("email", this.lookUp);
		$("correct").onclick = () => {
			this.correct(isCorrected() ? null : fromTicket());
			$("email").select();
			this.lookUp();
		};
	},

	showNone(isLoading) {
		$("recipient").ariaBusy = String(isLoading);
		set({ "recipient-name": isLoading ? t("recipient.loading") : "", again: !isLoading });
		mark("email", isLoading ? "" : t("recipient.unread"));
	},

	showTicket() {
		$("recipient").ariaBusy = "false";
		set({ "recipient-name": list(ticket?.name, ticket?.company), "recipient-email": fromTicket(), correct: fromTicket() !== "", again: false });
		if (isCorrected() && $("email").value) return mark("email", "");
		const problem = problemOf(fromTicket());
		this.correct(problem ? "" : null);
		set({ "email-problem": problem });
	},

	correct(email) {
		const open = email !== null;
		set({ "email-field": open, "recipient-email": !email, correct: t(open ? "recipient.undo" : "recipient.correct") });
		$("correct").ariaExpanded = String(open);
		$("email").value = email ?? "";
		mark("email", "");
	},

	corrected: () => (isCorrected() ? $("email").value.trim() : null),

	address: () => customer.corrected() ?? fromTicket(),

	isRight(problem = problemOf(customer.address())) {
		if (problem && !isCorrected()) this.correct(fromTicket());
		return demand("email", !problem, problem);
	},

	async lookUp() {
		if (!ticket) return;
		const { id } = ticket;
		const lookup = (lookups += 1);
		const sought = fold(customer.address());
		if (sought !== email) $("duplicate").checked = false;
		email = sought;
		const queries = [`ticket=${id}`];
		if (isAddress(email)) queries.push(`q=${encodeURIComponent(email)}`);
		const lists = await Promise.all(queries.map((query) => get(`licenses?${query}`))).catch(() => null);
		if (lookup !== lookups) return;
		/** @type {License[]} */
		const found = lists?.flatMap(({ items }) => items) ?? licenses;
		const theirs = found.filter((license) => license.ticket.id === id || isTheirs(license));
		licenses = [...new Map(theirs.map((license) => [license.id, license])).values()];
		set({ "earlier-unknown": !lists });
		render();
	},

	add(license) {
		licenses = [license, ...licenses.filter(({ id }) => id !== license.id)];
		render();
		this.isConfirmed();
	},

	running: () => licenses.find((license) => isTheirs(license) && isRunning(license)),

	isConfirmed: () => demand("duplicate", $("confirm").hidden || $("duplicate").checked, t("earlier.unconfirmed")),
};

const isCorrected = () => !$("email-field").hidden;
const fromTicket = () => ticket?.email ?? "";
const fold = (address) => address.trim().toLowerCase();
/** @param {License} license */
const isTheirs = ({ customer }) => fold(customer.email) === email;

function problemOf(email) {
	if (email === "") return t("recipient.missing");
	if (!isAddress(email)) return t("recipient.invalid");
	const domain = refused.find((own) => `.${fold(email).split("@")[1]}`.endsWith(`.${own}`));
	return domain ? t("recipient.refused", { domain }) : "";
}

function render(most = SHOWN_AT_FIRST) {
	licenses.sort((a, b) => b.created_at.localeCompare(a.created_at));
	const n = licenses.length;
	const confirm = Boolean(customer.running());
	$("earlier-list").replaceChildren(...licenses.slice(0, most).map(row));
	$("earlier").classList.toggle("warning", confirm);
	$("earlier-more").onclick = () => render(n);
	set({ "earlier-more": t("earlier.more", { n }) });
	set({ confirm, "earlier-more": n > most, earlier: n > 0 || !$("earlier-unknown").hidden });
}

/** @param {License} license */
function row(license) {
	const { id, seats, ticket, created_at } = license;
	const what = make("span", "what", `${t("earlier.seats", { n: seats })} · `, standing(license));
	const where = make("span", "hint", `#${ticket.id} · ${words.date(created_at)}`);
	const button = makeButton("link row", () => open(license), what, where);
	button.dataset.license = id;
	return make("li", "", button);
}
