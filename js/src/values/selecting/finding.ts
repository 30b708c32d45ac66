// Which of many names are meant by what was typed: every word of it stands somewhere in the name.

/** The places of the names that fit, best first, at most so many; and how many fit in all. */
export function found(names: readonly string[], typed: string, most: number): { places: number[]; all: number } {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const whole = words.join(" ");
  const ranked: number[][] = [[], [], [], []];
  let all = 0;
  for (const [place, name] of names.entries()) {
    const low = name.toLowerCase();
    if (!words.every((word) => low.includes(word))) continue;
    all += 1;
    const rank = rankOf(low, whole);
    if (ranked[rank]!.length < most) ranked[rank]!.push(place);
  }
  return { places: ranked.flat().slice(0, most), all };
}

/** 0 is the name itself, 1 its beginning, 2 the beginning of one of its words, 3 anything else. */
function rankOf(name: string, typed: string): number {
  if (name === typed) return 0;
  if (name.startsWith(typed)) return 1;
  return name.split(/[\s_\-.,:/]+/).some((word) => word.startsWith(typed)) ? 2 : 3;
}
