// @ts-check
// What was generated before for this ticket and this customer, and the confirmation of a duplicate.

import { get } from "./api.js";
import { $, input, isAddress, make, makeButton, mark, show, write } from "./dom.js";
import { t, words } from "./words.js";

/** More would push the form out of the first view. */
const SHOWN_AT_FIRST = 2;

/** @type {License[]} */
let licenses = [];
let email = "";
let expanded = false;
let lookups = 0;
/** @type {(license: License) => void} */
let onOpen = () => {};

/** @param {(license: License) => void} open */
export function begin(open) {
  onOpen = open;
  $("earlier-more").addEventListener("click", () => {
    expanded = true;
    render();
  });
  input("duplicate-confirm").addEventListener("change", () => mark("duplicate-confirm", "duplicate-problem", ""));
}

/** @param {number} ticketId @param {string} address */
export async function lookUp(ticketId, address) {
  const lookup = (lookups += 1);
  if (fold(address) !== fold(email)) input("duplicate-confirm").checked = false;
  email = address;
  let found = licenses;
  let known = true;
  try {
    const paths = [`licenses?ticket=${ticketId}`, ...(isAddress(email) ? [`licenses?q=${encodeURIComponent(email)}`] : [])];
    found = (await Promise.all(paths.map(get))).flatMap((list) => list.items);
  } catch {
    known = false;
  }
  if (lookup !== lookups) return;
  licenses = found.filter(
    (license, at) => (license.ticket.id === ticketId || isTheirs(license)) && at === found.findIndex(({ id }) => id === license.id),
  );
  show("earlier-unknown", !known);
  render(ticketId);
}

/** Takes in a license that the service knows of and the page did not. @param {License} license */
export function add(license) {
  licenses = [license, ...licenses.filter(({ id }) => id !== license.id)];
  render(license.ticket.id);
  mark("duplicate-confirm", "duplicate-problem", t("earlier.unconfirmed"));
  input("duplicate-confirm").focus();
}

/** Whether a duplicate was confirmed; null where it has yet to be. */
export function confirmation() {
  const confirmed = input("duplicate-confirm").checked;
  if ($("duplicate").hidden || confirmed) return confirmed;
  mark("duplicate-confirm", "duplicate-problem", t("earlier.unconfirmed"));
  input("duplicate-confirm").focus();
  return null;
}

let shownTicket = 0;

function render(ticketId = shownTicket) {
  shownTicket = ticketId;
  licenses.sort((a, b) => b.created_at.localeCompare(a.created_at));
  const shown = expanded ? licenses : licenses.slice(0, SHOWN_AT_FIRST);
  $("earlier-list").replaceChildren(...shown.map((license) => make("li", "", row(license, ticketId))));
  show("earlier-more", shown.length < licenses.length);
  write("earlier-more", t("earlier.more", { n: licenses.length }));
  const running = licenses.find(isRunning);
  $("earlier").classList.toggle("warning", running !== undefined);
  show("duplicate", running !== undefined);
  write("duplicate-text", running ? t("earlier.running", { n: running.days_left }) : "");
  show("earlier", licenses.length > 0 || !$("earlier-unknown").hidden);
}

/** @param {License} license @param {number} ticketId */
function row(license, ticketId) {
  const stand = make("em", license.state === "failed" ? "danger" : isOver(license) ? "" : "warning", standing(license));
  const where = license.ticket.id === ticketId ? t("earlier.here") : t("earlier.elsewhere", { id: license.ticket.id });
  return makeButton(
    "",
    () => onOpen(license),
    make("span", "what", `${t("earlier.seats", { n: license.seats })} · `, stand),
    make("span", "where", `${where} · ${words.date(license.created_at)}`),
  );
}

/** @param {License} license */
function standing(license) {
  if (license.replaced_by) return t("earlier.replaced");
  if (license.state === "failed" || license.state === "late") return t(`earlier.${license.state}`);
  return license.days_left > 0 ? t("earlier.left", { n: license.days_left }) : t("earlier.expired");
}

/** The service's own rule for a duplicate. @param {License} license */
const isRunning = (license) => isTheirs(license) && !isOver(license);
/** @param {License} license */
const isOver = (license) => license.state === "failed" || Boolean(license.replaced_by) || license.days_left <= 0;
/** @param {License} license */
const isTheirs = (license) => fold(license.customer.email) === fold(email);
/** @param {string} address */
const fold = (address) => address.trim().toLowerCase();
