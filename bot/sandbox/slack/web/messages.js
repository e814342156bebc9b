/* Messages: one, the list of a channel, a thread; and the menu of a message. */

import { drawBlocks } from "./blocks.js";
import { mrkdwn, unescape } from "./markup.js";
import { popup } from "./popup.js";
import { clockTime, dateWords } from "./times.js";
import { $, act, current, el, icon, state, toast } from "./tools.js";

const keyOf = (message) => message.channel + "/" + message.ts;
const inOrder = (a, b) => Number(a.ts) - Number(b.ts);
const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts;
const repliesTo = (root) => [...state.messages.values()].filter((each) => each.channel === root.channel && isReply(each) && each.thread_ts === root.ts).sort(inOrder);
const inChannel = () => [...state.messages.values()].filter((each) => each.channel === state.channel && (!isReply(each) || each.broadcast)).sort(inOrder);
export const threadRoot = () => state.thread && state.messages.get(state.channel + "/" + state.thread);
export const threadMessages = () => { const root = threadRoot(); return root ? [root, ...repliesTo(root)] : []; };
export const byTs = (messages) => new Map(messages.map((message) => [keyOf(message), message]));

let hooks = { openThread: () => {}, drawSide: () => {}, drawChips: () => {}, emptyChannel: () => "" };
export function onMessages(given) { hooks = given; }

function avatar(user) {
  const initials = (user.real_name || user.name).split(/\s+/).map((word) => word[0]).slice(0, 2).join("").toUpperCase();
  const kind = user.id === "USLACKBOT" ? "slack" : user.is_bot ? "bot" : "a" + ([...user.id].reduce((sum, sign) => sum + sign.charCodeAt(0), 0) % 4);
  return el("div", { class: "avatar " + kind, "aria-hidden": "true" }, user.is_bot ? (user.id === "USLACKBOT" ? "S" : "✉") : initials);
}

/** Where the elements of a message stand. A message keeps nothing: each choice is told at once. */
const surfaceOf = (message) => ({
  get: () => undefined,
  set: () => {},
  act: (block, part, value) => act("click", { channel: message.channel, ts: message.ts, block_id: block.block_id, action_id: part.action_id, value }, "click"),
});

const size = (bytes) => (bytes < 1024 ? bytes + " bytes" : Math.round(bytes / 102.4) / 10 + " kB");
const fileCard = (file) => el("a", { class: "file", href: `/files/${file.id}/download?user=${encodeURIComponent(state.me)}`, download: file.name },
  icon("file"), el("span", {}, el("b", {}, file.title), el("small", {}, `${file.name} · ${size(file.size)} · Download`)));
const attachment = (each, surface) => el("div", { class: "attachment" }, each.pretext ? el("div", {}, mrkdwn(each.pretext)) : null,
  each.title ? el("b", {}, each.title) : null, each.text ? el("div", {}, mrkdwn(each.text)) : null, each.blocks ? drawBlocks(each.blocks, surface) : null);

function standing(user) {
  if (user.is_bot) return el("span", { class: "app" }, "APP");
  const words = user.is_external ? "PARTNER" : user.is_guest ? "GUEST" : null;
  return words && el("span", { class: "app" }, words);
}

function draw(message, inThread) {
  const user = { id: message.user, ...(state.users[message.user] || { name: message.user }) };
  const seconds = Number(message.ts), surface = surfaceOf(message);
  const content = message.blocks.length ? drawBlocks(message.blocks, surface) : [el("div", { class: "text" }, mrkdwn(message.text))];
  const replies = inThread ? [] : repliesTo(message);
  const more = el("button", { type: "button", class: "quiet", "aria-label": "More", "aria-haspopup": "menu", onclick: () => openMenu(message, more) }, "⋯");
  const reply = !inThread && !message.ephemeral && !isReply(message)
    && el("button", { type: "button", class: "quiet", onclick: () => hooks.openThread(message.ts) }, "Reply in thread");
  const node = el("article", { class: "message" + (message.ephemeral ? " ephemeral" : ""), "data-ts": message.ts, "aria-label": "Message from " + user.name },
    message.ephemeral ? el("div", { class: "only" }, icon("eye"), " Only visible to you") : null,
    avatar(user),
    el("div", { class: message.is_command ? "command" : undefined },
      el("div", { class: "by" }, el("b", {}, user.is_bot ? user.name : user.real_name), standing(user),
        el("time", { datetime: new Date(seconds * 1000).toISOString(), title: dateWords(seconds, "long") + " at " + clockTime(seconds, true) }, clockTime(seconds)),
        message.broadcast && !inThread ? el("span", { class: "muted" }, "replied to a thread") : null),
      content, message.attachments.map((each) => attachment(each, surface)), message.files.map(fileCard),
      message.edited ? el("span", { class: "edited" }, "(edited)") : null,
      replies.length ? el("div", { class: "below" }, el("button", { type: "button", onclick: () => hooks.openThread(message.ts) },
        replies.length === 1 ? "1 reply" : replies.length + " replies")) : null),
    message.ephemeral ? null : el("div", { class: "tools" }, replies.length ? null : reply || null, more));
  if (!message.ephemeral) longPress(node, (point) => openMenu(message, point));
  return node;
}

/** A long press on a touch screen, or the right button of a mouse. */
function longPress(node, open) {
  let timer = null;
  const stop = () => clearTimeout(timer);
  node.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch" || event.target.closest("button, a, select, input")) return;
    timer = setTimeout(() => open({ x: event.clientX, y: event.clientY }), 500);
  });
  for (const end of ["pointerup", "pointercancel", "pointermove"]) node.addEventListener(end, stop);
  node.addEventListener("contextmenu", (event) => {
    if (event.target.closest("a, input, textarea") || String(getSelection())) return;
    event.preventDefault(); stop(); open({ x: event.clientX, y: event.clientY });
  });
}

function openMenu(message, anchor) {
  const plain = (text) => ({ type: "plain_text", text });
  const shortcuts = state.bot.shortcuts.filter((each) => each.kind === "message").map((each) => ({ text: plain(each.name), description: plain(each.description), shortcut: each }));
  popup(anchor, [...shortcuts, { text: plain("Copy link"), copy: true }], (option) => {
    if (option.copy) copyLink(message);
    else act("shortcut", { channel: message.channel, ts: message.ts, callback_id: option.shortcut.callback_id }, "shortcut");
  });
}

async function copyLink(message) {
  const thread = isReply(message) ? `?thread_ts=${message.thread_ts}&cid=${message.channel}` : "";
  const link = `${location.origin}/archives/${message.channel}/p${message.ts.replace(".", "")}${thread}`;
  try { await navigator.clipboard.writeText(link); toast("Link copied"); } catch { toast(link); }
}

/** Put one message into a list, or take it out; what has the focus keeps it. */
function put(list, message, removed, inThread) {
  const old = list.querySelector(`[data-ts="${CSS.escape(message.ts)}"]`);
  if (removed) { old?.remove(); return; }
  const fresh = draw(message, inThread);
  if (old) {
    const focus = old.contains(document.activeElement) && document.activeElement.dataset.action;
    old.replaceWith(fresh);
    if (focus) fresh.querySelector(`[data-action="${CSS.escape(focus)}"]`)?.focus();
    return;
  }
  list.querySelector(".empty")?.remove();
  const next = [...list.querySelectorAll(".message")].find((each) => Number(each.dataset.ts) > Number(message.ts));
  list.insertBefore(fresh, next || null);
  return fresh;
}
function atBottom(list) { return list.scrollHeight - list.scrollTop - list.clientHeight < 80; }
/** To the end, but never past the first line of the last message: the verdict stands there. */
function toEnd(list, last = list.lastElementChild) { list.scrollTop = last ? last.offsetTop - list.offsetTop - 6 : list.scrollHeight; }
/** Whoever has just said something wants to see what comes of it, wherever the list stands. */
const awaiting = () => Date.now() < state.awaitingUntil;
/** Stay at the end while messages come. */
function keepBottom(list, change) {
  const was = atBottom(list), fresh = change();
  if (fresh && (was || awaiting())) toEnd(list, fresh); else if (was) list.scrollTop = list.scrollHeight;
}

export function drawChannel() {
  const list = $("messages"), all = inChannel();
  list.replaceChildren(...(all.length ? all.map((message) => draw(message, false)) : [hooks.emptyChannel()]));
  if (all.length) list.prepend(el("div", { class: "day" }, dateWords(Number(all[0].ts), "date", true).replace(/^./, (sign) => sign.toUpperCase())));
  list.scrollTop = list.scrollHeight;
}

export function drawThread() {
  const messages = threadMessages(), open = messages.length > 0;
  $("thread").hidden = $("thread-composer").hidden = !open;
  $("help").hidden = open;
  $("right").setAttribute("aria-label", open ? "Thread" : "Help");
  $("right-title").textContent = open ? "Thread" : "Try it";
  $("close-right").classList.toggle("narrow", !open);
  hooks.drawChips();
  if (!open) { state.thread = null; return; }
  const [root, ...replies] = messages, list = $("thread"), at = list.scrollTop;
  const grew = list.dataset.newest !== messages.at(-1).ts, follow = list.dataset.root !== root.ts || atBottom(list) || (grew && awaiting());
  Object.assign(list.dataset, { root: root.ts, newest: messages.at(-1).ts });
  list.replaceChildren(draw(root, true), el("div", { class: "day" }, replies.length === 1 ? "1 reply" : replies.length + " replies"), ...replies.map((each) => draw(each, true)));
  if (follow) toEnd(list); else list.scrollTop = at;
}

/** A message that came, changed or went away. */
export function take(message, removed) {
  const known = state.messages.has(keyOf(message));
  if (removed) state.messages.delete(keyOf(message)); else state.messages.set(keyOf(message), message);
  const root = isReply(message) && state.messages.get(message.channel + "/" + message.thread_ts);
  if (message.channel !== state.channel) { if (!removed && !known) { state.unread.add(message.channel); hooks.drawSide(); } return; }
  if (!current()) return;
  if ($("messages").querySelector(".empty")) drawChannel();
  else if (!isReply(message) || message.broadcast) keepBottom($("messages"), () => put($("messages"), message, removed, false));
  if (root) keepBottom($("messages"), () => put($("messages"), root, false, false));
  if (state.thread && (message.ts === state.thread || message.thread_ts === state.thread)) drawThread();
  hooks.drawChips();
  if (!removed && message.user !== state.me) $("live").textContent = (state.users[message.user]?.name || "") + ": " + unescape(message.text);
}
