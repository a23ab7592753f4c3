/** The fields of the form of a tag: each shows a value and tells what it was changed to. */

import { formatTime, parseTime } from "../lib/format.js";
import { h, say, setAttributes } from "./dom.js";

let fields = 0;

/** A labelled control with room for a reason; `read` gives changes, or throws what is wrong. */
function labelled(label, control, { read, write, change, wide = false }) {
  const id = `tag-field-${(fields += 1)}`;
  setAttributes(control, { id, "aria-describedby": `${id}-note` });
  const note = h("small", { id: `${id}-note` });
  const name = h("label", { for: id }, label);
  const element = h(wide ? "div.field.wide" : "div.field", {}, name, control, note);
  let shown = null;
  const complain = (reason) => {
    say(note, reason);
    setAttributes(control, { "aria-invalid": reason ? "true" : null });
  };
  const commit = () => {
    try {
      complain("");
      change(read(control, shown));
      control.dataset.was = control.value;
    } catch (fault) {
      complain(fault.message);
    }
  };
  const revert = () => {
    if (shown) control.value = write(shown);
    complain("");
  };
  control.addEventListener("change", commit);
  control.addEventListener("keydown", (event) => keyed(event, control, revert));
  return {
    element,
    show(tag) {
      const isAnother = shown !== null && shown.id !== tag.id && !isNumbered(shown, tag);
      shown = tag;
      const isBusy = document.activeElement === control && control.value !== control.dataset.was;
      if (isBusy && !isAnother) return;
      revert();
      control.dataset.was = control.value;
    },
  };
}

/** Whether a tag made here has just got its number, and so is the same as before. */
const isNumbered = (before, now) => before.id < 0 && now.id > 0;

/** Enter saves what is typed, Esc puts back what was there. */
function keyed(event, control, revert) {
  if (event.isComposing) return;
  if (event.key === "Escape") {
    revert();
    control.blur();
    event.stopPropagation();
  } else if (event.key === "Enter" && control.tagName === "INPUT") {
    control.dispatchEvent(new Event("change"));
  }
}

const textInput = () =>
  h("input", { type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false" });

/** A time such as 00:12:31.250; start and end keep their order. */
export function timeField(label, name, change) {
  const other = name === "start_s" ? "end_s" : "start_s";
  return labelled(label, textInput(), {
    change,
    write: (tag) => formatTime(tag[name]),
    read(control, tag) {
      const value = parseTime(control.value);
      if (Number.isNaN(value)) throw new Error("A time, such as 12:31.25");
      if (control.value === formatTime(tag[name])) return {};
      const isBackwards = name === "start_s" ? value > tag[other] : value < tag[other];
      if (tag[other] !== null && isBackwards) {
        throw new Error(name === "start_s" ? "Must be before the end" : "Must be after the start");
      }
      return { [name]: value };
    },
  });
}

/** A frequency in Hz; empty means that the tag has no edge there. */
export function hzField(label, name, change) {
  return labelled(`${label} (Hz)`, textInput(), {
    change,
    write: (tag) => (tag[name] === null ? "" : String(Number(tag[name].toFixed(2)))),
    read(control, tag) {
      const text = control.value.trim().replace(/[,\s]/g, "");
      if (text === "") return { low_hz: null, high_hz: null };
      const value = Number(text);
      if (!(value >= 0)) throw new Error("A frequency in hertz");
      const edges = { low_hz: tag.low_hz ?? 0, high_hz: tag.high_hz ?? value, [name]: value };
      if (edges.low_hz > edges.high_hz) throw new Error("Low must be below high");
      return edges;
    },
  });
}

/** The four edges of a box in a picture, in pixels of it. */
export function boxFields(media, change) {
  const edges = [
    ["Left", "x1", media.width],
    ["Top", "y1", media.height],
    ["Right", "x2", media.width],
    ["Bottom", "y2", media.height],
  ];
  return edges.map(([label, edge, size]) =>
    labelled(`${label} (px)`, textInput(), {
      change,
      write: ({ frame_info }) => String(Math.round((frame_info?.box?.[edge] ?? 0) * size)),
      read(control, { frame_info }) {
        const value = Number(control.value) / size;
        if (!(value >= 0 && value <= 1)) throw new Error(`0 to ${size}`);
        const box = { ...frame_info.box, [edge]: value };
        if (box.x1 >= box.x2 || box.y1 >= box.y2) throw new Error("The box would be empty");
        return { frame_info: { ...frame_info, box } };
      },
    }),
  );
}

function select(options) {
  return h("select", {}, ...options.map(([value, text]) => h("option", { value }, text)));
}

/** Which channel the tag is about; null where a file has one or none. */
export function channelField(media, change) {
  if (!(media.channels > 1)) return null;
  const numbers = Array.from({ length: media.channels }, (_, index) => [index + 1, `${index + 1}`]);
  return labelled("Channel", select([["", "All"], ...numbers]), {
    change,
    write: (tag) => String(tag.channel ?? ""),
    read: ({ value }) => ({ channel: value === "" ? null : Number(value) }),
  });
}

const STATUSES = [
  ["", "–"],
  ["proposed", "Proposed"],
  ["accepted", "Accepted"],
  ["rejected", "Rejected"],
  ["unsure", "Unsure"],
];

export function statusField(change) {
  return labelled("Status", select(STATUSES), {
    change,
    write: (tag) => tag.status ?? "",
    read: ({ value }) => ({ status: value === "" ? null : value }),
  });
}

export function commentField(change) {
  return labelled("Comment", h("textarea", { rows: "2" }), {
    change,
    wide: true,
    write: (tag) => tag.comment ?? "",
    read: ({ value }) => ({ comment: value.trim() === "" ? null : value }),
  });
}
