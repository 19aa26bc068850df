// How long pages take on a large ledger: each for the first time after a start, again, and with many readers.
//
// node readers.mjs '{"link": "https://…", "authority": "….pem", "session": "FILE", "step": "begin" | "first" | "many"}'
// `cargo xtask prove readers` sends the ledger and starts the server anew between the steps. The first step makes
// the administrator and waits for the checks; its session is kept in a file for the others.

import { readFileSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";

const told = JSON.parse(process.argv[2]);
const origin = new URL(told.link).origin;
const unit = "/at/acme/acme";
const readers = 200;
const again = 9;
const secondsOfReading = 40;
const secondsBetweenLooks = 5;
const agent = new Agent({ keepAlive: true, maxSockets: readers, ca: readFileSync(told.authority) });

// One request: its status, headers, text, and milliseconds until all of it was there.
function ask(path, { method = "GET", cookie, form } = {}) {
  return new Promise((done, failed) => {
    const began = performance.now();
    const body = form && new URLSearchParams(form).toString();
    const headers = { ...(cookie && { cookie }), ...(body && { "content-type": "application/x-www-form-urlencoded", origin }) };
    const asked = request(new URL(path, origin), { method, headers, agent }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => {
        const text = Buffer.concat(parts).toString();
        done({ status: answer.statusCode, headers: answer.headers, text, took: performance.now() - began });
      });
    });
    asked.on("error", failed);
    asked.end(body);
  });
}

const cookies = (answer) => (answer.headers["set-cookie"] ?? []).map((cookie) => cookie.split(";")[0]).join("; ");
const csrf = (answer) => answer.text.match(/name="csrf" value="([^"]*)"/)[1];
const sorted = (numbers) => [...numbers].sort((x, y) => x - y);
const share = (numbers, of) => sorted(numbers)[Math.min(numbers.length - 1, Math.floor(numbers.length * of))];
const whole = (number) => number.toFixed(0).padStart(6);
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function begin() {
  const password = "four words in a row";
  const page = await ask(new URL(told.link).pathname);
  const form = { csrf: csrf(page), name: "Ann Other", email: "ann@example.org", new_password: password, new_password_again: password };
  const made = await ask(new URL(told.link).pathname, { method: "POST", cookie: cookies(page), form });
  const cookie = cookies(made);
  if (made.status !== 303 || !cookie) throw new Error(`no administrator was made: ${made.status}`);
  writeFileSync(told.session, cookie, { mode: 0o600 });
  for (let looks = 0; looks < 1200; looks += 1) {
    const overview = await ask(`${unit}/overview`, { cookie });
    if (!/running|waiting/.test(overview.text) && /new findings?/.test(overview.text)) return;
    await wait(500);
  }
  throw new Error("the checks did not come to an end");
}

// The pages, with a supplier and a finding that the lists name.
async function pages(cookie) {
  const link = async (list, pattern) => (await ask(`${unit}/${list}`, { cookie })).text.match(pattern)[1].replaceAll("&amp;", "&");
  return {
    overview: `${unit}/overview`,
    uploads: `${unit}/uploads`,
    findings: `${unit}/findings`,
    "findings by text": `${unit}/findings?text=ltd`,
    finding: await link("findings", new RegExp(`href="(${unit}/findings/[^"]+)"`)),
    transactions: `${unit}/transactions`,
    "transactions, page 400": `${unit}/transactions?page=400`,
    "transactions by amount": `${unit}/transactions?order=base_amount&desc=1`,
    "transactions with a text": `${unit}/transactions?text=ltd`,
    suppliers: `${unit}/suppliers`,
    supplier: await link("suppliers", new RegExp(`href="(${unit}/suppliers/[^"]+)"`)),
    employees: `${unit}/employees`,
    "audit log": "/settings/acme/audit",
  };
}

async function one(path, cookie) {
  const answer = await ask(path, { cookie });
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
  return answer.took;
}

async function first(cookie) {
  const all = JSON.parse(readFileSync(`${told.session}.pages`, "utf8"));
  await ask("/sign-in");
  console.log("ms, for the first time and the middle of later ones");
  for (const [name, path] of Object.entries(all)) {
    const cold = await one(path, cookie);
    const warm = [];
    for (let turn = 0; turn < again; turn += 1) warm.push(await one(path, cookie));
    console.log(`${whole(cold)} ${whole(share(warm, 0.5))}  ${name}`);
  }
}

// Every reader takes the pages in turn, from a different one on; between two looks it waits as long as told.
async function read(cookie, paths, between) {
  const ends = performance.now() + secondsOfReading * 1000;
  const took = [];
  await Promise.all(Array.from({ length: readers }, async (_, reader) => {
    await wait(Math.random() * between * 1000);
    for (let look = reader; performance.now() < ends; look += 1) {
      took.push(await one(paths[look % paths.length], cookie));
      await wait(Math.random() * 2 * between * 1000);
    }
  }));
  const rate = (took.length / secondsOfReading).toFixed(0);
  console.log(`${readers} readers, ${between} s between looks: ${rate} pages/s, median ${whole(share(took, 0.5))}, p99 ${whole(share(took, 0.99))} ms`);
}

if (told.step === "begin") {
  await begin();
  const cookie = readFileSync(told.session, "utf8");
  writeFileSync(`${told.session}.pages`, JSON.stringify(await pages(cookie)));
} else {
  const cookie = readFileSync(told.session, "utf8");
  if (told.step === "first") await first(cookie);
  else {
    const paths = Object.values(JSON.parse(readFileSync(`${told.session}.pages`, "utf8")));
    await read(cookie, paths, secondsBetweenLooks);
    await read(cookie, paths, 0);
  }
}
agent.destroy();
