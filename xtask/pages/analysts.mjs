// Two analysts at once on one queue, each in a browser of their own: no decision is lost, none is written over.
//
// node analysts.mjs '{"link": "https://…/welcome/…", "decisions": "200", "chromium": "…"}'
// `cargo xtask prove analysts` starts a server with a made organisation, waits for its checks and runs it. Ends with 1
// and a sentence at the first thing that is not so.

import { Chromium } from "./chromium.mjs";
import { email, password, signUp } from "./sign_up.mjs";

const told = JSON.parse(process.argv[2]);
const decisions = Number(told.decisions);
const origin = new URL(told.link).origin;
const queue = `${origin}/at/acme/acme/findings`;
const second = "bob@example.org";
// Every so often several are decided at once, as an analyst does.
const bulkEvery = 5;
const bulkSize = 3;

function must(holds, what) {
  if (!holds) throw new Error(`not so: ${what}`);
  console.log(`good  ${what}`);
}

async function signIn(page, address) {
  await page.go(`${origin}/sign-in`);
  await page.fill("[name=email]", address);
  await page.fill("[name=password]", password);
  await page.click("main button[type=submit]");
}

// The second analyst takes an invitation of the first.
async function invite(ann, bob) {
  await ann.go(`${origin}/settings/acme/users`);
  await ann.fill("form[action$='/invite'] [name=email]", second);
  await ann.click("form[action$='/invite'] button[type=submit]");
  await bob.go((await ann.ask("document.querySelector('#link').textContent")).trim());
  await bob.fill("[name=name]", "Bob Second");
  await bob.fill("[name=new_password]", password);
  await bob.fill("[name=new_password_again]", password);
  await bob.click("main button[type=submit]");
}

const keyOf = (href) => /fnd_[0-9a-f]{32}/.exec(href)?.[0];
const address = (page) => page.ask("location.href");
// A duplicate that is confirmed and can still be stopped stays in the queue; nobody decides on it again here.
const openBox = "#list input[name=finding]:not([data-decided])";

// One finding, by its key on the keyboard: what was written, if anything was.
async function decideOne(page) {
  await page.go(queue);
  const first = await page.ask(`document.querySelector("${openBox}")?.closest("tr").querySelector(".who a").getAttribute("href") ?? ""`);
  if (!first) return { isOver: true, decided: [] };
  await page.go(new URL(first, origin).href);
  const key = keyOf(first);
  // Decided between the list and its own page: an analyst sees that, and goes on.
  if ((await page.ask("document.querySelector('.about .tag').textContent")) !== "open") return { decided: [], refused: 1 };
  await page.leads(async () => {
    await page.key("d");
    // One that asks who acts next opens a form first; any other is sent by then.
    await page.ask("void document.querySelector('details.panel[open] form')?.requestSubmit()").catch(() => {});
  });
  const isWritten = new URL(await address(page)).searchParams.get("last") === key;
  const isRefused = await page.ask("Boolean(document.querySelector('main .notice.caution[role=alert]'))");
  if (!isWritten && !isRefused) throw new Error(`neither written nor refused: ${await address(page)}`);
  return { decided: isWritten ? [key] : [], refused: isRefused ? 1 : 0 };
}

// The first of the queue, ticked and decided together.
async function decideSeveral(page) {
  await page.go(queue);
  const ticked = await page.ask(`(() => {
    const boxes = [...document.querySelectorAll("${openBox}")].slice(0, ${bulkSize});
    for (const box of boxes) box.click();
    return boxes.map((box) => box.value.split("@")[0]);
  })()`);
  if (ticked.length < 2) return { isOver: true, decided: [] };
  await page.fill("#list [name=state]", "not_duplicate");
  await page.fill("#list [name=because]", "looked at together");
  await page.click("#list .bulk button.primary");
  const left = Number(new URL(await address(page)).searchParams.get("left") ?? 0);
  return { several: ticked, left };
}

async function analyst(page, name, decisions) {
  const written = { name, keys: [], several: [], refused: 0, left: 0 };
  for (let turn = 1; written.keys.length + written.several.length < decisions; turn += 1) {
    const took = turn % bulkEvery === 0 ? await decideSeveral(page) : await decideOne(page);
    if (took.isOver) break;
    written.keys.push(...(took.decided ?? []));
    written.refused += took.refused ?? 0;
    if (took.several) {
      written.left += took.left;
      written.several.push(...took.several.slice(took.left));
    }
  }
  return written;
}

// Who decided what, as the audit log has it.
async function audited(page) {
  return page.ask(`fetch("/settings/acme/audit.jsonl").then((answer) => answer.text()).then((text) =>
    text.trim().split("\\n").map((line) => JSON.parse(line))
      .filter(({ entry }) => entry.what === "finding.verdict").map(({ sequence, entry }) => [sequence, entry.who, entry.about]))`);
}

const browsers = await Promise.all([Chromium.start(told.chromium), Chromium.start(told.chromium)]);
try {
  const [ann, bob] = await Promise.all(browsers.map((browser) => browser.page(1280, 900)));
  await signUp(ann, told.link);
  await invite(ann, bob);
  const each = decisions / 2;
  const last = Math.max(0, ...(await audited(ann)).map(([sequence]) => sequence));
  const began = Date.now();
  const [hers, his] = await Promise.all([analyst(ann, email, each), analyst(bob, second, each)]);
  const seconds = (Date.now() - began) / 1000;
  const log = (await audited(ann)).filter(([sequence]) => sequence > last);
  const of = (who) => log.filter(([, by]) => by === who).map(([, , about]) => about);
  for (const one of [hers, his]) {
    const kept = of(one.name);
    must(one.keys.every((key) => kept.includes(key)), `each of ${one.keys.length} single verdicts of ${one.name} is kept`);
    must(kept.length === one.keys.length + one.several.length, `${kept.length} verdicts of ${one.name}, as many as were said to be written`);
  }
  const all = log.map(([, , about]) => about);
  must(new Set(all).size === all.length, `${all.length} findings were decided once each, none over another's verdict`);
  must(all.length >= decisions, `${all.length} decisions in ${seconds.toFixed(0)} s`);
  console.log(`met at the same finding: ${hers.refused + his.refused} single and ${hers.left + his.left} ticked were left to the other`);
  await ann.go(`${origin}/settings/acme/audit`);
  await ann.click("form[action$='/verify'] button");
  must((await ann.text()).includes("intact"), "the audit log is whole");
  must(![...ann.faults, ...bob.faults].length, "no script failed");
} catch (fault) {
  console.error(fault.message);
  process.exitCode = 1;
} finally {
  await Promise.all(browsers.map((browser) => browser.end()));
}
