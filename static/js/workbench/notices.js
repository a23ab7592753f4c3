/** What the person must know about the file itself: not ready, unreadable, pictures missing. */

const WORDS = {
  new: "This file is being read. It opens by itself when that is done.",
  failed: "This file could not be read.",
  missing: "The file is no longer where it was registered. Its tags are kept.",
  changed: "The file has changed since it was registered. Its tags are kept.",
};

/** Show notices in an element; opens the page anew when a new file has been read. */
export function showNotices(element, { state, api }) {
  const first = state.get().media.state;
  const show = () => {
    const { media } = state.get();
    if (first !== "ready" && media.state === "ready") return location.reload();
    const stateWords = [WORDS[media.state], media.reason].filter(Boolean).join(" ");
    element.textContent = WORDS[media.state] ? stateWords : pictureWords(state.get());
    if (media.state === "failed") element.append(" ", downloadLink(media, api));
    element.hidden = element.textContent === "";
    return undefined;
  };
  show();
  return state.subscribe(["media", "pictureTrouble", "isRough", "picturesProgress"], show);
}

/** The bytes are kept as they came, whatever could not be read of them. */
function downloadLink({ id, name }, api) {
  const link = document.createElement("a");
  link.href = api.url(`media/${id}/file`);
  link.download = name;
  link.textContent = "Download it";
  return link;
}

function pictureWords({ pictureTrouble, isRough, pictures, picturesProgress }) {
  if (pictureTrouble) return `The spectrogram could not be loaded: ${pictureTrouble} Trying again …`;
  if (!isRough || pictures !== "building") return "";
  const share = picturesProgress === null ? "" : ` ${Math.round(picturesProgress * 100)} %.`;
  return `Rough picture, until all of the file has been looked at.${share}`;
}
