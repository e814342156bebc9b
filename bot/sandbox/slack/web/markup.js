/* Slack's text markup, Markdown and rich text, as nodes. Nothing here ever becomes HTML. */

import { dateNode } from "./times.js";
import { el, icon, state } from "./tools.js";

const EMOJI = { white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", hourglass_flowing_sand: "⏳", hourglass: "⌛", eyes: "👀", wave: "👋",
  mag: "🔍", lock: "🔒", bulb: "💡", rotating_light: "🚨", red_circle: "🔴", large_green_circle: "🟢", large_yellow_circle: "🟡", large_blue_circle: "🔵",
  white_circle: "⚪", information_source: "ℹ️", arrows_counterclockwise: "🔄", calling: "📲", iphone: "📱", question: "❓", grey_question: "❔", no_entry: "⛔",
  no_entry_sign: "🚫", clock3: "🕒", stopwatch: "⏱️", thumbsup: "👍", "+1": "👍", tada: "🎉", link: "🔗", point_right: "👉", construction: "🚧" };
export const unescape = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
export const emojiText = (text) => text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] || whole);
export const SAFE = /^(https?:\/\/|mailto:|tel:)/i;
function link(url, ...label) {
  return SAFE.test(url) ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...label) : el("span", {}, ...label);
}
/* A sign opens or closes a style only beside something that is no letter, digit or the same sign: 137****2222 stays as it is. Beside
   a wide character, such as Chinese or a full-width comma, Slack shows the sign (github.com/seratch/ChatGPT-in-Slack/pull/121). */
const WIDE = "\\u1100-\\u115f\\u2e80-\\ua4cf\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe30-\\ufe4f\\uff01-\\uff60\\uffe0-\\uffe6";
const styled = (sign) => `(?<![\\p{L}\\p{N}${WIDE}${sign}])[${sign}](?=[^\\s${sign}])([^${sign}\\n]*[^\\s${sign}])[${sign}](?![\\p{L}\\p{N}${WIDE}${sign}])`;
const CODE = "(?<![" + WIDE + "])`([^`\\n]+)`(?![" + WIDE + "])";
const MARKUP = new RegExp("```([\\s\\S]+?)```|" + CODE + "|<([^<>\\n]+)>|" + ["*", "_", "~"].map(styled).join("|") + "|:([a-z0-9_+-]+):|(https?:\\/\\/[^\\s<>|]+)|(\\n)", "gu");

export function mrkdwn(text) {
  const out = [], lines = [];
  let quoted = [];
  const flushQuote = () => { if (quoted.length) { out.push(el("blockquote", {}, inline(quoted.join("\n")))); quoted = []; } };
  const flushLines = () => { if (lines.length) { out.push(...inline(lines.join("\n"))); lines.length = 0; } };
  let fenced = false;
  for (const line of text.split("\n")) {
    const quote = !fenced && /^(?:&gt;|>) ?(.*)$/.exec(line);
    if ((line.match(/```/g) || []).length % 2) fenced = !fenced;
    if (quote) { flushLines(); quoted.push(quote[1]); } else { flushQuote(); lines.push(line); }
  }
  flushQuote(); flushLines();
  return out;
}
function inline(text) {
  const out = [];
  let last = 0;
  for (const hit of text.matchAll(MARKUP)) {
    if (hit.index > last) out.push(...withSigns(unescape(text.slice(last, hit.index))));
    last = hit.index + hit[0].length;
    const [whole, pre, code, angled, bold, italic, strike, emoji, url, newline] = hit;
    if (pre !== undefined) out.push(el("pre", {}, unescape(pre.replace(/^\n|\n$/g, ""))));
    else if (code !== undefined) out.push(el("code", {}, unescape(code)));
    else if (angled !== undefined) out.push(...reference(angled));
    else if (bold !== undefined) out.push(el("strong", {}, inline(bold)));
    else if (italic !== undefined) out.push(el("em", {}, inline(italic)));
    else if (strike !== undefined) out.push(el("s", {}, inline(strike)));
    else if (emoji !== undefined) out.push(EMOJI[emoji] ? el("span", { role: "img", "aria-label": emoji.replace(/_/g, " ") }, EMOJI[emoji]) : whole);
    else if (url !== undefined) out.push(link(unescape(url), unescape(url)));
    else if (newline !== undefined) out.push(el("br"));
  }
  if (last < text.length) out.push(...withSigns(unescape(text.slice(last))));
  return out;
}
/* Slack draws emoji itself; so does this page those that begin a verdict, since a bare machine's fonts have none. */
const SIGNS = { "✅": "tick", "❌": "cross", "⏳": "hourglass", "⚠️": "warning", "❔": "question" };
const withSigns = (text) => text.split(/(✅|❌|⏳|⚠️|❔)/u).filter(Boolean)
  .map((part) => (SIGNS[part] ? el("span", { class: "sign " + SIGNS[part] }, el("span", {}, part), icon(SIGNS[part])) : part));
function reference(inside) {
  const [target, ...rest] = inside.split("|"), label = unescape(rest.join("|"));
  if (target[0] === "@") return [mention("@" + (state.users[target.slice(1)]?.name || label || target.slice(1)))];
  if (target[0] === "#") return [mention("#" + (state.channels.find((each) => each.id === target.slice(1))?.name || label || "private channel"))];
  if (target.startsWith("!date^")) {
    const [, seconds, format, href] = target.split("^");
    const node = dateNode(Number(seconds), unescape(format || ""), label);
    return [href ? link(unescape(href), node) : node];
  }
  if (target.startsWith("!subteam^")) return [mention("@" + (state.groups[target.slice(9)]?.handle || label.replace(/^@/, "") || "group"))];
  if (target[0] === "!") return [mention("@" + (label || target.slice(1).split("^")[0]))];
  const url = unescape(target);
  return SAFE.test(url) ? [link(url, label || url.replace(/^(mailto|tel):/, ""))] : ["<" + unescape(inside) + ">"];
}
const mention = (words) => el("span", { class: "mention" }, words);
export const textNodes = (object) => (object.type === "mrkdwn" ? mrkdwn(object.text) : lineBreaks(emojiText(unescape(object.text))));
export const lineBreaks = (text) => text.split("\n").flatMap((line, n) => (n ? [el("br"), line] : [line]));

export function markdown(text) {
  return text.split(/(```[\s\S]*?```)/).flatMap((chunk) => {
    if (chunk.startsWith("```")) return [el("pre", {}, chunk.replace(/^```\w*\n?|\n?```$/g, ""))];
    return chunk.split("\n").filter((line) => line.trim()).map((line) => {
      const escaped = line.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
      const slackish = escaped.replace(/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, "<$2|$1>").replace(/\*\*(.+?)\*\*/g, "*$1*");
      const heading = /^(#{1,6}) (.*)/.exec(slackish), item = /^[-*] (.*)/.exec(slackish);
      if (heading) return el("h4", {}, inline(heading[2]));
      return item ? el("ul", {}, el("li", {}, inline(item[1]))) : el("div", {}, inline(slackish));
    });
  });
}

export function richPart(part) {
  switch (part.type) {
    case "rich_text_list": return el(part.style === "ordered" ? "ol" : "ul", { class: part.indent ? "indent" + Math.min(3, part.indent) : undefined,
      start: part.style === "ordered" && part.offset ? part.offset + 1 : undefined }, part.elements.map((item) => el("li", {}, item.elements.map(richInline))));
    case "rich_text_preformatted": return el("pre", {}, part.elements.map(richInline));
    case "rich_text_quote": return el("blockquote", {}, part.elements.map(richInline));
    default: return el("div", {}, part.elements.map(richInline));
  }
}
function richInline(part) {
  const style = part.style || {};
  let node;
  switch (part.type) {
    case "text": node = lineBreaks(part.text); break;
    case "link": node = [link(part.url, part.text || part.url.replace(/^(mailto|tel):/, ""))]; break;
    case "emoji": node = [EMOJI[part.name] || ":" + part.name + ":"]; break;
    case "user": node = [mention("@" + (state.users[part.user_id]?.name || part.user_id))]; break;
    case "channel": node = [mention("#" + (state.channels.find((each) => each.id === part.channel_id)?.name || "private channel"))]; break;
    case "usergroup": node = [mention("@" + (state.groups[part.usergroup_id]?.handle || "group"))]; break;
    case "broadcast": node = [mention("@" + part.range)]; break;
    case "date": node = [dateNode(part.timestamp, part.format, part.fallback)]; if (part.url) node = [link(part.url, node)]; break;
    case "color": node = [el("span", { class: "swatch" }, part.value)]; break;
    default: node = [];
  }
  for (const [name, tag] of [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"]]) if (style[name]) node = [el(tag, {}, node)];
  return node;
}
