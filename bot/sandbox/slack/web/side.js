/* Where to go: the channels, the app's tabs, the person, the commands to try and the things to break. */

import { drawChips, drawShortcuts, say } from "./composer.js";
import { drawChannel, drawThread } from "./messages.js";
import { $, current, el, icon, place, send, state, withApp } from "./tools.js";
import { drawHome } from "./views.js";

const isDirect = (channel) => channel.kind === "im" || channel.kind === "mpim";
const spoken = (channel) => (isDirect(channel) ? channel.name : "#" + channel.name);

export function drawSide() {
  const entry = (channel) => el("button", { type: "button", class: "channel" + (state.unread.has(channel.id) ? " unread" : ""),
    "aria-current": channel.id === state.channel ? "page" : undefined, onclick: () => { show(channel.id); closeSide(); } },
    el("span", { class: "mark", "aria-hidden": "true" }, mark(channel)),
    el("span", { class: "name" }, channel.name, state.unread.has(channel.id) ? el("span", { class: "unseen" }, " (unread)") : null),
    withApp(channel) ? presence() : channel.is_shared ? el("span", { class: "app" }, "SHARED") : null);
  $("channels").replaceChildren(...state.channels.filter((each) => !isDirect(each)).map(entry));
  $("directs").replaceChildren(...state.channels.filter(isDirect).map(entry));
}
function mark(channel) {
  if (channel.kind === "private") return icon("lock");
  return channel.kind === "mpim" ? String(channel.members.length - 1) : channel.kind === "im" ? "•" : "#";
}
const presence = () => el("span", { class: "presence" + (state.online ? " on" : "") }, state.online ? "online" : "away");

export function show(channel, { thread = null, tab = "messages" } = {}) {
  state.channel = channel; state.thread = thread; state.tab = tab; state.unread.delete(channel);
  const here = current();
  $("title").replaceChildren(...(here.kind === "private" ? [icon("lock"), " "] : isDirect(here) ? [] : ["# "]), here.name);
  $("topic").textContent = withApp() ? "" : here.topic;
  const box = $("say").querySelector("textarea");
  box.setAttribute("aria-label", "Message " + spoken(here));
  box.placeholder = withApp() && !state.bot.messages_tab ? "Sending messages to this app has been turned off." : "Message " + spoken(here);
  document.title = here.name + " · " + state.team;
  remember(); drawSide(); drawTabs(); drawShortcuts(); drawChannel(); drawThread(); drawHome(); drawHelp();
}

export function drawTabs() {
  const tabs = withApp() && state.bot.home ? [["home", "Home"], ["messages", "Messages"]] : [];
  $("tabs").hidden = !tabs.length;
  $("tabs").replaceChildren(...tabs.map(([name, label]) => el("button", { type: "button", role: "tab", "aria-selected": String(state.tab === name), onclick: () => openTab(name) }, label)));
  $("composer").hidden = state.tab === "home" && withApp();
}
function openTab(name) {
  if (name === "home") send("home", {});
  show(state.channel, { tab: name });
}

export function remember() {
  place.set("user", state.users[state.me].name); place.set("channel", current().slug);
  for (const [name, value] of [["thread", state.thread], ["tab", state.tab === "home" ? "home" : null]]) if (value) place.set(name, value); else place.delete(name);
  history.replaceState(null, "", "/?" + place);
}
export function openThread(ts) { state.thread = ts; remember(); drawThread(); $("right").classList.add("open"); $("reply").querySelector("textarea").focus(); }
export function closeRight() { state.thread = null; remember(); drawThread(); $("right").classList.remove("open"); }
export function openSide() { $("side").classList.add("open"); $("veil").hidden = false; $("open-side").setAttribute("aria-expanded", "true"); $("side").querySelector("[aria-current]")?.focus(); }
export function closeSide() { $("side").classList.remove("open"); $("veil").hidden = true; $("open-side").setAttribute("aria-expanded", "false"); }

/** A command runs here, a mention is posted here, and what is neither is said to the app in its direct message. */
function tryIt(command) {
  $("right").classList.remove("open");
  if (/^[/@]/.test(command)) { if (state.tab === "home") show(state.channel); return say(command); }
  const direct = state.channels.find(withApp);
  if (direct && direct.id !== state.channel) show(direct.id);
  return say(command);
}
const tryCard = ({ command, story }) => el("button", { type: "button", class: "try", onclick: () => tryIt(command) }, el("span", {}, story), el("code", {}, command));

export function emptyChannel() {
  const here = current();
  return el("div", { class: "empty" }, el("h3", {}, isDirect(here) ? "Your messages with " + here.name : "This is #" + here.name),
    el("p", {}, withApp() ? "Write to it as you would in a channel; no mention is needed here." : here.topic || "Nothing was said here yet."),
    state.try_these.filter(({ command }) => !withApp() || !command.startsWith("@")).slice(0, 3).map(tryCard));
}

function toggle(one) {
  return el("button", { type: "button", class: "toggle", role: "switch", "aria-checked": String(one.on), onclick: async () => {
    const told = await send("switch", { name: one.name, on: !one.on });
    if (told && "on" in told) { one.on = told.on; drawHelp(); }
  } }, el("span", { class: "knob", "aria-hidden": "true" }), el("span", {}, one.label), el("span", { class: "state", "aria-hidden": "true" }, one.on ? "on" : "off"));
}

/** A button that shows below it what the server tells, such as the audit. */
function panel(one) {
  const shown = el("pre", { class: "panel", hidden: true });
  return el("div", {}, el("button", { type: "button", class: "try", onclick: async () => {
    const told = await send("panel", { name: one.name });
    if (told) { shown.textContent = told.text; shown.hidden = false; }
  } }, el("span", {}, one.label)), shown);
}

export function drawHelp() {
  $("help").replaceChildren(
    state.switches.length ? el("button", { type: "button", class: "jump", onclick: () => $("break").scrollIntoView() }, "Break something ↓") : "",
    el("h3", {}, "Try these"), el("p", {}, state.try_these.length ? "Press one to run it in " + spoken(current()) + "." : "Type " + state.bot.command + " and press Enter."),
    ...state.try_these.map(tryCard),
    ...(state.panels.length ? [el("h3", {}, "Behind the scenes"), ...state.panels.map(panel)] : []),
    ...(state.switches.length ? [el("h3", { id: "break" }, "Break something"), el("p", {}, "Then ask again and see how the answer says so."), ...state.switches.map(toggle)] : []));
  drawChips();
}

/** The list of people to be. */
export function drawPeople() {
  const called = (user) => `${user.real_name} (${[user.tz.split("/").pop().replace("_", " "), user.is_guest ? "guest" : "", user.is_external ? "partner" : ""].filter(Boolean).join(", ")})`;
  $("user").replaceChildren(...Object.entries(state.users).filter(([, user]) => user.is_here && !user.is_bot)
    .map(([id, user]) => el("option", { value: id, selected: id === state.me }, called(user))));
}
