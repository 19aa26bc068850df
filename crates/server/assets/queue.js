// The queue by keys, the sum of what is ticked, and the finding beside the list where there is room.
// Without it the queue is a list with links and a form.
"use strict";
(() => {
  const wide = window.matchMedia("(min-width: 90rem)");
  const list = () => document.getElementById("list");
  const pane = () => document.getElementById("pane");
  const rows = () => [...document.querySelectorAll("#list [data-row]")];
  const link = (row) => row.querySelector(".who a");
  const box = (row) => row.querySelector("input[name=finding]");
  const isTyping = (at) => at.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const PLACE = "bursar-queue-line";
  // Those ticked on other pages, which no line stands for.
  const beyond = () => [...document.querySelectorAll("#list input[data-beyond]")];
  const forgetBeyond = () => {
    for (const one of document.querySelectorAll("#list [data-beyond]")) one.remove();
  };

  // Where somebody is: the line with the focus, else the one that is open beside the list.
  const current = () => rows().find((row) => row.contains(document.activeElement)) || document.querySelector("#list [data-row].current");
  const mark = (row) => {
    for (const other of rows()) other.classList.toggle("current", other === row);
  };
  const go = (row) => {
    if (!row) return;
    link(row).focus({ focusVisible: true, preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    if (!pane()?.hidden) open(row);
  };

  // A payment of a finding may be held unless all of its invoices are paid, or it was dismissed.
  const ALL_PAID = ["yes", "both", "all"];
  const canBeHeld = (row) => {
    const paid = row.querySelector(".paid")?.firstChild?.textContent.trim();
    const isDismissed = row.querySelector(".state .tag.done") !== null;
    return !ALL_PAID.includes(paid) && !isDismissed;
  };

  // What is ticked: how many, how much, and how many of them are decided already.
  const sums = () => {
    const more = document.querySelector("[data-ticked-more]");
    if (!more) return;
    const ticked = [...rows().map(box).filter((one) => one && one.checked), ...beyond()];
    const money = new Map();
    for (const { dataset } of ticked) {
      if (dataset.amount === undefined) continue;
      const [whole, part = ""] = dataset.amount.split(".");
      const parts = BigInt(whole + part.padEnd(4, "0").slice(0, 4));
      const [sum = 0n] = money.get(dataset.sign) || [];
      money.set(dataset.sign, [sum + parts, Number(dataset.digits)]);
    }
    const written = [...money].map(([sign, [sum, digits]]) => {
      // In the smallest units of the currency, of which some have no decimals and some have three.
      const unit = 10n ** BigInt(4 - digits);
      const units = (sum + unit / 2n) / unit;
      const whole = 10n ** BigInt(digits);
      const locale = document.documentElement.dataset.numbers || "en-GB";
      const point = (0.5).toLocaleString(locale).charAt(1);
      const decimals = digits ? point + String(units % whole).padStart(digits, "0") : "";
      return `${sign}${(units / whole).toLocaleString(locale)}${decimals}`;
    });
    const decided = ticked.filter(({ dataset }) => "decided" in dataset).length;
    if (decided) written.push(`${decided} decided already`);
    for (const undo of document.querySelectorAll("#list [data-undoes]")) undo.hidden = decided === 0;
    const hold = document.querySelector("#list [formaction$='/hold']");
    const mayBeHeld = (one) => {
      const row = one.closest("[data-row]");
      return !row || canBeHeld(row);
    };
    if (hold) hold.hidden = ticked.length > 0 && !ticked.some(mayBeHeld);
    more.textContent = written.map((words) => `, ${words}`).join("");
    for (const count of document.querySelectorAll("#list [data-counts]")) count.textContent = String(ticked.length);
  };

  // Of the reasons that have a code, those of the chosen verdict.
  const offerReasons = ({ reason_code: reason, state }) => {
    for (const group of reason.querySelectorAll("optgroup")) {
      group.hidden = group.disabled = state.value !== "" && group.dataset.state !== state.value;
    }
    if (reason.selectedOptions[0]?.closest("optgroup")?.disabled) reason.value = "";
  };
  // A reason is needed of everything but a duplicate, and where an admin says so of that as well: of
  // findings above an amount, and of those whose money nobody knows. One that has a code needs no words.
  const asksWhy = () => {
    const form = list();
    if (!form?.elements.because) return;
    const { reasonFrom } = form.dataset;
    const isLarge = (one) => !(Number(one.dataset.amount) < Number(reasonFrom));
    const ticked = [...rows().map(box).filter((one) => one?.checked), ...beyond()];
    const isAsked = reasonFrom !== undefined && ticked.some(isLarge);
    const { because, reason_code: reason, state } = form.elements;
    if (reason) offerReasons(form.elements);
    because.required = (isAsked || state.value !== "duplicate") && !reason?.value;
  };

  // Opens the bar for a verdict on what is ticked, or on the line where nothing is.
  const isAnyTicked = () => rows().some((row) => box(row)?.checked) || beyond().length > 0;
  const ticksSomething = () => {
    if (isAnyTicked()) return true;
    const row = current();
    if (!row || !box(row)) return false;
    box(row).checked = true;
    sums();
    return true;
  };
  const decide = (state) => {
    if (!ticksSomething()) return;
    const form = list();
    form.elements.state.value = state;
    asksWhy();
    form.elements.because.focus({ preventScroll: true });
  };
  const assign = () => {
    if (!ticksSomething()) return;
    const form = list();
    form.elements.assignee.value = form.dataset.me;
    form.requestSubmit(form.querySelector("[formaction$='/assign']"));
  };
  const step = (by) => {
    const all = rows();
    const at = all.indexOf(current());
    go(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)]);
  };
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    x: () => {
      // Where nobody has gone to a line yet, the first is meant.
      const row = current() || rows()[0];
      if (!row || !box(row)) return;
      if (row !== current()) go(row);
      box(row).click();
    },
    d: () => decide("duplicate"),
    r: () => decide("not_duplicate"),
    i: () => decide("needs_information"),
    a: assign,
  };
  // Keys that decide: of what is ticked; else of the finding beside the list, whose own buttons have them;
  // else of the line.
  const decides = ["d", "r", "i", "a"];
  let postponed = "";
  const press = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.documentElement.dataset.keys === "off" || !list()) return;
    if (event.key === "Escape" && list().contains(event.target)) {
      // Out of the bar: nothing is ticked any more, and the line is the current one again.
      const row = rows().find((one) => box(one)?.checked);
      for (const one of rows()) if (box(one)) box(one).checked = false;
      forgetBeyond();
      sums();
      go(row || current());
      return;
    }
    if (isTyping(event.target) || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    if (decides.includes(event.key) && pane()?.inert && !isAnyTicked()) {
      // It is meant of the line that is being opened, whose buttons are not there yet.
      postponed = event.key;
      return;
    }
    keys[event.key]();
  };
  // Before any other listener where something is ticked: beside the list stands a finding with the same keys.
  document.addEventListener("keydown", (event) => {
    if (decides.includes(event.key) && isAnyTicked() && !document.querySelector("dialog[open]")) press(event);
  }, true);
  document.addEventListener("keydown", press);
  document.addEventListener("change", (event) => {
    if (event.target.matches("#list [data-ticks]") && !event.target.checked) forgetBeyond();
  });
  document.addEventListener("change", sums);

  document.addEventListener("change", asksWhy);

  // Back from a decision the line that has moved into the place is the current one.
  const remember = () => {
    const at = rows().indexOf(rows().find((row) => box(row)?.checked) || current());
    if (at >= 0) sessionStorage.setItem(PLACE, String(at));
  };
  document.addEventListener("submit", (event) => { if (event.target === list()) remember(); });
  const resume = () => {
    const at = sessionStorage.getItem(PLACE);
    sessionStorage.removeItem(PLACE);
    const all = rows();
    if (at !== null && all.length) return go(all[Math.min(Number(at), all.length - 1)]);
    // Back from a finding, the address names its line.
    const line = location.hash.startsWith("#about-") && document.getElementById(location.hash.slice(1));
    if (line) go(line.closest("#list [data-row]"));
  };

  // The finding beside the list. Until that of the line is there, nothing can be done with the one before.
  let waiting = 0;
  let staying = 0;
  const open = (row) => {
    mark(row);
    clearTimeout(waiting);
    clearTimeout(staying);
    postponed = "";
    pane().inert = true;
    waiting = setTimeout(() => {
      window.htmx.ajax("GET", link(row).getAttribute("href"), { target: "#pane", select: "#main > *", swap: "innerHTML show:none" });
    }, 120);
  };
  // Whoever only passes by has not opened it.
  const STAY = 1500;
  const noteStay = (address) => {
    clearTimeout(staying);
    staying = setTimeout(() => fetch(address, { method: "HEAD" }).catch(() => {}), STAY);
  };
  const split = () => {
    const place = pane();
    if (!place || !window.htmx) return;
    const has = wide.matches;
    document.getElementById("desk").classList.toggle("with-pane", has);
    place.hidden = !has;
    if (has && !place.childElementCount && rows().length) open(current() || rows()[0]);
    for (const first of document.querySelectorAll("#list [data-key=n]")) if (has) first.removeAttribute("data-key");
  };
  document.addEventListener("click", (event) => {
    const row = event.target.closest("#list [data-row]");
    if (!row || pane()?.hidden !== false || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // Once more on what is open already leads to its own page.
    if (event.target.closest("input, button") || row.classList.contains("current")) return;
    if (event.target.closest("a")) event.preventDefault();
    open(row);
  });
  // A decision beside the list keeps the list: its answer is the next finding.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("#pane form[method=post]");
    if (!form || event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    pane().inert = true;
    window.htmx.ajax("POST", form.getAttribute("action"), { source: form, target: "#pane", select: "#main > *", swap: "innerHTML show:none" })
      .then(() => fetch(location.href, { headers: { Accept: "text/html" } }))
      .then((answer) => answer.text())
      .then((text) => {
        const page = new DOMParser().parseFromString(text, "text/html");
        for (const part of ["#list", ".lanes", ".queue-head"]) {
          const [old, fresh] = [document.querySelector(part), page.querySelector(part)];
          if (old && fresh) old.replaceWith(fresh);
        }
        markShown();
      });
  });
  let shown = "";
  const markShown = () => mark(rows().find((row) => shown && link(row).getAttribute("href").includes(shown)));
  const keyOf = (address) => (/\/findings\/(fnd_[0-9a-f]+)/.exec(address) || [])[1] || "";
  // Behind the last finding comes the queue, which is a page of its own.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr } = event.detail;
    if (target !== pane() || keyOf(xhr.responseURL)) return;
    event.detail.shouldSwap = false;
    window.location.assign(xhr.responseURL);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target !== pane()) return;
    pane().inert = false;
    shown = keyOf(event.detail.xhr.responseURL);
    markShown();
    pane().scrollTop = 0;
    if (shown) noteStay(event.detail.xhr.responseURL.replace(/(fnd_[0-9a-f]+)[^]*/, "$1"));
    const key = postponed;
    postponed = "";
    if (key) document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  });
  // What could not be fetched leaves the one before as it was.
  for (const failed of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(failed, (event) => { if (event.detail.target === pane()) pane().inert = false; });
  }

  const begin = () => {
    sums();
    asksWhy();
    split();
    resume();
  };
  wide.addEventListener("change", split);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
