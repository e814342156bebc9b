/* Small tools: elements, drawings, what this person sees (`state`), and the way to the server. */

export const $ = (id) => document.getElementById(id);

/** An element with attributes, listeners (onclick: f) and children; strings become text nodes. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

/** A small drawing; the fonts of a bare machine have no emoji. */
const DRAWINGS = {
  lock: "M4 7h8v6.5H4zM5.5 7V5a2.5 2.5 0 0 1 5 0v2",
  eye: "M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8zM8 6.2a1.8 1.8 0 1 0 .01 0",
  picture: "M2 3h12v10H2zM2 11l3.5-4 3 3.2 2-2L14 11.5",
  bolt: "M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z",
  tick: "M1.5 1.5h13v13h-13zM4 8.2l2.8 2.8 5.2-6",
  cross: "M3 3l10 10M13 3 3 13",
  hourglass: "M3.5 1.5h9M3.5 14.5h9M4.5 1.5v2.7L8 8l3.5-3.8V1.5M4.5 14.5v-2.7L8 8l3.5 3.8v2.7",
  warning: "M8 1.5 15 14.5H1zM8 6v4M8 12v.6",
  question: "M4.6 5.2a3.4 3.4 0 1 1 5 3C8.4 9 8 9.5 8 10.8M8 13.4v.7",
  clip: "M12.5 7 7.6 11.9a2.6 2.6 0 0 1-3.7-3.7L9 3.1a1.7 1.7 0 0 1 2.4 2.4L6.6 10.3a.8.8 0 0 1-1.1-1.1L9.8 4.9",
  file: "M4 1.5h5.5L13 5v9.5H4zM9.5 1.5V5H13",
};
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), path = document.createElementNS(svg.namespaceURI, "path");
  svg.setAttribute("viewBox", "0 0 16 16"); svg.setAttribute("aria-hidden", "true"); path.setAttribute("d", DRAWINGS[name]); svg.append(path);
  return svg;
}

/** Where the page stands, kept in its address: ?user= ?channel= ?thread= */
export const place = new URLSearchParams(location.search);

/** Everything this person sees, as the feed last told it, and where the person looks. `tab` is "messages" or "home". */
export const state = {
  me: null, users: {}, groups: {}, channels: [], messages: new Map(), bot: null, online: false, modal: null, home: null,
  try_these: [], follow_ups: [], switches: [], panels: [], channel: null, thread: null, tab: "messages", unread: new Set(), awaitingUntil: 0,
};
export const current = () => state.channels.find((channel) => channel.id === state.channel);
export const withApp = (channel = current()) => Boolean(channel) && channel.kind === "im" && channel.with_bot;

let toastTimer;
export function toast(words) {
  clearTimeout(toastTimer); $("toast").textContent = words; $("toast").hidden = false;
  toastTimer = setTimeout(() => { $("toast").hidden = true; }, 6000);
}

/** Ask the server for an act of this person. Null when it was refused, which is shown. */
export async function send(what, order) {
  try {
    const answer = await fetch("/sandbox/" + what, { method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user: state.me, ...order }) });
    if (answer.ok) return await answer.json();
    toast(await answer.text());
  } catch { toast("The workspace did not answer. Is it still running?"); }
  return null;
}

/** The same for what the app must take: when it does not, that is shown too. */
export async function act(what, order, deed) {
  const told = await send(what, order);
  if (told?.error) toast(`${state.bot.name} did not take the ${deed}: ${told.error}`);
  return told;
}
