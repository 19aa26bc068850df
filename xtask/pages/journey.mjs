// From the first link to a verdict, as people do it: in a real browser, with the real uploader.
//
// node journey.mjs '{"link": "https://…/welcome/…", "bursar": "…", "authority": "….pem", "sample": "…",
//   "pictures": "…", "axe": "…"}'
// `cargo xtask pages` starts a server and runs it. Ends with 1 and a sentence at the first thing that is not so.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { Chromium } from "./chromium.mjs";
import { email, password, signUp } from "./sign_up.mjs";

const told = JSON.parse(process.argv[2]);
const origin = new URL(told.link).origin;
const unit = "/at/acme/acme";
const widths = [1280, 1085, 390];
// From here on the finding stands beside the queue.
const wide = 1600;
const themes = ["light", "dark"];

function must(holds, what) {
  if (!holds) throw new Error(`not so: ${what}`);
  console.log(`good  ${what}`);
}

// What the uploader said and how it ended.
function bursar(...words) {
  const options = { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, HOME: told.pictures } };
  try {
    return { code: 0, said: execFileSync(told.bursar, words, options) };
  } catch (fault) {
    return { code: fault.status, said: `${fault.stdout}${fault.stderr}` };
  }
}

function send(name, type) {
  return bursar(
    "send", join(told.sample, name), "--url", origin, "--customer", "acme", "--type", type, "--wait",
    "--ca-file", told.authority, "--token-file", join(told.pictures, "token.txt"), "--outbox", join(told.pictures, "outbox"),
  );
}

async function begin(page) {
  await signUp(page, told.link);
  must(!(await page.ask("location.pathname")).includes("welcome"), "the first link makes the first administrator");
  await page.click("[data-menu] ~ form button, form[action='/sign-out'] button").catch(() => page.go(`${origin}/sign-in`));
}

async function signIn(page) {
  await page.go(`${origin}/sign-in`);
  if (await page.ask("!document.querySelector('[name=password]')")) return;
  await page.fill("[name=email]", email);
  await page.fill("[name=password]", password);
  await page.click("main button[type=submit]");
}

// Cog > Organisation settings > Access Tokens, a validity period, Go.
async function makeToken(page) {
  await page.go(`${origin}${unit}/overview`);
  await page.click("a[href='/settings/acme/tokens']");
  await page.fill("[name=label]", "SAP nightly");
  await page.fill("[name=period]", "90");
  await page.click("main form.stack.measure button[type=submit]");
  const token = await page.ask("document.querySelector('#token').textContent.trim()");
  writeFileSync(join(told.pictures, "token.txt"), token, { mode: 0o600 });
  must(token.split(".").length === 3, "a token by the menu path of the vendor's page");
}

// The last run of the checks has seen all that was read, and found something.
async function settled(page) {
  for (let looks = 0; looks < 600; looks += 1) {
    await page.go(`${origin}${unit}/overview`);
    const said = await page.text();
    if (!/running|waiting|no transactions have been sent/.test(said) && /new findings?/.test(said)) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error("the checks did not come to an end");
}

async function review(page) {
  await page.go(`${origin}${unit}/findings`);
  await page.until("document.querySelector('.table a')", "findings");
  await page.leads(() => page.key("n"));
  let decided = 0;
  for (const key of ["d", "d", "r", "d", "i", "d", "r", "d", "d", "d"]) {
    // Where somebody has to act, or a reason is asked for, the key opens a form.
    const asks = key !== "d" || (await page.ask("!!document.querySelector('summary[data-key=d]')"));
    if (!asks) {
      await page.leads(() => page.key("d"));
    } else {
      await page.key(key);
      await page.until("document.activeElement?.name === 'because'", "the field for why");
      for (const letter of "rent") await page.key(letter);
      await page.leads(() => page.key("Enter"));
    }
    decided += 1;
  }
  must(decided === 10, "ten findings are decided by keys alone");
  await page.go(`${origin}${unit}/findings?state=duplicate`);
  const duplicates = await page.ask("document.querySelectorAll('.table tbody tr').length");
  must(duplicates >= 5, `the queue of duplicates holds ${duplicates}`);
  const csv = await page.ask(
    `fetch("${unit}/findings.csv?state=duplicate").then((answer) => answer.text()).then((text) => text.trim().split("\\n").length)`,
  );
  must(csv === duplicates + 1, "the export holds what the queue shows");
}

const top = (page, selector) =>
  page.ask(`Math.round(document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect().top + scrollY)`);

// What says what was decided just now moves no line, of the queue nor of a finding, on any window.
async function steady(page) {
  for (const width of widths) {
    await page.size(width, 900);
    await page.go(`${origin}${unit}/findings?lane=recover`);
    const list = await top(page, "#list");
    await page.ask("document.querySelector('#list tbody .who a').focus()");
    await page.key("d");
    await page.until("document.activeElement?.name === 'because'", "the field for why");
    await page.leads(() => page.key("Enter"));
    await page.until("document.querySelector('.toast.last')", "what was decided");
    must((await top(page, "#list")) === list, `a decision in the queue moves no line at ${width}`);
    const last = new URL(await page.ask("location.href")).searchParams.get("last");
    const next = new URL(await page.ask("document.querySelector('#list tbody .who a').href"));
    await page.go(`${next.origin}${next.pathname}`);
    const title = await top(page, "h1");
    await page.go(`${next.origin}${next.pathname}?last=${last}`);
    must((await top(page, "h1")) === title, `nor does it move the page of the next at ${width}`);
  }
}

const isBeside = "document.querySelector('#pane')?.childElementCount > 0 && !document.querySelector('#pane').inert";

// On a wide window the finding stands beside the list, and both know the same keys.
async function beside(page) {
  await page.size(wide, 900);
  // What is not paid yet stays in the queue when it is confirmed.
  await page.go(`${origin}${unit}/findings?what=duplicate_invoices&lane=recover`);
  await page.until(isBeside, "the first finding beside the list");
  const [first, second, third] = await page.ask(
    "[...document.querySelectorAll('#list .who a')].map((link) => /fnd_[0-9a-f]+/.exec(link.href)[0])");
  await page.ask("document.querySelectorAll('#list input[name=finding]')[2].click()");
  await page.key("d");
  must(await page.ask("document.activeElement?.name === 'because' && document.querySelector('#list').contains(document.activeElement)"),
    "keys speak of what is ticked, also where a finding stands beside the list");
  await page.key("Escape");
  await page.until(`${isBeside} && document.querySelector('#list .current a')?.href.includes("${third}")`, "the line that was ticked");
  await page.key("k");
  await page.key("d");
  await page.until(`!document.querySelector('#list a[href*=${second}]')`, "the finding of the line before, decided");
  const isListed = (key) => page.ask(`Boolean(document.querySelector('#list a[href*=${key}]'))`);
  must(await isListed(first) && await isListed(third), "a key pressed while a line is opened decides that line alone");
  await page.size(1280, 900);
}

// On a telephone: ticks within their cards, verdicts in one row, evidence on the first screen.
async function onTelephone(page) {
  await page.size(390, 844);
  await page.go(`${origin}${unit}/findings?what=duplicate_invoices`);
  const outside = await page.ask(`[...document.querySelectorAll("#list .tick input")].filter((tick) => {
    const [of, card] = [tick, tick.closest("tr")].map((one) => one.getBoundingClientRect());
    return of.left < card.left || of.right > card.right || of.top < card.top || of.bottom > card.bottom;
  }).length`);
  must(outside === 0, "on a telephone every tick stands in its card");
  await page.click("#list tbody .who a");
  const bar = await page.ask("document.querySelector('.verdicts').getBoundingClientRect().height");
  must(bar < 60, `verdicts are one row on a telephone, ${bar} high`);
  must((await top(page, ".side-by-side")) < 844, "the evidence begins on its first screen");
  await page.size(1280, 900);
}

async function revoke(page) {
  await page.go(`${origin}/settings/acme/tokens`);
  await page.press("details.ask summary");
  await page.click("form[action$='/revoke'] button");
  const again = send("transactions_20260930.csv", "APT");
  must(again.code !== 0 && /revoked|refused|401|token/i.test(again.said), "a revoked token is refused, in words");
}

// What axe has against any page, said together at the end.
const faults = [];

// A picture of a page in all widths and both themes, and what axe has against it.
async function look(page, path, name) {
  const axe = gunzipSync(readFileSync(told.axe)).toString();
  for (const theme of themes) {
    for (const width of [wide, ...widths]) {
      await page.theme(theme);
      await page.size(width, 900);
      await page.go(`${origin}${path}`);
      await page.until(`!document.querySelector("#pane:not([hidden])") || ${isBeside}`, "the finding beside the queue");
      const across = await page.picture(join(told.pictures, `${name}-${width}-${theme}.png`));
      if (across > width) faults.push(`${path} is ${across} wide on ${width}`);
      // An isolated evaluation is not bound by the page's policy.
      await page.ask(axe + ";0");
      const found = await page.ask(
        "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations" +
          ".map((one) => `${one.id} (${one.impact}): ${one.nodes[0].html.slice(0, 160)}`))",
      );
      faults.push(...found.map((one) => `${path} at ${width}, ${theme}: ${one}`));
    }
  }
}

// Try a file, on the empty overview: chosen, looked at, checked, thrown away.
async function tryFiles(page) {
  await page.go(`${origin}${unit}/overview`);
  await page.click(`main a[href='${unit}/try']`);
  const names = ["suppliers_20260801.csv", "employees_20260930.csv", "transactions_20260930.csv"];
  await page.choose("main input[type=file]", names.map((name) => join(told.sample, name)));
  await page.click("main form[data-drop-together] button[type=submit]");
  await page.until("document.querySelector(\"form[action$='/check']\")", "what the files were taken for");
  must(/Taken for transactions, by its columns/.test(await page.text()), "files are tried before anything is sent");
  const path = await page.ask("location.pathname");
  await look(page, path, "tryout-files");
  await page.click("form[action$='/check'] button");
  await page.until("/may have been paid twice/.test(document.body.innerText)", "what the checks find in them");
  await look(page, path, "tryout-report");
  await page.theme("light");
  await page.size(1280, 900);
  await page.go(`${origin}${path}`);
  await page.click("form[action$='/end'] button");
  await page.go(`${origin}${unit}/uploads`);
  must(/Nothing has been sent yet/.test(await page.text()), "nothing of a tryout that is thrown away stays");
}

// Every page that can be reached by links from the bar, once each.
async function pictures(page) {
  const first = ["overview", "findings", "recovery", "uploads", "transactions", "suppliers", "employees", "help", "help/findings", "help/api", "uploads/send", "try",
    "population", "outcomes", "remembered", "holds", "payment_runs", "payments", "unposted_invoices", "columns/Suppliers",
    "findings?lane=look_into", "findings?state=all", "findings?shown=suppressed"].map(
    (name) => `${unit}/${name}`,
  );
  const settings = ["tokens", "users", "units", "checks", "own-checks", "across", "mappings", "limits", "letter", "retention", "audit", "sftp",
    "webhooks", "screening", "users/erase", "units/erase"].map(
    (name) => `/settings/acme/${name}`,
  );
  const paths = [...first, ...settings, "/me", "/me/work", "/me/notifications", "/me/totp", "/design"];
  for (const [list, what] of [["findings", "finding"], ["uploads", "upload"], ["transactions", "transaction"], ["suppliers", "supplier"], ["employees", "employee"]]) {
    await page.go(`${origin}${unit}/${list}`);
    const href = await page.ask(`document.querySelector("main table a[href*='/${list}/']")?.getAttribute("href") ?? ""`);
    must(href !== "", `a list of ${list} leads to one ${what}`);
    paths.push(new URL(href, origin).pathname);
  }
  // What the review decided to be true is asked for by a letter.
  await page.go(`${origin}${unit}/recovery`);
  const asked = await page.ask(`document.querySelector("main table [name=finding]")?.value.split("@")[0] ?? ""`);
  must(asked !== "", "what was decided to be true is to be recovered");
  paths.push(`${unit}/letter?finding=${asked}`, `${unit}/findings/${asked}`);
  for (const path of paths) {
    const name = path.replace(/[^a-z]+/gi, "-").replace(/^-(at-acme-acme-|settings-acme-)?|-$/g, "").slice(0, 30);
    await look(page, path, name);
  }
  for (const fault of new Set(faults)) console.log(`fault ${fault}`);
  must(faults.length === 0, `${paths.length} pages in all widths and both themes, no fault by axe, nothing too wide`);
}

mkdirSync(told.pictures, { recursive: true });
const browser = await Chromium.start(told.chromium);
try {
  const page = await browser.page();
  await begin(page);
  await signIn(page);
  await tryFiles(page);
  await makeToken(page);
  for (const [name, type] of [["suppliers_20260801.csv", "Suppliers"], ["employees_20260930.csv", "Employees"], ["transactions_20260930.csv", "APT"]]) {
    const sent = send(name, type);
    must(sent.code === 0, `${name} is sent with it and read${sent.code === 0 ? "" : `: ${sent.said}`}`);
  }
  await page.go(`${origin}${unit}/uploads`);
  await page.until("[...document.querySelectorAll('.table .tag')].every((tag) => /read/i.test(tag.textContent))", "all uploads read");
  must(true, "the list of uploads shows them read");
  await settled(page);
  await review(page);
  await steady(page);
  await beside(page);
  await onTelephone(page);
  await pictures(page);
  await page.size(1280, 900);
  await revoke(page);
  must(page.faults.length === 0, `no script failed${page.faults.map((fault) => `\n  ${fault}`).join("")}`);
} catch (fault) {
  console.error(fault.message);
  process.exitCode = 1;
} finally {
  await browser.end();
}
