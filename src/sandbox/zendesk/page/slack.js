// The messages of the Slack channel, drawn as blocks.

import { make, moment } from "./dom.js";

/** Draws the channel into `place`, the newest message first, each with its thread. */
export function drawMessages(place, messages) {
  if (messages.length === 0) {
    place.replaceChildren(make("p", { class: "empty" }, "No message yet in #support_licensing-subscription."));
    return;
  }
  const inChannel = messages.filter(({ thread_ts: root, is_broadcast: shown }) => !root || shown);
  place.replaceChildren(...inChannel.map((message) => draw(message, messages)).reverse());
}

function draw(message, messages) {
  const root = messages.find(({ ts }) => ts === message.thread_ts);
  const replies = messages.filter(({ thread_ts: thread }) => thread === message.ts);
  const article = drawOne(message);
  const said = article.querySelector(".said");
  if (root) said.prepend(make("p", { class: "context" }, `replied to a thread: ${plain(root.text.split("\n")[0])}`));
  if (replies.length > 0) {
    const count = replies.length === 1 ? "1 reply" : `${replies.length} replies`;
    said.append(make("div", { class: "thread" }, make("b", {}, count), ...replies.map(drawOne)));
  }
  return article;
}

function drawOne({ received_at: at, text, blocks, attachments, is_edited: edited }) {
  const mark = edited ? make("span", { class: "edited" }, " (edited)") : null;
  const who = make("div", {}, make("b", {}, "Stopgap "), make("span", { class: "chip" }, "APP"), " ", moment(at), mark);
  const isBare = blocks.length === 0 && attachments.length === 0;
  const parts = isBare ? [make("p", {}, ...markdown(text))] : [...blocks.map(block), ...attachments.map(attachment)];
  return make("article", { class: "message" }, make("span", { class: "face" }, "S"), make("div", { class: "said" }, who, ...parts));
}

function attachment({ color, blocks }) {
  const bar = make("div", { class: "attachment" }, ...blocks.map(block));
  bar.style.borderLeftColor = color;
  return bar;
}

function block({ type, text, fields, elements }) {
  switch (type) {
    case "header": return make("h2", {}, plain(text.text));
    case "divider": return make("hr");
    case "context": return make("div", { class: "context" }, ...elements.map((one) => words(one, "span")));
    case "actions": return make("div", { class: "marks" }, ...elements.map(button));
    default: {
      const shown = fields ? make("div", { class: "fields" }, ...fields.map((one) => words(one, "p"))) : null;
      return make("div", {}, text ? words(text, "p") : null, shown);
    }
  }
}

function words({ type, text }, name) {
  return make(name, {}, ...(type === "mrkdwn" ? markdown(text) : [plain(text)]));
}

function button({ text, url }) {
  return link(url ?? "", plain(text.text));
}

const EMOJI = {
  ":hourglass:": "⌛", ":inbox_tray:": "📥", ":link:": "🔗", ":repeat:": "🔁",
  ":warning:": "⚠️", ":wastebasket:": "🗑️", ":white_check_mark:": "✅", ":x:": "❌",
};

/** Slack's emoji and escapes, resolved; the ampersand last, so that nothing is resolved twice. */
function plain(text) {
  const drawn = text.replace(/:[a-z_]+:/g, (name) => EMOJI[name] ?? name);
  return drawn.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function link(url, label) {
  if (!/^(https?|mailto):/.test(url)) return label;
  return make("a", { href: url, target: "_blank", rel: "noopener" }, label);
}

const MARKS = { "*": "b", _: "i", "~": "s", "`": "code" };

/** mrkdwn as elements: `<url|label>`, *bold*, _italic_, ~struck~ and `code`; a user group is shown
 * by its handle, a `<!channel>` as the alarm it is. */
function markdown(text) {
  const pattern = /<([^<>|]+)(?:\|([^<>]*))?>|(?<![\w*_~`])([*_~`])(?=\S)([^\n]*?\S)\3(?![\w*_~`])/g;
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(pattern)) {
    const [whole, target, label, mark, marked] = found;
    parts.push(plain(text.slice(end, found.index)));
    if (mark) parts.push(make(MARKS[mark], {}, ...(mark === "`" ? [plain(marked)] : markdown(marked))));
    else if (target.startsWith("!subteam^")) parts.push(make("span", { class: "chip" }, "@licensing-team"));
    else if (/^[!@#]/.test(target)) parts.push(make("span", { class: "chip warned" }, target));
    else parts.push(link(plain(target), plain(label ?? target)));
    end = found.index + whole.length;
  }
  parts.push(plain(text.slice(end)));
  return parts;
}
