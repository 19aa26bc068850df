// What forms and links cannot do alone: single keys, dialogs, copying, ticking all, dropping files.
// Everything here is found by data attributes, on the document, so that pages swapped in work too.
"use strict";
(() => {
  const isTyping = (at) => at.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  // Says something at the foot of the page, to readers of screens as well.
  const say = (text) => {
    const place = document.querySelector(".said") || document.createElement("p");
    place.className = "toast said";
    place.setAttribute("role", "status");
    if (!place.isConnected) document.querySelector("main").append(place);
    place.textContent = text;
  };
  // Ctrl and Enter in a text of several lines send its form.
  document.addEventListener("keydown", (event) => {
    const text = event.target.closest("textarea");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && text && text.form) {
      event.preventDefault();
      text.form.requestSubmit();
    }
  });

  // <button data-key="d">: pressing d clicks it; a field is focused instead.
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const open = document.querySelector("dialog[open]");
    if (document.documentElement.dataset.keys === "off" || isTyping(event.target)) return;
    const within = open || document;
    // What is inert is about to be replaced: its keys mean nothing any more.
    const isMeant = (element) => element.dataset.key === event.key && !element.closest("[inert]");
    const target = [...within.querySelectorAll("[data-key]")].find(isMeant);
    if (!target || target.disabled) return;
    event.preventDefault();
    // <span hidden data-key="m" data-says="…">: the key is known, and why it does nothing here is said.
    if (target.dataset.says) return say(target.dataset.says);
    if (target.matches("input, textarea, select")) target.focus();
    else target.click();
    const panel = target.closest("summary") && target.parentElement;
    const first = panel && panel.open && panel.querySelector("[data-first]");
    if (first) first.focus();
  });

  // <select data-reason-code>: beside a reason that has a code, its form needs no words in [data-required].
  const asksWords = (event) => {
    const reason = event.target.form?.querySelector("[data-reason-code]");
    const words = reason?.form.querySelector("[data-required]");
    if (words) words.required = !reason.value;
  };
  document.addEventListener("focusin", asksWords);
  document.addEventListener("change", asksWords);

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.opens);
      if (dialog && dialog.showModal) {
        event.preventDefault();
        dialog.showModal();
        const first = dialog.querySelector("[data-first]");
        if (first) first.focus();
      }
    }
    const closer = event.target.closest("[data-closes]");
    if (closer) closer.closest("dialog").close();
    const copier = event.target.closest("[data-copies]");
    if (copier) {
      const source = document.getElementById(copier.dataset.copies);
      navigator.clipboard.writeText(source.textContent.trim()).then(() => { copier.textContent = "Copied"; });
    }
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    }
  });
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      menu.removeAttribute("open");
      menu.querySelector("summary").focus();
    }
  });

  // <input type=checkbox data-ticks="name">: ticks all boxes of that name.
  document.addEventListener("change", (event) => {
    const all = event.target.closest("[data-ticks]");
    const boxes = (name) => [...document.querySelectorAll(`input[type=checkbox][name="${name}"]`)];
    if (all) for (const box of boxes(all.dataset.ticks)) box.checked = all.checked;
    for (const count of document.querySelectorAll("[data-counts-decided]")) {
      const decided = boxes(count.dataset.countsDecided).filter((box) => box.checked && "decided" in box.dataset).length;
      count.textContent = decided ? ` · ${decided} decided already` : "";
    }
    for (const count of document.querySelectorAll("[data-counts]")) {
      const beyond = document.querySelectorAll(`input[data-beyond][name="${count.dataset.counts}"]`);
      count.textContent = String(boxes(count.dataset.counts).filter((box) => box.checked).length + beyond.length);
    }
  });

  // Why received files were refused, each reason once.
  const refusals = new Map();
  const showRefusals = () => {
    const place = document.querySelector("[data-refusals]");
    if (!place) return;
    place.replaceChildren(...[...refusals].map(([why, { names, href }]) => {
      const told = document.createElement("p");
      told.className = "notice caution";
      told.append(names.length === 1 ? `${names[0]} was refused: ${why} ` : `${names.length} files were refused: ${why} `);
      if (href) {
        const link = document.createElement("a");
        link.href = href;
        link.textContent = "Set the columns";
        told.append(link);
      }
      return told;
    }));
  };
  const noteRefusal = (name, page) => {
    const why = page.querySelector("[data-refused]");
    if (!why) return;
    const columns = page.querySelector("[data-set-columns]");
    const known = refusals.get(why.textContent) || { names: [], href: columns && columns.getAttribute("href") };
    known.names.push(name);
    refusals.set(why.textContent, known);
    showRefusals();
  };
  // <form data-drop="list-id">: files chosen or dropped anywhere on the page are sent one after the other,
  // and the list shows how far each is. Without script the form sends one.
  // Says of a file that was received what became of it, as its page does.
  const follow = async (href, name, share) => {
    for (let look = 0; look < 100; look += 1) {
      await new Promise((resolve) => { setTimeout(resolve, 2000); });
      const answer = await fetch(href, { headers: { Accept: "text/html" } }).catch(() => null);
      if (!answer || !answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const tag = page.querySelector("#upload .headline .tag");
      if (!tag) return;
      share.textContent = tag.textContent;
      if (!page.querySelector("#upload[hx-get]")) return noteRefusal(name, page);
    }
  };
  const listed = (list, name) => {
    const [item, label, share, meter] = ["li", "span", "span", "progress"].map((tag) => document.createElement(tag));
    label.textContent = name;
    share.className = "muted";
    meter.className = "meter";
    meter.max = 1;
    meter.value = 0;
    meter.setAttribute("aria-label", name);
    item.append(label, share, meter);
    list.append(item);
    const over = (node) => { meter.remove(); item.append(node); };
    return {
      at: (done) => { meter.value = done; share.textContent = done < 1 ? `${Math.floor(done * 100)}%` : "being kept…"; },
      sent: (href) => {
        const link = document.createElement("a");
        link.href = href;
        link.textContent = name;
        label.replaceChildren(link);
        share.textContent = "received";
        meter.remove();
        follow(href, name, share);
      },
      refused: (words) => {
        const told = document.createElement("p");
        told.className = "notice caution";
        told.textContent = words;
        share.textContent = "not sent";
        over(told);
      },
    };
  };
  const sendFile = (form, file, line) => new Promise((resolve) => {
    const body = new FormData();
    for (const [name, value] of new FormData(form)) if (name !== "file") body.append(name, value);
    body.append("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-CSRF-Token", form.elements.csrf.value);
    request.responseType = "document";
    request.upload.onprogress = (event) => { if (event.lengthComputable) line.at(event.loaded / event.total); };
    request.onload = () => {
      if (request.status === 200 && request.responseURL !== form.action) {
        line.sent(request.responseURL);
        return resolve(request.responseURL);
      }
      const page = request.response;
      const said = page && (page.querySelector("[data-wrong]") || page.querySelector("main p"));
      line.refused(said ? said.textContent : "The server gave no answer that makes sense. Try again.");
      resolve("");
    };
    request.onerror = () => { line.refused("The connection was lost, and nothing was kept. Look at the network and send it again."); resolve(""); };
    request.send(body);
  });
  const sendFiles = async (form, files) => {
    const list = document.getElementById(form.dataset.drop);
    list.replaceChildren();
    refusals.clear();
    showRefusals();
    const lines = files.map((file) => listed(list, file.name));
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    let last = "";
    let sent = 0;
    // What was not sent stays chosen, for another type or another try.
    const again = new DataTransfer();
    for (const [place, file] of files.entries()) {
      const kept = await sendFile(form, file, lines[place]);
      if (kept) [last, sent] = [kept, sent + 1];
      else again.items.add(file);
    }
    button.disabled = false;
    form.querySelector("input[type=file]").files = again.files;
    const next = document.querySelector("[data-after-sending]");
    if (next) next.hidden = sent === 0;
    if (files.length === 1 && sent === 1) location.assign(last);
  };
  // <form data-drop-together>: files dropped anywhere on the page are sent with it, all at once.
  const dropForm = () => document.querySelector("form[data-drop], form[data-drop-together]");
  // <fieldset data-types>: what the name of the one chosen file says is chosen, until somebody chooses; where
  // it says nothing, somebody has to.
  const askType = async (form) => {
    const types = form.querySelector("[data-types]");
    if (!types || "chosen" in types.dataset) return;
    const { files } = form.querySelector("input[type=file]");
    const name = files.length === 1 ? files[0].name : "";
    const answer = await fetch(`${form.action}?${new URLSearchParams({ name })}`, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-types]");
    if (fresh && types.isConnected && !("chosen" in types.dataset)) types.replaceWith(fresh);
  };
  document.addEventListener("change", ({ target }) => {
    const types = target.closest("[data-types]");
    if (types) types.dataset.chosen = "";
    else if (target.matches("form[data-drop] input[type=file]")) askType(target.form);
  });
  const takeDropped = async (form, dropped) => {
    form.querySelector("input[type=file]").files = dropped;
    if (form.dataset.drop) await askType(form);
    form.requestSubmit();
  };
  const allowSeveral = () => {
    const form = document.querySelector("form[data-drop]");
    if (form) form.querySelector("input[type=file]").multiple = true;
  };
  document.addEventListener("DOMContentLoaded", allowSeveral);
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-drop]");
    if (!form) return;
    event.preventDefault();
    sendFiles(form, [...form.querySelector("input[type=file]").files]);
  });
  document.addEventListener("dragover", (event) => {
    const form = dropForm();
    if (!form || ![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    form.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    const form = dropForm();
    if (form && !event.relatedTarget) form.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    const form = dropForm();
    if (!form || !event.dataTransfer.files.length) return;
    event.preventDefault();
    form.classList.remove("dropping");
    takeDropped(form, event.dataTransfer.files);
  });

  // <textarea data-draft="…">: what was typed and not sent stands there again, in this window, until it is sent.
  const DRAFT = "bursar-draft ";
  const draftOf = (text) => DRAFT + text.dataset.draft;
  const restoreDrafts = (within) => {
    for (const text of within.querySelectorAll("textarea[data-draft]")) {
      if (!text.value) text.value = sessionStorage.getItem(draftOf(text)) || "";
    }
  };
  document.addEventListener("input", ({ target }) => {
    if (!target.matches("textarea[data-draft]")) return;
    if (target.value.trim()) sessionStorage.setItem(draftOf(target), target.value);
    else sessionStorage.removeItem(draftOf(target));
  });
  document.addEventListener("submit", ({ target }) => {
    for (const text of target.querySelectorAll("textarea[data-draft]")) sessionStorage.removeItem(draftOf(text));
  });
  document.addEventListener("htmx:afterSettle", ({ detail }) => restoreDrafts(detail.target));
  restoreDrafts(document);

  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector('input[name="csrf"]');
    if (token) event.detail.headers["X-CSRF-Token"] = token.value;
  });
  if (document.readyState !== "loading") allowSeveral();
  // Of a row that is wider than the window, the place where one is stands in it.
  for (const at of document.querySelectorAll(".lanes [aria-current], .sections [aria-current]")) {
    const [own, row] = [at, at.parentElement].map((element) => element.getBoundingClientRect());
    if (own.left < row.left || own.right > row.right) at.parentElement.scrollLeft += own.left - row.left - (row.width - own.width) / 2;
  }
})();
