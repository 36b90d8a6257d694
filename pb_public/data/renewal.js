// Reading again what follows counters, but not more often than an eye can follow.
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
