// The rendering library in one place: the versions are named here and nowhere else.
import { Fragment, createContext, h, render } from "./vendor/preact-11.2.0.js";
import { useContext, useEffect, useErrorBoundary, useId, useLayoutEffect, useMemo, useRef, useState } from "./vendor/preact-hooks-11.2.0.js";
import htm from "./vendor/htm-3.1.1.js";
import { Signal, batch, computed, effect, signal, untracked, useComputed, useSignal, useSignalEffect } from "./vendor/signals-2.11.4.js";

/** Markup as a tagged template: html`<p class="muted">${text}</p>`, html`<${Button} icon="plus">…<//>`. */
export const html = htm.bind(h);

export {
  Fragment, createContext, h, render,
  useContext, useEffect, useErrorBoundary, useId, useLayoutEffect, useMemo, useRef, useState,
  Signal, batch, computed, effect, signal, untracked, useComputed, useSignal, useSignalEffect,
};

/** Text as HTML has it, in elements and in quoted attributes. @param {string} text */
export const escapeHTML = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
