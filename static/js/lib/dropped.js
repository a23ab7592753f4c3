/** The files of a drop, those in dropped folders included, as `{file, folder}`. */
export async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => ({ file, folder: "" }));
  const found = await Promise.all(entries.map((entry) => walk(entry, "")));
  return found.flat();
}

async function walk(entry, folder) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return file.name.startsWith(".") ? [] : [{ file, folder }];
  }
  const inside = folder ? `${folder}/${entry.name}` : entry.name;
  const children = await childrenOf(entry.createReader());
  const found = await Promise.all(children.map((child) => walk(child, inside)));
  return found.flat();
}

/** A reader gives at most a hundred entries at a time. */
async function childrenOf(reader) {
  const children = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return children;
    children.push(...some);
  }
}
