// @ts-check
// The card that shows who the license goes to, and lets the agent correct the address.

import { $, input, isAddress, mark, show, write } from "./dom.js";
import { t } from "./words.js";

/** How long the agent has paused before an address counts as typed. */
const PAUSE_MS = 400;

let fromTicket = "";
/** @type {string[]} */
let refused = [];
let onChange = () => {};

/** @param {string[]} refusedDomains @param {() => void} change called when the address may be another one */
export function begin(refusedDomains, change) {
  refused = refusedDomains;
  onChange = change;
  let timer = 0;
  input("email").addEventListener("input", () => {
    mark("email", "recipient-problem", "");
    clearTimeout(timer);
    timer = setTimeout(onChange, PAUSE_MS);
  });
  $("recipient-correct").addEventListener("click", () => {
    correct(isCorrected() ? null : fromTicket);
    if (isCorrected()) input("email").select();
    onChange();
  });
}

export function showLoading() {
  $("recipient").setAttribute("aria-busy", "true");
  write("recipient-name", t("recipient.loading"));
  write("recipient-problem", "");
  show("recipient-again", false);
}

export function showUnread() {
  $("recipient").setAttribute("aria-busy", "false");
  write("recipient-name", "");
  write("recipient-problem", t("recipient.unread"));
  show("recipient-again");
}

/** @param {Ticket} ticket */
export function showTicket({ name, company, email }) {
  $("recipient").setAttribute("aria-busy", "false");
  fromTicket = email;
  write("recipient-name", [name, company].filter(Boolean).join(" · "));
  write("recipient-email", email);
  show("recipient-correct", email !== "");
  if (isCorrected() && input("email").value) return;
  correct(null);
  const problem = problemOf(email);
  if (!problem) return;
  correct("");
  write("recipient-email", email);
  write("recipient-problem", problem);
}

/** Opens the field with `email` in it; with nothing, goes back to the ticket's address. @param {string | null} email */
export function correct(email) {
  const open = email !== null;
  show("recipient-edit", open);
  show("recipient-email", !open || problemOf(fromTicket) !== "");
  $("recipient-correct").setAttribute("aria-expanded", String(open));
  write("recipient-correct", t(open ? "recipient.undo" : "recipient.correct"));
  input("email").value = email ?? "";
  mark("email", "recipient-problem", "");
}

/** The address, wherever it comes from. */
export const address = () => (isCorrected() ? input("email").value.trim() : fromTicket);

/** Whether the agent has typed an address in place of the ticket's. */
export const isCorrected = () => !$("recipient-edit").hidden;

/** Shows what is wrong with the address, if anything, and says whether it can be used. */
export function check() {
  const problem = problemOf(address());
  if (problem) complain(problem);
  return problem === "";
}

/** @param {string} problem */
export function complain(problem) {
  if (!isCorrected()) correct(fromTicket);
  mark("email", "recipient-problem", problem);
  input("email").focus();
}

/** @param {string} email */
function problemOf(email) {
  if (email === "") return t("recipient.missing");
  if (!isAddress(email)) return t("recipient.invalid");
  const domain = email.toLowerCase().split("@")[1];
  const covering = refused.find((own) => domain === own || domain.endsWith(`.${own}`));
  return covering ? t("recipient.refused", { domain: covering }) : "";
}
