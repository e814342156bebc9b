/* Small windows over the page: menus, and the question before a button that asks for confirmation. */

import { SAFE, textNodes } from "./markup.js";
import { $, el } from "./tools.js";

let open = null;
export const popupIsOpen = () => open !== null;
export function closePopup() { if (open) { open.remove(); open = null; } }

/** A menu at `anchor` (a node, or a point {x, y}). `choose(option)` is called with one of `options`. */
export function popup(anchor, options, choose) {
  closePopup();
  const back = anchor instanceof Element ? anchor : document.activeElement;
  const menu = el("div", { class: "popup", role: "menu" }, options.map((option) => el("button", { type: "button", role: "menuitem", onclick: () => {
    closePopup(); back?.focus();
    if (option.url && SAFE.test(option.url)) window.open(option.url, "_blank", "noopener,noreferrer");
    choose(option);
  } }, textNodes(option.text), option.description ? el("small", {}, textNodes(option.description)) : null)));
  menu.addEventListener("keydown", (event) => {
    const items = [...menu.children], at = items.indexOf(document.activeElement), step = { ArrowDown: 1, ArrowUp: items.length - 1 }[event.key];
    if (step) { event.preventDefault(); items[(at + step) % items.length].focus(); }
    if (event.key === "Escape") { event.stopPropagation(); closePopup(); back?.focus(); }
  });
  (back?.closest("dialog") || document.body).append(menu);  // nothing outside of an open dialog can be reached
  const box = anchor instanceof Element ? anchor.getBoundingClientRect() : { left: anchor.x, top: anchor.y, bottom: anchor.y };
  menu.style.left = Math.max(8, Math.min(box.left, innerWidth - menu.offsetWidth - 8)) + "px";
  menu.style.top = (box.bottom + menu.offsetHeight + 8 < innerHeight ? box.bottom + 4 : Math.max(8, box.top - menu.offsetHeight - 4)) + "px";
  open = menu;
  menu.firstElementChild.focus();
}
document.addEventListener("pointerdown", (event) => { if (open && !open.contains(event.target)) closePopup(); });

export function confirmed(texts) {
  const dialog = $("confirm"), [no, yes] = dialog.querySelectorAll("button");
  dialog.querySelector("h2").replaceChildren(...textNodes(texts.title));
  dialog.querySelector(".body").replaceChildren(...textNodes(texts.text));
  no.replaceChildren(...textNodes(texts.deny)); yes.replaceChildren(...textNodes(texts.confirm));
  yes.className = "press " + (texts.style === "danger" ? "danger" : "primary");
  return new Promise((decide) => {
    dialog.onclose = () => decide(dialog.returnValue === "yes");
    no.onclick = () => dialog.close("no"); yes.onclick = () => dialog.close("yes");
    dialog.returnValue = ""; dialog.showModal();
  });
}
