// @ts-check
// The page begins here: it takes its session out of the document, meets Zendesk and puts the parts together.

import * as api from "./api.js";
import * as diagnosis from "./diagnosis.js";
import { $, input, show, write } from "./dom.js";
import * as earlier from "./earlier.js";
import * as evidence from "./evidence.js";
import * as form from "./form.js";
import * as host from "./host.js";
import * as license from "./license.js";
import * as recipient from "./recipient.js";
import { speak, t } from "./words.js";

/** @type {Ticket | undefined} */
let ticket;

/** Takes what the service wrote into the head, and leaves nothing of it there. @param {string} name */
function takeMeta(name) {
  const meta = document.querySelector(`meta[name="stopgap-${name}"]`);
  meta?.remove();
  return meta?.getAttribute("content") ?? "";
}

async function begin() {
  const state = document.body.dataset.state ?? "outside";
  const session = takeMeta("session");
  const username = takeMeta("username");
  const features = takeMeta("features").split(" ");
  const refused = takeMeta("refused-domains").toLowerCase().split(",").map((domain) => domain.trim()).filter(Boolean);

  const zendesk = host.connect();
  // Answered below, after the first words: until then a refusal of it is no news.
  zendesk.catch(() => {});
  await speak(navigator.language);
  if (state === "ready") {
    api.begin(session, endSession);
    recipient.begin(refused, lookUp);
    earlier.begin((known) => ticket && license.openEarlier(known, ticket));
    form.begin(username, (made) => ticket && license.openNew(made, ticket));
    license.begin(toForm);
    if (features.includes("eligibility")) evidence.begin();
    if (features.includes("diagnosis")) diagnosis.begin(() => ticket?.id, toForm);
    $("recipient-again").addEventListener("click", readTicket);
    show("form");
  } else {
    notice(state);
  }
  if (!(await zendesk.catch(() => state === "ready"))) return notice("outside");
  host.followHeight();
  host.on("colorScheme.changed", setScheme);
  host.on("ticket.requester.email.changed", readTicket);
  host.on("app.activated", () => state === "ready" && $("license").hidden && readTicket());
  const agent = host.readAgent().then(async ({ locale, zone, scheme }) => {
    setScheme(scheme);
    await speak(locale, zone);
    if (state !== "ready") notice(state);
  });
  // Without an answer the page keeps the browser's language and the colours it came with.
  await agent.catch(() => {});
  if (state === "ready") await readTicket();
}

async function readTicket() {
  recipient.showLoading();
  try {
    ticket = await host.readTicket();
  } catch {
    return recipient.showUnread();
  }
  recipient.showTicket(ticket);
  form.setTicket(ticket);
  await lookUp();
}

async function lookUp() {
  if (ticket) await earlier.lookUp(ticket.id, recipient.address());
}

function toForm() {
  form.reset();
  show("license", false);
  show("form");
  input("seats").focus();
  lookUp();
}

/** The page stays as it is, with what was typed; the next one takes that up. */
function endSession() {
  show("session-ended");
  form.keepDraft();
  $("form").addEventListener("input", form.keepDraft);
}

/** One message in place of the form. @param {string} state */
function notice(state) {
  show("form", false);
  show("diagnosis", false);
  write("notice-title", t(`notice.${state}.title`));
  write("notice-text", t(`notice.${state}.text`));
  show("notice-missing", state === "not_configured");
  show("notice-link", state === "outside");
  show("notice");
}

/** @param {unknown} scheme */
function setScheme(scheme) {
  if (scheme === "light" || scheme === "dark") document.documentElement.dataset.scheme = scheme;
}

begin().catch((error) => {
  show("unloadable");
  throw error;
});
