/** A history of steps that can be taken back and taken again. No DOM, no network here. */

const LIMIT = 500;

/** Make an empty history; a step is {label, key, at_ms, undo, redo}. */
export function createUndo({ mergeWithin_ms = 1000 } = {}) {
  const done = [];
  const undone = [];

  /** Join a step to the last one when both carry the same key within a moment of each other. */
  function merged(step) {
    const last = done.at(-1);
    const joins =
      last && step.key && last.key === step.key && step.at_ms - last.at_ms <= mergeWithin_ms;
    return joins ? { ...step, undo: last.undo } : null;
  }

  return {
    push(step) {
      const joined = merged(step);
      if (joined) done.pop();
      done.push(joined ?? step);
      if (done.length > LIMIT) done.shift();
      undone.length = 0;
    },
    undo() {
      const step = done.pop();
      if (!step) return null;
      undone.push({ ...step, key: null });
      step.undo();
      return step;
    },
    redo() {
      const step = undone.pop();
      if (!step) return null;
      done.push(step);
      step.redo();
      return step;
    },
    get canUndo() {
      return done.length > 0;
    },
    get canRedo() {
      return undone.length > 0;
    },
    get undoLabel() {
      return done.at(-1)?.label ?? null;
    },
    get redoLabel() {
      return undone.at(-1)?.label ?? null;
    },
  };
}
