// @ts-check
// What is said about a license: to the customer in their language, to colleagues in English.

import { wordsFor } from "./words.js";

/** @param {License} license @param {string} locale the customer's */
export async function reply(license, locale) {
  const words = await wordsFor(locale);
  const { customer, seats, expires_on, state } = license;
  // A mail that did not get through leaves it to the agent to attach the file.
  const way = state === "delivered" ? "mailed" : "attached";
  return [
    customer.name ? words.t("reply.hello", { name: customer.name }) : words.t("reply.hello_all"),
    words.t(`reply.${way}`, { email: sentTo(license), seats }),
    words.t("reply.term", { last: words.day(expires_on, 1), end: words.day(expires_on) }),
    words.t("reply.add"),
    words.t(`reply.trouble_${way}`),
    words.t("reply.after"),
  ].join("\n\n");
}

/** @param {License} license */
export async function note(license) {
  const words = await wordsFor("en");
  const { agent, customer, seats, expires_on, id, state } = license;
  const company = customer.company || customer.name || "";
  const url = issueUrl(license);
  return [
    words.t("note.what", { username: agent.username, seats, company, email: sentTo(license), last: words.day(expires_on, 1) }),
    words.t(`note.${state}`),
    ...(url ? [words.t("note.issue", { url })] : []),
    words.t("note.id", { id }),
  ].join("\n");
}

/** The issue's address, where it is one that can be opened. @param {License} license */
export function issueUrl({ deliveries }) {
  const url = deliveries.find(({ channel, reference }) => channel === "issue" && reference)?.reference ?? "";
  return /^https?:\/\//.test(url) ? url : "";
}

/** The address that the mail reached, or else the one it was meant for. @param {License} license */
function sentTo({ deliveries, customer }) {
  return deliveries.findLast(({ channel, state }) => channel === "email" && state === "sent")?.recipient ?? customer.email;
}
