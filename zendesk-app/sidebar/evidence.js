// @ts-check
// What the customer's screenshots or their old license file say: is it an emergency, and how many seats?

import { Away, Refusal, post } from "./api.js";
import { $, area, find, input, number, onPress, show, write } from "./dom.js";
import { t, words } from "./words.js";

const PAUSE_MS = 300;
/** Far above any license file, far below what a browser would mind. */
const MAX_FILE_BYTES = 50_000;
const OUT_OF_SCOPE = ["not_expired", "in_grace", "too_late", "not_paid", "trial"];
const NUMBERS = /** @type {const} */ (["billable_users", "maximum_users", "seats"]);

let checks = 0;
/** The seats that were filled in from here; what the agent typed is never written over. */
let filled = "";

export function begin() {
  show("evidence");
  let timer = 0;
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE_MS);
  };
  const box = $("evidence");
  box.addEventListener("input", changed);
  box.addEventListener("keydown", (event) => {
    // Enter here must not press the form's button.
    if (event.key === "Enter" && event.target instanceof HTMLInputElement) event.preventDefault();
  });
  const drop = $("evidence-drop");
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("dropping", name.startsWith("drage") || name === "dragover");
    });
  }
  drop.addEventListener("drop", (event) => take(event.dataTransfer?.files[0]).then(changed));
  const chooser = input("evidence-choose");
  chooser.addEventListener("change", () => take(chooser.files?.[0]).then(changed));
  onPress("verdict-use", () => useSeats(Number($("verdict-use").dataset.seats)));
}

/** What was entered, as the service takes it; nothing where nothing was. @returns {Evidence | null} */
export function read() {
  const plan = find("evidence-plan", HTMLSelectElement).value;
  const expires_on = input("evidence-expires_on").value;
  const license_file = area("evidence-license_file").value.trim();
  /** @type {Evidence} */
  const seen = {
    ...(plan && { plan }),
    ...(input("evidence-trial").checked && { trial: true }),
    ...(expires_on && { expires_on }),
    ...(license_file && { license_file }),
  };
  for (const name of NUMBERS) {
    const count = number(input(`evidence-${name}`).value);
    if (count !== null) seen[name] = count;
  }
  return Object.keys(seen).length ? seen : null;
}

/** @param {number} seats */
export function useSeats(seats) {
  filled = String(seats);
  const field = input("seats");
  field.value = filled;
  // As if it had been typed: the form clears what it said about the field.
  field.dispatchEvent(new Event("input", { bubbles: true }));
  show("verdict-use", false);
}

/** @param {File | undefined} file */
async function take(file) {
  if (!file) return;
  if (file.size > MAX_FILE_BYTES) return tell("", t("evidence.too_large"), "danger");
  area("evidence-license_file").value = await file.text();
}

async function check() {
  const own = (checks += 1);
  const seen = read();
  if (!seen) {
    show("verdict", false);
    show("override", false);
    return;
  }
  try {
    /** @type {Eligibility} */
    const answer = await post("eligibility", seen);
    if (own === checks) render(answer);
  } catch (error) {
    if (own !== checks || !(error instanceof Refusal || error instanceof Away)) return;
    const details = error instanceof Refusal && error.problem.errors?.map(({ field, detail }) => `${field} ${detail}`).join("; ");
    tell(t("evidence.unchecked"), details || error.message || t("trouble.other"), "warning");
  }
}

/** @param {Eligibility} eligibility */
function render({ verdict, reason, read: found, recommended_seats }) {
  const out = OUT_OF_SCOPE.includes(verdict);
  tell(t(`evidence.${out ? "out" : verdict === "in_scope" ? "in_scope" : "unchecked"}`), reason, out ? "danger" : verdict === "in_scope" ? "success" : "warning");
  const facts = [found.company, found.name, found.email, found.plan && t(`evidence.${found.plan}`), found.seats && t("earlier.seats", { n: found.seats }), found.expires_on && words.day(found.expires_on)];
  write("verdict-read", area("evidence-license_file").value ? t("evidence.read", { facts: facts.filter(Boolean).join(" · ") }) : "");
  show("override", out);
  const seats = input("seats").value;
  show("verdict-use", false);
  if (!recommended_seats || seats === String(recommended_seats)) return;
  if (seats === "" || seats === filled) return useSeats(recommended_seats);
  $("verdict-use").dataset.seats = String(recommended_seats);
  write("verdict-use", t("evidence.use", { n: recommended_seats }));
  show("verdict-use");
}

/** @param {string} word @param {string} reason @param {string} tone */
function tell(word, reason, tone) {
  $("verdict").className = `card ${tone}`;
  write("verdict-word", word);
  write("verdict-reason", reason);
  write("verdict-read", "");
  show("verdict");
}
