
// Open file: what view.save wrote, shown in the place of this page's own view. Nothing leaves the browser.
const FORMAT = 2;
const MOST = 2 ** 30;
const DEFLATE = 1100;
const ENDED = 22;

/** The end of the sentence that begins with the name of the file. */
class Refused extends Error {}

const foreign = () => new Refused("is no file of a view; choose one that view.save wrote.");
const damaged = () => new Refused("is damaged; save it anew, or take another copy.");
const large = () => new Refused("holds more than a page can show; open it in Python with hb.load_view.");

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** The checksum that a zip holds of each member. */
function crc32(bytes) {
  let value = -1;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 255] ^ (value >>> 8);
  return (value ^ -1) >>> 0;
}

/** The list of contents at the end of a zip: by name, where each member lies and what it claims. */
function contents(data) {
  const start = Math.max(0, data.byteLength - ENDED - 65535);
  let end = data.byteLength - ENDED;
  while (end >= start && data.getUint32(end, true) !== 0x06054b50) end--;
  const zip = data.byteLength > 4 && data.getUint32(0, true) === 0x04034b50;
  if (end < start) throw zip ? damaged() : foreign();
  const count = data.getUint16(end + 10, true);
  let at = data.getUint32(end + 16, true);
  if (count === 0xffff || at === 0xffffffff) throw large();
  const found = new Map();
  for (let member = 0; member < count; member++) {
    if (data.getUint32(at, true) !== 0x02014b50) throw damaged();
    const [packed, size, offset] = [20, 24, 42].map((place) => data.getUint32(at + place, true));
    const [name, extra, comment] = [28, 30, 32].map((place) => data.getUint16(at + place, true));
    const bytes = new Uint8Array(data.buffer, at + 46, name);
    const method = data.getUint16(at + 10, true);
    if (size > DEFLATE * Math.max(packed, 1)) throw damaged();
    const sum = data.getUint32(at + 16, true);
    found.set(new TextDecoder().decode(bytes), { method, packed, size, offset, sum });
    at += 46 + name + extra + comment;
  }
  if ([...found.values()].reduce((all, { size }) => all + size, 0) > MOST) throw large();
  return found;
}

/** A member as it was before it was packed. */
async function unpacked(data, member) {
  if (!member) throw damaged();
  const { method, packed, size, offset, sum } = member;
  if (data.getUint32(offset, true) !== 0x04034b50 || ![0, 8].includes(method)) throw damaged();
  const start = offset + 30 + data.getUint16(offset + 26, true) + data.getUint16(offset + 28, true);
  const content = new Uint8Array(data.buffer, start, packed);
  const bytes = method === 0 ? content : await inflated(content, size);
  if (bytes.length !== size || crc32(bytes) !== sum) throw damaged();
  return bytes;
}

/** What deflate packed, as long as it is no longer than it claims. */
async function inflated(content, size) {
  if (typeof DecompressionStream !== "function")
    throw new Refused("was not opened, as this browser cannot unpack it; use a newer one.");
  const bytes = new Uint8Array(size);
  let at = 0;
  const reader = new Blob([content]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (at + part.value.length > size) throw damaged();
    bytes.set(part.value, at);
    at += part.value.length;
  }
  if (at !== size) throw damaged();
  return bytes;
}

const isPlace = (value) => typeof value?.member === "string" && typeof value.from === "number";

/** Plain data with bytes in the place of what tells where they lie. */
function filled(value, bytes) {
  if (isPlace(value)) {
    const { buffer, byteOffset, byteLength } = bytes.get(value.member);
    if (!(value.from >= 0 && value.size >= 0 && value.from + value.size <= byteLength)) throw damaged();
    // a copy: numbers must begin where their size allows
    return new DataView(buffer.slice(byteOffset + value.from, byteOffset + value.from + value.size));
  }
  if (Array.isArray(value)) return value.map((each) => filled(each, bytes));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, filled(each, bytes)]));
}

/** The names of all members that plain data tells of. */
function members(value, found = new Set()) {
  if (isPlace(value)) found.add(value.member);
  else if (typeof value === "object" && value !== null) for (const each of Object.values(value)) members(each, found);
  return found;
}

const parsed = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

/** Read a file, as far as a page shows it. */
async function read(buffer) {
  const data = new DataView(buffer);
  const found = contents(data);
  if (!found.has("heatbrush.json")) throw foreign();
  const said = parsed(await unpacked(data, found.get("heatbrush.json")));
  if (said?.kind !== "view") throw foreign();
  if (said.format > FORMAT)
    throw new Refused(`has format ${said.format}, but this page reads ${FORMAT}; open it with a newer release.`);
  const page = parsed(await unpacked(data, found.get("page.json")));
  if (page.state.protocol !== own.state.protocol)
    throw new Refused("was saved by another release than this page; open it in Python with hb.load_view.");
  const bytes = new Map();
  for (const name of members(page)) bytes.set(name, await unpacked(data, found.get(name)));
  return filled(page, bytes);
}

/** Show a file; where that cannot be, what was shown stays. */
async function open(file) {
  let drawn = false;
  try {
    const page = await read(await file.arrayBuffer());
    page.state.live = false;
    drawn = true;
    await show(page);
    if (view.querySelector(':scope > [data-state="error"]')) throw damaged();
    shown = page;
    document.title = `heatbrush: ${page.state.panels.map(({ name }) => name).join(", ")}`;
    bar.querySelector("h1").textContent = document.title;
    said.textContent = `${file.name} is shown. Load this page again for its own view.`;
  } catch (error) {
    // what is no zip of ours fails anywhere in it
    const why = error instanceof Refused ? error.message : damaged().message;
    if (drawn) await show(shown);
    said.textContent = `${file.name} ${why}`;
  }
}

let shown = own;
const bar = document.querySelector(".page-bar");
const button = document.createElement("button");
const chosen = document.createElement("input");
const said = document.createElement("p");
button.type = "button";
button.textContent = "Open file …";
button.title = "Show a file that view.save wrote; it stays on this computer";
chosen.type = "file";
chosen.accept = ".heatbrush";
chosen.hidden = true;
said.setAttribute("role", "status");
bar.append(button, chosen, said);
button.addEventListener("click", () => chosen.click());
chosen.addEventListener("change", () => {
  const [file] = chosen.files;
  // the same file may be chosen again, once it has changed
  if (file) void open(file).finally(() => (chosen.value = ""));
});
addEventListener("dragover", (event) => {
  if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
});
addEventListener("drop", (event) => {
  const [file] = event.dataTransfer?.files ?? [];
  if (!file) return;
  event.preventDefault();
  void open(file);
});
