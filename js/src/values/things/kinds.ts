// What a score is: a probability, or a plain value; where targets stand side by side each line has its own.

import type { Scores } from "../../protocol.ts";

export type Kind = Scores["kind"];

export function kindOf({ kind, kinds }: Pick<Scores, "kind" | "kinds">, line: number): Kind {
  return kinds?.[line] ?? kind;
}

/** What a score of this kind is called in a sentence. */
export function called(kind: Kind): "probability" | "score" {
  return kind === "probabilities" ? "probability" : "score";
}
