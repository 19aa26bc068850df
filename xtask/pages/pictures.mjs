// Pictures of the ten main pages for README and the documentation.
//
// node pictures.mjs '{"link": "https://…/welcome/…", "pictures": "…", "chromium": "…"}'
// `cargo xtask pictures` starts a server with a made organisation, waits for its checks and runs it.

import { join } from "node:path";

import { Chromium } from "./chromium.mjs";
import { signUp } from "./sign_up.mjs";

const told = JSON.parse(process.argv[2]);
const unit = `${new URL(told.link).origin}/at/acme/acme`;
// As on a small screen: what a picture weighs counts for whoever reads README over a slow line.
const width = 1100;
const height = 680;
// A number that a scanner misread explains itself.
const misread = `${unit}/findings?what=duplicate_invoices%2Fmisread_character`;

const browser = await Chromium.start(told.chromium);
try {
  const page = await browser.page(width, height);
  await page.theme("light");
  await signUp(page, told.link);
  await page.go(`${unit}/findings`);
  await page.until("document.querySelector('.queue a')", "findings");
  await page.picture(join(told.pictures, "queue.png"), height);
  await page.go(misread);
  await page.click(".queue tbody a");
  await page.picture(join(told.pictures, "finding.png"), height);
  const supplier = await page.ask("document.querySelector('a[href*=\"/suppliers/\"]').href");
  // Money that is on its way back: the first two of the queue are true.
  for (let decided = 0; decided < 2; decided += 1) {
    await page.go(`${unit}/findings?lane=recover`);
    await page.click("#list tbody .who a");
    await page.leads(() => page.key("d"));
  }
  const settings = new URL(told.link).origin + "/settings/acme";
  for (const [name, address] of [
    ["overview", `${unit}/overview`],
    ["recovery", `${unit}/recovery`],
    ["supplier", supplier],
    ["uploads", `${unit}/uploads`],
    ["transactions", `${unit}/transactions`],
    ["population", `${unit}/population`],
    ["checks", `${settings}/checks`],
    ["audit", `${settings}/audit`],
  ]) {
    await page.go(address);
    await page.picture(join(told.pictures, `${name}.png`), height);
  }
} catch (fault) {
  console.error(fault.message);
  process.exitCode = 1;
} finally {
  await browser.end();
}
