/** Line icons of 16 px, drawn with the colour of the text around them. */

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  previous: "M13 3v10L5.5 8zM3.5 3v10",
  next: "M3 3v10l7.5-5zM12.5 3v10",
  loop: "M11 2l2.5 2.5L11 7M13 4.5H5.5a3 3 0 0 0-3 3M5 14l-2.5-2.5L5 9M3 11.5h7.5a3 3 0 0 0 3-3",
  band: "M2 13V9h3V3h6v6h3v4",
  undo: "M5.5 3L2.5 6l3 3M3 6h6.5a3.5 3.5 0 0 1 0 7H6",
  redo: "M10.5 3l3 3-3 3M13 6H6.5a3.5 3.5 0 0 0 0 7H10",
  eye:
    "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8z" +
    "M8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  eyeOff:
    "M2 2l12 12M6 4a6 6 0 0 1 2-.5c4 0 6.5 4.5 6.5 4.5a12 12 0 0 1-2 2.5" +
    "M4 5A12 12 0 0 0 1.5 8S4 12.5 8 12.5a6 6 0 0 0 2.5-.6",
  lock: "M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  unlock: "M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 4.9-.7",
  up: "M3.5 10L8 5.5 12.5 10",
  down: "M3.5 6L8 10.5 12.5 6",
  bin: "M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.7 9h6.6l.7-9M6.7 7v4M9.3 7v4",
  dots: "M3.5 8v.1M8 8v.1M12.5 8v.1",
  draw: "M2.5 2.5h11v11h-11zM8 5.5v5M5.5 8h5",
  select: "M4 2l8.5 6.5-3.7.6 2.2 4.2-1.8 1-2.2-4.3L4 12.5z",
  pan: "M8 1.5v13M1.5 8h13M6 3.5l2-2 2 2M6 12.5l2 2 2-2M3.5 6l-2 2 2 2M12.5 6l2 2-2 2",
  zoom: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5L14 14M7 5v4M5 7h4",
  code: "M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5",
  panel: "M2 3h12v10H2zM10 3v10",
  check: "M3 8.5l3.5 3.5L13 4.5",
  cross: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  warning: "M8 2l6.5 11.5h-13zM8 6.5v3.5M8 11.8v.1",
  sliders: "M2 4.5h7M12 4.5h2M10.5 3v3M2 11.5h2M7 11.5h7M5.5 10v3",
  plus: "M8 3v10M3 8h10",
  help: "M5.5 6a2.5 2.5 0 1 1 3.5 2.3c-.7.4-1 .9-1 1.7M8 12.5v.1",
  contrast: "M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12",
  sun:
    "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6z" +
    "M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}
