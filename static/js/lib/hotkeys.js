/** Which digit puts which class: its own hot key first, free digits to the others in order. */

export const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];

/** A Map from digit to class, in the order of the keyboard. */
export function assignHotKeys(classes) {
  const usable = classes.filter((tagClass) => !tagClass.retired);
  const own = new Map(usable.filter((one) => one.hot_key).map((one) => [one.hot_key, one]));
  const rest = usable.filter((one) => !one.hot_key);
  const keys = new Map();
  for (const digit of DIGITS) {
    const tagClass = own.get(digit) ?? rest.shift();
    if (tagClass) keys.set(digit, tagClass);
  }
  return keys;
}

/** The digit of a class, or "". */
export function hotKeyOf(keys, classId) {
  for (const [digit, tagClass] of keys) if (tagClass.id === classId) return digit;
  return "";
}
