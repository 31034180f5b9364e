// @ts-check
// The form: one number confirmed, one press.

import { Refusal } from "./api.js";
import { $, mark, number, pause, set } from "./dom.js";
import * as draft from "./draft.js";
import * as earlier from "./earlier.js";
import * as evidence from "./evidence.js";
import { ticket } from "./host.js";
import { insist, keys, onPress } from "./press.js";
import * as recipient from "./recipient.js";
import { t, words } from "./words.js";

/** @type {OnLicense} */
let onGenerated;
/** The ticket whose draft has been taken. */
let taken = 0;

/** @param {string} username @param {OnLicense} generated */
export function begin(username, generated) {
  onGenerated = generated;
  $("username").value = username;
  $("form").addEventListener("submit", (event) => event.preventDefault());
  // The page has no primary button until the agent has begun.
  $("form").addEventListener("input", () => $("generate").classList.add("primary"));
  for (const id of ["username", "seats", "reason"]) $(id).addEventListener("input", () => mark(id, ""));
  onPress("generate", "trouble", async () => {
    const request = read();
    if (!request) return;
    set({ generate: t("form.generating") });
    try {
      onGenerated(await insist("licenses", request, "trouble"));
    } catch (error) {
      set({ generate: t("form.again") });
      if (!(error instanceof Refusal) || !(await settle(error))) throw error;
    }
    set({ generate: t("form.generate") });
  });
}

/** Takes up what was typed before a reload. */
export function takeDraft() {
  if (!ticket || taken === ticket.id) return;
  taken = ticket.id;
  const kept = draft.take(taken);
  if (!kept) return;
  $("username").value = kept.username;
  $("seats").value = kept.seats;
  if (kept.email !== null) recipient.correct(kept.email);
  for (const [request, key] of kept.keys) keys.set(request, key);
}

export function keepDraft() {
  const email = recipient.isCorrected() ? recipient.address() : null;
  if (ticket) draft.keep(ticket.id, { username: $("username").value, seats: $("seats").value, email, keys: [...keys] });
}

/** Makes room for another license. */
export function reset() {
  $("seats").value = "";
  $("duplicate").checked = false;
  $("generate").classList.remove("primary");
}

/** The request; nothing, and the first wrong field in focus, where something is wrong. @returns {LicenseRequest | undefined} */
function read() {
  if (!ticket) {
    set({ trouble: t("form.unread") });
    return;
  }
  const [username, reason, seats] = [$("username").value.trim(), $("reason").value.trim(), number($("seats").value)];
  const wrong = {
    username: /^@?\w[\w.-]*$/.test(username) ? "" : t("form.bad_username"),
    seats: seats >= 1 && seats <= 1_000_000 ? "" : t("form.bad_seats"),
    reason: reason || $("override").hidden ? "" : t("form.bad_reason"),
  };
  for (const [id, problem] of Object.entries(wrong).reverse()) {
    mark(id, problem);
    if (problem) $(id).focus();
  }
  if (!recipient.check() || Object.values(wrong).some(Boolean)) return;
  const confirmed = earlier.confirmation();
  if (confirmed === null) return;
  // JSON leaves out what is undefined.
  return {
    ticket: { id: ticket.id, subject: ticket.subject || undefined },
    agent: { username },
    customer: { email: recipient.address(), name: ticket.name || undefined, company: ticket.company || undefined },
    seats,
    evidence: evidence.read(),
    override_reason: reason || undefined,
    confirm_duplicate: confirmed || undefined,
  };
}

/** Does what a refusal asks for; false where it asks for nothing that the page knows. @param {Refusal} refusal */
async function settle({ status, problem, message, waitSeconds }) {
  if (problem.license) {
    if (status === 409) earlier.add(problem.license);
    else onGenerated(problem.license);
    return true;
  }
  if (status === 429) {
    const [time, minutes] = [words.time(Date.now() + waitSeconds * 1000), t("trouble.minutes", { n: Math.ceil(waitSeconds / 60) })];
    set({ trouble: `${message} ${t("trouble.limited", { time, minutes })}` });
    await pause(waitSeconds * 1000);
    set({ trouble: t("trouble.free") });
    return true;
  }
  const places = (problem.errors ?? []).map(({ field, detail }) => place(field, detail));
  return places.length > 0 && places.every(Boolean);
}

/** Puts the service's word beside the field that it speaks of. @param {string} field @param {string} detail */
function place(field, detail) {
  const id = { seats: "seats", "agent.username": "username", override_reason: "reason" }[field];
  if (field === "customer.email") recipient.complain(detail);
  if (id === "reason") set({ override: true });
  if (id) mark(id, detail);
  return id || field === "customer.email";
}
