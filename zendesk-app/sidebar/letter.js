// @ts-check
// What is said about a license: to the customer in their language, to colleagues in English.

import { wordsFor } from "./words.js";

/**
 * @param {License} license
 * @param {string} locale the customer's
 * @param {boolean} attached the agent attaches the file, because the mail did not get through
 */
export async function reply(license, locale, attached) {
  const words = await wordsFor(locale);
  const { customer, seats, expires_on } = license;
  const name = customer.name;
  return [
    name ? words.t("reply.hello", { name }) : words.t("reply.hello_all"),
    words.t(attached ? "reply.attached" : "reply.mailed", { email: sentTo(license), seats }),
    words.t("reply.term", { last: words.day(expires_on, 1), end: words.day(expires_on) }),
    words.t("reply.add"),
    words.t(attached ? "reply.trouble_attached" : "reply.trouble"),
    words.t("reply.after"),
  ].join("\n\n");
}

/** @param {License} license */
export async function note(license) {
  const words = await wordsFor("en");
  const { agent, customer, seats, expires_on, id, state } = license;
  const url = issueUrl(license);
  return [
    words.t("note.what", {
      username: agent.username,
      seats,
      company: customer.company || customer.name || customer.email,
      email: sentTo(license),
      last: words.day(expires_on, 1),
    }),
    words.t(`note.${state}`),
    ...(url ? [words.t("note.issue", { url })] : []),
    words.t("note.id", { id }),
  ].join("\n");
}

/** The issue's address, where it is one that can be opened. @param {License} license */
export function issueUrl(license) {
  const url = license.deliveries.find((delivery) => delivery.channel === "issue" && delivery.reference)?.reference;
  return url && /^https?:\/\//.test(url) ? url : null;
}

/** The address that the mail reached, or else the one it was meant for. @param {License} license */
export function sentTo(license) {
  const mails = license.deliveries.filter((delivery) => delivery.channel === "email");
  return (mails.findLast((mail) => mail.state === "sent") ?? mails.at(-1))?.recipient || license.customer.email;
}
