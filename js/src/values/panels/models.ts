// Panels of a view of several models: their names begin with that of a model.

/** The model that a panel's name begins with, empty where it tells of none, and what is behind it. */
export function partsOf(name: string, models: readonly string[] = []): [string, string] {
  const model = models.find((each) => name.startsWith(`${each}: `));
  return model === undefined ? ["", name] : [model, name.slice(model.length + 2)];
}

/** The panels that a run for a name is shown in: each model has its own, unless the name tells of one. */
export function addressed(name: string, panels: readonly { name: string }[], models: readonly string[] = []): string[] {
  const one = panels.some((panel) => panel.name === name) || partsOf(name, models)[0] !== "";
  return one || !models.length ? [name] : models.map((model) => `${model}: ${name}`);
}
