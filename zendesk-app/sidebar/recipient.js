// @ts-check
// The card that shows who the license goes to, and lets the agent correct the address.

import { $, isAddress, mark, onTyped, set } from "./dom.js";
import { ticket } from "./host.js";
import { t } from "./words.js";

/** @type {string[]} */
let refused = [];

/** @param {string[]} refusedDomains @param {() => void} change called when the address may be another one */
export function begin(refusedDomains, change) {
  refused = refusedDomains;
  $("email").addEventListener("input", () => mark("email", ""));
  onTyped("email", change);
  $("correct").addEventListener("click", () => {
    correct(isCorrected() ? null : fromTicket());
    if (isCorrected()) $("email").select();
    change();
  });
}

/** @param {"loading" | "unread"} state */
export function showNone(state) {
  $("recipient").ariaBusy = String(state === "loading");
  set({ "recipient-name": state === "loading" ? t("recipient.loading") : "", again: state === "unread" });
  mark("email", state === "unread" ? t("recipient.unread") : "");
}

export function showTicket() {
  $("recipient").ariaBusy = "false";
  const shown = [ticket?.name, ticket?.company].filter(Boolean).join(" · ");
  set({ "recipient-name": shown, "recipient-email": fromTicket(), correct: fromTicket() !== "", again: false });
  if (isCorrected() && $("email").value) return mark("email", "");
  const problem = problemOf(fromTicket());
  correct(problem ? "" : null);
  set({ "email-problem": problem });
}

/** Opens the field with `email` in it; with nothing, goes back to the ticket's address. @param {string | null} email */
export function correct(email) {
  const open = email !== null;
  set({ "email-field": open, "recipient-email": !open || email === "", correct: t(open ? "recipient.undo" : "recipient.correct") });
  $("correct").ariaExpanded = String(open);
  $("email").value = email ?? "";
  mark("email", "");
}

/** Whether the agent has typed an address in place of the ticket's. */
export const isCorrected = () => !$("email-field").hidden;

/** The address, wherever it comes from. */
export const address = () => (isCorrected() ? $("email").value.trim() : fromTicket());

/** Shows what is wrong with the address, and says whether nothing is. */
export function check() {
  const problem = problemOf(address());
  if (problem) complain(problem);
  return !problem;
}

/** @param {string} problem */
export function complain(problem) {
  if (!isCorrected()) correct(fromTicket());
  mark("email", problem);
  $("email").focus();
}

const fromTicket = () => ticket?.email ?? "";

/** @param {string} email */
function problemOf(email) {
  if (email === "") return t("recipient.missing");
  if (!isAddress(email)) return t("recipient.invalid");
  const domain = refused.find((own) => `.${email.toLowerCase().split("@")[1]}`.endsWith(`.${own}`));
  return domain ? t("recipient.refused", { domain }) : "";
}
