// Whether a value has the shape that the protocol says, read from data: no page need allow code that is made from text.

import { SHAPES, type Shape } from "../protocol.ts";

type Test = (value: unknown) => boolean;

const LETTERS: Record<string, Test> = {
  s: (value) => typeof value === "string",
  n: (value) => typeof value === "number" && Number.isFinite(value),
  i: Number.isSafeInteger,
  b: (value) => typeof value === "boolean",
  "0": (value) => value === null,
  B: (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value),
  u: () => true,
};

/** Where a value does not fit a shape, as a path such as "runs.2.label", "" for the value itself; null where it fits. */
export function misfit(shape: Shape, value: unknown): string | null {
  if (typeof shape === "string") return named(shape, value);
  if (Array.isArray(shape)) return listed(shape as [string, ...Shape[]], value);
  return fields(shape as Record<string, Shape>, value);
}

function named(name: string, value: unknown): string | null {
  if (!name.startsWith("@")) return LETTERS[name]!(value) ? null : "";
  const within = misfit(SHAPES[name.slice(1)]!, value);
  const each = BYTES[name];
  if (within !== null || !each) return within;
  return isFull(value as { shape: number[]; bytes: { byteLength: number } }, each) ? null : "bytes";
}

/** Bytes of each number of an array. */
const BYTES: Record<string, number> = { "@Array": 4, "@Halves": 2 };

function isFull({ shape, bytes }: { shape: number[]; bytes: { byteLength: number } }, each: number): boolean {
  return shape.every((size) => size >= 0) && shape.reduce((product, size) => product * size, each) === bytes.byteLength;
}

function listed([kind, ...parts]: [string, ...Shape[]], value: unknown): string | null {
  if (kind === "=") return (parts as unknown[]).includes(value) ? null : "";
  if (kind === "|") return parts.some((part) => misfit(part, value) === null) ? null : "";
  if (kind === "{}") return isRecord(value) ? first(Object.entries(value), () => parts[0]!) : "";
  if (!Array.isArray(value) || (kind === "t" && value.length !== parts.length)) return "";
  return first(Object.entries(value), (key) => (kind === "t" ? parts[Number(key)]! : parts[0]!));
}

function fields(shape: Record<string, Shape>, value: unknown): string | null {
  if (!isRecord(value)) return "";
  for (const [field, part] of Object.entries(shape)) {
    const name = field.replace(/\?$/, "");
    if (name !== field && !(name in value)) continue;
    const within = misfit(part, value[name]);
    if (within !== null) return path(name, within);
  }
  return null;
}

function path(key: string, within: string): string {
  return within ? `${key}.${within}` : key;
}

/** The first entry that does not fit the shape of its key. */
function first(entries: [string, unknown][], shapeOf: (key: string) => Shape): string | null {
  for (const [key, value] of entries) {
    const within = misfit(shapeOf(key), value);
    if (within !== null) return path(key, within);
  }
  return null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
