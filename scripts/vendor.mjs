// Renews what the web UI takes from others, pb_public/vendor, and what its tests take, test/testdata/axe.
//
//   node scripts/vendor.mjs           fetch the versions named below and write the folders anew
//   node scripts/vendor.mjs --check   compare the folders with their SHA256SUMS, without a network
//
// To move to another version, change it here, run the script, then change the file name in
// pb_public/html.js, pb_public/data/pb.js, pb_public/parts/icon.js, pb_public/index.html, styles/tokens.css or hooks/forms/page.html.
// The tests find axe-core under any version.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const top = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(top, "pb_public", "vendor");
/** Not shipped: it looks at the pages in test/. */
const testFolder = join(top, "test", "testdata", "axe");

const versions = {
  preact: "11.2.0",
  htm: "3.1.1",
  "@preact/signals": "2.11.4",
  "@preact/signals-core": "1.14.5",
  pocketbase: "0.28.1",
  "lucide-static": "1.62.0",
  "@fontsource-variable/inter": "5.3.0",
  "squire-rte": "2.4.8",
  dompurify: "3.4.18",
  prismjs: "1.30.0",
  turndown: "7.2.5",
  altcha: "2.3.0",
};

/** What the tests look at pages with. */
const testVersions = { "axe-core": "4.14.1" };

/** Cuts the fonts; not shipped itself. */
const subsetter = "subset-font@2.9.0";

const v = versions;
const names = {
  preact: `preact-${v.preact}.js`,
  "preact/hooks": `preact-hooks-${v.preact}.js`,
  "@preact/signals-core": `signals-core-${v["@preact/signals-core"]}.js`,
};

/** Files that are taken: where from, what they are called here. Scripts that are no modules are left as they are. */
const files = [
  { from: "preact/dist/preact.mjs", to: names.preact },
  { from: "preact/hooks/dist/hooks.mjs", to: names["preact/hooks"] },
  { from: "@preact/signals-core/dist/signals-core.mjs", to: names["@preact/signals-core"] },
  { from: "@preact/signals/dist/signals.mjs", to: `signals-${v["@preact/signals"]}.js` },
  { from: "htm/dist/htm.mjs", to: `htm-${v.htm}.js` },
  { from: "pocketbase/dist/pocketbase.es.mjs", to: `pocketbase-${v.pocketbase}.js` },
  { from: "squire-rte/dist/squire.mjs", to: `squire-${v["squire-rte"]}.js` },
  { from: "turndown/lib/turndown.browser.es.js", to: `turndown-${v.turndown}.js` },
  // Worker and style sheet are files of their own, as the policy of the page of a form wants it.
  { from: "altcha/dist_external/altcha.umd.cjs", to: `altcha-${v.altcha}.js`, asIs: true },
  { from: "altcha/dist_external/worker.js", to: `altcha-worker-${v.altcha}.js`, asIs: true },
  { from: "altcha/dist_external/altcha.css", to: `altcha-${v.altcha}.css` },
  { from: "altcha/LICENSE.txt", to: "licences/altcha.txt" },
  { from: "turndown/LICENSE", to: "licences/turndown.txt" },
  { from: "squire-rte/LICENSE", to: "licences/squire.txt" },
  { from: "dompurify/LICENSE", to: "licences/dompurify.txt" },
  { from: "prismjs/LICENSE", to: "licences/prism.txt" },
  { from: "preact/LICENSE", to: "licences/preact.txt" },
  { from: "@preact/signals/LICENSE", to: "licences/signals.txt" },
  { from: "htm/LICENSE", to: "licences/htm.txt" },
  { from: "pocketbase/LICENSE.md", to: "licences/pocketbase.txt" },
  { from: "lucide-static/LICENSE", to: "licences/lucide.txt" },
  { from: "@fontsource-variable/inter/LICENSE", to: "licences/inter.txt" },
];

/** The same for the tests, byte for byte. */
const testFiles = [
  { from: "axe-core/axe.min.js", to: `axe-${testVersions["axe-core"]}.min.js` },
  { from: "axe-core/LICENSE", to: "LICENSE.txt" },
  { from: "axe-core/LICENSE-3RD-PARTY.txt", to: "LICENSE-3RD-PARTY.txt" },
];

/** Scripts for browsers without modules: joined, and what they define becomes the default export. */
const scripts = [
  { from: ["dompurify/dist/purify.min.js"], to: `dompurify-${v.dompurify}.js`, name: "DOMPurify" },
  { from: ["core", "markup", "css", "markdown"].map((part) => `prismjs/components/prism-${part}.min.js`), to: `prism-${v.prismjs}.js`, name: "Prism" },
];

/**
 * The typeface in two files: the characters that Russian and English are written with, the weights that styles use.
 * Ranges are those of the @font-face rules in styles/tokens.css.
 */
const fonts = [
  { name: "latin", ranges: [[0x20, 0x7e], [0xa0, 0xff], [0x131], [0x152, 0x153], [0x2bc], [0x2c6], [0x2da], [0x2dc], [0x2000, 0x206f], [0x20ac], [0x20bd], [0x2122], [0x2190, 0x2193], [0x2212], [0x2215], [0x2248]] },
  { name: "cyrillic", ranges: [[0x301], [0x400, 0x45f], [0x490, 0x491], [0x2116]] },
];
const weights = { wght: { min: 400, max: 700 } };
/** What styles/*.css ask for, and what letters need to stand well beside each other; Inter has forty more. */
const features = ["kern", "ccmp", "locl", "mark", "tnum", "cv11", "ss03"];

/** Icons of Lucide that the UI uses, each becomes one path. */
const icons = `
  arrow-down arrow-left arrow-up ban bold braces chart-column check chevron-down chevron-left
  chevron-right chevron-up circle-alert circle-check circle-question-mark code copy download
  ellipsis external-link eye file-text globe heading-1 heading-2 hourglass house image inbox info italic
  key-round languages layout-template link list list-filter list-ordered lock log-out mail mail-check menu minus monitor moon pause pencil play plus
  printer quote rectangle-horizontal redo-2 remove-formatting rotate-ccw-clock rotate-cw scroll-text search send settings shield smartphone sun tag text-align-center trash
  triangle-alert underline undo-2 upload user user-check user-cog users wifi-off x
`.trim().split(/\s+/);

if (process.argv.includes("--check")) check();
else await renew();

async function renew() {
  const temp = mkdtempSync(join(tmpdir(), "vendor-"));
  try {
    writeFileSync(join(temp, "package.json"), '{"private":true}');
    // npm compares each package with the hash the registry signed for it.
    const wanted = Object.entries({ ...versions, ...testVersions }).map(([name, version]) => `${name}@${version}`).concat(subsetter);
    execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--save-exact", ...wanted], { cwd: temp, stdio: "inherit" });
    const modules = join(temp, "node_modules");
    const contents = new Map(
      files.map(({ from, to, asIs }) => {
        const bytes = readFileSync(join(modules, from));
        return [to, to.endsWith(".js") && !asIs ? relativeImports(bytes.toString()) : bytes];
      }),
    );
    for (const { from, to, name } of scripts) contents.set(to, moduleOf(from.map((path) => readFileSync(join(modules, path), "utf8")), name));
    const nodes = JSON.parse(readFileSync(join(modules, "lucide-static/icon-nodes.json"), "utf8"));
    contents.set(`lucide-${v["lucide-static"]}.js`, iconModule(nodes));
    const { default: subset } = await import(pathToFileURL(join(modules, "subset-font/index.js")));
    for (const { name, ranges } of fonts) {
      const whole = readFileSync(join(modules, `@fontsource-variable/inter/files/inter-${name}-wght-normal.woff2`));
      const cut = await subset(whole, characters(ranges), { targetFormat: "woff2", variationAxes: weights, keepFeatures: features });
      contents.set(`inter-${name}-${v["@fontsource-variable/inter"]}.woff2`, cut);
    }
    write(folder, contents);
    write(testFolder, new Map(testFiles.map(({ from, to }) => [to, readFileSync(join(modules, from))])));
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
}

/** A folder anew: what was fetched, its hashes, and the README that people wrote. */
function write(folder, contents) {
  contents.set("README.md", readFileSync(join(folder, "README.md")));
  rmSync(folder, { recursive: true, force: true });
  for (const [name, content] of contents) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  writeFileSync(join(folder, "SHA256SUMS"), sums(folder));
}

function check() {
  for (const one of [folder, testFolder]) {
    const name = relative(top, one);
    if (sums(one) !== readFileSync(join(one, "SHA256SUMS"), "utf8")) {
      console.error(`${name} differs from its SHA256SUMS: run node scripts/vendor.mjs and look at the difference`);
      process.exitCode = 1;
    } else console.log(`${name} is as it was fetched`);
  }
}

/** All characters of some ranges of code points. */
function characters(ranges) {
  return ranges.map(([first, last = first]) => String.fromCodePoint(...Array.from({ length: last - first + 1 }, (_, i) => first + i))).join("");
}

/** Browsers resolve no bare names without an import map; source maps are not shipped. */
function relativeImports(code) {
  return code
    .replace(/from\s*"([^"./][^"]*)"/g, (_, name) => `from"./${names[name] ?? fail(`unknown import ${name}`)}"`)
    .replace(/\/\/# sourceMappingURL=.*\s*$/, "\n");
}

/** The scripts believe that they run in a page of their own: what they look for there is kept from them. */
function moduleOf(codes, name) {
  const hidden = name === "Prism" ? "var window, self, WorkerGlobalScope, global = {};" : "var exports, module, define, globalThis = { document: window.document }, self = globalThis;";
  const code = codes.map((one) => one.replace(/\/\/# sourceMappingURL=.*\s*$/, "").trim()).join("\n");
  return `export default (function () {\n${hidden}\n${code}\nreturn ${name === "Prism" ? "Prism" : `globalThis.${name}`};\n})();\n`;
}

function iconModule(nodes) {
  const lines = icons.map((name) => {
    const shapes = nodes[name] ?? fail(`Lucide has no icon ${name}`);
    return `  ${JSON.stringify(name)}: ${JSON.stringify(shapes.map(([tag, a]) => outline(tag, a)).join(""))},`;
  });
  return `// Lucide ${v["lucide-static"]} (ISC, licences/lucide.txt): icons as one path each, on a 24 by 24 grid.\n// Written by scripts/vendor.mjs.\nexport default {\n${lines.join("\n")}\n};\n`;
}

/** An SVG shape as path data. */
function outline(tag, a) {
  const n = (key) => Number(a[key] ?? 0);
  switch (tag) {
    case "path":
      // A leading m counts as absolute only at the start of a path, and here shapes follow one another;
      // the pairs after it are relative lines all the same.
      return a.d.replace(/^m\s*(-?\d*\.?\d+)[\s,]*(-?\d*\.?\d+)\s*(?=[-\d.])/, "M$1 $2l").replace(/^m/, "M");
    case "line":
      return `M${n("x1")} ${n("y1")}L${n("x2")} ${n("y2")}`;
    case "polyline":
      return `M${a.points}`;
    case "circle":
      return `M${n("cx") - n("r")} ${n("cy")}a${n("r")} ${n("r")} 0 1 0 ${2 * n("r")} 0a${n("r")} ${n("r")} 0 1 0 ${-2 * n("r")} 0`;
    case "rect": {
      const [x, y, w, h, r] = [n("x"), n("y"), n("width"), n("height"), n("rx")];
      const corner = (dx, dy) => `a${r} ${r} 0 0 1 ${dx} ${dy}`;
      return `M${x + r} ${y}h${w - 2 * r}${corner(r, r)}v${h - 2 * r}${corner(-r, r)}h${-(w - 2 * r)}${corner(-r, -r)}v${-(h - 2 * r)}${corner(r, -r)}z`;
    }
    default:
      return fail(`no outline for ${tag}`);
  }
}

function sums(folder) {
  return walk(folder)
    .filter((path) => !["SHA256SUMS", "README.md"].includes(relative(folder, path)))
    .map((path) => `${createHash("sha256").update(readFileSync(path)).digest("hex")}  ${relative(folder, path)}\n`)
    .sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1))
    .join("");
}

function walk(path) {
  return readdirSync(path).flatMap((name) => {
    const full = join(path, name);
    return statSync(full).isDirectory() ? walk(full) : [full];
  });
}

function fail(message) {
  throw new Error(message);
}
