// The name that was probably meant: the one that takes the fewest changes of a letter.

/** The nearest of some names, whatever their case; the first of several that are as near. */
export function nearest(text: string, names: readonly string[]): string {
  let best = "";
  let least = Number.POSITIVE_INFINITY;
  for (const name of new Set(names)) {
    const changes = changesBetween(text.toLowerCase(), name.toLowerCase());
    if (changes < least) [best, least] = [name, changes];
  }
  return best;
}

/** How many letters have to be put in, taken out or exchanged (Levenshtein). */
function changesBetween(a: string, b: string): number {
  let line = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++)
      next.push(Math.min(next[j]! + 1, line[j + 1]! + 1, line[j]! + Number(a[i] !== b[j])));
    line = next;
  }
  return line[b.length]!;
}
