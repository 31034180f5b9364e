// @ts-check
// What is said of a license's deliveries.

import { isWebAddress, join } from "./dom.js";
import { page, t } from "./text.js";

const MAX_COUNTDOWN_SECONDS = 600;

/** @param {License} license */
export const emails = ({ deliveries }) => deliveries.filter(({ channel }) => channel === "email");

/** Where the license belongs: the corrected address, once there is one. @param {License} license */
export function recipientOf(license) {
	const corrected = emails(license).findLast(({ purpose }) => purpose === "correct_address");
	return corrected?.recipient ?? license.customer.email;
}

/** @param {License} license */
export const sentEmail = (license) => emails(license).findLast((email) => email.state === "sent" && !isBounced(email));

/** @param {Delivery} delivery */
export const isBounced = ({ arrival }) => arrival?.state === "failed" || arrival?.state === "suppressed";

/** The issue's address; empty while there is none. @param {License} license */
export function issueUrl({ deliveries }) {
	const url = deliveries.find(({ channel, reference }) => channel === "issue" && reference)?.reference;
	return url && isWebAddress(url) ? url : "";
}

/** How the license stands, in a few words. @param {License} license */
export function standing(license) {
	const email = sentEmail(license);
	if (!license.sealed) return t("license.unsealed");
	if (license.state === "delivered" && email?.sent_at) {
		return t("earlier.sent", { time: page.time(email.sent_at), email: email.recipient ?? recipientOf(license) });
	}
	return t(`earlier.${license.state}`, { email: emails(license).at(-1)?.recipient ?? recipientOf(license) });
}

/** Seats, last day and whether it still counts. @param {License} license */
export function terms({ seats, expires_on, days_left, replaced_by }) {
	const last = t("earlier.through", { day: page.shortDay(expires_on, 1) });
	const end = replaced_by ? t("earlier.replaced") : days_left <= 0 ? t("earlier.expired") : last;
	return join(t("earlier.seats", { n: seats }), end);
}

/** @param {License} license */
export function toneOf({ state, sealed, replaced_by, days_left }) {
	if (replaced_by || days_left <= 0) return "";
	if (!sealed || state === "failed") return "danger";
	return { late: "warning", delivered: "success", delivering: "" }[state];
}

/** @param {Delivery} delivery */
export function describe(delivery) {
	const { channel, state, last_error: error, sent_at, uncertain, arrival } = delivery;
	if (state === "failed") return reasonOf(delivery) ?? t("steps.failed", { error });
	if (state === "pending" && error) {
		return reasonOf(delivery) ?? t("steps.retry", { error, when: nextAttempt(delivery) });
	}
	if (state === "pending") return t("steps.pending");
	const time = page.time(arrival?.at ?? sent_at ?? Date.now());
	const came = t(`steps.${channel}_${arrivalOf(delivery)}`, { time, reason: arrival?.reason ?? "" });
	return uncertain ? `${came} ${t("steps.uncertain")}` : came;
}

/** @param {Delivery} delivery */
function arrivalOf({ arrival }) {
	if (arrival?.state !== "unknown") return arrival?.state ?? "sent";
	return document.body.dataset.tracksDelivery === "true" ? "unknown" : "sent";
}

/** What only the service's operators can fix is not told by the name of their setting. @param {Delivery} delivery */
function reasonOf({ channel, last_error }) {
	return /\bSTOPGAP_\w/.test(last_error ?? "") ? t(`steps.operator.${channel}`) : null;
}

/** @param {Delivery} delivery */
function nextAttempt({ next_attempt_at }) {
	const seconds = Math.ceil((Date.parse(next_attempt_at ?? "") - Date.now()) / 1000);
	if (seconds > 0 && seconds <= MAX_COUNTDOWN_SECONDS) return t("steps.in_seconds", { n: seconds });
	return next_attempt_at ? t("steps.at", { time: page.time(next_attempt_at) }) : "";
}
