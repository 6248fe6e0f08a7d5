// Draws a neighbourhood that the server has laid out. Nothing is fetched; texts are set as text, never as HTML.
const SVG = "http://www.w3.org/2000/svg";
const BOX = { width: 140, height: 34, across: 172, down: 46 };
// Below `readable` a box has room for its name alone, in larger letters; below `far` not even for that.
const ZOOM = { least: 0.15, most: 2.5, step: 1.25, readable: 0.72, far: 0.42 };
const LETTERS = { name: 20, far: 14 };
// A press that moves less than this is a click.
const STILL_PX = 4;
const remembered = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".map");
  let view = remembered.get(root);
  if (!view) {
    view = openView(root);
    remembered.set(root, view);
  }
  view.pick = (key) => setTriggerValue("picked", key);
  view.centre = (key) => setTriggerValue("centred", key);
  if (view.version !== data.version) {
    draw(view, data);
  }
  mark(view, data.selected);
}

function openView(root) {
  const svg = root.querySelector("svg");
  const view = { root, svg, world: svg.querySelector(".world"), tip: root.querySelector(".tip"), at: { x: 0, y: 0, k: 1 } };
  root.querySelector(".in").onclick = () => zoom(view, ZOOM.step);
  root.querySelector(".out").onclick = () => zoom(view, 1 / ZOOM.step);
  root.querySelector(".fit").onclick = () => fit(view, 0);
  svg.addEventListener("wheel", (event) => {
    // A plain wheel scrolls the page.
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      zoom(view, event.deltaY < 0 ? ZOOM.step : 1 / ZOOM.step, event);
    }
  }, { passive: false });
  svg.addEventListener("pointerdown", (event) => pan(view, event));
  svg.addEventListener("keydown", (event) => byKey(view, event));
  return view;
}

function draw(view, data) {
  view.version = data.version;
  view.data = data;
  view.places = new Map(data.nodes.map((node) => [node.key, { x: node.x * BOX.across, y: node.y * BOX.down }]));
  view.world.replaceChildren();
  view.svg.setAttribute("aria-label", data.label);
  view.svg.querySelector("defs").replaceChildren(...Object.keys(data.colours).map((kind) => arrow(kind, data.colours[kind])));
  view.lines = new Map(data.edges.map((edge) => [edge.key, line(view, edge)]));
  view.boxes = new Map(data.nodes.map((node) => [node.key, box(view, node)]));
  fit(view, ZOOM.readable);
}

function make(name, attributes, parent) {
  const element = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  parent?.append(element);
  return element;
}

function arrow(kind, colour) {
  const marker = make("marker", {
    id: `arrow-${kind}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8,
    markerUnits: "userSpaceOnUse", orient: "auto",
  });
  make("path", { d: "M0 0L8 4L0 8z", fill: colour }, marker);
  return marker;
}

function line(view, edge) {
  const shape = ["edge", edge.state, edge.waiting && "waits", edge.dim && "dim"].filter(Boolean);
  const group = make("g", { class: shape.join(" "), "data-edge": edge.key }, view.world);
  const wide = make("path", { class: "near" }, group);
  const thin = make("path", {
    class: "line", stroke: view.data.colours[edge.kind], "stroke-width": 0.8 + 2.6 * edge.confidence,
    "marker-end": `url(#arrow-${edge.kind})`,
  }, group);
  const made = { edge, group, paths: [wide, thin] };
  if (edge.count > 1) {
    made.text = make("text", { class: "count" }, group);
    made.text.textContent = edge.count.toLocaleString("en");
  }
  group.addEventListener("pointermove", (event) => tell(view, event, edge.words));
  group.addEventListener("pointerleave", () => tell(view, null));
  group.addEventListener("click", () => view.pick(edge.key));
  place(view, made);
  return made;
}

// Out of the side of a box that looks at the other one; past the boxes of its own column.
function place(view, made) {
  const from = view.places.get(made.edge.start), to = view.places.get(made.edge.end);
  const ahead = to.x - from.x;
  const [a, b] = ahead > BOX.width ? [1, 0] : ahead < -BOX.width ? [0, 1] : [1, 1];
  const start = { x: from.x + a * BOX.width, y: from.y + BOX.height / 2 };
  const end = { x: to.x + b * BOX.width, y: to.y + BOX.height / 2 };
  const bend = Math.max(28, Math.abs(end.x - start.x) * 0.4);
  // A level line over several columns would run behind the boxes between.
  const level = Math.abs(ahead) > 1.5 * BOX.across && Math.abs(end.y - start.y) < BOX.down;
  const up = level ? BOX.down : 0;
  const out = { x: start.x + (a ? bend : -bend), y: start.y - up };
  const into = { x: end.x + (b ? bend : -bend), y: end.y - up };
  const path = `M${start.x} ${start.y}C${out.x} ${out.y} ${into.x} ${into.y} ${end.x} ${end.y}`;
  made.paths.forEach((each) => each.setAttribute("d", path));
  if (made.text) {
    made.text.setAttribute("x", (start.x + end.x) / 2);
    made.text.setAttribute("y", (start.y + end.y) / 2 - 3 - 0.75 * up);
  }
}

function box(view, node) {
  const shape = [node.centre && "centre", node.shared && "shared", node.count > 1 && "group", node.type].filter(Boolean);
  const group = make("g", {
    class: `node ${shape.join(" ")}`, tabindex: 0, role: "button", "aria-label": node.words, "data-key": node.key,
  }, view.world);
  if (node.count > 1) {
    make("rect", { x: 4, y: -4, width: BOX.width, height: BOX.height, rx: 7, class: "behind" }, group);
  }
  make("rect", { width: BOX.width, height: BOX.height, rx: 7 }, group);
  make("text", { x: 9, y: 15, class: "name" }, group).textContent = cut(node.name, LETTERS.name);
  make("text", { x: 9, y: 28, class: "type" }, group).textContent = cut(node.below, LETTERS.name);
  make("text", { x: 7, y: 22, class: "far-name" }, group).textContent = cut(node.name, LETTERS.far);
  group.addEventListener("pointermove", (event) => tell(view, event, node.words));
  group.addEventListener("pointerleave", () => tell(view, null));
  group.addEventListener("pointerdown", (event) => drag(view, event, node));
  group.addEventListener("dblclick", () => node.count === 1 && view.centre(node.key));
  group.addEventListener("focus", () => related(view, node.key));
  group.addEventListener("blur", () => related(view, null));
  group.addEventListener("mouseenter", () => related(view, node.key));
  group.addEventListener("mouseleave", () => related(view, null));
  move(view, node.key, group);
  return group;
}

function move(view, key, group) {
  const { x, y } = view.places.get(key);
  group.setAttribute("transform", `translate(${x} ${y})`);
}

function cut(text, most) {
  const letters = Array.from(text);
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : text;
}

// Everything but the edges of one node steps back.
function related(view, key) {
  view.world.classList.toggle("focused", key !== null);
  view.lines.forEach(({ edge, group }) => group.classList.toggle("mine", key === edge.start || key === edge.end));
}

function mark(view, selected) {
  view.boxes.forEach((group, key) => {
    group.classList.toggle("selected", key === selected);
    group.setAttribute("aria-pressed", String(key === selected));
  });
  view.lines.forEach(({ group }, key) => group.classList.toggle("selected", key === selected));
}

function tell(view, event, words) {
  view.tip.hidden = !event;
  if (event) {
    const frame = view.root.getBoundingClientRect();
    view.tip.textContent = words;
    view.tip.style.left = `${Math.min(event.clientX - frame.left + 14, frame.width - view.tip.offsetWidth - 8)}px`;
    view.tip.style.top = `${event.clientY - frame.top + 16}px`;
  }
}

function apply(view) {
  view.world.setAttribute("transform", `translate(${view.at.x} ${view.at.y}) scale(${view.at.k})`);
  view.world.classList.toggle("far", view.at.k < ZOOM.readable);
}

// All of it, or its whole width as far as names can be read, the centre in the middle.
function fit(view, least) {
  const frame = view.svg.getBoundingClientRect();
  const places = [...view.places.values()];
  const left = Math.min(...places.map((p) => p.x)), top = Math.min(...places.map((p) => p.y));
  const width = Math.max(...places.map((p) => p.x)) - left + BOX.width;
  const height = Math.max(...places.map((p) => p.y)) - top + BOX.height;
  const whole = Math.min((frame.width - 40) / width, (frame.height - 40) / height, 1.2);
  const k = Math.max(whole, Math.min(least, Math.max((frame.width - 40) / width, ZOOM.far)), ZOOM.least);
  const centre = view.places.get(view.data.centre) ?? { x: left, y: top };
  const middle = (from, size, room, at, half) =>
    size * k + 40 <= room ? (room - size * k) / 2 - from * k
      : Math.min(20 - from * k, Math.max(room - 20 - (from + size) * k, room / 2 - (at + half) * k));
  view.at = {
    k,
    x: middle(left, width, frame.width, centre.x, BOX.width / 2),
    y: middle(top, height, frame.height, centre.y, BOX.height / 2),
  };
  apply(view);
}

function zoom(view, by, event) {
  const frame = view.svg.getBoundingClientRect();
  const x = event ? event.clientX - frame.left : frame.width / 2, y = event ? event.clientY - frame.top : frame.height / 2;
  const k = Math.min(ZOOM.most, Math.max(ZOOM.least, view.at.k * by));
  view.at = { k, x: x - ((x - view.at.x) * k) / view.at.k, y: y - ((y - view.at.y) * k) / view.at.k };
  apply(view);
}

function follow(view, event, moved, done) {
  const before = { x: event.clientX, y: event.clientY };
  let far = 0;
  const onMove = (now) => {
    far = Math.max(far, Math.abs(now.clientX - before.x) + Math.abs(now.clientY - before.y));
    if (far >= STILL_PX) {
      moved(now.clientX - before.x, now.clientY - before.y);
    }
  };
  const onEnd = () => {
    window.removeEventListener("pointermove", onMove);
    window.removeEventListener("pointerup", onEnd);
    window.removeEventListener("pointercancel", onEnd);
    done?.(far < STILL_PX);
  };
  window.addEventListener("pointermove", onMove);
  window.addEventListener("pointerup", onEnd);
  window.addEventListener("pointercancel", onEnd);
}

function pan(view, event) {
  const { x, y } = view.at;
  follow(view, event, (dx, dy) => {
    view.at = { ...view.at, x: x + dx, y: y + dy };
    apply(view);
  });
}

function drag(view, event, node) {
  event.stopPropagation();
  const { x, y } = view.places.get(node.key);
  const moved = (dx, dy) => {
    view.places.set(node.key, { x: x + dx / view.at.k, y: y + dy / view.at.k });
    move(view, node.key, view.boxes.get(node.key));
    view.lines.forEach((made) => [made.edge.start, made.edge.end].includes(node.key) && place(view, made));
  };
  follow(view, event, moved, (still) => still && view.pick(node.key));
}

function byKey(view, event) {
  const key = event.target.getAttribute("data-key");
  const steps = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  const acts = { "+": () => zoom(view, ZOOM.step), "-": () => zoom(view, 1 / ZOOM.step), 0: () => fit(view, 0) };
  if (key && (event.key === "Enter" || event.key === " ")) {
    acts[event.key] = () => view.pick(key);
  }
  if (steps[event.key]) {
    acts[event.key] = () => {
      view.at = { ...view.at, x: view.at.x + steps[event.key][0], y: view.at.y + steps[event.key][1] };
      apply(view);
    };
  }
  if (acts[event.key]) {
    event.preventDefault();
    acts[event.key]();
  }
}
