// @ts-check
// What is written into the ticket about a license.

import { emails, issueUrl, recipientOf } from "./delivery.js";
import { page, translatorFor } from "./text.js";

/** The reply to the customer, in their language. @param {LicenseState} known @param {string} locale */
export const replyText = (known, locale) => write(known.license, locale, `reply.${replyKind(known)}`);

/** The note for colleagues, always in English. @param {License} license */
export const noteText = (license) => write(license, "en", issueUrl(license) ? "note.with_issue" : "note.text");

/** A reply may say "attached" only after the agent has downloaded the file. @param {LicenseState} known */
function replyKind({ license, isDownloaded }) {
	if (license.state === "delivered") return "mailed";
	return isDownloaded ? "attached" : "sending";
}

/** @param {LicenseState} known */
export const canReply = ({ license, isDownloaded }) => license.sealed && (license.state !== "failed" || isDownloaded);

/** @param {License} license @param {string} locale @param {string} name */
async function write(license, locale, name) {
	const { agent, customer, seats, expires_on, id, state } = license;
	const reader = await translatorFor(locale, page.timeZone);
	const sent = emails(license).findLast((email) => email.state === "sent");
	return reader.t(name, {
		id,
		seats,
		username: agent.username,
		company: customer.company || customer.name || "",
		hello: reader.t(customer.name ? "reply.hello_name" : "reply.hello_all", { name: customer.name }),
		email: sent?.recipient ?? recipientOf(license),
		last: reader.day(expires_on, 1),
		end: reader.day(expires_on),
		mail: reader.t(`note.${state}`),
		url: issueUrl(license),
	});
}
