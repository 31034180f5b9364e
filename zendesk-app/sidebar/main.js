// @ts-check
// The page begins here: it takes its session out of the document, meets Zendesk and puts the parts together.

import * as api from "./api.js";
import * as diagnosis from "./diagnosis.js";
import { $, set } from "./dom.js";
import * as earlier from "./earlier.js";
import * as evidence from "./evidence.js";
import * as form from "./form.js";
import * as host from "./host.js";
import * as license from "./license.js";
import * as recipient from "./recipient.js";
import { speak, t } from "./words.js";

const state = document.body.dataset.state ?? "outside";
const isReady = state === "ready";

async function begin() {
  const [session, username, features, refused] = ["session", "username", "features", "refused-domains"].map(takeMeta);
  const meeting = host.connect();
  // An SDK that does not load is told below, as a ticket that cannot be read.
  const met = meeting.catch(() => isReady);
  await speak(navigator.language);
  if (isReady) {
    api.begin(session, endSession);
    recipient.begin(refused.toLowerCase().split(/[,\s]+/).filter(Boolean), lookUp);
    earlier.begin(license.open);
    form.begin(username, license.openNew);
    license.begin(toForm);
    if (features.includes("eligibility")) evidence.begin();
    if (features.includes("diagnosis")) diagnosis.begin(toForm);
    $("again").addEventListener("click", readTicket);
    set({ form: true });
  } else notice(state);
  if (!(await met)) return notice("outside");
  await meeting.then(join, () => recipient.showNone("unread"));
}

/** Takes what the service wrote into the head, and leaves nothing of it there. @param {string} name */
function takeMeta(name) {
  const meta = document.querySelector(`meta[name="stopgap-${name}"]`);
  meta?.remove();
  return meta?.getAttribute("content") ?? "";
}

async function join() {
  host.followHeight();
  host.on("colorScheme.changed", setScheme);
  const agent = host.readAgent().then(async ({ locale, zone, scheme }) => {
    setScheme(scheme);
    await speak(locale, zone);
    if (!isReady) notice(state);
  });
  if (!isReady) return agent;
  host.on("ticket.requester.email.changed", readTicket);
  host.on("app.activated", () => $("license").hidden && readTicket());
  // Without an answer the page keeps the browser's language and the colours it came with.
  await readTicket(agent.catch(() => {}));
}

/** @param {unknown} [first] what to wait for before the ticket is shown */
async function readTicket(first) {
  recipient.showNone("loading");
  try {
    await Promise.all([host.readTicket(), first]);
  } catch {
    return recipient.showNone("unread");
  }
  recipient.showTicket();
  form.takeDraft();
  await lookUp();
}

const lookUp = async () => host.ticket && earlier.lookUp(recipient.address());

function toForm() {
  form.reset();
  set({ license: false, form: true });
  $("seats").focus();
  lookUp();
}

/** The page stays as it is, with what was typed; the next one takes that up. */
function endSession() {
  set({ "session-ended": true });
  form.keepDraft();
  $("form").addEventListener("input", form.keepDraft);
}

/** One message in place of the form. @param {string} kind */
function notice(kind) {
  set({ form: false, diagnosis: false, notice: true, "notice-missing": kind === "not_configured", "notice-link": kind === "outside" });
  set({ "notice-title": t(`notice.${kind}.title`), "notice-text": t(`notice.${kind}.text`) });
}

/** @param {unknown} scheme */
function setScheme(scheme) {
  if (scheme === "light" || scheme === "dark") document.documentElement.dataset.scheme = scheme;
}

begin().catch((error) => {
  set({ unloadable: true });
  throw error;
});
