/* What a person presses, chooses from or fills in.

   `surface` is where an element stands (a message, a modal, the Home tab):
     surface.act(block, part, value)   tells the app; resolves when the app took it
     surface.get(block, part)          what the person has entered, undefined when nothing
     surface.set(block, part, value)   keeps what the person enters
     surface.conversation              what the person was looking at when a modal opened */

import { chooser, names } from "./files.js";
import { SAFE, textNodes, unescape } from "./markup.js";
import { confirmed, popup } from "./popup.js";
import { el, icon, state } from "./tools.js";

export const picture = (image) => el("span", { class: "picture", role: "img", "aria-label": image.alt_text }, icon("picture"), " " + image.alt_text);

/** Draw an element. `quiet`: it stands in an input block that tells nothing before the view is submitted. */
export function element(part, block, surface, { quiet = false, ...attributes } = {}) {
  const draw = ELEMENTS[part.type];
  if (!draw) return el("span", { class: "muted" }, "This content can’t be displayed.");
  const tell = async (node, value) => {
    if (quiet || node.getAttribute("aria-busy")) return;
    if (part.confirm && !(await confirmed(part.confirm))) return;
    node.setAttribute("aria-busy", "true");
    await surface.act(block, part, value);
    node.removeAttribute("aria-busy");
  };
  return draw(part, {
    marks: { "data-action": block.block_id + "/" + part.action_id, autofocus: part.focus_on_load, ...attributes },
    tell,
    keep: (value) => surface.set(block, part, value),
    enter: (node, value) => { surface.set(block, part, value); return tell(node, value); },
    entered: (initial) => { const value = surface.get(block, part); return value === undefined ? initial : value; },
    surface,
  });
}

const ELEMENTS = {
  image: picture,

  button: (part, { marks, tell }) => {
    const button = el("button", { type: "button", class: "press " + (part.style || ""), "aria-label": part.accessibility_label, ...marks, onclick: () => {
      if (part.url && SAFE.test(part.url)) window.open(part.url, "_blank", "noopener,noreferrer");
      tell(button);
    } }, textNodes(part.text));
    return button;
  },

  overflow: (part, { marks, tell }) => {
    const button = el("button", { type: "button", class: "press", "aria-label": "More actions", "aria-haspopup": "menu", ...marks,
      onclick: () => popup(button, part.options, (option) => tell(button, option.value)) }, "⋯");
    return button;
  },

  static_select: (part, { marks, enter, entered }) => {
    const chosen = entered(part.initial_option?.value), groups = part.option_groups || [{ options: part.options }];
    const option = (one) => el("option", { value: one.value, selected: chosen === one.value }, unescape(one.text.text));
    const select = el("select", { class: "menu", "aria-label": part.placeholder?.text || "Choose", ...marks, onchange: () => enter(select, select.value) },
      chosen === undefined || chosen === null ? el("option", { value: "", disabled: true, selected: true }, part.placeholder?.text || "Choose") : null,
      groups.map((group) => (group.label ? el("optgroup", { label: group.label.text }, group.options.map(option)) : group.options.map(option))));
    return select;
  },

  radio_buttons: (part, { marks, enter, entered }) => choices("radio", part, marks, (value) => entered(part.initial_option?.value) === value,
    (group, value) => enter(group, value)),

  checkboxes: (part, { marks, enter, entered }) => choices("checkbox", part, marks,
    (value) => entered((part.initial_options || []).map((one) => one.value)).includes(value),
    (group) => enter(group, [...group.querySelectorAll("input:checked")].map((box) => box.value))),

  conversations_select: (part, { marks, enter, entered, surface }) => {
    const initial = (part.default_to_current_conversation && surface.conversation) || part.initial_conversation;
    const chosen = entered(initial), wanted = part.filter || {};
    const offered = state.channels.filter((each) => (!wanted.include || wanted.include.includes(each.kind))
      && !(wanted.exclude_external_shared_channels && each.is_shared) && !(wanted.exclude_bot_users && each.kind === "im" && each.with_bot));
    const select = el("select", { class: "menu", "aria-label": part.placeholder?.text || "Choose a conversation", ...marks, onchange: () => enter(select, select.value) },
      offered.some((each) => each.id === chosen) ? null : el("option", { value: "", disabled: true, selected: true }, part.placeholder?.text || "Choose a conversation"),
      offered.map((each) => el("option", { value: each.id, selected: each.id === chosen }, (["im", "mpim"].includes(each.kind) ? "" : "#") + each.name)));
    return select;
  },

  datepicker: (part, { marks, enter, entered }) => picker("date", part.initial_date, marks, enter, entered),
  timepicker: (part, { marks, enter, entered }) => picker("time", part.initial_time, marks, enter, entered),

  file_input: (part, { marks, keep, entered }) => {
    const room = el("div", { class: "files" });
    const show = (files) => {
      keep({ files });
      room.replaceChildren(...names(files, (file) => show(files.filter((each) => each !== file))), ...(files.length < (part.max_files || 10) ? add : []));
    };
    const [button, input] = chooser("Choose a file", { most: part.max_files, kinds: part.filetypes, marks: { class: "press", ...marks },
      chosen: (files) => show([...(entered({ files: [] }).files), ...files]) }), add = [button, input];
    button.append(icon("clip"), " Choose a file");
    show(entered({ files: [] }).files);
    return room;
  },

  plain_text_input: (part, { marks, keep, enter, entered }) => {
    const box = el(part.multiline ? "textarea" : "input", { class: "field", type: part.multiline ? null : "text", rows: part.multiline ? "4" : null,
      placeholder: part.placeholder?.text, maxlength: part.max_length, autocomplete: "off", ...marks, oninput: () => keep(box.value),
      onkeydown: (event) => { if (event.key === "Enter" && !part.multiline) enter(box, box.value); } });
    box.value = entered(part.initial_value) || "";
    return box;
  },
};

function choices(type, part, marks, isChosen, changed) {
  const group = el("div", { class: "choices", role: type === "radio" ? "radiogroup" : "group", ...marks }, part.options.map((one) => el("label", {},
    el("input", { type, name: marks["data-action"], value: one.value, checked: isChosen(one.value), onchange: () => changed(group, one.value) }),
    el("span", {}, textNodes(one.text), one.description ? el("small", {}, textNodes(one.description)) : null))));
  return group;
}

function picker(type, initial, marks, enter, entered) {
  const box = el("input", { class: "field", type, ...marks, onchange: () => enter(box, box.value || null) });
  box.value = entered(initial) || "";
  return box;
}
