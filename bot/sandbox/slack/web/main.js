/* The beginning: everything is wired together here, and the feed brings what this person sees. */

import { composer, drawChips } from "./composer.js";
import { byTs, onMessages, take } from "./messages.js";
import { closePopup, popupIsOpen } from "./popup.js";
import { closeRight, closeSide, drawPeople, drawSide, emptyChannel, openSide, openThread, show } from "./side.js";
import { $, place, state } from "./tools.js";
import { drawHome, drawModal } from "./views.js";

onMessages({ openThread, drawSide, drawChips, emptyChannel });
composer($("say"), () => null);
composer($("reply"), () => state.thread);

$("open-side").onclick = openSide;
$("veil").onclick = closeSide;
$("open-help").onclick = () => { closeRight(); $("right").classList.add("open"); $("close-right").focus(); };
$("close-right").onclick = closeRight;
$("user").onchange = () => { state.me = $("user").value; place.set("user", state.me); connect(); };
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || $("confirm").open || $("modal").open) return;
  if (popupIsOpen()) closePopup(); else if ($("side").classList.contains("open")) closeSide(); else closeRight();
});

let socket = null, pause = 300;
function connect() {
  if (socket) { socket.onclose = null; socket.close(); }
  const user = place.get("user") || "ann";
  socket = new WebSocket(`ws://${location.host}/sandbox/feed?user=${encodeURIComponent(user)}`);
  socket.onmessage = (event) => {
    const told = JSON.parse(event.data);
    if (told.message) take(told.message, false);
    else if (told.removed) take(told.removed, true);
    else if (told.me) arrive(told);
    else takeSurfaces(told.surfaces);
  };
  socket.onclose = () => {
    if (!state.me) place.delete("user");  // a name in the address that nobody has
    $("lost").hidden = false; setTimeout(connect, pause); pause = Math.min(5000, pause * 2);
  };
}

/** Everything anew. */
function arrive({ surfaces, ...snapshot }) {
  pause = 300; $("lost").hidden = true;
  Object.assign(state, snapshot, surfaces, { messages: byTs(snapshot.messages) });
  $("team").textContent = state.team;
  drawPeople();
  const wanted = place.get("channel"), thread = place.get("thread"), tab = place.get("tab") || "messages";
  const channel = state.channels.find((each) => each.slug === wanted || each.id === wanted) || state.channels[0];
  show(channel.id, { thread, tab });
  if (state.thread) $("right").classList.add("open");
  drawModal();
  document.body.dataset.ready = state.me;
}

/** All but the messages has changed: the conversations, a modal, the Home tab, the bot's status. */
function takeSurfaces(surfaces) {
  const known = new Set(state.channels.map((each) => each.id)), wasOnline = state.online;
  if (surfaces.channels.length !== known.size || surfaces.channels.some((each) => !known.has(each.id))) { connect(); return; }  // with its messages
  const modalBefore = JSON.stringify(state.modal), homeBefore = JSON.stringify(state.home);
  Object.assign(state, surfaces);
  if (JSON.stringify(state.modal) !== modalBefore) drawModal();
  if (JSON.stringify(state.home) !== homeBefore) drawHome();
  if (state.online !== wasOnline) drawSide();
}
connect();
