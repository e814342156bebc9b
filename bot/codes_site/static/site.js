"use strict";
/* On every page: buttons that copy, the box that leads to the search, and at the root the choice of a language. */

/** Copy without a clipboard API, which a page from a folder has not always. */
function copyBySelection(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("readonly", "");
  area.className = "hidden";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** Say on the button what came of it, for two seconds. */
function say(button, words) {
  const before = button.dataset.before ?? button.innerHTML;
  button.dataset.before = before;
  button.textContent = words;
  clearTimeout(Number(button.dataset.timer));
  button.dataset.timer = String(setTimeout(() => { button.innerHTML = before; }, 2000));
}

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("button.copy") : null;
  if (!button) return;
  const text = button.parentElement.querySelector("p").textContent;
  const done = await copyText(text);
  button.focus();
  say(button, done ? document.body.dataset.copied : document.body.dataset.notCopied);
});

/* What is searched for stands behind the #, which no browser sends: a pasted line may hold a phone number, and servers keep logs. */
document.querySelector("form.elsewhere")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  location.assign(`${form.getAttribute("action")}#q=${encodeURIComponent(form.querySelector("input").value)}`);
});

if (document.body.dataset.choose) {
  const wanted = navigator.languages.find((one) => /^(en|zh)\b/i.test(one)) ?? "en";
  location.replace(`${wanted.slice(0, 2).toLowerCase()}/index.html`);
}
