// The parameters of a method without their form: which fields matter, what a typed text means, and the choice in words.

import type { FieldState } from "../protocol.ts";
import { chosen, figure, words } from "./writing.ts";

/** A value, or the sentence that says what is wrong with what was typed. */
export type Read = { value: unknown } | { wrong: string };

const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** What a typed text means for a field: empty is None where the field may be None, else the default. */
export function read(field: FieldState, typed: string): Read {
  const value = typed.trim().replace("−", "-");
  if (!value) return { value: field.nullable ? null : field.default };
  if (field.kind === "text") return readText(field, value);
  const whole = field.kind === "integer" || field.kind === "pair";
  const expected = `${field.label}: ${whole ? "a whole number" : "a number"}${bounds(field)}`;
  if (!(whole ? INTEGER : NUMBER).test(value)) return { wrong: `${expected}, not "${value}".` };
  const given = Number(value);
  return isWithin(field, given) ? { value: given } : { wrong: `${expected}.` };
}

function isWithin({ minimum, maximum, exclusive }: FieldState, value: number): boolean {
  const highEnough = minimum === null || (exclusive ? value > minimum : value >= minimum);
  const lowEnough = maximum === null || (exclusive ? value < maximum : value <= maximum);
  return highEnough && lowEnough;
}

/** A number, one of the names that the field knows, or any text where it knows none. */
function readText(field: FieldState, value: string): Read {
  if (NUMBER.test(value)) return { value: Number(value) };
  const named = (field.choices ?? []).find((name) => words(name) === words(value.toLowerCase()));
  if (named || !field.choices) return { value: named ?? value };
  return { wrong: `${field.label}: a number, or ${field.choices.map(words).join(", ")}.` };
}

/** The two numbers of a pair: both empty is None; one empty is the whole axis. */
export function readPair(field: FieldState, typed: [string, string]): Read {
  const empty = typed.map((part) => !part.trim());
  if (empty[0] && empty[1]) return { value: field.nullable ? null : field.default };
  const parts = typed.map((part, index) => (empty[index] ? { value: null } : read(field, part)));
  const wrong = parts.find((part) => "wrong" in part);
  return wrong ?? { value: parts.map((part) => (part as { value: unknown }).value) };
}

function bounds({ minimum, maximum, exclusive }: FieldState): string {
  const parts = [];
  if (minimum !== null) parts.push(`${exclusive ? "above" : "of at least"} ${figure(minimum, 3)}`);
  if (maximum !== null) parts.push(`${exclusive ? "below" : "at most"} ${figure(maximum, 6)}`);
  return parts.length ? ` ${parts.join(" and ")}` : "";
}

/** The fields that matter while the parameters have these values; a list matters where Python has set it. */
export function inPlay(fields: FieldState[], values: Record<string, unknown>): FieldState[] {
  const now = new Map(fields.map(({ name, default: usual }) => [name, name in values ? values[name] : usual]));
  const allows = ([name, listed]: [string, unknown[]]): boolean =>
    listed.some((value) => same(value, now.get(name) ?? null));
  const any = (when: FieldState["when"]): boolean => [when].flat().some((each) => Object.entries(each).every(allows));
  const given = (name: string): boolean => ((now.get(name) as unknown[] | null)?.length ?? 0) > 0;
  return fields.filter(({ name, kind, when }) => any(when) && (kind !== "list" || given(name)));
}

/** Whether two values of a parameter are the same. */
export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The chosen parameters in a few words, for the button: the first two that differ from the defaults. */
export function inWords(fields: FieldState[], parameters: Record<string, unknown>): string {
  const differs = ({ name, default: usual }: FieldState): boolean =>
    parameters[name] !== undefined && !same(parameters[name], usual);
  const said = inPlay(fields, parameters).filter(differs);
  return said.length
    ? said
        .slice(0, 2)
        .map((field) => valueInWords(field, parameters[field.name]))
        .join(", ")
    : "defaults";
}

/** What differs between two choices of parameters, each in a few words; the first two of them. */
export function differences(
  fields: FieldState[],
  parameters: Record<string, unknown>,
  others: Record<string, unknown>,
): string[] {
  const value = ({ name, default: usual }: FieldState, of: Record<string, unknown>): unknown => of[name] ?? usual;
  const apart = inPlay(fields, parameters).filter((field) => !same(value(field, parameters), value(field, others)));
  return apart.slice(0, 2).map((field) => {
    const said = valueInWords(field, value(field, parameters));
    return field.kind === "pair" ? `${field.label} ${said}` : said;
  });
}

function valueInWords(field: FieldState, value: unknown): string {
  if (field.kind === "list") return field.label;
  if (Array.isArray(value)) return value.map((part) => part ?? "all").join(" × ");
  if (typeof value === "boolean") return value ? field.label : `no ${field.label}`;
  return typeof value === "number" ? `${chosen(value)} ${field.label}` : words(String(value ?? field.none));
}
