import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, goesSaid, newName, unique } from "../../../js/src/scene/destination.ts";
import type { Scene } from "../../../js/src/scene/scene.ts";
import { initialState } from "../../../js/src/session/model.ts";
import { FakeModel, panel, rows, traits } from "../fake_model.ts";

/** A view with panels of these names, where occlusion is to be run on what is selected. */
function scene(names: string[], local = {}, models: string[] = ["early", "late"]): Scene {
  const panels = names.map((name) => ({ ...panel(name, 1), method: "occlusion" }));
  const given = traits({ selection: rows(0, 1), panels });
  given.scores = { ...given.scores, ...(models.length ? { models } : {}) };
  const state = initialState(new FakeModel(given));
  const chosen = { method: "occlusion", parameters: {}, scope: "selection", place: null, panel: null, last: null };
  return { state, local: { ...chosen, ...local } } as unknown as Scene;
}

test("of several models a run replaces the panels of all, unless one was chosen", () => {
  const both = ["early: occlusion", "late: occlusion"];
  const replacing = scene(both, { place: "replace" });
  assert.equal(addressOf(replacing), "occlusion");
  assert.equal(goesSaid(replacing, "replace"), 'Replaces "occlusion" of each model');
  assert.equal(addressOf(scene(both, { place: "replace", panel: "late: occlusion" })), "late: occlusion");
  // a panel that only one model has stays the panel of that one
  assert.equal(addressOf(scene(["late: fine"], { place: "replace" })), "late: fine");
  const alone = scene(["occlusion"], { place: "replace" }, []);
  assert.equal(goesSaid(alone, "replace"), 'Replaces "occlusion"');
});

test("a new panel has a name that no model has a panel of", () => {
  const first = newName(scene(["early: occlusion", "late: occlusion"]));
  assert.equal(goesSaid(scene(["early: occlusion"]), "new"), `A new panel of each model: "${first}"`);
  const again = newName(scene(["early: occlusion", `early: ${first}`, `late: ${first}`]));
  assert.equal(again, `${first} 2`);
  assert.equal(unique("a", scene(["b"]).state), "a");
});
