import { html } from "../../html.js";

const colors = [
  ["canvas", "behind everything"], ["surface", "cards and fields"], ["raised", "menus and dialogs"], ["sunken", "tracks, things switched off"],
  ["line", "between things"], ["line-strong", "around controls"], ["ink", "words"], ["ink-2", "words that explain"], ["ink-3", "labels, hints, icons"],
  ["accent", "what can be done, what runs"], ["accent-strong", "the same under the pointer"], ["accent-soft", "what is chosen"],
  ["ok", "sent"], ["ok-soft", "its ground"], ["bad", "refused, destroys something"], ["bad-soft", "its ground"], ["warn", "comes again, not clear"], ["warn-soft", "its ground"], ["idle", "waits"],
];

const texts = [["xs", "12", "hints, times"], ["sm", "13", "data, everything else"], ["md", "15", "heads of cards"], ["lg", "18", "names of things"], ["xl", "24", "the page's title"], ["2xl", "32", "the figure that matters"]];
const spaces = [["s0", 2], ["s1", 4], ["s2", 8], ["s3", 12], ["s4", 16], ["s5", 24], ["s6", 32], ["s7", 48]];
const shapes = [["radius-s", "controls"], ["radius", "cards"], ["radius-l", "dialogs"], ["round", "badges"]];
const times = [["quick", "100 ms", "answers to the pointer"], ["motion", "160 ms", "shows where something went"], ["ease", "out", "the one curve; all stand still when less motion is wished for"]];

/** Colours by their names. */
export function Colors() {
  return html`
    <ul class="kit-colors">
      ${colors.map(([name, about]) => html`<li key=${name}><i style=${{ background: `var(--${name})` }}></i><span><code>--${name}</code><small class="faint">${about}</small></span></li>`)}
    </ul>
  `;
}

/** Everything that is measured. */
export function Measures() {
  return html`
    <dl class="kit-measures">
      ${texts.map(([name, size, about]) => html`<div key=${name}><dt><code>--text-${name}</code></dt><dd style=${{ fontSize: `var(--text-${name})` }}>Гонец ${size} <small class="faint">${about}</small></dd></div>`)}
      ${spaces.map(([name, size]) => html`<div key=${name}><dt><code>--${name}</code></dt><dd><i class="kit-space" style=${{ inlineSize: `var(--${name})` }}></i> <small class="faint">${size} px</small></dd></div>`)}
      ${shapes.map(([name, about]) => html`<div key=${name}><dt><code>--${name}</code></dt><dd><i class="kit-shape" style=${{ borderRadius: `var(--${name})` }}></i> <small class="faint">${about}</small></dd></div>`)}
      ${times.map(([name, value, about]) => html`<div key=${name}><dt><code>--${name}</code></dt><dd>${value} <small class="faint">${about}</small></dd></div>`)}
    </dl>
  `;
}
