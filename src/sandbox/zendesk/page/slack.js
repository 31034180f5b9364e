// The messages of the Slack channel, drawn as blocks.

import { make, moment } from "./dom.js";

/** Draws the channel into `place`, the newest message first. */
export function drawMessages(place, messages) {
  if (messages.length === 0) {
    place.replaceChildren(make("p", { class: "empty" }, "No message yet in #support_licensing-subscription."));
    return;
  }
  place.replaceChildren(...messages.map(draw).reverse());
}

function draw({ received_at: at, text, blocks }) {
  const who = make("div", {}, make("b", {}, "Stopgap "), make("span", { class: "chip" }, "APP"), " ", moment(at));
  const parts = blocks.length > 0 ? blocks.map(block) : [make("p", {}, ...markdown(text))];
  return make("article", { class: "message" }, make("span", { class: "face" }, "S"), make("div", { class: "said" }, who, ...parts));
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
  ":arrows_counterclockwise:": "🔄", ":hourglass:": "⌛", ":inbox_tray:": "📥", ":link:": "🔗",
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

/** mrkdwn as elements: `<url|label>`, *bold*, _italic_, ~struck~ and `code`; a `<!channel>` is shown as the alarm it is. */
function markdown(text) {
  const pattern = /<([^<>|]+)(?:\|([^<>]*))?>|(?<![\w*_~`])([*_~`])(?=\S)([^\n]*?\S)\3(?![\w*_~`])/g;
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(pattern)) {
    const [whole, target, label, mark, marked] = found;
    parts.push(plain(text.slice(end, found.index)));
    if (mark) parts.push(make(MARKS[mark], {}, ...(mark === "`" ? [plain(marked)] : markdown(marked))));
    else if (/^[!@#]/.test(target)) parts.push(make("span", { class: "chip warned" }, target));
    else parts.push(link(plain(target), plain(label ?? target)));
    end = found.index + whole.length;
  }
  parts.push(plain(text.slice(end)));
  return parts;
}
