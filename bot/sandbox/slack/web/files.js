/* Files that a person hands over: chosen in a window, or chosen for or dropped on a message. */

import { el, icon, send } from "./tools.js";

const content = (file) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));  // base64, behind "data:text/csv;base64,"
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(file);
});

/** Give the files to the workspace. Returns their ids and names, without those that it refused. */
async function handOver(files) {
  const taken = [];
  for (const file of files) {
    const told = await send("attach", { name: file.name, content: await content(file) });
    if (told) taken.push({ id: told.id, name: file.name });
  }
  return taken;
}

/** A button that chooses files, at most `most` of the kinds in `kinds`. `chosen` gets what the workspace took. */
export function chooser(label, { most = 10, kinds = [], marks = {}, chosen }) {
  const input = el("input", { type: "file", class: "unseen", tabindex: "-1", "aria-hidden": "true", multiple: most > 1, accept: kinds.map((kind) => "." + kind).join(",") || null,
    onchange: async () => { chosen(await handOver([...input.files].slice(0, most))); input.value = ""; } });
  const button = el("button", { type: "button", ...marks, "aria-label": label, onclick: () => input.click() });
  return [button, input];
}

/** The names of files, each with a button that takes it away again. */
export const names = (files, without) => files.map((file) => el("span", { class: "given" }, icon("file"), " " + file.name,
  el("button", { type: "button", "aria-label": "Remove " + file.name, onclick: () => without(file) }, "✕")));

/** Files that are dropped on an element. */
export function droppable(element, chosen) {
  element.addEventListener("dragover", (event) => event.preventDefault());
  element.addEventListener("drop", async (event) => { event.preventDefault(); chosen(await handOver([...event.dataTransfer.files])); });
}
