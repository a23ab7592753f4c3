/** A tag as its reader should see it: what the server said, with waiting changes laid over. */

/** Lay waiting writes over the server's version; null when there is no tag to show. */
export function overlaid(base, writes) {
  let tag = base;
  for (const write of writes) {
    if (write.kind === "create") tag = write.body;
    else if (write.kind === "edit") tag = tag && { ...tag, ...write.body };
    else if (write.kind === "restore") tag = write.body;
    else tag = null;
  }
  return tag;
}

/** The old values of the fields that a change would set, for taking it back. */
export function valuesBefore(tag, changes) {
  return Object.fromEntries(Object.keys(changes).map((field) => [field, tag[field] ?? null]));
}

const same = (a, b) => a === b || JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** Only those changes that change something. */
export function realChanges(tag, changes) {
  const entries = Object.entries(changes);
  return Object.fromEntries(entries.filter(([field, value]) => !same(tag[field], value)));
}

/** Fields that differ between two versions of a tag, of those a person edits. */
export function differences(mine, theirs) {
  const fields = ["start_s", "end_s", "low_hz", "high_hz", "channel", "class_id", "text"];
  fields.push("frame_info", "comment", "status", "tag_set_id");
  return fields.filter((field) => !same(mine?.[field], theirs?.[field]));
}
