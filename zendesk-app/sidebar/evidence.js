// @ts-check
// What the customer's screenshots or their old license file say: is it an emergency, and how many seats?

import { post } from "./api.js";
import { $, number, onTyped, set } from "./dom.js";
import { explain } from "./press.js";
import { t, words } from "./words.js";

/** Far above any license file, far below what a browser would mind. */
const MAX_FILE_BYTES = 50_000;
/** @type {Record<string, string>} */
const TONES = { in_scope: "success", unchecked: "warning" };

let checks = 0;
/** The seats that were filled in from here; what the agent typed is never written over. */
let filled = "";

export function begin() {
  const box = $("evidence");
  box.hidden = false;
  onTyped("evidence", check);
  box.addEventListener("keydown", (event) => {
    // Enter here must not press the form's button.
    if (event.key === "Enter" && event.target instanceof HTMLInputElement) event.preventDefault();
  });
  box.addEventListener("dragover", (event) => event.preventDefault());
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer?.files[0]);
  });
  $("choose").addEventListener("change", () => take($("choose").files?.[0]));
  $("use").addEventListener("click", () => useSeats(Number($("use").value)));
}

/** What was entered, as the service takes it; undefined where nothing was. @returns {Evidence | undefined} */
export function read() {
  const seen = {
    plan: $("plan").value || undefined,
    trial: $("trial").checked || undefined,
    expires_on: $("expires_on").value || undefined,
    license_file: $("license_file").value.trim() || undefined,
    seats: number($("licensed").value) || undefined,
    billable_users: number($("billable_users").value) || undefined,
    maximum_users: number($("maximum_users").value) || undefined,
  };
  return Object.values(seen).some(Boolean) ? seen : undefined;
}

/** @param {number} seats */
export function useSeats(seats) {
  $("seats").value = filled = String(seats);
  // As if it had been typed: the form clears what it said about the field.
  $("seats").dispatchEvent(new Event("input", { bubbles: true }));
  set({ use: false });
}

/** @param {File | undefined} file */
async function take(file) {
  if (!file) return;
  if (file.size > MAX_FILE_BYTES) return tell("unchecked", t("evidence.too_large"));
  $("license_file").value = await file.text();
  await check();
}

async function check() {
  const own = (checks += 1);
  const seen = read();
  set({ verdict: false, override: false });
  if (!seen) return;
  try {
    const answer = await post("eligibility", seen);
    if (own === checks) render(answer, Boolean(seen.license_file));
  } catch (error) {
    if (own === checks) tell("unchecked", explain(error));
  }
}

/** @param {Eligibility} eligibility @param {boolean} fromFile */
function render({ verdict, reason, read: { company, name, email, plan, seats, expires_on }, recommended_seats }, fromFile) {
  tell(verdict, reason);
  const facts = [company, name, email, plan, seats && t("earlier.seats", { n: seats }), expires_on && words.day(expires_on)];
  set({ "verdict-read": fromFile ? facts.filter(Boolean).join(" · ") : "", override: !(verdict in TONES) });
  const typed = $("seats").value;
  if (!recommended_seats || number(typed) === recommended_seats) return;
  if (typed === "" || typed === filled) return useSeats(recommended_seats);
  $("use").value = String(recommended_seats);
  set({ use: true });
  set({ use: t("evidence.use", { n: recommended_seats }) });
}

/** @param {string} verdict @param {string} reason */
function tell(verdict, reason) {
  $("verdict").className = `card ${TONES[verdict] ?? "danger"}`;
  const word = t(`evidence.${verdict in TONES ? verdict : "out"}`);
  set({ "verdict-word": word, "verdict-reason": reason, "verdict-read": "", verdict: true, use: false });
}
