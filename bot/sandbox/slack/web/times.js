/* Times, in the zone of the person who looks; days in their language too, of which Chinese is the one beside English here. */

import { el, state } from "./tools.js";

const ordinal = (n) => n + (n % 100 >= 11 && n % 100 <= 13 ? "th" : ["th", "st", "nd", "rd"][n % 10] || "th");
function parts(seconds, options) {
  const zone = state.users[state.me]?.tz || "UTC";
  const made = new Intl.DateTimeFormat("en-US", { timeZone: zone, ...options }).formatToParts(new Date(seconds * 1000));
  return Object.fromEntries(made.map((part) => [part.type, part.value]));
}
export function clockTime(seconds, withSeconds) {
  const american = (state.users[state.me]?.locale || "en-US") === "en-US";
  const p = parts(seconds, { hour: american ? "numeric" : "2-digit", minute: "2-digit", second: "2-digit", hourCycle: american ? "h12" : "h23" });
  return p.hour + ":" + p.minute + (withSeconds ? ":" + p.second : "") + (american ? " " + p.dayPeriod : "");
}
function dayNumber(seconds) {
  const p = parts(seconds, { year: "numeric", month: "numeric", day: "numeric" });
  return Math.round(Date.UTC(p.year, p.month - 1, p.day) / 86400000);
}
const inChinese = () => (state.users[state.me]?.locale || "").startsWith("zh");
export function dateWords(seconds, kind, pretty) {
  const apart = dayNumber(seconds) - dayNumber(Date.now() / 1000), chinese = inChinese();
  if (pretty && Math.abs(apart) <= 1) return (chinese ? ["昨天", "今天", "明天"] : ["yesterday", "today", "tomorrow"])[apart + 1];
  if (chinese && kind !== "num") {
    const n = parts(seconds, { year: "numeric", month: "numeric", day: "numeric", weekday: "long" });
    return n.year + "年" + n.month + "月" + n.day + "日";
  }
  const p = parts(seconds, { year: "numeric", month: kind === "short" ? "short" : "long", day: "numeric", weekday: "long" });
  if (kind === "num") { const n = parts(seconds, { year: "numeric", month: "2-digit", day: "2-digit" }); return n.year + "-" + n.month + "-" + n.day; }
  if (kind === "short") return p.month + " " + p.day + ", " + p.year;
  return (kind === "long" ? p.weekday + ", " : "") + p.month + " " + ordinal(Number(p.day)) + ", " + p.year;
}
function agoWords(seconds) {
  const past = Date.now() / 1000 - seconds, far = Math.abs(past);
  const [size, unit] = far < 60 ? [1, "second"] : far < 3600 ? [60, "minute"] : far < 86400 ? [3600, "hour"] : [86400, "day"];
  const n = Math.floor(far / size), words = n + " " + unit + (n === 1 ? "" : "s");
  return past >= 0 ? words + " ago" : "in " + words;
}
const DATE_TOKENS = {
  date_num: (s) => dateWords(s, "num"), date: (s) => dateWords(s, "date"), date_short: (s) => dateWords(s, "short"), date_long: (s) => dateWords(s, "long"),
  date_pretty: (s) => dateWords(s, "date", true), date_short_pretty: (s) => dateWords(s, "short", true), date_long_pretty: (s) => dateWords(s, "long", true),
  time: (s) => clockTime(s), time_secs: (s) => clockTime(s, true), ago: agoWords,
};
export function dateNode(seconds, format, fallback) {
  let known = Number.isFinite(seconds);
  const words = format.replace(/\{(\w+)\}/g, (_, token) => { if (!DATE_TOKENS[token] || !known) { known = false; return ""; } return DATE_TOKENS[token](seconds); });
  return known ? el("time", { datetime: new Date(seconds * 1000).toISOString(), title: fallback }, words)
    : document.createTextNode(fallback || "");
}
