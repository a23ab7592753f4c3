/** What the person must know about the file itself: not ready, unreadable, pictures missing. */

const WORDS = {
  new: "This file is being read. It opens by itself when that is done.",
  failed: "This file could not be read.",
  missing: "The file is no longer where it was registered. Its tags are kept.",
  changed: "The file has changed since it was registered. Its tags are kept.",
};

/** Show notices in an element; opens the page anew when a new file has been read. */
export function showNotices(element, { state }) {
  const first = state.get().media.state;
  const show = () => {
    const { media, pictureTrouble } = state.get();
    if (first !== "ready" && media.state === "ready") return location.reload();
    const stateWords = [WORDS[media.state], media.reason].filter(Boolean).join(" ");
    element.textContent = WORDS[media.state] ? stateWords : troubleWords(pictureTrouble);
    element.hidden = element.textContent === "";
    return undefined;
  };
  show();
  return state.subscribe(["media", "pictureTrouble"], show);
}

function troubleWords(reason) {
  return reason ? `The spectrogram could not be loaded: ${reason} Trying again …` : "";
}
