// Keeps the modulepreload links of pb_public/index.html: everything that the first page needs, found by following
// static imports, so that the browser asks for all of it at once.
//
//   node scripts/preloads.mjs           write the links anew
//   node scripts/preloads.mjs --check   fail when they are not what they should be

import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const folder = join(dirname(fileURLToPath(import.meta.url)), "..", "pb_public");
const page = join(folder, "index.html");
const begin = "    <!-- Everything the first page needs is asked for at once, not module after module. -->\n";
const end = "  </head>";

/** Where the browser starts, and the page it loads by name. */
const roots = ["app.js", "pages/home.js"];

const found = new Set();
const follow = (path) => {
  if (found.has(path)) return;
  found.add(path);
  const code = readFileSync(join(folder, path), "utf8");
  for (const [, target] of code.matchAll(/^(?:import|export)\b[^;"]*?from\s*"(\.[^"]+)"/gm)) follow(normalize(join(dirname(path), target)));
  for (const [, target] of code.matchAll(/\bfrom"(\.[^"]+)"/g)) follow(normalize(join(dirname(path), target)));
};
roots.forEach(follow);
found.delete("app.js");

const links = [...found].sort().map((path) => `    <link rel="modulepreload" href="${path}">\n`).join("");
const before = readFileSync(page, "utf8");
const after = before.slice(0, before.indexOf(begin) + begin.length) + links + before.slice(before.indexOf(end));

if (!process.argv.includes("--check")) writeFileSync(page, after);
else if (before !== after) {
  console.error("pb_public/index.html does not preload what the first page imports: run node scripts/preloads.mjs");
  process.exit(1);
}
