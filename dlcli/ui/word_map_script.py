"""The script of the page of a word map: zoom, drag, labels that appear as there is room, search, neighbors."""

SCRIPT = r"""
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const canvas = document.getElementById("map"), pen = canvas.getContext("2d");
const find = document.getElementById("find"), told = document.getElementById("told");
const count = document.getElementById("count"), keys = [...document.querySelectorAll(".legend button")];
const n = data.words.length, lower = data.words.map((w) => w.toLowerCase());
const HUES = ["val", "train", "third", "fourth", "fifth", "sixth"];
const LOW = [Math.min(...data.x), Math.min(...data.y)], HIGH = [Math.max(...data.x), Math.max(...data.y)];
let wide = 1, high = 1, base = 1, zoom = 1, panX = 0, panY = 0;
let chosen = data.focus, over = -1, only = null, matches = [], at = 0, colors = {}, waiting = false;

function readColors() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["ink", "muted", "page", ...HUES]) colors[name] = style.getPropertyValue("--" + name).trim();
}

function fit() {
  const box = canvas.getBoundingClientRect(), dots = window.devicePixelRatio || 1;
  wide = Math.max(1, box.width); high = Math.max(1, box.height);
  canvas.width = Math.round(wide * dots); canvas.height = Math.round(high * dots);
  pen.setTransform(dots, 0, 0, dots, 0, 0);
  const spanX = HIGH[0] - LOW[0], spanY = HIGH[1] - LOW[1], room = Math.min(60, wide / 8);
  const scales = [spanX > 0 ? (wide - 2 * room) / spanX : Infinity, spanY > 0 ? (high - 60) / spanY : Infinity];
  base = Math.min(...scales);
  if (!isFinite(base)) base = 1;
  draw();
}

const sx = (k) => wide / 2 + panX + (data.x[k] - (LOW[0] + HIGH[0]) / 2) * base * zoom;
const sy = (k) => high / 2 + panY - (data.y[k] - (LOW[1] + HIGH[1]) / 2) * base * zoom;
const hue = (g) => g < 0 ? colors.muted : colors[HUES[g % HUES.length]];
const dim = (k) => only !== null && data.group[k] !== only;

function zoomAt(x, y, by) {
  const next = Math.min(400, Math.max(0.5, zoom * by)), real = next / zoom;
  panX = (panX + wide / 2 - x) * real + x - wide / 2;
  panY = (panY + high / 2 - y) * real + y - high / 2;
  zoom = next;
  draw();
}

function reset() { zoom = 1; panX = panY = 0; draw(); }

function mark(kind, x, y, r) {
  pen.beginPath();
  if (data.shapes[kind].length) for (const [a, b] of data.shapes[kind]) pen.lineTo(x + a * r, y + b * r);
  else pen.arc(x, y, r, 0, 7);
  pen.fill();
}

function draw() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; paint(); });
}

function paint() {
  pen.clearRect(0, 0, wide, high);
  const star = over >= 0 ? over : chosen, found = new Set(matches);
  const size = Math.max(2.4, Math.min(n > 600 ? 2.6 : n > 150 ? 3.6 : 4.4, wide / 200));
  if (star >= 0 && data.near) {
    pen.strokeStyle = colors.muted; pen.lineWidth = 1;
    pen.beginPath();
    for (const k of data.near[star]) { pen.moveTo(sx(star), sy(star)); pen.lineTo(sx(k), sy(k)); }
    pen.stroke();
  }
  for (let k = n - 1; k >= 0; k--) {
    const x = sx(k), y = sy(k);
    if (x < -9 || y < -9 || x > wide + 9 || y > high + 9) continue;
    const g = data.group[k];
    pen.globalAlpha = dim(k) && k !== star && !found.has(k) ? 0.16 : 1;
    pen.fillStyle = data.groups.length ? hue(g) : colors.val;
    mark(g < 0 ? 0 : g % 7, x, y, size);
  }
  pen.globalAlpha = 1;
  for (const k of found) ring(k, 7, colors.ink, 1.5);
  if (star >= 0) ring(star, 8, colors.ink, 2.2);
  labels(star, found);
}

function ring(k, r, color, width) {
  pen.beginPath(); pen.arc(sx(k), sy(k), r, 0, 7);
  pen.strokeStyle = color; pen.lineWidth = width; pen.stroke();
}

function labels(star, found) {
  const taken = new Map(), dots = new Map(), cell = 48, done = new Set();
  const put = (grid, key, what) => { if (!grid.has(key)) grid.set(key, []); grid.get(key).push(what); };
  for (let k = 0; k < n; k++) put(dots, Math.floor(sx(k) / cell) + ":" + Math.floor(sy(k) / cell), [sx(k), sy(k)]);
  const cells = (b) => {
    const out = [];
    for (let i = Math.floor(b[0] / cell); i <= Math.floor(b[2] / cell); i++)
      for (let j = Math.floor(b[1] / cell); j <= Math.floor(b[3] / cell); j++) out.push(i + ":" + j);
    return out;
  };
  const hits = (b) => cells(b).some((c) => (taken.get(c) || []).some(
    (o) => b[0] < o[2] + 3 && o[0] < b[2] + 3 && b[1] < o[3] && o[1] < b[3]));
  const covers = (b) => cells(b).reduce((sum, c) => sum + (dots.get(c) || []).filter(
    (d) => b[0] - 3 < d[0] && d[0] < b[2] + 3 && b[1] < d[1] && d[1] < b[3]).length, 0);
  const one = (k, bold) => {
    if (done.has(k)) return;
    done.add(k);
    const x = sx(k), y = sy(k);
    if (x < 0 || y < 0 || x > wide || y > high) return;
    const text = data.words[k].length > 40 ? data.words[k].slice(0, 39) + "…" : data.words[k];
    pen.font = (bold ? "650 " : "") + "13px " + FONT;
    const w = pen.measureText(text).width;
    const gap = bold ? 12 : 8;
    let best = null, least = bold ? Infinity : 2;
    for (const [a, b] of [[x + gap, y], [x - gap - w, y], [x - w / 2, y - gap - 6], [x - w / 2, y + gap + 6]]) {
      const box = [a, b - 8, a + w, b + 8];
      if (box[0] < 0 || box[1] < 0 || box[2] > wide || box[3] > high || hits(box)) continue;
      const under = covers(box);
      if (under < least) { best = box; least = under; }
    }
    if (!best) return;
    for (const c of cells(best)) put(taken, c, best);
    pen.lineWidth = 3; pen.strokeStyle = colors.page; pen.lineJoin = "round";
    pen.strokeText(text, best[0], best[1] + 8);
    pen.fillStyle = colors.ink; pen.fillText(text, best[0], best[1] + 8);
  };
  pen.textBaseline = "middle";
  if (star >= 0) { one(star, true); if (data.near) for (const k of data.near[star]) one(k, false); }
  for (const k of found) one(k, true);
  for (let k = 0; k < n; k++) if (!dim(k)) one(k, false);
}
const FONT = getComputedStyle(document.body).fontFamily;

function tell() {
  const k = over >= 0 ? over : chosen;
  told.textContent = "";
  if (k < 0) {
    if (data.near) told.textContent = "Point at a word to see which are nearest to it by cosine.";
    return;
  }
  const name = document.createElement("b");
  name.textContent = data.words[k];
  told.append(name, data.group[k] >= 0 ? " · " + data.groups[data.group[k]] : "");
  if (!data.near) return;
  told.append(" · nearest of the words shown: ");
  data.near[k].forEach((other, i) => {
    const link = document.createElement("button");
    link.textContent = data.words[other];
    link.addEventListener("click", () => choose(other, true));
    told.append(i ? ", " : "", link, " " + data.cosines[k][i].toFixed(2).replace("-", "−"));
  });
}

function choose(k, show) {
  chosen = k; over = -1;
  if (show && k >= 0) {
    const x = sx(k), y = sy(k);
    if (x < 40 || y < 30 || x > wide - 90 || y > high - 30) { panX += wide / 2 - x; panY += high / 2 - y; }
  }
  tell(); draw();
}

function nearest(x, y, most) {
  let best = -1, least = most * most;
  for (let k = 0; k < n; k++) {
    const d = (sx(k) - x) ** 2 + (sy(k) - y) ** 2;
    if (d < least && !dim(k)) { least = d; best = k; }
  }
  return best;
}

function search() {
  const asked = find.value.trim().toLowerCase();
  matches = []; at = 0;
  if (asked) {
    const all = lower.map((w, k) => [w, k]);
    const groups = [all.filter(([w]) => w === asked), all.filter(([w]) => w !== asked && w.startsWith(asked)),
      all.filter(([w]) => !w.startsWith(asked) && w.includes(asked))];
    matches = groups.flat().map(([, k]) => k);
  }
  count.textContent = !asked ? "" : matches.length ? (matches.length === 1 ? "1 word" : matches.length + " words")
    : "no word shown contains " + find.value.trim();
  choose(matches.length ? matches[0] : -1, true);
}

const held = new Map();
let moved = 0, apart = 0;
const spot = (e) => { const b = canvas.getBoundingClientRect(); return [e.clientX - b.left, e.clientY - b.top]; };
const distance = () => {
  const [a, b] = [...held.values()];
  return b ? Math.hypot(a[0] - b[0], a[1] - b[1]) : 0;
};
canvas.addEventListener("pointerdown", (e) => {
  canvas.setPointerCapture(e.pointerId); held.set(e.pointerId, spot(e)); moved = 0; apart = distance();
  canvas.classList.add("held");
});
canvas.addEventListener("pointermove", (e) => {
  const now = spot(e), was = held.get(e.pointerId);
  if (!was) {
    const k = nearest(...now, 14);
    if (k !== over) { over = k; tell(); draw(); }
    return;
  }
  held.set(e.pointerId, now);
  moved += Math.abs(now[0] - was[0]) + Math.abs(now[1] - was[1]);
  if (held.size === 1) { panX += now[0] - was[0]; panY += now[1] - was[1]; draw(); return; }
  const [a, b] = [...held.values()], far = distance();
  if (apart > 0 && far > 0) zoomAt((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, far / apart);
  apart = far;
});
for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (e) => {
  const was = held.get(e.pointerId);
  held.delete(e.pointerId); apart = 0;
  if (!held.size) canvas.classList.remove("held");
  if (end === "pointerup" && was && moved < 5) choose(nearest(...was, 18), false);
});
canvas.addEventListener("pointerleave", () => { if (over >= 0) { over = -1; tell(); draw(); } });
canvas.addEventListener("wheel", (e) => {
  e.preventDefault();
  const lines = e.deltaMode === 1 ? 30 : e.deltaMode === 2 ? 300 : 1;
  zoomAt(...spot(e), Math.exp(-Math.max(-300, Math.min(300, e.deltaY * lines)) * 0.0018));
}, {passive: false});
canvas.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  const step = 60, closer = () => zoomAt(wide / 2, high / 2, 1.4), act = {
    ArrowLeft: () => { panX += step; }, ArrowRight: () => { panX -= step; },
    ArrowUp: () => { panY += step; }, ArrowDown: () => { panY -= step; },
    "+": closer, "=": closer, "-": () => zoomAt(wide / 2, high / 2, 1 / 1.4), "0": reset,
    Escape: () => choose(-1, false),
    n: () => choose((chosen + 1) % n, true), p: () => choose((chosen + n - 1 + (chosen < 0)) % n, true),
    "/": () => find.focus(),
  }[e.key];
  if (act) { e.preventDefault(); act(); draw(); }
});
find.addEventListener("input", search);
find.addEventListener("keydown", (e) => {
  if (e.key === "Enter" && matches.length) {
    at = (at + (e.shiftKey ? matches.length - 1 : 1)) % matches.length;
    choose(matches[at], true);
  }
  if (e.key === "Escape") { find.value = ""; search(); }
});
document.getElementById("closer").addEventListener("click", () => zoomAt(wide / 2, high / 2, 1.5));
document.getElementById("wider").addEventListener("click", () => zoomAt(wide / 2, high / 2, 1 / 1.5));
document.getElementById("whole").addEventListener("click", reset);
keys.forEach((key) => key.addEventListener("click", () => {
  const g = Number(key.dataset.group);
  only = only === g ? null : g;
  keys.forEach((k) => k.setAttribute("aria-pressed", String(Number(k.dataset.group) === only)));
  draw();
}));
window.addEventListener("hashchange", fromAddress);
function fromAddress() {
  let word = "";
  try { word = decodeURIComponent(location.hash.slice(1)); } catch { return; }
  const k = data.words.indexOf(word);
  if (k >= 0) choose(k, true);
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColors(); draw(); });
new ResizeObserver(fit).observe(canvas.parentElement);
readColors(); fit(); tell(); fromAddress();
"""
