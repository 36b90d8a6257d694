// Asks Lighthouse about the signed-in home, clients and a mailing of a running demo, on a phone and on a desktop.
//
//   npm install --prefix /tmp/lighthouse lighthouse playwright-core
//   node scripts/lighthouse.mjs https://localhost:8443/ /tmp/lighthouse
//
// The first argument is where the demo is, behind something that speaks HTTP/2 as in real life; the second one is where npm has put the
// two packages. CHROME names the browser when it is not Debian's.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [base = "http://127.0.0.1:8090/", packages = "."] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(resolve(packages, "node_modules", file)).href);
const { chromium } = await load("playwright-core/index.mjs");
const { default: lighthouse, desktopConfig } = await load("lighthouse/core/index.js");

process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0"; // the certificate is whatever the proxy made up
const port = 9222;
const browser = await chromium.launchPersistentContext("", {
  executablePath: process.env.CHROME ?? "/usr/bin/chromium",
  ignoreHTTPSErrors: true,
  args: [`--remote-debugging-port=${port}`, "--no-sandbox", "--ignore-certificate-errors"],
});
const page = await browser.newPage();
await page.goto(`${base}#/sign-in`);
await page.fill("input[type=email]", "olivia@brandt.example");
await page.fill("input[type=password]", "gonets-demo");
await page.click("button[type=submit]");
await page.waitForSelector(".app");
const headers = { Authorization: await page.evaluate(() => JSON.parse(localStorage.pocketbase_auth).token) };
const found = await fetch(`${base}api/collections/mailings/records?perPage=1&filter=${encodeURIComponent('status="completed" && failed>0')}`, { headers });
const mailing = (await found.json()).items[0].id;

const categories = ["performance", "accessibility", "best-practices"];
for (const [name, hash] of Object.entries({ home: "#/", clients: "#/clients", mailing: `#/mailings/${mailing}` })) {
  for (const [form, config] of [["phone", undefined], ["desktop", desktopConfig]]) {
    const { lhr } = await lighthouse(`${base}?${name}-${form}${hash}`, { port, logLevel: "error", disableStorageReset: true, onlyCategories: categories }, config);
    const scores = categories.map((category) => `${category} ${Math.round(lhr.categories[category].score * 100)}`);
    const shown = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift"].map((id) => `${id} ${lhr.audits[id].displayValue}`);
    console.log(name, form, ...scores, ...shown, `(benchmark index ${Math.round(lhr.environment.benchmarkIndex)})`);
  }
}
await browser.close();
