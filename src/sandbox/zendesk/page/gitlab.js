// The issues that exist in GitLab.

import { make, moment } from "./dom.js";
import { render } from "./markdown.js";

const open = new Set();

/** Draws the issues into `place`, the newest first. */
export function drawIssues(place, issues) {
  if (issues.length === 0) {
    place.replaceChildren(make("p", { class: "empty" }, "No issue yet. Every license ends in one."));
    return;
  }
  place.replaceChildren(...issues.map(draw).reverse());
}

function draw(issue) {
  const { iid, title, state, labels, confidential, assignees, description, notes, web_url: address } = issue;
  const chip = (words, kind = "") => make("span", { class: `chip ${kind}` }, words);
  const marks = make(
    "div", { class: "marks" },
    chip(state, state), confidential ? chip("confidential", "warned") : null,
    ...labels.map((label) => chip(label)), ...assignees.map(({ username }) => chip(`@${username}`)), moment(issue.created_at),
  );
  const said = notes.flatMap((note) => [
    make("h3", {}, note.internal ? "Internal note, " : "Note, ", moment(note.created_at)), render(note.body),
  ]);
  const link = make("p", {}, make("a", { href: address, target: "_blank", rel: "noopener" }, "Open as a page"));
  const inside = make("div", { class: "inside" }, render(description), ...said, link);
  const card = make("details", { class: "issue", open: open.has(iid) }, make("summary", {}, make("b", {}, `#${iid} ${title}`), marks), inside);
  card.addEventListener("toggle", () => (card.open ? open.add(iid) : open.delete(iid)));
  return card;
}
