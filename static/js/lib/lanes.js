/** What the lanes' eye, lock and solo mean for tags; `lanes` maps a tag set to its switches. */

const anySolo = (lanes) => Object.values(lanes).some((lane) => lane.solo);

/** Whether tags of this set are drawn: solo beats the eye, and hides every other set. */
export function laneShown(lanes, tagSetId) {
  const lane = lanes[tagSetId] ?? {};
  return anySolo(lanes) ? Boolean(lane.solo) : !lane.hidden;
}

/** Whether tags of this set are protected from changes. */
export function laneLocked(lanes, tagSetId) {
  return Boolean(lanes[tagSetId]?.locked);
}

/** The lanes with one switch of one set turned over. */
export function toggledLane(lanes, tagSetId, name) {
  const lane = lanes[tagSetId] ?? {};
  return { ...lanes, [tagSetId]: { ...lane, [name]: !lane[name] } };
}
