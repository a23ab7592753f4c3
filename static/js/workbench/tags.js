/** The tags of the open file: what is in view, every change at once visible and then saved. */

import { laneShown } from "../lib/lanes.js";
import { realChanges, valuesBefore } from "../lib/overlay.js";
import { NO_FILTER, filterParams, matchesFilter } from "../lib/tagfilter.js";
import { createUndo } from "../lib/undo.js";
import { MOST_TAGS, touches } from "../lib/windows.js";
import { calmly } from "./calm.js";
import { editsOf, Outbox } from "./outbox.js";
import { Overview } from "./overviewdensity.js";
import { saveState } from "./savestate.js";
import { TagRecords } from "./tagrecords.js";
import { TagWindow } from "./tagwindow.js";
import { BLANK, deliverer } from "./tagwriter.js";

const LOOK_CALM = { quiet_ms: 60, most_ms: 240 };
const PIXELS_PER_BIN = 4;

/** Fires "change" when what can be seen, or its saving, differs; "news" when others did it. */
export class TagStore extends EventTarget {
  canvasWidth = globalThis.innerWidth ?? 1200;
  #state;
  #outbox;
  #records;
  #window;
  #overview;
  #history = createUndo();
  #filter = NO_FILTER;
  #nextKey = -1;
  #visible = null;

  constructor(state, api) {
    super();
    this.#state = state;
    const mediaId = state.get().media.id;
    this.#outbox = new Outbox((key, write) => deliver(key, write));
    this.#records = new TagRecords(this.#outbox);
    const deliver = deliverer({ api, state, records: this.#records });
    this.#overview = new Overview(api, mediaId, state.get().media.duration_s, () => {
      this.#look();
      this.#changed();
    });
    this.#window = new TagWindow(api, mediaId, {
      clock: () => this.#records.clock,
      onTags: (items, asked) => this.#load(items, asked),
      onChange: () => this.#changed(),
    });
    this.#outbox.addEventListener("change", () => this.#written());
    state.subscribe(["view"], () => this.#lookSoon());
    state.subscribe(["lanes", "tagsHidden", "tagSets", "classes"], () => this.#changed());
  }

  /** Begin to load, and mind what is not saved when the page is left or the network is back. */
  start() {
    addEventListener("online", this.retry);
    addEventListener("beforeunload", (event) => {
      if (this.#outbox.keys().length > 0) event.preventDefault();
    });
    this.#overview.load();
    this.#look();
  }

  /** Tags that are loaded and not hidden or filtered out; those of ours alone when crowded. */
  visible() {
    this.#visible ??= this.#records.within(null).filter((tag) => this.#isShown(tag));
    return this.#visible;
  }

  /** Tags that are loaded, hidden ones too. */
  loaded() {
    return this.#records.within(null);
  }

  /** Those of the visible tags that touch the view. */
  inView() {
    const { view } = this.#state.get();
    return this.visible().filter((tag) => touches(view, tag.start_s, tag.end_s));
  }

  /** Counts per bin and class where there are too many tags to show each, else null. */
  density() {
    return this.#window.shows === "density" ? this.#window.density : null;
  }

  /** The density of the whole file, or null until it is known. */
  overview() {
    return this.#overview.density;
  }

  /** Why tags could not be loaded, or null. */
  get trouble() {
    return this.#window.trouble;
  }

  get isLoading() {
    return this.#window.shows === "nothing" && this.#window.trouble === null;
  }

  get(id) {
    return id === null || id === undefined ? null : this.#records.get(id);
  }

  /** "saved", "waiting", "sending", "failed" or "conflict". */
  stateOf(id) {
    return this.#outbox.of(this.#records.keyOf(id))[0]?.state ?? "saved";
  }

  get filter() {
    return this.#filter;
  }

  get isFiltered() {
    return Object.keys(filterParams(this.#filter)).length > 0;
  }

  setFilter(changes) {
    this.#filter = { ...this.#filter, ...changes };
    this.#changed();
    this.#lookSoon();
  }

  /** Add a tag and select it; resolves to the saved tag, or null when it was given up. */
  async create(draft) {
    const { media, user, defaultTagSetId, tagSets } = this.#state.get();
    const key = this.#nextKey--;
    const tag_set_id = draft.tag_set_id ?? defaultTagSetId ?? tagSets[0]?.id ?? null;
    const own = { id: key, media_id: media.id, tag_set_id, created_by: user?.name };
    const tag = { ...BLANK, ...draft, ...own };
    this.#remember(key, `draw ${this.labelOf(tag)}`, {
      undo: () => this.#remove(key),
      redo: () => this.#restore(key, tag),
    });
    const saved = this.#outbox.add(key, "create", tag);
    this.#state.set({ selection: key });
    return saved;
  }

  /** Change some fields; several changes of one field in a moment are one step to undo. */
  async edit(id, changes) {
    const key = this.#records.keyOf(id);
    const tag = this.get(id);
    const real = tag ? realChanges(tag, changes) : {};
    if (Object.keys(real).length === 0) return tag;
    const before = valuesBefore(tag, real);
    const step = { undo: () => this.#put(key, before), redo: () => this.#put(key, real) };
    const what = "class_id" in real || "text" in real ? "relabel" : "change";
    const together = `${key} ${Object.keys(real).sort().join()}`;
    this.#remember(key, `${what} ${this.labelOf(tag)}`, step, together);
    return this.#put(key, real);
  }

  async remove(id) {
    const key = this.#records.keyOf(id);
    const tag = this.get(id);
    if (!tag) return null;
    this.#remember(key, `delete ${this.labelOf(tag)}`, {
      undo: () => this.#restore(key, tag),
      redo: () => this.#remove(key),
    });
    return this.#remove(key);
  }

  undo = () => this.#walk("undo");
  redo = () => this.#walk("redo");

  get canUndo() {
    return this.#history.canUndo;
  }

  get canRedo() {
    return this.#history.canRedo;
  }

  get undoLabel() {
    return this.#history.undoLabel;
  }

  get redoLabel() {
    return this.#history.redoLabel;
  }

  /** Ask again for what is shown, after news from elsewhere. */
  reload() {
    this.#window.refresh();
    this.#overview.refresh();
    this.dispatchEvent(new Event("news"));
  }

  /** Take away tags that others have deleted, in view or not. */
  gone(ids) {
    this.#records.lose(ids);
    this.#changed();
  }

  isOwn(requestId) {
    return this.#outbox.isOwn(requestId);
  }

  retry = () => this.#outbox.retry();

  /** Give up what could not be saved of a tag; shows what the server has. */
  discard(id) {
    this.#outbox.drop(this.#records.keyOf(id));
  }

  /** What waits or failed: [{id, write, changes, mine, theirs}]; `changes` of all its writes. */
  unsaved() {
    return this.#outbox.all().map(({ key, write }) => ({
      id: this.#records.idOf(key) ?? key,
      write,
      changes: editsOf(this.#outbox.of(key)),
      mine: this.#records.get(key),
      theirs: this.#records.known(key),
    }));
  }

  /** Settle a conflict: "theirs" gives ours up, "mine" saves what we changed over theirs. */
  settle(id, choice) {
    const key = this.#records.keyOf(id);
    const writes = this.#outbox.of(key);
    const { current } = writes[0].error.body;
    const gone = !current;
    const mine = this.#records.get(key);
    if (gone) this.#records.forget(this.#records.idOf(key));
    else this.#records.accept(current);
    if (choice === "theirs" || gone) this.#outbox.drop(key);
    else this.#outbox.resend(key);
    if (choice !== "mine" || !gone) return;
    this.#restore(key, mine);
    this.#put(key, editsOf(writes));
  }

  classOf(tag) {
    return this.#state.get().classes.find((one) => one.id === tag.class_id) ?? null;
  }

  labelOf(tag) {
    const tagClass = this.classOf(tag);
    return tagClass?.label || tagClass?.identifier || tag.text || "unlabelled";
  }

  #walk(direction) {
    this.#history[direction]();
    this.#changed();
  }

  #remember(key, label, { undo, redo }, together = null) {
    this.#history.push({ label, key: together, at_ms: performance.now(), undo, redo });
  }

  #put(key, changes) {
    return this.#outbox.add(key, "edit", changes);
  }

  /** Take a tag away; one that never reached the server is only forgotten. */
  #remove(key) {
    const [first] = this.#outbox.of(key);
    const unsent = first?.kind === "create" && first.state === "failed";
    if (unsent) return this.#outbox.drop(key);
    return this.#outbox.add(key, "remove");
  }

  #restore(key, tag) {
    const isNew = this.#records.idOf(key) === null && this.#outbox.of(key).length === 0;
    return this.#outbox.add(key, isNew ? "create" : "restore", tag);
  }

  #isShown(tag) {
    const { lanes, tagsHidden } = this.#state.get();
    const isHidden = tagsHidden || !laneShown(lanes, tag.tag_set_id);
    return !isHidden && matchesFilter(tag, () => this.labelOf(tag), this.#filter);
  }

  #load(items, asked) {
    this.#records.load(items, { asked, keep: new Set([this.#state.get().selection]) });
    this.#visible = null;
  }

  #lookSoon = calmly(() => this.#look(), LOOK_CALM);

  #look() {
    const { view, media, tracks } = this.#state.get();
    const count = tracks.reduce((sum, track) => sum + track.tags, 0);
    if (count > MOST_TAGS && !this.#overview.isKnown) return;
    this.#window.look({
      view: { start_s: view.start_s, end_s: view.end_s },
      duration: media.duration_s,
      bins: Math.max(1, Math.round(this.canvasWidth / PIXELS_PER_BIN)),
      hint: this.#overview.density,
      filter: filterParams(this.#filter),
    });
  }

  #written() {
    const save = saveState(this.#outbox.all(), this.retry);
    const isDone = save.state === "saved" && this.#state.get().save.state !== "saved";
    if (isDone) this.#overview.refresh();
    this.#state.set({ save });
    this.#changed();
  }

  #changed() {
    this.#visible = null;
    this.dispatchEvent(new Event("change"));
  }
}
