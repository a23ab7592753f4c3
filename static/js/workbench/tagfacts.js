/** What a tag carries that nobody types: score, source, tag set, who and when. */

import { formatHz } from "../lib/format.js";
import { h, setAttributes } from "./dom.js";

const moment = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

export function tagFacts({ state }) {
  const list = h("dl.tag-facts");
  const link = h("a", {}, "Link to this tag");
  const element = h("div", {}, list, h("p.dim", {}, link));
  let drawn = "";
  return {
    element,
    show(tag) {
      const rows = facts(tag, state.get());
      const key = JSON.stringify(rows);
      if (key === drawn) return;
      drawn = key;
      list.replaceChildren(...rows.flatMap(([name, text]) => [h("dt", {}, name), h("dd", {}, text)]));
      setAttributes(link, { href: tag.id > 0 ? `/tag/${tag.id}` : null });
    },
  };
}

function facts(tag, { tagSets }) {
  const tagSet = tagSets.find((one) => one.id === tag.tag_set_id);
  const span = tag.end_s > tag.start_s ? tag.end_s - tag.start_s : null;
  const band = tag.high_hz === null ? null : tag.high_hz - (tag.low_hz ?? 0);
  const rows = [
    ["Length", span === null ? null : `${Number(span.toFixed(3))} s`],
    ["Bandwidth", band === null ? null : formatHz(band)],
    ["Score", tag.score === null ? null : tag.score?.toFixed(3)],
    ["Track", tagSet?.label || tagSet?.name],
    ["Source", tag.source],
    ["Made", who(tag.author || tag.created_by, tag.created_at)],
    ["Changed", tag.version > 1 ? who(tag.updated_by, tag.updated_at) : null],
  ];
  return rows.filter(([, text]) => text);
}

/** "ada, 31 May 2026, 05:14"; a made tag not yet saved has no moment. */
function who(name, at) {
  const parts = [typeof name === "string" ? name : null, at ? moment.format(new Date(at)) : null];
  return parts.filter(Boolean).join(", ");
}
