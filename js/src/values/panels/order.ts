// The order of panels as names, and one panel moved within it.

/** Things by name in an order; those that it does not name come after, as they are. */
export function arranged<T extends { name: string }>(things: readonly T[], order: readonly string[]): T[] {
  const first = order.flatMap((name) => things.find((thing) => thing.name === name) ?? []);
  return [...first, ...things.filter((thing) => !order.includes(thing.name))];
}

/** The order with one name put before another; null puts it at the end. */
export function before(order: readonly string[], name: string, next: string | null): string[] {
  const rest = order.filter((other) => other !== name);
  const at = next === null ? rest.length : rest.indexOf(next);
  return [...rest.slice(0, at), name, ...rest.slice(at)];
}

/** The order with one name moved by so many places; null where there is no such place. */
export function movedBy(order: readonly string[], name: string, by: number): string[] | null {
  const at = order.indexOf(name);
  const to = at + by;
  if (at < 0 || to < 0 || to >= order.length) return null;
  const rest = order.filter((other) => other !== name);
  return [...rest.slice(0, to), name, ...rest.slice(to)];
}
