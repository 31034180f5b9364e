// The mails that arrived, as a mail program shows them.

import { make, moment } from "./dom.js";

const VIEWS = { html: "HTML", text: "Text", headers: "Headers" };
let chosen = null;
let view = "html";

/** Draws the mailbox into `place`, the newest mail first. */
export function drawMailbox(place, mails) {
  if (mails.length === 0) {
    place.replaceChildren(make("p", { class: "empty" }, "No mail yet. It appears here as soon as the mail server took it."));
    return;
  }
  const redraw = () => drawMailbox(place, mails);
  const at = chosen !== null && chosen < mails.length ? chosen : mails.length - 1;
  const entries = mails.map((mail, index) => entry(mail, index === at, () => ((chosen = index), redraw()))).reverse();
  const list = make("div", { class: "mails" }, ...entries);
  place.replaceChildren(make("div", { class: "mailbox" }, list, letter(mails[at], redraw)));
}

function entry(mail, current, onclick) {
  const button = make("button", { type: "button", onclick }, make("b", {}, mail.to), make("span", {}, mail.heldBack ? "Held back by Mailgun" : mail.subject), moment(mail.received_at));
  button.setAttribute("aria-current", current);
  return button;
}

function letter(mail, redraw) {
  const rows = [["From", mail.from], ["To", mail.to], ["Reply to", mail.reply_to], ["Envelope", mail.envelope_to.join(", ")]];
  const headers = rows.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]);
  return make(
    "article", { class: "mail" },
    make("h2", {}, mail.subject),
    ...(mail.heldBack ? [make("p", { class: "empty" }, "Mailgun did not send this mail: the address is on one of its suppression lists.")] : []),
    make("dl", {}, ...headers), controls(mail, redraw), body(mail),
  );
}

function controls(mail, redraw) {
  const views = Object.entries(VIEWS).map(([name, words]) => {
    const button = make("button", { type: "button", onclick: () => ((view = name), redraw()) }, words);
    button.setAttribute("aria-pressed", view === name);
    return button;
  });
  const files = mail.attachments.map((file) =>
    make("button", { type: "button", class: "quiet", onclick: () => download(file) }, `⤓ ${file.filename}`),
  );
  return make("div", { class: "views" }, ...views, ...files);
}

function body(mail) {
  if (view === "headers") return make("pre", {}, mail.headers.map(([name, value]) => `${name}: ${value}`).join("\n"));
  if (view === "text" || !mail.html) return make("pre", {}, mail.text);
  // The empty sandbox: no scripts, no forms, no origin.
  const frame = make("iframe", { title: "The mail" });
  frame.setAttribute("sandbox", "");
  frame.srcdoc = mail.html;
  return frame;
}

function download({ filename, content }) {
  const url = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
  make("a", { href: url, download: filename }).click();
  URL.revokeObjectURL(url);
}
