// The page: ties tickets, the app in its sidebar, and the stand-ins together.

import { by, make, post } from "./dom.js";
import { Host } from "./host.js";
import { drawIssues } from "./gitlab.js";
import { drawMailbox } from "./mailbox.js";
import { drawMessages } from "./slack.js";
import { TicketView } from "./ticket.js";
import { AGENTS, TICKETS } from "./tickets.js";

const WIDTHS = [280, 320, 400, 700];
const FIRST_HEIGHT_PX = 100;
const MAX_HEIGHT_PX = 5000;
const NOTICE_MS = 5000;
const RETRY_MS = 2000;

const setup = await (await fetch("/api/setup")).json();
let fullHost = null;
// The service's address; null before it runs, undefined before the page has asked.
let service;
let loads = 0;

/** What the app may read and do. */
const desk = {
  appGuid: setup.app_guid, appId: 7, installationId: setup.installation_id, subdomain: setup.subdomain,
  ticket: TICKETS[0], agent: AGENTS[0], scheme: "light",
  view: new TicketView((event, message) => apps.get(desk.ticket.id)?.host.tell(event, message)),
  notify(message, kind = "notice", durationMs = NOTICE_MS) {
    const notice = make("p", { class: `notice ${kind}` }, make("span", {}, String(message)));
    by("notices").append(notice);
    setTimeout(() => notice.remove(), Number(durationMs) || NOTICE_MS);
  },
};

/** The apps that are loaded, each with its own ticket, as Zendesk keeps them. */
const apps = new Map();

/** Loads the app beside the ticket anew. */
async function loadApp() {
  const { ticket } = desk;
  const load = ++loads;
  const form = await sign(false);
  if (load !== loads) return;
  drop(ticket.id);
  if (!form) {
    by("frame").replaceChildren(make("p", { class: "empty" }, "The app comes as soon as its service runs."));
    return;
  }
  by("frame").querySelector(".empty")?.remove();
  const frame = make("iframe", { name: `app-${load}`, title: "Stopgap", allow: "clipboard-write" });
  frame.dataset.ticket = ticket.id;
  frame.style.height = `${FIRST_HEIGHT_PX}px`;
  by("frame").append(frame);
  const own = Object.assign(Object.create(desk), { ticket, resize: ({ height }) => resize(frame, height) });
  apps.set(ticket.id, { frame, host: new Host(frame, new URL(form.action).origin, own) });
  showApp();
  submit(form, frame);
}

function drop(id) {
  const app = apps.get(id);
  app?.host.close();
  app?.frame.remove();
  apps.delete(id);
}

/** Shows the app of the ticket that is open; the others go on unseen. */
function showApp() {
  for (const [id, { frame, host }] of apps) {
    const isShown = id === desk.ticket.id;
    if (frame.hidden === !isShown) continue;
    frame.hidden = !isShown;
    host.tell(isShown ? "app.activated" : "app.deactivated", { firstLoad: false });
  }
}

function reloadAll() {
  for (const id of [...apps.keys()]) drop(id);
  loadApp();
}

function resize(frame, height) {
  const wanted = parseInt(height, 10);
  if (wanted > 0) frame.style.height = `${Math.min(wanted, MAX_HEIGHT_PX)}px`;
}

/** Loads the app's full page, which knows of no ticket and keeps the size it is given. */
async function loadFullPage() {
  fullHost?.close();
  const form = await sign(true);
  if (!form) return;
  const frame = make("iframe", { name: "full-page", title: "Stopgap, full page", allow: "clipboard-write" });
  by("panel-full").replaceChildren(frame);
  const own = Object.assign(Object.create(desk), { ticket: null, resize() {} });
  fullHost = new Host(frame, new URL(form.action).origin, own);
  submit(form, frame);
}

/** The signed form that loads the app; nothing where no service runs yet. */
async function sign(full) {
  const asked = { agent_id: desk.agent.id, origin: location.origin, color_scheme: desk.scheme, full };
  const [ok, form] = await post("/api/load", asked);
  return ok ? form : null;
}

/** Posts the signed form into a fresh iframe, as Zendesk does. */
function submit(form, frame) {
  const token = make("input", { type: "hidden", name: "token", value: form.token });
  const signed = make("form", { method: "post", action: form.action, target: frame.name, hidden: true }, token);
  document.body.append(signed);
  signed.submit();
  signed.remove();
}

function showTicket(ticket) {
  desk.ticket = ticket;
  desk.view.show(ticket, desk.agent);
  const buttons = TICKETS.map((one) => {
    const button = make("button", { type: "button", onclick: () => (showTab("ticket"), showTicket(one)) });
    button.append(make("b", {}, `#${one.id}`), make("span", {}, one.subject));
    button.setAttribute("aria-current", one === ticket);
    return button;
  });
  by("tickets").replaceChildren(...buttons);
  showApp();
  if (!apps.has(ticket.id) && service !== undefined) loadApp();
}

const tabs = [...document.querySelectorAll("[role=tab]")];

function showTab(name) {
  for (const tab of tabs) {
    const selected = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", selected);
    tab.tabIndex = selected ? 0 : -1;
    by(tab.getAttribute("aria-controls")).hidden = !selected;
    if (selected && name === "full") loadFullPage();
    if (selected) tab.querySelector(".count")?.classList.remove("fresh");
  }
}

function bindTabs() {
  tabs.forEach((tab, index) => {
    tab.addEventListener("click", () => showTab(tab.id.slice(4)));
    tab.addEventListener("keydown", ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (!step) return;
      const next = tabs[(index + step + tabs.length) % tabs.length];
      showTab(next.id.slice(4));
      next.focus();
    });
  });
}

function setWidth(width) {
  document.documentElement.style.setProperty("--app-width", `${width}px`);
  const buttons = WIDTHS.map((one) => {
    const button = make("button", { type: "button", title: `${one} pixels wide`, onclick: () => setWidth(one) }, String(one));
    button.setAttribute("aria-pressed", one === width);
    return button;
  });
  by("widths").replaceChildren(...buttons);
}

function setScheme(scheme) {
  desk.scheme = scheme;
  document.documentElement.dataset.scheme = scheme;
  by("scheme").setAttribute("aria-pressed", scheme === "dark");
  const hosts = [...apps.values()].map(({ host }) => host);
  for (const one of [...hosts, fullHost]) one?.tell("colorScheme.changed", scheme);
}

const switches = [...document.querySelectorAll("[data-stand-in]")];

function bindSwitches() {
  for (const select of switches) {
    const { standIn } = select.dataset;
    const offers = [{ label: "well", fault: null }, ...setup.faults[standIn]];
    select.append(...offers.map(({ label, fault }) => make("option", { value: JSON.stringify(fault) }, label)));
    select.addEventListener("change", () => post("/api/faults", { stand_in: standIn, fault: JSON.parse(select.value) }));
  }
}

function showFaults(faults) {
  for (const select of switches) {
    const { standIn } = select.dataset;
    const value = JSON.stringify(faults[standIn]);
    // A fault that a test set may be none of the offered ones.
    if (![...select.options].some((option) => option.value === value)) select.append(make("option", { value }, value));
    select.value = value;
    select.parentElement.classList.toggle("on", faults[standIn] !== null);
    // The service has no tab: the app shows how it is.
    by(`tab-${standIn}`)?.classList.toggle("faulty", faults[standIn] !== null);
  }
}

const drawn = { smtp: null, gitlab: null, slack: null };

/** Draws one stand-in's panel, where it holds something new; what is on screen keeps its selection otherwise. */
function showHeld(standIn, held, draw, place) {
  const now = JSON.stringify(held);
  if (now === drawn[standIn]) return;
  const isFirst = drawn[standIn] === null;
  drawn[standIn] = now;
  draw(by(place), held);
  const tab = by(`tab-${standIn}`);
  tab.querySelector(".count")?.remove();
  if (held.length === 0) return;
  const fresh = !isFirst && tab.getAttribute("aria-selected") !== "true";
  tab.append(make("span", { class: fresh ? "count fresh" : "count" }, String(held.length)));
}

/** The mails, with a mark on those that the provider did not send on. */
const marked = (mails, heldBack) =>
  mails.map((mail) => ({ ...mail, heldBack: heldBack.some((id) => mail.message_id === `<${id}>`) }));

/** Asks for news for as long as the page is open. */
async function follow() {
  for (let seen = 0; ; ) {
    try {
      const world = await (await fetch(`/api/world?seen=${seen}`)).json();
      seen = world.revision;
      showHeld("smtp", marked(world.mails, world.held_back), drawMailbox, "mailbox");
      showHeld("gitlab", world.issues, drawIssues, "issues");
      showHeld("slack", world.messages, drawMessages, "messages");
      showFaults(world.faults);
      if (world.service !== service) {
        service = world.service;
        reloadAll();
      }
    } catch {
      // The sandbox was stopped; when it comes back its counting begins anew.
      seen = 0;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

by("agent").append(...AGENTS.map(({ id, name }) => make("option", { value: String(id) }, `${name} (${id})`)));
by("agent").addEventListener("change", ({ target }) => {
  desk.agent = AGENTS.find(({ id }) => String(id) === target.value);
  for (const id of [...apps.keys()]) drop(id);
  showTicket(desk.ticket);
});
by("reload").addEventListener("click", loadApp);
by("scheme").addEventListener("click", () => setScheme(desk.scheme === "dark" ? "light" : "dark"));
// What the customer was asked for.
if (setup.attachment) TICKETS[0].comments[0].attachment = setup.attachment;
by("rail-full").addEventListener("click", () => showTab("full"));
by("rail-ticket").addEventListener("click", () => showTab("ticket"));
bindTabs();
bindSwitches();
setWidth(320);
showTicket(TICKETS[0]);
follow();
