// @ts-check
// What was generated before for this ticket and this customer, and the confirmation of a duplicate.

import { get } from "./api.js";
import { $, isAddress, make, makeButton, mark, set } from "./dom.js";
import { ticket } from "./host.js";
import { t, words } from "./words.js";

/** More would push the form out of the first view. */
const SHOWN_AT_FIRST = 2;

/** @type {License[]} */
let licenses = [];
let email = "";
let lookups = 0;
/** @type {OnLicense} */
let onOpen;

/** @param {OnLicense} open */
export function begin(open) {
  onOpen = open;
  $("earlier-more").addEventListener("click", () => render(Infinity));
  $("duplicate").addEventListener("change", () => mark("duplicate", ""));
}

/** @param {string} address */
export async function lookUp(address) {
  const lookup = (lookups += 1);
  if (fold(address) !== email) $("duplicate").checked = false;
  email = fold(address);
  const paths = [`licenses?ticket=${ticket?.id}`, ...(isAddress(email) ? [`licenses?q=${encodeURIComponent(email)}`] : [])];
  const lists = await Promise.all(paths.map(get)).catch(() => null);
  if (lookup !== lookups) return;
  const byId = new Map((lists?.flatMap(({ items }) => items) ?? licenses).map((license) => [license.id, license]));
  licenses = [...byId.values()].filter((license) => license.ticket.id === ticket?.id || isTheirs(license));
  set({ "earlier-unknown": !lists });
  render();
}

/** Takes in a running license that the page did not know of. @param {License} license */
export function add(license) {
  licenses = [license, ...licenses.filter(({ id }) => id !== license.id)];
  render();
  confirmation();
}

/** Whether a duplicate was confirmed; null where it has yet to be. */
export function confirmation() {
  const { checked } = $("duplicate");
  if ($("confirm").hidden || checked) return checked;
  mark("duplicate", t("earlier.unconfirmed"));
  $("duplicate").focus();
  return null;
}

function render(most = SHOWN_AT_FIRST) {
  licenses.sort((a, b) => b.created_at.localeCompare(a.created_at));
  const confirm = licenses.some((license) => isTheirs(license) && isRunning(license));
  $("earlier-list").replaceChildren(...licenses.slice(0, most).map(row));
  $("earlier").classList.toggle("warning", confirm);
  set({ "earlier-more": t("earlier.more", { n: licenses.length }) });
  set({ confirm, "earlier-more": licenses.length > most, earlier: licenses.length > 0 || !$("earlier-unknown").hidden });
}

/** @param {License} license */
function row(license) {
  const { id, seats, state, days_left, replaced_by, ticket, created_at } = license;
  const left = days_left > 0 ? t("earlier.left", { n: days_left }) : t("earlier.expired");
  const stand = replaced_by ? t("earlier.replaced") : state === "failed" || state === "late" ? t(`earlier.${state}`) : left;
  const tone = state === "failed" ? "danger" : isRunning(license) ? "warning" : "";
  const what = make("span", "what", `${t("earlier.seats", { n: seats })} · `, make("em", tone, stand));
  const where = make("span", "hint", `#${ticket.id} · ${words.date(created_at)}`);
  const button = makeButton("", () => onOpen(license), what, where);
  button.dataset.license = id;
  return make("li", "", button);
}

/** With the same address, the service's own rule for a duplicate. @param {License} license */
const isRunning = ({ state, replaced_by, days_left }) => state !== "failed" && !replaced_by && days_left > 0;
/** @param {License} license */
const isTheirs = ({ customer }) => fold(customer.email) === email;
/** @param {string} address */
const fold = (address) => address.trim().toLowerCase();
