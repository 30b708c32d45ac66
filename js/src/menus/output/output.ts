// The menu of the output's panel: what it shows, of which output and which channel.

import { type Entry, type Item, openMenu } from "../../dom/menu.ts";
import type { Context } from "../../scene/context.ts";
import { chosen, OUTPUT, OUTPUTS, outputSeen } from "../../scene/output/output.ts";
import { outputWhy, showOutput } from "../../scene/output/said.ts";
import { openLimits } from "../colours.ts";
import { pictures } from "../menus.ts";

/** Channels that a menu lists. */
const MOST = 40;

export function openOutputMenu(context: Context, opener: HTMLElement, room: readonly Entry[]): void {
  const scene = context.scene();
  const { state } = scene;
  const { outputs = [] } = state.sample;
  const now = outputSeen(state);
  const why = outputWhy(scene);
  const shown = OUTPUTS.map(({ value, label, title }): Item => {
    const off = value === now ? "" : why;
    return { label, title, radio: true, checked: value === now, off, do: () => showOutput(context, value) };
  });
  const which = chosen(state)!;
  const { name, channels } = which.output;
  const several = channels.length > 1;
  openMenu(
    context,
    opener,
    "Panel",
    [
      ...room,
      { label: "Colour limits …", do: () => openLimits(context, opener, OUTPUT) },
      pictures(context, opener, OUTPUT),
      null,
      ...shown,
      ...(outputs.length > 1 || several ? [null] : []),
      ...(outputs.length > 1 ? [{ label: "Output …", aside: name, do: () => openOutputs(context, opener) }] : []),
      ...(several
        ? [{ label: "Channel …", aside: channels[which.channel]!, do: () => openChannels(context, opener) }]
        : []),
      null,
      { label: "Remove", aside: "View brings it back", do: () => showOutput(context, "none") },
    ],
    "right",
  );
}

function openOutputs(context: Context, opener: HTMLElement): void {
  const { sample, options } = context.scene().state;
  const entries = (sample.outputs ?? []).map(
    ({ name }, at): Item => ({
      label: name,
      radio: true,
      checked: at === options.output_of,
      do: () => context.session.setOptions({ output_of: at, output_channel: 0 }),
    }),
  );
  openMenu(context, opener, "Output", entries, "right");
}

function openChannels(context: Context, opener: HTMLElement): void {
  const { output, channel } = chosen(context.scene().state)!;
  const entries = output.channels.slice(0, MOST).map(
    (label, at): Item => ({
      label,
      radio: true,
      checked: at === channel,
      do: () => context.session.setOptions({ output_channel: at }),
    }),
  );
  const more = output.channels.length > MOST;
  const said = `The first ${MOST} of ${output.channels.length}: view.options = {"output_channel": …} shows another.`;
  openMenu(context, opener, "Channel", more ? [...entries, said] : entries, "right");
}
