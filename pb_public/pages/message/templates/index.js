// Letters to begin with, in the language of the user who begins.
import * as en from "./en.js";
import * as ru from "./ru.js";

/** @typedef {{key: string, name: string, about: string, subject: string, preheader: string, body: string}} Template */

/** @param {string} language @returns {Template[]} */
export const templates = (language) => (language === "ru" ? ru : en).letters;
