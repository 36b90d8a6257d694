// Reading again what changes while it is looked at, but not more often than an eye can follow.
import { useEffect, useRef } from "../html.js";

const renewal = 2000;

/** @param {string} counters  when they change, it is read again @param {() => void} reload */
export function useRenewal(counters, reload) {
  const last = useRef({ counters, at: Date.now() });
  useEffect(() => {
    if (last.current.counters === counters) return;
    const timer = setTimeout(() => {
      last.current = { counters, at: Date.now() };
      reload();
    }, Math.max(0, last.current.at + renewal - Date.now()));
    return () => clearTimeout(timer);
  }, [counters]);
}

const interval = 3000;

/** Reads again every few seconds, while the page is seen. @param {() => void} reload */
export function useEvery(reload) {
  const latest = useRef(reload);
  latest.current = reload;
  useEffect(() => {
    const timer = setInterval(() => document.hidden || latest.current(), interval);
    return () => clearInterval(timer);
  }, []);
}
