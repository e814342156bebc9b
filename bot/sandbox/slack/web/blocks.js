/* Block Kit, block by block. `surface` is where the blocks stand; see elements.js. */

import { element, picture } from "./elements.js";
import { emojiText, lineBreaks, markdown, richPart, textNodes } from "./markup.js";
import { el } from "./tools.js";

const UNKNOWN = () => el("div", { class: "block muted" }, "This content can’t be displayed.");

export const drawBlocks = (blocks, surface) => blocks.map((block) => (BLOCKS[block.type] || UNKNOWN)(block, surface));

const scrolling = (...parts) => el("div", { class: "block scroll", role: "region", "aria-label": "Table, scrolls sideways", tabindex: "0" },
  el("table", {}, parts));

const drawRow = (block, r) => el("tr", {}, block.rows[r].map((cell, c) => {
  const setting = (block.column_settings || [])[c] || {};
  const looks = [{ right: "end", center: "center" }[setting.align], setting.is_wrapped ? "wrapped" : ""].filter(Boolean).join(" ");
  return el(r ? "td" : "th", { class: looks || undefined, scope: r ? undefined : "col" },
    cell.type === "rich_text" ? cell.elements.map(richPart) : lineBreaks(emojiText(cell.text)));
}));

const bar = (name, value, most) => el("div", { class: "bar" }, el("meter", { min: 0, max: most || 1, value, "aria-hidden": "true" }),
  el("span", {}, name + " " + value));

const drawChart = (chart) => {  // bars for every kind: what the values are, not how Slack paints them
  const groups = chart.type === "pie"
    ? chart.segments.map((one) => [one.label, [["", one.value]]])
    : chart.axis_config.categories.map((label, c) => [label, chart.series.map((one) => [one.name, one.data[c].value])]);
  const most = Math.max(...groups.flatMap(([, bars]) => bars.map(([, value]) => value)));
  return groups.map(([label, bars]) => el("div", { class: "bars" }, el("div", { class: "muted" }, label), bars.map(([name, value]) => bar(name, value, most))));
};

const BLOCKS = {
  section: (block, surface) => {
    const main = el("div", { class: "main" }, block.text ? textNodes(block.text) : []);
    if (block.fields) main.append(el("div", { class: "fields" }, block.fields.map((field) => el("div", {}, textNodes(field)))));
    return el("div", { class: "block section" }, main, block.accessory ? element(block.accessory, block, surface) : null);
  },
  header: (block) => el("div", { class: "block" }, el("h" + (2 + (block.level || 1)), {}, textNodes(block.text))),
  context: (block) => el("div", { class: "block context" },
    block.elements.map((part) => (part.type === "image" ? picture(part) : el("span", {}, textNodes(part))))),
  actions: (block, surface) => el("div", { class: "block actions" }, block.elements.map((part) => element(part, block, surface))),
  divider: () => el("hr"),
  image: (block) => el("div", { class: "block" }, block.title ? el("div", {}, textNodes(block.title)) : null, picture(block)),
  rich_text: (block) => el("div", { class: "block" }, block.elements.map(richPart)),
  alert: (block) => el("div", { class: "block alert " + (block.level || "default"), role: "note" }, textNodes(block.text)),
  markdown: (block) => el("div", { class: "block" }, markdown(block.text)),
  table: (block) => scrolling(el("thead", {}, drawRow(block, 0)), el("tbody", {}, block.rows.slice(1).map((_, r) => drawRow(block, r + 1)))),
  data_table: (block) => {  // pages by itself, as Slack's does
    const size = block.page_size || 5, last = Math.ceil((block.rows.length - 1) / size) - 1;
    const body = el("tbody"), where = el("span", { class: "muted" });
    let page = 0;
    const turn = (by) => {
      page = Math.min(last, Math.max(0, page + by));
      const first = page * size + 1, rows = block.rows.slice(first, first + size);
      body.replaceChildren(...rows.map((_, r) => drawRow(block, first + r)));
      where.textContent = first + "–" + (first + rows.length - 1) + " of " + (block.rows.length - 1);
    };
    turn(0);
    const button = (label, sign, by) => el("button", { class: "press", type: "button", "aria-label": label, onclick: () => turn(by) }, sign);
    return el("div", {}, scrolling(el("caption", {}, block.caption), el("thead", {}, drawRow(block, 0)), body),
      last ? el("div", { class: "block actions pager" }, button("Previous rows", "‹", -1), where, button("Next rows", "›", 1)) : null);
  },
  data_visualization: (block) => el("figure", { class: "block chart" }, el("figcaption", {}, block.title), drawChart(block.chart)),
  input: (block, surface) => {
    const id = "input-" + block.block_id, wrong = surface.errors?.[block.block_id];
    const described = [block.hint ? id + "-hint" : "", wrong ? id + "-error" : ""].filter(Boolean).join(" ");
    const control = element(block.element, block, surface, { quiet: !block.dispatch_action, "aria-labelledby": id, "aria-describedby": described || null,
      "aria-label": null, "aria-invalid": wrong ? "true" : null, "aria-required": block.optional ? null : "true" });
    return el("div", { class: "block input" },
      el("div", { class: "label", id }, textNodes(block.label), block.optional ? el("span", { class: "muted" }, " (optional)") : null),
      control,
      wrong ? el("div", { class: "wrong", id: id + "-error", role: "alert" }, wrong) : null,
      block.hint ? el("div", { class: "muted", id: id + "-hint" }, textNodes(block.hint)) : null);
  },
};
