// Draws the waves and tells the server which card was dropped where; it keeps nothing of its own.
// All texts are set as text: names of tenants never become HTML.
const element = (kind, className, text) => {
  const made = document.createElement(kind);
  if (className) made.className = className;
  if (text !== undefined && text !== null) made.textContent = text;
  return made;
};

const card = (group, movable) => {
  const made = element("div", `card${group.moved ? " moved" : ""}${group.saved ? " saved" : ""}`);
  made.dataset.group = group.id;
  made.setAttribute("role", "listitem");
  made.title = group.why || "";
  made.append(element("b", "", group.label), element("span", "", group.text));
  if (!movable) return made;
  made.draggable = true;
  made.addEventListener("dragstart", (event) => {
    event.dataTransfer.setData("text/plain", group.id);
    event.dataTransfer.effectAllowed = "move";
    made.classList.add("dragged");
  });
  made.addEventListener("dragend", () => made.classList.remove("dragged"));
  return made;
};

const column = (wave, movable, onDrop) => {
  const made = element("section", `wave${wave.over ? " over" : ""}`);
  made.dataset.wave = wave.wave;
  made.setAttribute("aria-label", wave.title);
  const head = element("div", "head");
  head.append(element("b", "", wave.title));
  head.append(element("div", "facts load", wave.load));
  wave.facts.forEach((fact) => head.append(element("div", "facts", fact)));
  if (wave.share !== null) {
    const full = element("div", "full");
    const bar = element("i");
    bar.style.width = `${Math.min(100, Math.round(wave.share * 100))}%`;
    full.append(bar);
    head.append(full);
  }
  const cards = element("div", "cards");
  cards.setAttribute("role", "list");
  wave.cards.forEach((group) => cards.append(card(group, movable)));
  if (wave.more) cards.append(element("div", "more", wave.more));
  made.append(head, cards);
  made.addEventListener("dragover", (event) => {
    if (!movable) return;
    event.preventDefault();
    made.classList.add("target");
  });
  made.addEventListener("dragleave", (event) => {
    if (!made.contains(event.relatedTarget)) made.classList.remove("target");
  });
  made.addEventListener("drop", (event) => {
    event.preventDefault();
    made.classList.remove("target");
    const group = event.dataTransfer.getData("text/plain");
    if (group) onDrop(group, wave.wave);
  });
  return made;
};

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const board = parentElement.querySelector(".board");
  const left = board.scrollLeft;
  const tops = new Map([...board.querySelectorAll(".wave")].map((w) => [w.dataset.wave, w.querySelector(".cards").scrollTop]));
  const onDrop = (group, wave) => setTriggerValue("moved", { group, wave });
  board.replaceChildren(...data.waves.map((wave) => column(wave, data.movable, onDrop)));
  board.scrollLeft = left;
  board.querySelectorAll(".wave").forEach((w) => {
    w.querySelector(".cards").scrollTop = tops.get(w.dataset.wave) || 0;
  });
}
