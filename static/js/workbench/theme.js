/** The colours of the page's design, read once for drawing on canvases. */

const NAMES = {
  accent: "--picture-accent",
  picture: "--picture",
  pictureRow: "--picture-row",
  pictureText: "--picture-text",
  pictureText2: "--picture-text-2",
  pictureLine: "--picture-line",
};

/** A plain object of colours that is kept right when the theme changes. */
export function watchTheme(element, onChange) {
  const theme = {};
  const read = () => {
    const style = getComputedStyle(element);
    for (const [name, property] of Object.entries(NAMES)) {
      theme[name] = style.getPropertyValue(property).trim() || "#888888";
    }
    theme.font = `12px ${style.fontFamily}`;
    onChange();
  };
  read();
  const observer = new MutationObserver(read);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  const preference = matchMedia("(prefers-color-scheme: light)");
  preference.addEventListener("change", read);
  const stop = () => {
    observer.disconnect();
    preference.removeEventListener("change", read);
  };
  return { theme, stop };
}
