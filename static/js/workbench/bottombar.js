/** The bar below: transport, cursor, settings of the picture, classes by hot key. */

import { formatClock, formatDb, formatHz, formatTime } from "../lib/format.js";
import { changeIcon, eachFrame, h, iconButton, say, setAttributes } from "./dom.js";
import { openHelp } from "./help.js";
import { hotKeyRow } from "./hotkeyrow.js";
import { RATES } from "./player.js";
import { settingSelect, settingsButton } from "./settings.js";

export function mountBottomBar(root, context) {
  const { media } = context.state.get();
  const hasSound = media.sample_rate > 0;
  const parts = [
    context.player.canPlay ? transport(context, hasSound) : fileLinks(context),
    readout(context),
    hasSound ? pictureSettings(context) : null,
    hotKeyRow(context),
    iconButton("help", "Shortcut keys", openHelp, { key: "?" }),
  ];
  root.append(...parts.filter(Boolean));
}

/** A link to the file before or after this one; dead, but in its place, where there is none. */
function fileLink(context, name, label, key) {
  const href = context.state.get()[name] || null;
  const link = iconButton(name, label, () => href && location.assign(href), { key });
  setAttributes(link, { disabled: !href });
  return link;
}

function fileLinks(context) {
  return h(
    "div.group",
    {},
    fileLink(context, "previous", "Previous file", "p"),
    fileLink(context, "next", "Next file", "n"),
  );
}

function transport(context, hasSound) {
  const { state, player, actions } = context;
  const play = iconButton("play", "Play", () => actions.togglePlay(), { key: "Space" });
  play.classList.add("play");
  const rate = h("select.rate", { "aria-label": "Speed", title: "Speed; slower is lower" });
  rate.append(...RATES.map((value) => h("option", { value }, `${value}×`)));
  rate.addEventListener("change", () => player.setRate(Number(rate.value)));
  const loop = toggle("Loop", "Repeat the selected tag, or what is in view", () =>
    player.setLoop(!state.get().loop),
  );
  const band = toggle("Band", "Hear only the frequencies of the selected tag", () =>
    player.setBand(!state.get().band),
  );
  const trouble = h("span.trouble", { role: "alert" });
  const follow = () => {
    const now = state.get();
    changeIcon(play, now.playing ? "pause" : "play");
    setAttributes(play, { "aria-label": now.playing ? "Pause" : "Play" });
    setAttributes(loop, { "aria-pressed": String(now.loop) });
    setAttributes(band, { "aria-pressed": String(now.band) });
    rate.value = String(now.rate);
    say(trouble, now.playTrouble ?? "");
  };
  state.subscribe(["playing", "rate", "loop", "band", "playTrouble"], follow);
  follow();
  const [previous, next] = fileLinks(context).children;
  const canFilter = hasSound && !player.element;
  return h("div.group", {}, previous, play, next, rate, loop, canFilter ? band : null, trouble);
}

function toggle(text, title, onclick) {
  const attributes = { type: "button", title, onclick, "aria-pressed": "false" };
  return h("button.button.quiet", attributes, text);
}

/** Time, frequency and level under the pointer, else where the playhead is. */
function readout({ state }) {
  const time = h("output.time");
  const hz = h("output.hz");
  const level = h("output.level");
  const label = { role: "group", "aria-label": "Cursor" };
  const group = h("div.group.readout", label, time, hz, level);
  const draw = eachFrame(() => {
    const { cursor, playhead_s, media } = state.get();
    const at_s = cursor?.time_s ?? playhead_s;
    say(time, media.duration_s > 0 ? formatTime(at_s) : "");
    say(hz, cursor?.hz === null || cursor?.hz === undefined ? "" : formatHz(cursor.hz));
    say(level, formatDb(cursor?.level_db ?? NaN));
    const clock = formatClock(media.recorded_at, media.utc_offset_s, at_s, 3);
    setAttributes(group, { title: clock ? `Clock time ${clock}` : null });
  });
  state.subscribe(["cursor", "playhead_s"], draw);
  draw();
  return group;
}

function pictureSettings(context) {
  const { state } = context;
  return h(
    "div.group.picture-settings",
    {},
    h("span.label", { "aria-hidden": "true" }, "FFT"),
    settingSelect(state, "n_fft", "FFT size"),
    settingSelect(state, "map", "Colours"),
    settingsButton(context),
  );
}
