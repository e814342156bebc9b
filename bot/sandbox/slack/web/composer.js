/* Typing: the two composers, names that complete themselves, the chips with follow-ups, the menu of global shortcuts. */

import { chooser, droppable, names as fileNames } from "./files.js";
import { popup } from "./popup.js";
import { $, act, current, el, icon, send, state, withApp } from "./tools.js";
import { threadMessages } from "./messages.js";

const onPhone = matchMedia("(max-width: 820px)");  // the clients of phones make links of phone numbers

/** Say it as this person, here or in a thread. */
export function say(text, thread_ts, files = []) {
  state.awaitingUntil = Date.now() + 20000;
  return send("type", { channel: state.channel, text, thread_ts, auto_link: onPhone.matches, files: files.map((file) => file.id) });
}

/** Who can be named here: the people of the conversation, the app wherever it is, groups. */
function names() {
  const members = new Set(current()?.members || []);
  const people = Object.entries(state.users).filter(([id, user]) => user.is_here && (members.has(id) || id === state.bot.id)).map(([, user]) => [user.name, user.real_name]);
  return [[state.bot.name, "app"], ...people.filter(([name]) => name !== state.bot.name), ...Object.values(state.groups).map((group) => [group.handle, group.name])];
}

/** Offers names while a word with @ is being typed. Returns whether a key was for it. */
function completion(box, form) {
  const list = el("div", { class: "names", role: "listbox", "aria-label": "Names", hidden: true });
  form.before(list);
  let at = 0, offered = [], start = 0;
  const close = () => { list.hidden = true; offered = []; };
  const choose = (name) => {
    const end = box.selectionStart;
    box.setRangeText("@" + name + " ", start, end, "end");
    close(); box.focus(); box.dispatchEvent(new Event("input"));
  };
  const draw = () => list.replaceChildren(...offered.map(([name, words], index) => el("button", { type: "button", role: "option", tabindex: "-1",
    "aria-selected": String(index === at), onpointerdown: (event) => { event.preventDefault(); choose(name); } }, el("b", {}, "@" + name), " " + (words === name ? "" : words))));
  const look = () => {
    const before = box.value.slice(0, box.selectionStart), found = /(?:^|\s)@([\w.-]*)$/.exec(before);
    if (!found || !state.bot) { close(); return; }
    start = before.length - found[1].length - 1;
    offered = names().filter(([name]) => name.startsWith(found[1].toLowerCase()) && name !== found[1]).slice(0, 6);
    at = 0; list.hidden = !offered.length; draw();
  };
  const key = (event) => {
    if (list.hidden || event.isComposing) return false;
    const step = { ArrowDown: 1, ArrowUp: offered.length - 1 }[event.key];
    if (step) { at = (at + step) % offered.length; draw(); } else if (event.key === "Enter" || event.key === "Tab") choose(offered[at][0]);
    else if (event.key === "Escape") { event.stopPropagation(); close(); } else return false;
    event.preventDefault();
    return true;
  };
  box.addEventListener("blur", close);
  return { look, key };
}

export function composer(form, threadOf) {
  const box = form.querySelector("textarea"), button = form.querySelector("[type=submit]"), hint = form.parentElement.querySelector(".hint"), past = [];
  const complete = completion(box, form);
  let at = 0, files = [];
  const room = el("div", { class: "files", hidden: true });
  const give = (given) => { files = given; room.hidden = !files.length; room.replaceChildren(...fileNames(files, (file) => give(files.filter((each) => each !== file)))); fit(); };
  const [attach, input] = chooser("Attach a file", { marks: { class: "plain" }, chosen: (more) => give([...files, ...more]) });
  attach.append(icon("clip"));
  form.before(room);
  form.insertBefore(attach, box);
  form.append(input);
  droppable(form, (more) => give([...files, ...more]));
  const fit = () => {
    box.style.height = "auto";
    if (box.scrollHeight) box.style.height = Math.min(140, box.scrollHeight) + "px";  // nothing to measure while it is hidden
    button.disabled = !box.value.trim() && !files.length;
    hint.textContent = hintFor(box.value, threadOf());
    complete.look();
  };
  const submit = (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (!text && !files.length) return;
    if (text) past.push(text);
    at = past.length; box.value = "";
    say(text, threadOf() || undefined, files);
    give([]);
  };
  box.addEventListener("input", fit);
  box.addEventListener("keydown", (event) => {
    if (complete.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step && past.length && !box.value.includes("\n") && (box.value === "" || box.value === past[at] || at < past.length)) {
      event.preventDefault(); at = Math.max(0, Math.min(past.length, at + step)); box.value = past[at] || ""; fit();
    }
  });
  form.addEventListener("submit", submit);
  fit();
}

function hintFor(typed, thread) {
  if (!typed.startsWith("/") || !state.bot) return "";
  if (/^\/(invite|remove)\b/.test(typed)) return "Slack’s own command";
  if (thread) return "Slack does not run an app’s slash commands in threads";
  return typed.split(" ")[0] === state.bot.command ? "Enter runs it; the answer is visible to you only unless you share it" : "The command here is " + state.bot.command;
}

/** Follow-ups to press, where the bot has been spoken to: in a thread by a mention, in a direct message without. */
export function drawChips() {
  const said = threadMessages().some((message) => message.user === state.bot?.id && !message.ephemeral);
  chips($("thread-composer"), said, (text) => say(withApp() ? text : `@${state.bot.name} ${text}`, state.thread));
  const direct = withApp() && [...state.messages.values()].some((each) => each.channel === state.channel && each.user === state.bot.id);
  chips($("composer"), direct && state.tab === "messages", (text) => say(text));
}
function chips(room, shown, press) {
  const row = room.querySelector(".chips");
  row.hidden = !shown || !state.follow_ups.length;
  row.replaceChildren(...(row.hidden ? [] : state.follow_ups.map((text) => el("button", { type: "button", onclick: () => press(text) }, text))));
}

export function drawShortcuts() {
  const button = $("open-shortcuts"), offered = state.bot.shortcuts.filter((each) => each.kind === "global");
  button.hidden = !offered.length;
  button.replaceChildren(icon("bolt"));
  button.onclick = () => popup(button, offered.map((each) => ({ text: { type: "plain_text", text: each.name }, description: { type: "plain_text", text: each.description }, each })),
    ({ each }) => act("shortcut", { channel: state.channel, callback_id: each.callback_id }, "shortcut"));
}
