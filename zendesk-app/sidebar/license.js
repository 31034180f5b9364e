// @ts-check
// One license after the press: its deliveries live, its last day, and what to say about it.

import * as aftercare from "./aftercare.js";
import { Refusal } from "./api.js";
import { copy, put } from "./comment.js";
import { $, onPress, show, write } from "./dom.js";
import { addTag } from "./host.js";
import { note, reply } from "./letter.js";
import { follow } from "./progress.js";
import * as steps from "./steps.js";
import { t, words } from "./words.js";

const TAG = "emergency-license";

/** @type {License} */
let license;
/** @type {Ticket} */
let ticket;
let following = new AbortController();

/** @param {() => void} back */
export function begin(back) {
  onPress("reply", async () => say(await put("publicReply", await replyText(), ticket.id), "replied"));
  onPress("note", async () => say(await put("internalNote", await note(license), ticket.id), "noted"));
  onPress("copy", async () => say(copy(await replyText()), "copied"));
  onPress("back", () => {
    following.abort();
    back();
  });
  aftercare.begin(open);
}

/** Shows a license that was just generated, and marks its ticket. @param {License} made @param {Ticket} on */
export function openNew(made, on) {
  ticket = on;
  write("said", "");
  show("said-text", false);
  addTag(TAG, made.ticket.id).then(() => show("untagged", false), () => show("untagged"));
  open(made);
}

/** Shows a license of the past. @param {License} known @param {Ticket} on */
export function openEarlier(known, on) {
  ticket = on;
  write("said", "");
  show("said-text", false);
  show("untagged", false);
  open(known);
}

/** @param {License} known */
function open(known) {
  following.abort();
  following = new AbortController();
  $("steps").replaceChildren();
  render(known);
  show("form", false);
  show("license");
  $("license-title").focus();
  follow(known.id, render, following.signal).catch((error) => {
    if (!(error instanceof Refusal)) throw error;
  });
}

/** @param {License} latest */
function render(latest) {
  license = latest;
  const { customer, seats, expires_on, state, days_left } = license;
  const made = license.deliveries.some(({ channel }) => channel === "email");
  write("license-title", made ? t("license.title", { n: seats }) : t("license.failed_title"));
  write("license-to", [customer.name, customer.company, customer.email].filter(Boolean).join(" · "));
  steps.render(license);
  show("license-term", made);
  write("license-last", t("license.last_day", { day: words.day(expires_on, 1) }));
  write("license-ends", t(days_left > 0 ? "license.ends" : "license.ended", { day: words.day(expires_on) }));
  show("license-say", state !== "delivering");
  aftercare.render(license, made);
}

/** The mail did not get through: the agent attaches the file. */
const replyText = () => reply(license, ticket.locale, license.state !== "delivered");

/** @param {string} outcome @param {string} done */
function say(outcome, done) {
  write("said", t(`license.${outcome === "inserted" ? done : outcome}`));
}
