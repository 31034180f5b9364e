// Markdown as GitLab renders it: what issues of this sandbox are made of, as elements. Anything else stays text.

import { make } from "./dom.js";

const FENCE = /^(`{3,})[^`]*$/;

/** Renders a text as block elements. */
export function render(text) {
  const lines = text.replace(/<!--[\s\S]*?-->/g, "").split(/\r?\n/);
  const blocks = [];
  while (lines.length > 0) {
    const block = next(lines);
    if (block) blocks.push(block);
  }
  return make("div", { class: "markdown" }, ...blocks);
}

/** Takes the lines of one block away. */
function next(lines) {
  const line = lines.shift();
  if (line.trim() === "") return null;
  const fence = FENCE.exec(line);
  if (fence) return code(lines, fence[1]);
  const [, marks, title] = /^(#{1,6}) +(.*)$/.exec(line) ?? [];
  // A page has one first heading.
  if (marks) return make(`h${Math.min(marks.length + 1, 6)}`, {}, ...inline(title));
  if (line.startsWith("- ")) return list([line, ...takeWhile(lines, (each) => each.startsWith("- "))]);
  const isText = (each) => each.trim() !== "" && !/^(#{1,6} |- |`{3})/.test(each);
  return make("p", {}, ...inline([line, ...takeWhile(lines, isText)].join("\n")));
}

function code(lines, fence) {
  const content = takeWhile(lines, (each) => !(each.startsWith(fence) && each.trim().length >= fence.length));
  lines.shift();
  return make("pre", {}, content.join("\n"));
}

const list = (items) => make("ul", {}, ...items.map((item) => make("li", {}, ...inline(item.slice(2)))));

function takeWhile(lines, belongs) {
  const end = lines.findIndex((each) => !belongs(each));
  return lines.splice(0, end < 0 ? lines.length : end);
}

/** **bold**, `code`, [links](to) and bare links. */
function inline(text) {
  const pattern = /\*\*(.+?)\*\*|`([^`]+)`|\[([^\]]+)\]\((https?:[^)\s]+)\)|(https?:\/\/[^\s<>)]+)/g;
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(pattern)) {
    const [whole, bold, monospaced, label, target, bare] = found;
    parts.push(text.slice(end, found.index));
    if (bold) parts.push(make("strong", {}, bold));
    else if (monospaced) parts.push(make("code", {}, monospaced));
    else parts.push(make("a", { href: target ?? bare, target: "_blank", rel: "noopener" }, label ?? bare));
    end = found.index + whole.length;
  }
  return [...parts, text.slice(end)];
}
