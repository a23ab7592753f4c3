/** Keep tracks, tag sets and classes true when others change them. No DOM here. */

import { calmly } from "./calm.js";

const CALM = { quiet_ms: 400, most_ms: 2000 };

/** Follow the tags: new counts after news, and whatever a tag names that is not known here. */
export function keepSurroundings({ state, tags, api }) {
  const asked = new Set();
  const { media, project } = state.get();

  async function fetchTracks() {
    const answer = await api.get(`media/${media.id}/tracks`).catch(() => null);
    if (answer) state.set({ tracks: answer.items });
  }

  async function fetchList(path, name) {
    const params = { project: project.key };
    const answer = await api.get(path, { params }).catch(() => null);
    if (answer) state.set({ [name]: answer.items });
  }

  /** Ask for a list again when something in it is named that it lacks, once for each such thing. */
  function complete(path, name, ids) {
    const known = new Set(state.get()[name].map((one) => one.id));
    const lacking = ids.filter((id) => id !== null && !known.has(id));
    const isNews = lacking.some((id) => !asked.has(`${name} ${id}`));
    for (const id of lacking) asked.add(`${name} ${id}`);
    if (isNews) fetchList(path, name);
  }

  const look = calmly(() => {
    const loaded = tags.loaded();
    complete("tag-classes", "classes", [...new Set(loaded.map((tag) => tag.class_id))]);
    const placed = [...state.get().tracks, ...loaded];
    complete("tag-sets", "tagSets", [...new Set(placed.map((one) => one.tag_set_id))]);
  }, CALM);

  tags.addEventListener("change", look);
  tags.addEventListener("news", calmly(fetchTracks, CALM));
  return state.subscribe(["tracks"], look);
}
