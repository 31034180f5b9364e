// @ts-check
// The form: one number confirmed, one press.

import * as api from "./api.js";
import { $, area, disable, input, isDisabled, mark, number, show, write } from "./dom.js";
import * as draft from "./draft.js";
import * as earlier from "./earlier.js";
import * as evidence from "./evidence.js";
import * as recipient from "./recipient.js";
import { t, words } from "./words.js";

/** @type {Ticket | null} */
let ticket = null;
/** The request of the last press and its idempotency key: the same request again is the same license. */
let pressed = { text: "", key: "" };
/** @type {(license: License) => void} */
let onGenerated = () => {};

/** @param {string} username @param {(license: License) => void} generated */
export function begin(username, generated) {
  onGenerated = generated;
  input("username").value = username;
  const form = $("form");
  // The page has no primary button until the agent has begun.
  form.addEventListener("input", () => $("generate").classList.add("primary"));
  for (const name of ["username", "seats", "override-reason"]) {
    $(name).addEventListener("input", () => mark(name, `${name.split("-")[0]}-problem`, ""));
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!isDisabled("generate")) press();
  });
}

/** @param {Ticket} read */
export function setTicket(read) {
  const kept = read.id === ticket?.id ? null : draft.take(read.id);
  ticket = read;
  if (!kept) return;
  input("username").value = kept.username;
  input("seats").value = kept.seats;
  if (kept.email !== null) recipient.correct(kept.email);
  pressed = { text: kept.text, key: kept.key };
}

/** Keeps what was typed over a reload. */
export function keepDraft() {
  const email = recipient.isCorrected() ? recipient.address() : null;
  if (ticket) draft.keep(ticket.id, { username: input("username").value, seats: input("seats").value, email, ...pressed });
}

/** Makes room for another license. */
export function reset() {
  input("seats").value = "";
  pressed = { text: "", key: "" };
  $("generate").classList.remove("primary");
  input("duplicate-confirm").checked = false;
}

async function press() {
  const request = read();
  if (!request) return;
  const text = JSON.stringify(request);
  if (text !== pressed.text) pressed = { text, key: crypto.randomUUID() };
  disable("generate", true);
  write("generate", t("form.generating"));
  try {
    const license = await api.insist("licenses", request, pressed.key, (wait) => write("trouble", t("trouble.away", wait)));
    write("trouble", "");
    onGenerated(license);
  } catch (error) {
    if (error instanceof api.Away) write("trouble", t("trouble.gone"));
    else if (error instanceof api.Refusal) refuse(error);
    else throw error;
  } finally {
    write("generate", t($("trouble").textContent ? "form.again" : "form.generate"));
    if ($("trouble").dataset.limited !== "true") disable("generate", false);
  }
}

/** The request, or nothing, with the first wrong field in focus. @returns {LicenseRequest | null} */
function read() {
  write("trouble", "");
  if (!ticket) {
    write("trouble", t("form.unread"));
    return null;
  }
  const username = input("username").value.trim();
  const seats = number(input("seats").value);
  const reason = area("override-reason").value.trim();
  const badSeats = seats === null || seats < 1 || seats > 1_000_000;
  const badName = !/^@?[\w][\w.-]*$/.test(username);
  const badReason = !$("override").hidden && reason === "";
  mark("seats", "seats-problem", badSeats ? t("form.bad_seats") : "");
  mark("username", "username-problem", badName ? t("form.bad_username") : "");
  mark("override-reason", "override-problem", badReason ? t("form.bad_override") : "");
  const wrong = badName ? "username" : badSeats ? "seats" : badReason ? "override-reason" : null;
  if (wrong) $(wrong).focus();
  if (!recipient.check() || wrong) return null;
  const confirmed = earlier.confirmation();
  if (confirmed === null) return null;
  const seen = evidence.read();
  return {
    ticket: { id: ticket.id, ...(ticket.subject && { subject: ticket.subject }) },
    agent: { username },
    customer: {
      email: recipient.address(),
      ...(ticket.name && { name: ticket.name }),
      ...(ticket.company && { company: ticket.company }),
    },
    seats: Number(seats),
    ...(seen && { evidence: seen }),
    ...(reason && { override_reason: reason }),
    ...(confirmed && { confirm_duplicate: true }),
  };
}

/** @param {api.Refusal} refusal */
function refuse({ status, problem, message, waitSeconds }) {
  if (status === 401) return;
  if (problem.license) {
    pressed = { text: "", key: "" };
    if (status === 409) earlier.add(problem.license);
    else onGenerated(problem.license);
  } else if (status === 429) {
    limit(waitSeconds, message);
  } else {
    // A key that the service knows with another request is of no more use.
    pressed = { text: "", key: "" };
    const unplaced = (problem.errors ?? []).filter(({ field, detail }) => !place(field, detail));
    const rest = unplaced.map(({ field, detail }) => `${field} ${detail}`).join("; ");
    const heading = status === 403 ? t("trouble.forbidden") : t("trouble.other");
    if (rest || !problem.errors?.length) write("trouble", `${heading} ${rest || message}`);
  }
}

/** Puts the service's word beside the field that it speaks of. @param {string} field @param {string} detail */
function place(field, detail) {
  if (field === "customer.email") recipient.complain(detail);
  else if (field === "seats") mark("seats", "seats-problem", detail);
  else if (field === "agent.username") mark("username", "username-problem", detail);
  else if (field === "override_reason") {
    show("override");
    mark("override-reason", "override-problem", detail);
  } else return false;
  return true;
}

/** @param {number} seconds @param {string} why */
function limit(seconds, why) {
  const minutes = t("trouble.minutes", { n: Math.ceil(seconds / 60) });
  const time = words.moment(Date.now() + seconds * 1000);
  write("trouble", `${why} ${t("trouble.limited", { time, minutes })}`);
  $("trouble").dataset.limited = "true";
  setTimeout(() => {
    $("trouble").dataset.limited = "false";
    write("trouble", t("trouble.free"));
    disable("generate", false);
  }, seconds * 1000);
}
