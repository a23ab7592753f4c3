/** Find classes by what someone types: how well a name fits, and the best first. No DOM here. */

/** Lower case without accents, so that "motacilla" finds "Motacílla". */
export function fold(text) {
  return (text ?? "").normalize("NFKD").replace(/\p{Diacritic}/gu, "").toLowerCase();
}

function isSubsequence(needle, hay) {
  let position = 0;
  for (const letter of needle) {
    position = hay.indexOf(letter, position) + 1;
    if (position === 0) return false;
  }
  return true;
}

/** 0 fits exactly, then prefix, start of a word, inside, letters in order; null does not fit. */
export function fit(name, query) {
  const hay = fold(name);
  const needle = fold(query).trim();
  if (needle === "") return 1;
  if (hay === needle) return 0;
  if (hay.startsWith(needle)) return 1;
  if (hay.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(needle))) return 2;
  if (hay.includes(needle)) return 3;
  return needle.length > 1 && isSubsequence(needle, hay) ? 4 : null;
}

/** The best fit of a class by label, identifier or, exactly, its hot key. */
function classFit(tagClass, query) {
  if (tagClass.hot_key && tagClass.hot_key === query.trim()) return 0;
  const fits = [fit(tagClass.label, query), fit(tagClass.identifier, query)];
  const known = fits.filter((value) => value !== null);
  return known.length > 0 ? Math.min(...known) : null;
}

/** Classes that fit, the best first, ties in the given order; recently used ones lead their tie. */
export function rankClasses(classes, query, recent = []) {
  const usedBefore = (tagClass) => {
    const place = recent.indexOf(tagClass.id);
    return place === -1 ? recent.length : place;
  };
  return classes
    .map((tagClass, order) => ({ tagClass, order, fit: classFit(tagClass, query) }))
    .filter((entry) => entry.fit !== null && !entry.tagClass.retired)
    .sort(
      (a, b) =>
        a.fit - b.fit || usedBefore(a.tagClass) - usedBefore(b.tagClass) || a.order - b.order,
    )
    .map((entry) => entry.tagClass);
}
