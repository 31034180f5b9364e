// @ts-check
// The sidebar of a ticket: it follows the ticket, and holds the form: one number confirmed, one press.

import { Refusal, keys, onPress } from "./api.js";
import { customer } from "./customer.js";
import { $, demand, fill, mark, numberIn, pause, set } from "./dom.js";
import * as evidence from "./evidence.js";
import * as host from "./host.js";
import * as license from "./license.js";
import { t, words } from "./words.js";

let taken = 0;

host.begin({
	ready() {
		customer.begin(host.take("refused-domains"));
		beginForm(host.take("username"));
		license.begin(backToForm);
		evidence.begin(backToForm);
		$("again").onclick = () => readTicket();
		set({ form: true });
	},
	async joined(agent) {
		host.zaf.on("ticket.requester.email.changed", () => readTicket());
		host.zaf.on("app.activated", (data) => data?.firstLoad || ($("license").hidden && readTicket()));
		await readTicket(agent);
	},
	unmet: () => customer.showNone(false),
	ended() {
		keepDraft();
		$("form").addEventListener("input", keepDraft);
	},
});

async function readTicket(first) {
	customer.showNone(true);
	try {
		await Promise.all([host.readTicket(), first]);
	} catch {
		return customer.showNone(false);
	}
	customer.showTicket();
	takeDraft();
	await customer.lookUp();
}

function backToForm() {
	fill("seats", "");
	$("duplicate").checked = false;
	$("generate").classList.remove("primary");
	set({ license: false, form: true });
	$("seats").focus();
	customer.lookUp();
}

function beginForm(username) {
	$("username").value = username;
	// No primary button before the agent begins.
	$("form").addEventListener("input", () => $("generate").classList.add("primary"));
	onPress("generate", async (insist) => {
		const request = read();
		if (!request) return;
		set({ generate: t("form.generating") });
		try {
			license.openNew(await insist("licenses", request));
		} catch (error) {
			set({ generate: t("form.again") });
			if (!(error instanceof Refusal) || !(await settle(error))) throw error;
		}
		set({ generate: t("form.generate") });
	});
}

function takeDraft() {
	if (!host.ticket || taken === host.ticket.id) return;
	taken = host.ticket.id;
	try {
		const { username, seats, email, requests } = JSON.parse(sessionStorage[`stopgap-${taken}`]);
		delete sessionStorage[`stopgap-${taken}`];
		$("username").value = username;
		$("seats").value = seats;
		if (email !== null) customer.correct(email);
		for (const [request, key] of requests) keys.set(request, key);
	} catch {
		// There is none.
	}
}

function keepDraft() {
	const draft = { username: $("username").value, seats: $("seats").value, email: customer.corrected(), requests: [...keys] };
	try {
		sessionStorage[`stopgap-${host.ticket?.id}`] = JSON.stringify(draft);
	} catch {
		// A browser that keeps nothing for frames.
	}
}

/** Nothing where something is wrong. @returns {LicenseRequest | undefined} */
function read() {
	if (!host.ticket) {
		set({ trouble: t("form.unread") });
		return;
	}
	const { id, subject, name, company } = host.ticket;
	const [username, reason, seats] = [$("username").value.trim(), $("reason").value.trim(), numberIn("seats")];
	// The first that is wrong keeps the focus.
	const rights = [
		demand("reason", reason || $("override").hidden, t("form.bad_reason")),
		demand("seats", seats >= 1 && seats <= 1_000_000, t("form.bad_seats")),
		demand("username", /^@?\w[\w.-]*$/.test(username), t("form.bad_username")),
		customer.isRight(),
	];
	if (rights.includes(false) || !customer.isConfirmed()) return;
	// JSON leaves out what is undefined.
	return {
		ticket: { id, subject: subject || undefined },
		agent: { username },
		customer: { email: customer.address(), name: name || undefined, company: company || undefined },
		seats,
		evidence: evidence.read(),
		override_reason: reason || undefined,
		confirm_duplicate: $("duplicate").checked || undefined,
	};
}

/** Does what a refusal asks for, where the page knows it. @param {Refusal} refusal */
async function settle({ status, problem, message, waitSeconds }) {
	if (problem.license) {
		if (status === 409) customer.add(problem.license);
		else license.openNew(problem.license);
		return true;
	}
	if (status === 429) {
		const waitMs = waitSeconds * 1000;
		const limited = t("trouble.limited", { time: words.time(Date.now() + waitMs), n: Math.ceil(waitSeconds / 60) });
		set({ trouble: `${message} ${limited}` });
		await pause(waitMs);
		set({ trouble: t("trouble.free") });
		return true;
	}
	// The form's fields have the service's names.
	const known = (problem.errors ?? []).map(({ field, detail }) => ({ id: $("form").elements.namedItem(field)?.id, detail }));
	for (const { id, detail } of known) {
		if (id === "reason") set({ override: true });
		if (id === "email") customer.isRight(detail);
		else if (id) mark(id, detail);
	}
	return known.length > 0 && known.every(({ id }) => id);
}
