import { useEffect, useRef, useState } from "../html.js";

/**
 * A value once it has stopped changing.
 * @template T @param {T} value @param {number} pause  in milliseconds; 0 follows at once @returns {T}
 */
export function useSettled(value, pause) {
  const [settled, settle] = useState(value);
  const key = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(value), pause);
    return () => clearTimeout(timer);
  }, [key]);
  return settled;
}

/**
 * Text that is reported when typing pauses, and that follows what changes outside: back, a link, a reset.
 * @param {string} value @param {(text: string) => void} report @param {number} pause  in milliseconds
 * @param {(text: string) => string} [clean]  what of the text is reported
 * @returns {{typed: string, type: (text: string) => void, isReplaced: boolean}} isReplaced: the value outside is another than what was reported last
 */
export function useTyped(value, report, pause, clean = (text) => text) {
  const [typed, type] = useState(value);
  const reported = useRef(value);
  useEffect(() => {
    if (typed === reported.current) return;
    const timer = setTimeout(() => report((reported.current = clean(typed))), pause);
    return () => clearTimeout(timer);
  }, [typed]);
  const isReplaced = value !== reported.current;
  useEffect(() => {
    if (isReplaced) type((reported.current = value));
  }, [value]);
  return { typed: isReplaced ? value : typed, type, isReplaced };
}
