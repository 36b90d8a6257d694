// Domains of other alphabets as people write them. They are stored and sent in ASCII, as xn--… (RFC 5890).

/** A label in ASCII form. */
const ascii = /\bxn--[a-z0-9-]*[a-z0-9]/gi;

/**
 * A text with its domains as people write them: "info@xn--80a1acny.xn--p1ai" is "info@почта.рф". A label whose letters come from
 * several alphabets that look alike stays as it is, for it may pretend to be another.
 * @param {string} text an address, a domain, or a sentence with them @returns {string}
 */
export function asWritten(text) {
  return text.replace(ascii, (label) => {
    const written = decoded(label.slice("xn--".length).toLowerCase());
    return written && !isMixed(written) ? written : label;
  });
}

const lookalikes = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];

const isMixed = (label) => lookalikes.filter((script) => script.test(label)).length > 1;

// Parameters of Punycode, RFC 3492 § 5.
const [base, tMin, tMax, skew, damp, initialBias, initialCode] = [36, 1, 26, 38, 700, 72, 128];

/** Punycode decoded, RFC 3492 § 6.2; "" when it is none. @param {string} code */
function decoded(code) {
  const basic = code.lastIndexOf("-");
  const letters = basic > 0 ? [...code.slice(0, basic)] : [];
  let [at, value, bias, i] = [basic > 0 ? basic + 1 : 0, initialCode, initialBias, 0];
  while (at < code.length) {
    const before = i;
    for (let weight = 1, k = base; ; k += base) {
      const digit = digitOf(code.charCodeAt(at++));
      if (digit < 0) return "";
      i += digit * weight;
      const threshold = k <= bias ? tMin : Math.min(tMax, k - bias);
      if (digit < threshold) break;
      weight *= base - threshold;
    }
    const count = letters.length + 1;
    bias = adapted(i - before, count, before === 0);
    value += Math.floor(i / count);
    i %= count;
    if (value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return "";
    letters.splice(i++, 0, String.fromCodePoint(value));
  }
  return letters.join("");
}

/** a–z are 0–25, 0–9 are 26–35; -1 for others, also past the end. @param {number} code */
const digitOf = (code) => (code >= 97 && code <= 122 ? code - 97 : code >= 48 && code <= 57 ? code - 22 : -1);

/** RFC 3492 § 6.1. */
function adapted(delta, count, isFirst) {
  let rest = Math.floor(delta / (isFirst ? damp : 2));
  rest += Math.floor(rest / count);
  let k = 0;
  for (; rest > Math.floor(((base - tMin) * tMax) / 2); k += base) rest = Math.floor(rest / (base - tMin));
  return k + Math.floor(((base - tMin + 1) * rest) / (rest + skew));
}
