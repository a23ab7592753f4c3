/** Send one write of a tag to the server and take its answer into the records. No DOM here. */

import { differences } from "../lib/overlay.js";

/** Every field of a tag that a draft may leave out. */
export const BLANK = Object.freeze({
  start_s: null,
  end_s: null,
  low_hz: null,
  high_hz: null,
  channel: null,
  class_id: null,
  text: null,
  frame_info: null,
  comment: null,
  score: null,
  status: null,
  machine_tagged: false,
  user_tagged: true,
});

const WIRE = ["start_s", "end_s", "low_hz", "high_hz", "channel", "class_id", "text"];
WIRE.push("frame_info", "comment", "status", "tag_set_id", "media_id");

/** What of a tag is sent: a class or a text, never both, and nothing that the server decides. */
export function wireFields(body) {
  const names = WIRE.filter((name) => name in body);
  const fields = Object.fromEntries(names.map((name) => [name, body[name]]));
  if (fields.class_id !== null && fields.class_id !== undefined) delete fields.text;
  else if (fields.text !== null && fields.text !== undefined) delete fields.class_id;
  return fields;
}

/** The fields of a new tag: those that say something. */
function newTag(body) {
  const set = Object.entries(wireFields(body)).filter(([, value]) => value !== null);
  return Object.fromEntries(set);
}

/** Make the function that delivers writes; it resolves to the tag, or null when it is gone. */
export function deliverer({ api, state, records }) {
  const senders = {
    async create(key, write) {
      const body = newTag(write.body);
      body.tag_set_id ??= await firstTagSet(api, state);
      const tag = await api.post("tags", body, { requestId: write.requestId });
      records.link(key, tag.id);
      if (state.get().selection === key) state.set({ selection: tag.id });
      countTag(state, tag, 1);
      return tag;
    },
    async edit(key, write) {
      const id = records.idOf(key);
      const version = records.known(key)?.version;
      const options = { version, requestId: write.requestId };
      return api.patch(`tags/${id}`, wireFields(write.body), options);
    },
    async remove(key, write) {
      const id = records.idOf(key);
      const tag = records.known(key);
      await api.remove(`tags/${id}`, { version: tag?.version, requestId: write.requestId });
      if (tag) countTag(state, tag, -1);
      return null;
    },
    async restore(key, write) {
      const options = { requestId: write.requestId };
      const tag = await api.post(`tags/${records.idOf(key)}/restore`, undefined, options);
      countTag(state, tag, 1);
      return tag;
    },
  };

  return async function deliver(key, write) {
    if (write.kind !== "create" && records.idOf(key) === null) return null;
    const tag = await senders[write.kind](key, write).catch((error) => settled(error, write));
    if (tag) records.accept(tag);
    else records.forget(records.idOf(key));
    return tag;
  };
}

/** What a refusal means: already as wanted, a conflict to show, or simply an error. */
function settled(error, write) {
  const isGone = error.status === 404 || error.status === 410;
  if (write.kind === "remove" && isGone) return null;
  const current = error.body?.current;
  if (error.status === 412 && write.kind === "edit" && current) {
    const fields = Object.keys(wireFields(write.body));
    const clashing = differences(write.body, current).filter((field) => fields.includes(field));
    if (clashing.length === 0) return current;
  }
  error.conflict = error.status === 412 || (write.kind === "edit" && isGone);
  throw error;
}

/** The tag set for a tag drawn where there is none yet: it is made. */
async function firstTagSet(api, state) {
  const known = state.get().tagSets[0];
  if (known) return known.id;
  const made = await api.post("tag-sets", { project: state.get().project.key, name: "Tags" });
  state.set({ tagSets: [...state.get().tagSets, made], defaultTagSetId: made.id });
  return made.id;
}

/** Keep the tracks' counts true, and add the track that a first tag has brought. */
function countTag(state, tag, by) {
  const { tracks, tagSets } = state.get();
  if (tracks.some((track) => track.id === tag.track_id)) {
    const isIts = (track) => track.id === tag.track_id;
    const counted = (track) => (isIts(track) ? { ...track, tags: track.tags + by } : track);
    state.set({ tracks: tracks.map(counted) });
    return;
  }
  const { name, label, color } = tagSets.find((one) => one.id === tag.tag_set_id) ?? {};
  const track = { id: tag.track_id, tag_set_id: tag.tag_set_id, name, label, color };
  state.set({ tracks: [...tracks, { ...track, hidden: false, tags: 1 }] });
}
