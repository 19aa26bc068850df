// A real Chromium, driven over its debugging pipe: no library, so that nothing has to be installed beside
// the browser and Node. Waits are for what the page shows, never for time.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// A page that has not shown what is awaited by then never will.
const LONGEST_WAIT = 60_000;

export class Chromium {
  static async start(program = "chromium") {
    const folder = mkdtempSync(join(tmpdir(), "bursar-chromium-"));
    const child = spawn(
      program,
      [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
        "--ignore-certificate-errors", "--force-color-profile=srgb", `--user-data-dir=${folder}`,
        "--remote-debugging-pipe", "about:blank",
      ],
      { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
    );
    const browser = new Chromium(child, folder);
    await browser.send("Target.setDiscoverTargets", { discover: true });
    return browser;
  }

  constructor(child, folder) {
    Object.assign(this, { child, folder, last: 0, waiting: new Map(), heard: new Set(), rest: "" });
    child.stdio[4].setEncoding("utf8");
    child.stdio[4].on("data", (text) => this.read(text));
    child.on("exit", () => {
      for (const { reject } of this.waiting.values()) reject(new Error("the browser has ended"));
    });
  }

  read(text) {
    const messages = (this.rest + text).split("\0");
    this.rest = messages.pop();
    for (const message of messages.map((one) => JSON.parse(one))) {
      const waiting = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (waiting && message.error) waiting.reject(new Error(message.error.message));
      else if (waiting) waiting.resolve(message.result);
      else for (const hear of this.heard) hear(message);
    }
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.child.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
    });
  }

  async page(width = 1280, height = 900) {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, sessionId);
    for (const domain of ["Page", "Runtime", "Network"]) await page.send(`${domain}.enable`);
    await page.size(width, height);
    return page;
  }

  async end() {
    const gone = new Promise((resolve) => this.child.once("exit", resolve));
    // Killed, it would leave processes behind that write into the folder while it is removed.
    this.send("Browser.close").catch(() => {});
    await gone;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

export class Page {
  constructor(browser, session) {
    Object.assign(this, { browser, session, faults: [] });
    browser.heard.add((message) => {
      if (message.sessionId !== session) return;
      if (message.method === "Runtime.exceptionThrown") {
        this.faults.push(message.params.exceptionDetails.exception?.description ?? "a script failed");
      }
      if (message.method === "Log.entryAdded") this.faults.push(message.params.entry.text);
    });
  }

  send(method, params) {
    return this.browser.send(method, params, this.session);
  }

  size(width, height) {
    return this.send("Emulation.setDeviceMetricsOverride", {
      width, height, deviceScaleFactor: 1, mobile: width < 600,
    });
  }

  theme(name) {
    return this.send("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value: name }, { name: "prefers-reduced-motion", value: "reduce" }],
    });
  }

  // Whatever the expression gives, as JSON would carry it.
  async ask(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression, returnByValue: true, awaitPromise: true, userGesture: true,
    });
    if (exceptionDetails) {
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    }
    return result.value;
  }

  async until(expression, what = expression) {
    const given_up = Date.now() + LONGEST_WAIT;
    for (;;) {
      // While one document gives way to another there is nothing to ask.
      const holds = await this.ask(`document.readyState === "complete" && Boolean(${expression})`).catch(() => false);
      if (holds) return;
      if (Date.now() > given_up) {
        throw new Error(`waited in vain for: ${what}\nat ${await this.ask("location.href")}\n${await this.text()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  // Does something that leads to another document, and waits for it.
  async leads(act) {
    await this.ask("void (window.isOld = true)");
    await act();
    await this.until("!window.isOld", "another page");
  }

  async go(url) {
    await this.leads(() => this.send("Page.navigate", { url }));
  }

  click(selector) {
    return this.leads(() => this.press(selector));
  }

  // Without another document to wait for.
  async press(selector) {
    await this.until(`document.querySelector(${JSON.stringify(selector)})`, selector);
    await this.ask(`document.querySelector(${JSON.stringify(selector)}).click()`);
  }

  async fill(selector, value) {
    await this.until(`document.querySelector(${JSON.stringify(selector)})`, selector);
    await this.ask(`(() => {
      const field = document.querySelector(${JSON.stringify(selector)});
      field.value = ${JSON.stringify(value)};
      for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    })()`);
  }

  // Files of this machine, as somebody chooses them.
  async choose(selector, files) {
    await this.until(`document.querySelector(${JSON.stringify(selector)})`, selector);
    const { root } = await this.send("DOM.getDocument");
    const { nodeId } = await this.send("DOM.querySelector", { nodeId: root.nodeId, selector });
    await this.send("DOM.setFileInputFiles", { nodeId, files });
  }

  async key(key, modifiers = 0) {
    const text = key.length === 1 ? key : key === "Enter" ? "\r" : undefined;
    const code = key.length === 1 ? key.toUpperCase().charCodeAt(0) : { Enter: 13, Escape: 27, Tab: 9 }[key];
    const event = { key, text, modifiers, windowsVirtualKeyCode: code };
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", ...event });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...event, text: undefined });
  }

  text() {
    return this.ask("document.body.innerText");
  }

  async picture(path, heightMax = 4_000) {
    const { cssContentSize } = await this.send("Page.getLayoutMetrics");
    const { data } = await this.send("Page.captureScreenshot", {
      format: "png", captureBeyondViewport: true,
      clip: { x: 0, y: 0, width: cssContentSize.width, height: Math.min(cssContentSize.height, heightMax), scale: 1 },
    });
    writeFileSync(path, Buffer.from(data, "base64"));
    return cssContentSize.width;
  }
}
