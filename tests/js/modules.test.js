import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const root = new URL("../../", import.meta.url);

/** Every module that a module imports, and what those import. */
function imported(url, found = new Set()) {
  const text = readFileSync(url, "utf8");
  for (const [, path] of text.matchAll(/(?:from |import |import\()"(\.[^"]+)"/g)) {
    const next = new URL(path, url);
    if (found.has(next.href)) continue;
    found.add(next.href);
    imported(next, found);
  }
  return found;
}

test("the workbench's page asks at once for every module that it imports", () => {
  const main = new URL("static/js/workbench/main.js", root);
  const template = readFileSync(new URL("templates/media/_modules.html", root), "utf8");
  const listed = [...template.matchAll(/"(lib|workbench)": "([^"]*)"/g)].flatMap(
    ([, folder, names]) => names.trim().split(/\s+/).map((name) => `${folder}/${name}.js`),
  );

  const needed = [...imported(main)].map((href) => href.split("/static/js/")[1]);

  assert.deepEqual(listed.sort(), needed.sort());
});
