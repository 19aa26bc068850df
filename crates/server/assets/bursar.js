// What forms and links cannot do alone: single keys, dialogs, copying, ticking all, charts.
// Everything here is found by data attributes, on the document, so that pages swapped in work too.
"use strict";
(() => {
  const here = document.currentScript;
  const chartsUrl = here ? here.dataset.charts : "";
  const isTyping = (at) => at.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  // <button data-key="d">: pressing d clicks it; a field is focused instead.
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const open = document.querySelector("dialog[open]");
    if (document.documentElement.dataset.keys === "off" || isTyping(event.target)) return;
    const within = open || document;
    const target = [...within.querySelectorAll("[data-key]")].find((element) => element.dataset.key === event.key);
    if (!target || target.disabled) return;
    event.preventDefault();
    if (target.matches("input, textarea, select")) target.focus();
    else target.click();
    const panel = target.closest("summary") && target.parentElement;
    const first = panel && panel.open && panel.querySelector("[data-first]");
    if (first) first.focus();
  });

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
    for (const count of document.querySelectorAll("[data-counts]")) {
      count.textContent = String(boxes(count.dataset.counts).filter((box) => box.checked).length);
    }
  });

  // <div class="chart" data-chart='{"labels":[…],"values":[…],"name":"…"}'>: the same numbers stand in a
  // table beside it.
  const draw = () => {
    const style = getComputedStyle(document.body);
    const colour = (name) => style.getPropertyValue(name).trim();
    for (const place of document.querySelectorAll(".chart[data-chart]:not([data-drawn])")) {
      place.dataset.drawn = "";
      const { kind = "bar", labels, series, unit = "" } = JSON.parse(place.dataset.chart);
      const chart = window.echarts.init(place);
      const axis = { axisLine: { lineStyle: { color: colour("--line-strong") } }, axisLabel: { color: colour("--muted") }, splitLine: { lineStyle: { color: colour("--line") } } };
      chart.setOption({
        animation: false,
        aria: { enabled: true },
        color: [colour("--accent"), colour("--line-strong"), colour("--caution")],
        textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
        grid: { left: 8, right: 8, top: 32, bottom: 8, containLabel: true },
        xAxis: { type: "category", data: labels, ...axis },
        yAxis: { type: "value", ...axis, axisLabel: { ...axis.axisLabel, formatter: (value) => `${value.toLocaleString("en-GB")}${unit && " " + unit}` } },
        series: series.map(({ name, values, kind: own = kind }) => ({ type: own, name, data: values, barMaxWidth: 36, showSymbol: false })),
      });
      new ResizeObserver(() => chart.resize()).observe(place);
    }
  };
  const drawAll = () => {
    if (!document.querySelector(".chart[data-chart]:not([data-drawn])")) return;
    if (window.echarts) return draw();
    const script = document.createElement("script");
    script.src = chartsUrl;
    script.onload = draw;
    document.head.append(script);
  };
  document.addEventListener("DOMContentLoaded", drawAll);
  document.addEventListener("htmx:afterSettle", drawAll);

  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector('input[name="csrf"]');
    if (token) event.detail.headers["X-CSRF-Token"] = token.value;
  });
  if (document.readyState !== "loading") drawAll();
})();
