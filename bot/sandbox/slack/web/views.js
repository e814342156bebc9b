/* Modals and the Home tab. What was entered is kept by view, block and action, so that an update of the view does not lose it. */

import { drawBlocks } from "./blocks.js";
import { textNodes } from "./markup.js";
import { $, act, el, send, state, toast, withApp } from "./tools.js";

const entries = new Map();  // view id -> Map of "block/action" -> [block_id, action_id, value]
const errors = new Map();  // view id -> { block_id: complaint }

function entriesOf(view) {
  if (!entries.has(view.id)) entries.set(view.id, new Map());
  return entries.get(view.id);
}

/** Where the elements of a view stand. */
function surfaceOf(view) {
  const kept = entriesOf(view), key = (block, part) => block.block_id + "/" + part.action_id;
  return {
    conversation: view.conversation,
    errors: errors.get(view.id),
    get: (block, part) => kept.get(key(block, part))?.[2],
    set: (block, part, value) => kept.set(key(block, part), [block.block_id, part.action_id, value]),
    act: (block, part, value) => act("click", { view_id: view.id, block_id: block.block_id, action_id: part.action_id, value, values: valuesOf(view) }, "click"),
  };
}

/** What was entered into inputs that are still there. */
function valuesOf(view) {
  const there = new Set(view.blocks.flatMap((block) => [...(block.elements || []), block.accessory, block.element]
    .filter(Boolean).map((part) => block.block_id + "/" + part.action_id)));
  return [...entriesOf(view)].filter(([key]) => there.has(key)).map(([, entry]) => entry);
}

/** Redraw, and give the focus back to the element that had it. */
function redraw(root, ...children) {
  const active = root.contains(document.activeElement) ? document.activeElement : null;
  const focus = active?.dataset.action, caret = active && "selectionStart" in active ? active.selectionStart : null;
  root.replaceChildren(...children);
  const again = focus && root.querySelector(`[data-action="${CSS.escape(focus)}"]`);
  again?.focus();
  if (again && caret !== null && again.type !== "date" && again.type !== "time") again.setSelectionRange?.(caret, caret);
  return Boolean(again);
}

export function drawModal() {
  const dialog = $("modal"), view = state.modal;
  if (!view) { if (dialog.open) dialog.close(); dialog.replaceChildren(); delete dialog.dataset.view; return; }
  const isNew = dialog.dataset.view !== view.id;
  dialog.dataset.view = view.id;
  const submit = view.submit ? el("button", { type: "submit", class: "press primary" }, textNodes(view.submit)) : null;
  const close = el("button", { type: "button", class: "press", onclick: () => closeView(false) }, view.close ? textNodes(view.close) : "Cancel");
  const kept = redraw(dialog, el("form", { method: "dialog", onsubmit: (event) => { event.preventDefault(); submitView(submit); } },
    el("header", {}, el("h2", { id: "modal-title" }, textNodes(view.title)),
      el("button", { type: "button", class: "icon", "aria-label": "Close", onclick: () => closeView(true) }, "✕")),
    el("div", { class: "blocks" }, drawBlocks(view.blocks, surfaceOf(view))),
    el("footer", {}, close, submit)));
  if (!dialog.open) dialog.showModal();
  if ((isNew || !kept) && !dialog.querySelector("[autofocus]")) dialog.querySelector(".blocks :is(input, textarea, select), footer .primary")?.focus();
}

async function submitView(button) {
  const view = state.modal;
  if (!view || button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  const told = await send("submit", { view_id: view.id, values: valuesOf(view) });
  button.removeAttribute("aria-busy");
  const complaints = told?.errors || {};
  if (Object.keys(complaints).length) errors.set(view.id, complaints); else errors.delete(view.id);
  if (told?.error && !Object.keys(complaints).length) toast(`We had some trouble connecting. Try again? (${told.error})`);
  if (state.modal?.id === view.id) drawModal();
  if (Object.keys(complaints).length) $("modal").querySelector("[aria-invalid]")?.focus();
}

function closeView(wholeStack) {
  const view = state.modal;
  if (view) send("close", { view_id: view.id, whole_stack: wholeStack });
}
$("modal").addEventListener("cancel", (event) => { event.preventDefault(); closeView(true); });

export function drawHome() {
  const shown = withApp() && state.tab === "home";
  $("home").hidden = !shown;
  $("messages").hidden = shown;
  if (!shown) return;
  const view = state.home;
  redraw($("home"), el("div", { class: "blocks" }, view ? drawBlocks(view.blocks, surfaceOf(view))
    : el("p", { class: "muted" }, state.bot.name + " has not said anything here yet.")));
}
